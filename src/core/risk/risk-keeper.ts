import { decimalOf } from '../../domain/decimal-text.ts';
import { type OrderID, type TradingSymbol } from '../../domain/ids.ts';
import { type Side } from '../../domain/order.ts';
import { type Decimal, maxDecimal, ZERO } from '../../lib/decimal.ts';
import { type EpochMs } from '../../lib/time.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { isClosed } from '../evolve/order-status.ts';
import { type Fact } from '../fact.ts';
import { type LimitKey, type ScopeKey, scopesOf } from '../limit.ts';
import { type ContractType } from '../positions/position.ts';
import { type EngineState, type Order } from '../state.ts';
import { type LimitBook, venueUnitsOf } from './limits/limit-book.ts';
import { SlidingCounts, type SlidingEntry } from './sliding-counts.ts';
import { valueOf } from './order-value.ts';

/** An open order with what it may still do to a position. */
export interface OpenOrder {
  readonly order: Order;
  readonly scopes: readonly ScopeKey[];
  /**
   * What may still be filled at worst; 0 once it is closed at the venue, or when it reduces only.
   */
  readonly qty: Decimal;
  /** In the quote currency; `undefined` when no price is known to value it by. */
  readonly value: Decimal | undefined;
  /** Leaves of the larger of two terms, while a replace is under way. */
  readonly replacing: Decimal | undefined;
}

/** What the open orders of a scope on one instrument come to. */
export interface OpenSums {
  readonly Buy: SideSums;
  readonly Sell: SideSums;
}

interface SideSums {
  readonly qty: Decimal;
  readonly value: Decimal;
  /** Open orders that cannot be valued. */
  readonly unvalued: number;
}

const NO_SIDE: SideSums = { qty: ZERO, value: ZERO, unvalued: 0 };
export const NO_SUMS: OpenSums = { Buy: NO_SIDE, Sell: NO_SIDE };

interface ScopeSums {
  orders: number;
  readonly bySymbol: Map<TradingSymbol, OpenSums>;
}

export interface RiskKeeperDeps {
  readonly book: LimitBook;
  readonly contractTypeOf: (symbol: TradingSymbol) => ContractType | undefined;
}

const SECOND_MS = 1_000;
const VENUE_WINDOW_MS = 10_000;
/** More different orders than this within a window are not told apart any more, oldest first. */
const LIKES_MAX = 100_000;
const SCOPE_LISTS_MAX = 10_000;

/** What a snapshot keeps of it; open orders are made again from the books. */
export interface RiskState {
  readonly replacing: ReadonlyMap<OrderID, Decimal>;
  readonly counts: ReadonlyMap<string, readonly SlidingEntry[]>;
  readonly likes: ReadonlyMap<string, EpochMs>;
}

/**
 * What the limits are held against, as a fold of facts beside the books: open orders by scope, and
 * what happened within the last seconds. It is told of every fact after the books took it, in the
 * replay of the journal as well. Only scopes that the configuration names are counted, so that
 * no client makes it grow.
 */
export class RiskKeeper {
  readonly #deps: RiskKeeperDeps;
  readonly #open = new Map<TradingSymbol, Map<OrderID, OpenOrder>>();
  readonly #sums = new Map<ScopeKey, ScopeSums>();
  readonly #scopes = new Map<string, readonly ScopeKey[]>();
  /** Leaves of the larger of two terms, while a replace is under way. */
  readonly #replacing = new Map<OrderID, Decimal>();
  readonly #orders = new SlidingCounts(SECOND_MS);
  readonly #cancels = new SlidingCounts(SECOND_MS);
  readonly #venueUnits = new SlidingCounts(VENUE_WINDOW_MS);
  readonly #executions: SlidingCounts;
  readonly #likes = new Map<string, EpochMs>();

  constructor(deps: RiskKeeperDeps) {
    this.#deps = deps;
    this.#executions = new SlidingCounts(deps.book.configured.executionsWindowMs);
  }

  state(): RiskState {
    return {
      replacing: new Map(this.#replacing),
      counts: new Map(Object.entries(this.#counts()).map(([name, one]) => [name, one.entries])),
      likes: new Map(this.#likes),
    };
  }

  /** Takes a snapshot's state, before the facts after it. `books`: the snapshot's. */
  restore(books: EngineState, { replacing, counts, likes }: RiskState): void {
    for (const [orderID, leaves] of replacing) this.#replacing.set(orderID, leaves);
    for (const [name, one] of Object.entries(this.#counts())) one.restore(counts.get(name) ?? []);
    for (const [key, at] of likes) this.#likes.set(key, at);
    for (const orderID of books.openOrderIDs) this.#noteOrder(books, orderID);
  }

  /** `state`: the books after the fact. */
  note(state: EngineState, fact: Fact): void {
    if ('orderID' in fact) this.#noteOrder(state, fact.orderID, fact);
    switch (fact.type) {
      case 'OrderAccepted':
        this.#noteAccepted(state, fact);
        return;
      case 'ReplaceIntended':
        this.#noteMessage(state, fact, 'orderRateMax');
        return;
      case 'CancelIntended':
        this.#noteMessage(state, fact, isClients(fact) ? 'cancelRateMax' : undefined);
        return;
      case 'OrderFilled':
        this.#noteExecution(state, fact);
        return;
      case 'ThrottleReset':
        this.#executions.clear(fact.scope);
        return;
      default:
    }
  }

  openOrders(scope: ScopeKey): number {
    return this.#sums.get(scope)?.orders ?? 0;
  }

  openOrdersOn(symbol: TradingSymbol): Iterable<OpenOrder> {
    return this.#open.get(symbol)?.values() ?? [];
  }

  openOrder(orderID: OrderID, symbol: TradingSymbol): OpenOrder | undefined {
    return this.#open.get(symbol)?.get(orderID);
  }

  openSums(scope: ScopeKey): ReadonlyMap<TradingSymbol, OpenSums> {
    return this.#sums.get(scope)?.bySymbol ?? NONE;
  }

  orderRate(scope: ScopeKey, at: EpochMs): number {
    return this.#orders.of(scope, at);
  }

  cancelRate(scope: ScopeKey, at: EpochMs): number {
    return this.#cancels.of(scope, at);
  }

  venueUnits(scope: ScopeKey, at: EpochMs): number {
    return this.#venueUnits.of(scope, at);
  }

  executions(scope: ScopeKey, at: EpochMs): number {
    return this.#executions.of(scope, at);
  }

  /** When an order like this was last accepted. */
  lastLike(like: Like): EpochMs | undefined {
    return this.#likes.get(likenessOf(like));
  }

  #counts(): Readonly<Record<string, SlidingCounts>> {
    return {
      orders: this.#orders,
      cancels: this.#cancels,
      venueUnits: this.#venueUnits,
      executions: this.#executions,
    };
  }

  #noteAccepted(state: EngineState, fact: Extract<Fact, { type: 'OrderAccepted' }>): void {
    this.#noteMessage(state, fact, 'orderRateMax');
    const { at } = fact;
    if (!this.#deps.book.isLimited('duplicateWindowMs', state, at)) return;
    const key = likenessOf(fact);
    this.#likes.delete(key);
    this.#likes.set(key, at);
    if (this.#likes.size > LIKES_MAX) this.#likes.delete(this.#likes.keys().next().value ?? '');
  }

  #noteMessage(
    state: EngineState,
    fact: Extract<Fact, { type: 'OrderAccepted' | 'ReplaceIntended' | 'CancelIntended' }>,
    rate: 'orderRateMax' | 'cancelRateMax' | undefined,
  ): void {
    const order = state.orders.get(fact.orderID);
    if (order === undefined) return;
    const { at } = fact;
    const limited = this.#limited(state, order, at);
    if (rate === 'orderRateMax') this.#orders.add(at, limited(rate));
    if (rate === 'cancelRateMax') this.#cancels.add(at, limited(rate));
    const venueUnits = venueUnitsOf(this.#deps.book.configured, order.session);
    const units = fact.type === 'CancelIntended' ? venueUnits.cancel : venueUnits.order;
    this.#venueUnits.add(at, limited('venueCostMax'), units);
  }

  #noteExecution(
    state: EngineState,
    { orderID, at }: Extract<Fact, { type: 'OrderFilled' }>,
  ): void {
    const order = state.orders.get(orderID);
    if (order === undefined) return;
    this.#executions.add(at, this.#limited(state, order, at)('executionsMax'));
  }

  /** The scopes of an order that have a limit: what no limit counts is not kept. */
  #limited(state: EngineState, order: Order, at: EpochMs) {
    const inForce = this.#deps.book.inForce(this.#scopesOf(order), state, at);
    return (limit: LimitKey): readonly ScopeKey[] =>
      inForce.filter(({ values }) => values.has(limit)).map(({ scope }) => scope);
  }

  /** Without a fact: an order of a snapshot. */
  #noteOrder(state: EngineState, orderID: OrderID, fact?: Fact): void {
    const order = state.orders.get(orderID);
    if (order === undefined) return;
    const { symbol } = order.terms;
    const before = this.#open.get(symbol)?.get(orderID);
    if (before?.order === order) return;
    if (fact !== undefined) this.#noteReplacing(order, fact);
    if (before !== undefined && isSameExposure(before, order, this.#replacing.get(orderID))) {
      this.#open.get(symbol)?.set(orderID, { ...before, order });
    } else this.#noteExposure(before, order);
  }

  #noteExposure(before: OpenOrder | undefined, order: Order): void {
    const { orderID, terms } = order;
    const onSymbol = this.#open.get(terms.symbol);
    if (before !== undefined) this.#count(before, -1);
    if (isClosed(order)) {
      onSymbol?.delete(orderID);
      return;
    }
    const after = this.#openOrderOf(order);
    this.#count(after, 1);
    if (onSymbol === undefined) this.#open.set(terms.symbol, new Map([[orderID, after]]));
    else onSymbol.set(orderID, after);
  }

  #noteReplacing(order: Order, fact: Fact): void {
    const { orderID, pending } = order;
    if (fact.type === 'ReplaceIntended') {
      const leaves = decimalOf(fact.terms.orderQty).minus(decimalOf(order.cumQty));
      this.#replacing.set(orderID, maxDecimal(leaves, this.#replacing.get(orderID) ?? ZERO));
    } else if (this.#replacing.has(orderID) && pending.every(({ kind }) => kind !== 'replace')) {
      this.#replacing.delete(orderID);
    }
  }

  #openOrderOf(order: Order): OpenOrder {
    const { terms, referencePx } = order;
    const isInert = terms.reduceOnly || isClosedStatus(order.base);
    const leaves = decimalOf(order.leavesQty);
    const replacing = this.#replacing.get(order.orderID);
    const qty = isInert ? ZERO : maxDecimal(leaves, replacing ?? ZERO);
    const contractType = this.#deps.contractTypeOf(terms.symbol);
    const value = valueOf(contractType, terms, { qty, referencePx });
    return { order, scopes: this.#scopesOf(order), qty, value, replacing };
  }

  /** One list for all orders that have everything in common. */
  #scopesOf(order: Order): readonly ScopeKey[] {
    const { session, client, account = '', strategy = '', terms } = order;
    const key = [session, client, account, strategy, terms.symbol].join('\0');
    const known = this.#scopes.get(key);
    if (known !== undefined) return known;
    const scopes = scopesOfOrder(order).filter((scope) => this.#deps.book.has(scope));
    // Clients make up any number of accounts and strategies.
    if (this.#scopes.size >= SCOPE_LISTS_MAX) this.#scopes.clear();
    this.#scopes.set(key, scopes);
    return scopes;
  }

  #count({ order, scopes, qty, value }: OpenOrder, sign: 1 | -1): void {
    const { symbol, side } = order.terms;
    for (const scope of scopes) {
      const sums = this.#sums.get(scope) ?? {
        orders: 0,
        bySymbol: new Map<TradingSymbol, OpenSums>(),
      };
      sums.orders += sign;
      if (sums.orders === 0) {
        this.#sums.delete(scope);
        continue;
      }
      this.#sums.set(scope, sums);
      if (qty.eq(ZERO)) continue;
      const open = sums.bySymbol.get(symbol) ?? NO_SUMS;
      sums.bySymbol.set(symbol, { ...open, [side]: added(open[side], { qty, value }, sign) });
    }
  }
}

/** Most facts about an open order change nothing of what it may come to. */
const isSameExposure = (
  { order: before, replacing: replacingBefore }: OpenOrder,
  order: Order,
  replacing: Decimal | undefined,
): boolean =>
  before.terms === order.terms &&
  before.leavesQty === order.leavesQty &&
  isClosedStatus(before.base) === isClosedStatus(order.base) &&
  replacingBefore === replacing &&
  !isClosed(order);

/** A cancel that a client asked for, when it asked; not of a mass cancel, not asked again by us. */
const isClients = ({
  clientOrderID,
  repeats,
}: Extract<Fact, { type: 'CancelIntended' }>): boolean =>
  clientOrderID !== undefined && repeats === undefined;

const NONE: ReadonlyMap<TradingSymbol, OpenSums> = new Map();

const added = (
  sums: SideSums,
  { qty, value }: Pick<OpenOrder, 'qty' | 'value'>,
  sign: 1 | -1,
): SideSums => ({
  qty: sign === 1 ? sums.qty.plus(qty) : sums.qty.minus(qty),
  value: sign === 1 ? sums.value.plus(value ?? ZERO) : sums.value.minus(value ?? ZERO),
  unvalued: sums.unvalued + (value === undefined ? sign : 0),
});

export const scopesOfOrder = ({
  session,
  client,
  account,
  strategy,
  terms: { symbol },
}: Order): readonly ScopeKey[] =>
  scopesOf({
    session,
    client,
    symbol,
    ...(account === undefined ? {} : { account }),
    ...(strategy === undefined ? {} : { strategy }),
  });

type Like = Pick<Order, 'client' | 'session' | 'terms'>;

/** Equal for orders of one client on one account that a person would take for the same. */
const likenessOf = ({ client, session, terms }: Like): string => {
  const { symbol, side, ordType, orderQty, price = '', stopPx = '' } = terms;
  return JSON.stringify([client, session, symbol, side, ordType, orderQty, price, stopPx]);
};

export const otherSide = (side: Side): Side => (side === 'Buy' ? 'Sell' : 'Buy');
