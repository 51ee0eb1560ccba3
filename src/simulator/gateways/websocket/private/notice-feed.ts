import { type JsonObject } from '../../../../lib/lossless-json.ts';
import { type Notice, type NoticeBoard } from '../../rest/stores/notice-store.ts';
import { notificationsFrame } from './account-frames.ts';

/** The platform's notices as `notifications_auth` numbers them (websocket 8.7). */
export class NoticeFeed {
  readonly #board: NoticeBoard;
  readonly #ids = new WeakMap<Notice, number>();
  #numbered = 0;

  constructor(board: NoticeBoard) {
    this.#board = board;
  }

  /** Number of the latest notice; 0 when there is none. */
  get lastId(): number {
    for (const notice of this.#board.all()) this.#idOf(notice);
    return this.#numbered;
  }

  /** Those with a higher number than `id`. */
  after(id: number): JsonObject {
    const notices = this.#board.all().map((notice) => ({ id: this.#idOf(notice), notice }));
    return notificationsFrame(notices.filter((each) => each.id > id));
  }

  #idOf(notice: Notice): number {
    const known = this.#ids.get(notice);
    if (known !== undefined) return known;
    this.#numbered += 1;
    this.#ids.set(notice, this.#numbered);
    return this.#numbered;
  }
}
