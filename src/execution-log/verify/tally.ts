import { type Decimal, ZERO, decimalToText, maxDecimal, parseDecimal } from '../../lib/decimal.ts';

/** One trade as a file tells it. */
export interface Trade {
  /** Groups trades: the order's id on that side. */
  readonly orderID: string;
  /** Tells a repetition from a new trade. */
  readonly execID: string;
  readonly lastQty: string;
  readonly cumQty: string;
}

/** Trades of one order added up. */
export interface OrderTally {
  readonly count: number;
  readonly lastQty: Decimal;
  /** The highest. */
  readonly cumQty: Decimal;
}

const NOTHING: OrderTally = { count: 0, lastQty: ZERO, cumQty: ZERO };

/** Adds trades up by order, each ExecID once. */
export class Tally {
  readonly #tradesByExecID = new Map<string, Trade>();
  readonly #tradesByOrderID = new Map<string, Trade[]>();
  readonly #talliesByOrderID = new Map<string, OrderTally>();

  /**
   * What is wrong with the trade; `undefined` when it was taken. A repetition that agrees is left
   * out.
   */
  add(trade: Trade): string | undefined {
    const known = this.#tradesByExecID.get(trade.execID);
    if (known !== undefined) return this.#compare(known, trade);
    const lastQty = parseDecimal(trade.lastQty);
    const cumQty = parseDecimal(trade.cumQty);
    if (lastQty === undefined || cumQty === undefined) {
      return `execution ${trade.execID}: LastQty or CumQty is not a decimal`;
    }
    this.#tradesByExecID.set(trade.execID, trade);
    const trades = this.#tradesByOrderID.get(trade.orderID);
    if (trades === undefined) this.#tradesByOrderID.set(trade.orderID, [trade]);
    else trades.push(trade);
    const before = this.of(trade.orderID);
    this.#talliesByOrderID.set(trade.orderID, {
      count: before.count + 1,
      lastQty: before.lastQty.plus(lastQty),
      cumQty: maxDecimal(before.cumQty, cumQty),
    });
    return undefined;
  }

  of(orderID: string): OrderTally {
    return this.#talliesByOrderID.get(orderID) ?? NOTHING;
  }

  trade(execID: string): Trade | undefined {
    return this.#tradesByExecID.get(execID);
  }

  tradesOf(orderID: string): readonly Trade[] {
    return this.#tradesByOrderID.get(orderID) ?? [];
  }

  get orderIDs(): readonly string[] {
    return [...this.#talliesByOrderID.keys()];
  }

  get count(): number {
    return this.#tradesByExecID.size;
  }

  /** Sum of LastQty(32) over everything. */
  get lastQty(): Decimal {
    return [...this.#talliesByOrderID.values()].reduce(
      (sum, { lastQty }) => sum.plus(lastQty),
      ZERO,
    );
  }

  #compare(known: Trade, again: Trade): string | undefined {
    const isSame =
      known.orderID === again.orderID &&
      sameAmount(known.lastQty, again.lastQty) &&
      sameAmount(known.cumQty, again.cumQty);
    return isSame ? undefined : `execution ${again.execID}: told twice with different values`;
  }
}

/** `2 trades, LastQty 0.3, CumQty 0.3`. */
export const tallyToText = ({ count, lastQty, cumQty }: OrderTally): string =>
  `${count} trades, LastQty ${decimalToText(lastQty)}, CumQty ${decimalToText(cumQty)}`;

export const sameTally = (a: OrderTally, b: OrderTally): boolean =>
  a.count === b.count && a.lastQty.eq(b.lastQty) && a.cumQty.eq(b.cumQty);

export const sameAmount = (a: string, b: string): boolean => {
  const [x, y] = [parseDecimal(a), parseDecimal(b)];
  return x !== undefined && y !== undefined && x.eq(y);
};
