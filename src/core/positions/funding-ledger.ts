import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';
import { decimalOf } from '../../domain/decimal-text.ts';
import { type Decimal, ZERO } from '../../lib/decimal.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type FundingView } from './position-view.ts';

/** An entry of the venue's account log. Most pay no funding; each proves that none is missing. */
export interface LogEntry {
  /** Counts up from 1. A gap is no proof of loss; no gap is a proof of none [websocket 8.6]. */
  readonly id: number;
  readonly at?: EpochMs;
  /** The payment, when the entry is one: negative was paid. */
  readonly funding?: {
    readonly symbol: TradingSymbol;
    readonly currency: string;
    readonly amount: DecimalText;
  };
}

interface Range {
  from: number;
  to: number;
}

/** More holes than this are one hole: the log is not followed then. */
const RANGES_MAX = 1_000;

/**
 * Funding by instrument, summed from the account log since the log is read. Each entry counts once,
 * however often it is told. Ids without gaps prove that nothing is missing in between.
 */
export class FundingLedger {
  readonly #sums = new Map<TradingSymbol, Map<string, Decimal>>();
  /** Ids that were read, lowest first, never touching each other. */
  #ranges: Range[] = [];
  #firstAt: EpochMs | undefined;
  #isBroken = false;

  note(entries: readonly LogEntry[]): void {
    for (const entry of [...entries].sort((a, b) => a.id - b.id)) this.#noteOne(entry);
  }

  /** An entry could not be read: a payment may be lost in it. */
  noteUnreadable(): void {
    this.#isBroken = true;
  }

  /** `since`: when the positions of the account begin; `undefined`: with the account. */
  of(symbol: TradingSymbol, since: EpochMs | undefined): FundingView | undefined {
    if (this.#ranges.length === 0 && !this.#isBroken) return undefined;
    return { amounts: this.#sums.get(symbol) ?? new Map<string, Decimal>(), gap: this.#gap(since) };
  }

  #gap(since: EpochMs | undefined): string | undefined {
    if (this.#isBroken) return 'an entry of the account log could not be read';
    const [first, second] = this.#ranges;
    if (first === undefined) return 'the account log has not come yet';
    if (second !== undefined) {
      return `entries ${first.to + 1} to ${second.from - 1} of the account log were not seen`;
    }
    if (first.from === 1) return undefined;
    const firstAt = this.#firstAt;
    if (firstAt !== undefined && since !== undefined && firstAt <= since) return undefined;
    const from = firstAt === undefined ? '' : `, of ${new Date(firstAt).toISOString()}`;
    return `payments before entry ${first.from} of the account log${from} are not counted`;
  }

  #noteOne({ id, at, funding }: LogEntry): void {
    if (this.#ranges.some(({ from, to }) => id >= from && id <= to)) return;
    if (at !== undefined && (this.#ranges[0] === undefined || id < this.#ranges[0].from)) {
      this.#firstAt = at;
    }
    this.#remember(id);
    if (funding === undefined) return;
    const { symbol, currency, amount } = funding;
    const sums = this.#sums.get(symbol) ?? new Map<string, Decimal>();
    sums.set(currency, (sums.get(currency) ?? ZERO).plus(decimalOf(amount)));
    this.#sums.set(symbol, sums);
  }

  #remember(id: number): void {
    const merged: Range[] = [];
    for (const range of [...this.#ranges, { from: id, to: id }].sort((a, b) => a.from - b.from)) {
      const last = merged.at(-1);
      if (last !== undefined && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
      else merged.push({ ...range });
    }
    if (merged.length > RANGES_MAX) {
      this.#isBroken = true;
      merged.length = RANGES_MAX;
    }
    this.#ranges = merged;
  }
}
