import { type EpochMs } from '../../../../lib/time.ts';

/** One platform notice [rest 2.4 notifications]. */
export interface Notice {
  readonly type: 'market' | 'general' | 'new_feature' | 'bug_fix' | 'maintenance' | 'settlement';
  readonly priority: 'low' | 'medium' | 'high';
  readonly note: string;
  readonly effectiveTime?: EpochMs;
  readonly expectedDowntimeMinutes?: number;
}

const NOTICES_MAX = 100;

export class NoticeStore {
  readonly #onPost: ((notice: Notice) => void) | undefined;
  #notices: readonly Notice[] = [];

  constructor(onPost?: (notice: Notice) => void) {
    this.#onPost = onPost;
  }

  all(): readonly Notice[] {
    return this.#notices;
  }

  post(notice: Notice): void {
    this.#onPost?.(notice);
    this.apply(notice);
  }

  /** Applies a notice that a previous run recorded. */
  apply(notice: Notice): void {
    this.#notices = [...this.#notices, notice].slice(-NOTICES_MAX);
  }
}
