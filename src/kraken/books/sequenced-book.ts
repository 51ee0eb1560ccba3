import { type BookLevel, type BookSide } from '../../domain/book.ts';
import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';
import { type EpochMs, type MonotonicMs } from '../../lib/time.ts';
import { DEFAULT_BOOK_LIMITS, LiveBook, type BookLimits } from './live-book.ts';

export interface SequencedSnapshot {
  readonly seq: number;
  readonly bids: readonly BookLevel[];
  readonly offers: readonly BookLevel[];
}

export interface SequencedUpdate {
  readonly seq: number;
  readonly side: BookSide;
  readonly price: DecimalText;
  /** New absolute quantity of the level; '0' removes it. */
  readonly qty: DecimalText;
  /** The venue's time of the change, where the frame has one. */
  readonly at?: EpochMs;
}

/** Updates older than a snapshot arrive within this time after it. */
const LATE_MS_MAX = 2_000;

/** A number that is further behind is no late frame: the venue has restarted its numbers. */
const OLD_MAX = 1_000;

/**
 * Applied. Discarded: no snapshot yet. Old: already contained. Gap: an update was lost or the venue
 * restarted its numbers, and the book is void.
 */
export type UpdateOutcome = 'Applied' | 'Discarded' | 'Old' | 'Gap';

/**
 * A book whose updates carry contiguous numbers [websocket 7.1]. Only a snapshot is a baseline. A
 * lower number than before is normal after a restart of the venue's engine.
 */
export class SequencedBook {
  readonly live: LiveBook;
  #lastSeq: number | undefined;
  /** The last discarded number since an update was applied. */
  #lastOldSeq: number | undefined;
  /** Until then updates older than the snapshot may still arrive. */
  #lateUntil = 0;
  /** The venue's time of the last update since the snapshot. */
  #lastAt: EpochMs | undefined;

  constructor(symbol: TradingSymbol, limits: BookLimits = DEFAULT_BOOK_LIMITS) {
    this.live = new LiveBook(symbol, limits);
  }

  get lastSeq(): number | undefined {
    return this.#lastSeq;
  }

  applySnapshot(snapshot: SequencedSnapshot, at: MonotonicMs): void {
    this.live.replace(snapshot.bids, snapshot.offers, at);
    this.#lastSeq = snapshot.seq;
    this.#lastOldSeq = undefined;
    this.#lateUntil = at + LATE_MS_MAX;
    this.#lastAt = undefined;
  }

  /**
   * Whether a low number shows that the venue's engine restarted on the same connection [websocket
   * 11.3]: it is far below the last one, or its time is later, or two of them are contiguous. Any
   * other low number is a repeated frame.
   */
  #countsAnew({ seq, at: venueAt }: SequencedUpdate, at: MonotonicMs): boolean {
    const last = this.#lastSeq ?? seq;
    const old = this.#lastOldSeq;
    this.#lastOldSeq = seq;
    if (venueAt !== undefined && this.#lastAt !== undefined && venueAt > this.#lastAt) return true;
    return last - seq > OLD_MAX || (at > this.#lateUntil && old !== undefined && seq === old + 1);
  }

  applyUpdate(update: SequencedUpdate, at: MonotonicMs): UpdateOutcome {
    if (this.#lastSeq === undefined) return 'Discarded';
    if (update.seq <= this.#lastSeq && !this.#countsAnew(update, at)) return 'Old';
    if (update.seq !== this.#lastSeq + 1) {
      this.void('Gap');
      return 'Gap';
    }
    this.#lastSeq = update.seq;
    this.#lastOldSeq = undefined;
    this.#lateUntil = 0;
    this.#lastAt = update.at;
    this.live.set(update.side, update.price, update.qty);
    this.live.touch(at);
    return 'Applied';
  }

  /** Drops the baseline. Updates are discarded until the next snapshot. */
  void(fault: 'Waiting' | 'Down' | 'Gap'): void {
    this.#lastSeq = undefined;
    this.live.void(fault);
  }
}
