import { type JsonObject } from '../../lib/lossless-json.ts';
import { type Notice, type NoticeBoard } from '../rest/notice-board.ts';
import { notificationsFrame } from './account-frames.ts';

/** The platform's notices as `notifications_auth` numbers them (websocket 8.7). */
export class NoticeFeed {
  readonly #board: NoticeBoard;
  readonly #ids = new WeakMap<Notice, number>();
  #numbered = 0;
  #told: readonly Notice[];

  constructor(board: NoticeBoard) {
    this.#board = board;
    this.#told = board.all();
  }

  all(): JsonObject {
    return this.#frame(this.#board.all());
  }

  /** Those posted since the last call; `undefined` when there are none. */
  fresh(): JsonObject | undefined {
    const now = this.#board.all();
    if (now === this.#told) return undefined;
    const fresh = now.filter((notice) => !this.#told.includes(notice));
    this.#told = now;
    return fresh.length === 0 ? undefined : this.#frame(fresh);
  }

  #frame(notices: readonly Notice[]): JsonObject {
    return notificationsFrame(notices.map((notice) => ({ id: this.#idOf(notice), notice })));
  }

  #idOf(notice: Notice): number {
    const known = this.#ids.get(notice);
    if (known !== undefined) return known;
    this.#numbered += 1;
    this.#ids.set(notice, this.#numbered);
    return this.#numbered;
  }
}
