import { type Timers } from '../../../lib/time.ts';

const TURNED_AWAY_WINDOW_MS = 10_000;
const TURNED_AWAY_LINES_MAX = 20;

/**
 * Reports refused connections, at most 20 in ten seconds. The rest is one line with their number,
 * so a flood fills no log.
 */
export class TurnedAwayLog {
  readonly #timers: Timers;
  readonly #tell: (text: string) => void;
  #window: { readonly cancel: () => void } | undefined;
  #lines = 0;

  constructor(timers: Timers, tell: (text: string) => void) {
    this.#timers = timers;
    this.#tell = tell;
  }

  add(text: string): void {
    this.#window ??= this.#timers.set(TURNED_AWAY_WINDOW_MS, () => {
      this.#window = undefined;
      this.#summarize();
    });
    this.#lines += 1;
    if (this.#lines <= TURNED_AWAY_LINES_MAX) this.#tell(text);
  }

  /** Reports what was held back. */
  close(): void {
    this.#window?.cancel();
    this.#window = undefined;
    this.#summarize();
  }

  #summarize(): void {
    const untold = this.#lines - TURNED_AWAY_LINES_MAX;
    this.#lines = 0;
    if (untold > 0)
      this.#tell(`${untold} more connections within ${TURNED_AWAY_WINDOW_MS / 1_000} s`);
  }
}
