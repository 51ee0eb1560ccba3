import { defined } from '../../lib/defined.ts';
import { type Order } from '../../core/state.ts';
import { type OrderID, type TradingSymbol } from '../../domain/ids.ts';
import { type Decimal, decimal, decimalToText, ZERO } from '../../lib/decimal.ts';
import { type MonotonicMs } from '../../lib/time.ts';
import { type PositionsView } from '../../kraken/websocket/views/account-view.ts';
import { type AccountDifference } from './differences.ts';

/** Venue's position minus the sum of our executions, and since when. */
interface Offset {
  readonly qty: Decimal;
  readonly since: MonotonicMs;
  /** The accepted offset. Absent until one has lasted. */
  readonly agreed?: Decimal;
}

/**
 * Compares changes of the venue's positions with our executions. An account may hold positions from
 * before our books, so an offset that has lasted is accepted, and must not change from then on.
 * Pure.
 */
export class PositionWatch {
  readonly #lastsMs: number;
  readonly #net = new Map<TradingSymbol, Decimal>();
  readonly #counted = new Map<OrderID, Decimal>();
  readonly #offsets = new Map<TradingSymbol, Offset>();
  #alerts = 0;

  constructor(lastsMs: number) {
    this.#lastsMs = lastsMs;
  }

  /** Counts the executions of an order after a fact. */
  note({ orderID, executedQty, terms: { symbol, side } }: Order): void {
    const executed = decimal(executedQty);
    const change = executed.minus(this.#counted.get(orderID) ?? ZERO);
    if (change.eq(ZERO)) return;
    this.#counted.set(orderID, executed);
    const net = this.#net.get(symbol) ?? ZERO;
    this.#net.set(symbol, side === 'Buy' ? net.plus(change) : net.minus(change));
  }

  /**
   * `alerts`: lasting changes that our executions do not explain, each once. `isOpen`: an
   * unexplained change has not lasted yet, so the venue should be asked for its positions.
   */
  look(
    positions: PositionsView,
    at: MonotonicMs,
  ): { readonly alerts: readonly AccountDifference[]; readonly isOpen: boolean } {
    if (positions.at === undefined) return { alerts: [], isOpen: false };
    const held = positions.all().map(({ symbol }) => symbol);
    const symbols = new Set([...this.#net.keys(), ...held, ...this.#offsets.keys()]);
    // A position that could not be read is not flat.
    const known = [...symbols].filter((symbol) => positions.isKnown(symbol));
    const looks = known.map((symbol) =>
      this.#lookAt(symbol, decimal(positions.get(symbol)?.qty ?? '0'), at),
    );
    return {
      alerts: looks.filter((look) => typeof look === 'object'),
      isOpen: looks.includes('Open'),
    };
  }

  #lookAt(
    symbol: TradingSymbol,
    theirs: Decimal,
    at: MonotonicMs,
  ): AccountDifference | 'Open' | 'Agreed' {
    const qty = theirs.minus(this.#net.get(symbol) ?? ZERO);
    const old = this.#offsets.get(symbol);
    const since = old?.qty.eq(qty) === true ? old.since : at;
    const isLasting = at - since >= this.#lastsMs;
    const agreed = isLasting ? qty : old?.agreed;
    this.#offsets.set(symbol, { qty, since, ...defined({ agreed }) });
    if (old?.agreed === undefined || old.agreed.eq(qty)) return 'Agreed';
    return isLasting ? this.#alert(symbol, theirs, theirs.minus(qty).plus(old.agreed)) : 'Open';
  }

  #alert(symbol: TradingSymbol, theirs: Decimal, expected: Decimal): AccountDifference {
    this.#alerts += 1;
    return {
      key: `POSITION ${symbol} ${this.#alerts}`,
      code: 'VENUE_POSITION_DIFFERS',
      text: `${symbol}: the venue's position is ${decimalToText(theirs)}, our executions make it ${decimalToText(expected)}`,
    };
  }
}
