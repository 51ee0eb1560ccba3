import { type BookLevel, type BookSide } from '../../domain/book.ts';
import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';
import { type MonotonicMs } from '../../lib/time.ts';
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
}

/** Applied; Discarded: no snapshot yet; Old: already contained; Gap: an update was lost and the book is void. */
export type UpdateOutcome = 'Applied' | 'Discarded' | 'Old' | 'Gap';

/**
 * A book whose updates carry contiguous numbers (venue reference websocket 7.1). The snapshot is the only baseline;
 * a snapshot with a lower number than before is normal after a restart of the venue's engine.
 */
export class SequencedBook {
  readonly live: LiveBook;
  #lastSeq: number | undefined;

  constructor(symbol: TradingSymbol, limits: BookLimits = DEFAULT_BOOK_LIMITS) {
    this.live = new LiveBook(symbol, limits);
  }

  get lastSeq(): number | undefined {
    return this.#lastSeq;
  }

  applySnapshot(snapshot: SequencedSnapshot, at: MonotonicMs): void {
    this.live.replace(snapshot.bids, snapshot.offers, at);
    this.#lastSeq = snapshot.seq;
  }

  applyUpdate(update: SequencedUpdate, at: MonotonicMs): UpdateOutcome {
    if (this.#lastSeq === undefined) return 'Discarded';
    if (update.seq <= this.#lastSeq) return 'Old';
    if (update.seq !== this.#lastSeq + 1) {
      this.void('Gap');
      return 'Gap';
    }
    this.#lastSeq = update.seq;
    this.live.set(update.side, update.price, update.qty);
    this.live.touch(at);
    return 'Applied';
  }

  /** No baseline any more: updates are discarded until the next snapshot. */
  void(fault: 'Waiting' | 'Down' | 'Gap'): void {
    this.#lastSeq = undefined;
    this.live.void(fault);
  }
}
