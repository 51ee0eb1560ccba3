import { type JsonObject } from '../../../../lib/lossless-json.ts';
import { type Notice, type NoticeStore } from '../../rest/stores/notice-store.ts';
import { notificationsFrame } from './account-frames.ts';

/** The platform's notices as `notifications_auth` numbers them [websocket 8.7]. */
export class NoticeFeed {
  readonly #notices: NoticeStore;
  readonly #ids = new WeakMap<Notice, number>();
  #numbered = 0;

  constructor(notices: NoticeStore) {
    this.#notices = notices;
  }

  /** Number of the latest notice; 0 when there is none. */
  get lastId(): number {
    for (const notice of this.#notices.all()) this.#idOf(notice);
    return this.#numbered;
  }

  /** Those with a higher number than `id`. */
  after(id: number): JsonObject {
    const notices = this.#notices.all().map((notice) => ({ id: this.#idOf(notice), notice }));
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
