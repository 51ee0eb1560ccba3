import { decimalOf, decimalTextOf } from '../../domain/decimal-text.ts';
import {
  type ClientName,
  type DecimalText,
  type OrderID,
  type SessionName,
  type TradingSymbol,
} from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type Decimal, ZERO } from '../../lib/decimal.ts';
import { type Fact, type TradeCanceled, type TradeCorrected } from '../fact.ts';
import { type EngineState, type Execution, type OpeningPosition, type Order } from '../state.ts';
import {
  applyTrade,
  type ContractType,
  FLAT,
  openedAt,
  openedBeside,
  type Position,
} from './position.ts';

/** Whose position: of the account behind a venue session, or of one client's own orders. */
export type PositionOwner =
  | { readonly type: 'account'; readonly account: SessionName }
  | {
      readonly type: 'client';
      readonly client: ClientName;
      /** Account(1) of the orders, the client's own word. */
      readonly clientAccount?: string;
    }
  /** ClOrdLinkID(583) of the orders; strategies that the configuration names. */
  | { readonly type: 'strategy'; readonly strategy: string };

/** One position with what its executions say beside quantity and price. */
export interface KeptPosition {
  readonly owner: PositionOwner;
  readonly symbol: TradingSymbol;
  readonly contractType: ContractType | undefined;
  readonly position: Position;
  /** Live executions: corrected ones count once, busted ones not. */
  readonly executions: number;
  /** Sum by currency; negative is a rebate. */
  readonly fees: ReadonlyMap<string, Decimal>;
  /** Executions whose fee the venue has not said. */
  readonly feesMissing: number;
  /** Executions that were corrected: the fee is that of the first report. */
  readonly feesOutdated: number;
  /** Of the newest live execution. */
  readonly lastAt: EpochMs | undefined;
  /** Orders whose CumQty(14) a corporate action changed beside executions. */
  readonly adjustedOrders: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What is added up over executions. */
type Sums = Mutable<
  Pick<KeptPosition, 'position' | 'executions' | 'feesMissing' | 'feesOutdated' | 'lastAt'>
> & { fees: Map<string, Decimal> };

interface Entry extends Mutable<KeptPosition>, Sums {
  fees: Map<string, Decimal>;
  adjusted: Set<OrderID>;
  /** Of the executions whose orders left memory, on top of the opening position. */
  folded: Sums | undefined;
  /** An older execution changed, so all of them are folded again before the next answer. */
  isStale: boolean;
}

/** What a snapshot keeps of positions. */
export interface PositionsState {
  readonly entries: ReadonlyMap<string, Entry>;
}

const copyOf = (entry: Entry): Entry => ({
  ...entry,
  fees: new Map(entry.fees),
  adjusted: new Set(entry.adjusted),
  folded: entry.folded && { ...entry.folded, fees: new Map(entry.folded.fees) },
});

/**
 * Positions as a fold of facts: per account and instrument, and per client, its Account(1) and
 * instrument. It is told of every fact after the books took it, in the replay of the journal as
 * well, so that equal journals make equal positions.
 *
 * A fill is added to its two positions at once. A bust or a correction changes the past: the
 * executions of the position are folded again in the order in which they were booked, as if the
 * busted one had never been. The venue may book the opposite trade instead; quantity and the sum of
 * realised and unrealised profit are the same then, its average price may differ. The same is so
 * for an execution whose order had left memory: it is taken back as the opposite trade.
 */
export class PositionKeeper {
  readonly #contractTypeOf: (symbol: TradingSymbol) => ContractType | undefined;
  readonly #strategies: ReadonlySet<string>;
  readonly #entries = new Map<string, Entry>();
  #isAnyStale = false;

  /** `strategies`: positions are kept for these alone, because clients may make up any number. */
  constructor(
    contractTypeOf: (symbol: TradingSymbol) => ContractType | undefined,
    strategies: ReadonlySet<string> = new Set(),
  ) {
    this.#contractTypeOf = contractTypeOf;
    this.#strategies = strategies;
  }

  /** For a snapshot; the same whoever looked at positions when. */
  state(books: EngineState): PositionsState {
    if (this.#isAnyStale) this.#foldAgain(books);
    return { entries: new Map([...this.#entries].map(([key, entry]) => [key, copyOf(entry)])) };
  }

  /** Takes a snapshot's positions, before the facts after it. */
  restore({ entries }: PositionsState): void {
    for (const [key, entry] of entries) this.#entries.set(key, copyOf(entry));
  }

  /** `state`: the books before the fact, which still have what it takes away. */
  noteBefore(state: EngineState, fact: Fact): void {
    if (fact.type === 'OrdersArchived') {
      // A later fold lacks these executions, so whoever looks when, the same is folded now.
      if (this.#isAnyStale) this.#foldAgain(state);
      for (const orderID of fact.orderIDs) this.#fold(state, orderID);
    } else if (fact.type === 'TradeCorrected' || fact.type === 'TradeCanceled') {
      this.#changeFolded(state, fact);
    }
  }

  /** `state`: the books after the fact. */
  note(state: EngineState, fact: Fact): void {
    switch (fact.type) {
      case 'OrderFilled':
        this.#noteFill(state, fact);
        return;
      case 'ExecutionLinked':
        this.#noteLink(state, fact);
        return;
      case 'TradeCorrected':
      case 'TradeCanceled': {
        const order = state.orders.get(fact.orderID);
        if (order !== undefined) for (const entry of this.#entriesOf(order)) this.#age(entry);
        return;
      }
      case 'OrderRestated': {
        const order = state.orders.get(fact.orderID);
        if (order === undefined || fact.cumQtyAdjustment === '0') return;
        for (const entry of this.#entriesOf(order)) noteAdjusted(entry, order);
        return;
      }
      case 'OpeningPositionsNoted':
        this.#noteOpening(fact);
        return;
      default:
    }
  }

  /** Every position that has an execution or was there at the beginning, flat ones included. */
  all(state: EngineState, type: PositionOwner['type']): readonly KeptPosition[] {
    if (this.#isAnyStale) this.#foldAgain(state);
    return [...this.#entries.values()].filter(({ owner }) => owner.type === type);
  }

  /** What the account behind a venue session holds of an instrument, signed; 0 when flat. */
  qtyOf(state: EngineState, account: SessionName, symbol: TradingSymbol): DecimalText {
    const entry = this.#entries.get(positionKeyOf({ type: 'account', account }, symbol));
    if (entry?.isStale === true) this.#foldAgain(state);
    return decimalTextOf(entry?.position.qty ?? ZERO);
  }

  #noteFill(state: EngineState, fact: FactOf<'OrderFilled'>): void {
    const order = state.orders.get(fact.orderID);
    if (order === undefined) return;
    for (const entry of this.#entriesOf(order)) {
      if (!entry.isStale) add(entry.contractType, entry, order, fact);
    }
  }

  #noteLink(state: EngineState, fact: FactOf<'ExecutionLinked'>): void {
    const order = state.orders.get(fact.orderID);
    if (order === undefined) return;
    const isFolded = state.executions.get(fact.rootExecID)?.isFolded === true;
    for (const entry of this.#entriesOf(order)) {
      if (!entry.isStale) noteFee(entry, fact);
      if (isFolded && entry.folded !== undefined) noteFee(entry.folded, fact);
    }
  }

  #noteOpening({ session, positions }: FactOf<'OpeningPositionsNoted'>): void {
    for (const { symbol, qty, entryPx } of positions) {
      const entry = this.#entry({ type: 'account', account: session }, symbol);
      const { folded, contractType } = entry;
      const opening = opened({ qty, ...defined({ entryPx }) });
      if (folded !== undefined) {
        folded.position = openedBeside(contractType, folded.position, opening);
      }
      this.#age(entry);
    }
  }

  #age(entry: Entry): void {
    entry.isStale = true;
    this.#isAnyStale = true;
  }

  /** One pass over the books, whatever many positions are stale. */
  #foldAgain(state: EngineState): void {
    for (const entry of this.#entries.values()) {
      if (entry.isStale) Object.assign(entry, beginningOf(entry, state));
    }
    for (const execution of state.executions.values()) {
      const order = state.orders.get(execution.orderID);
      if (execution.canceled || execution.isFolded === true || order === undefined) continue;
      for (const entry of this.#entriesOf(order)) {
        if (entry.isStale) add(entry.contractType, entry, order, execution);
      }
    }
    for (const entry of this.#entries.values()) entry.isStale = false;
    this.#isAnyStale = false;
  }

  /** Adds the executions of an order that leaves memory to what no fold begins before. */
  #fold(state: EngineState, orderID: OrderID): void {
    const order = state.orders.get(orderID);
    if (order === undefined) return;
    for (const id of state.namesByOrderID.get(orderID)?.venueExecIDs ?? []) {
      const execution = state.executions.get(id);
      if (execution === undefined || execution.canceled || execution.isFolded === true) continue;
      for (const entry of this.#entriesOf(order)) {
        entry.folded ??= beginningOf(entry, state);
        add(entry.contractType, entry.folded, order, execution);
      }
    }
  }

  #changeFolded(state: EngineState, fact: TradeCorrected | TradeCanceled): void {
    const before = state.executions.get(fact.rootExecID);
    const order = state.orders.get(fact.orderID);
    if (order === undefined || before?.isFolded !== true || before.canceled) return;
    for (const entry of this.#entriesOf(order)) {
      const folded = (entry.folded ??= beginningOf(entry, state));
      takeBack(entry.contractType, folded, order, before);
      if (fact.type === 'TradeCanceled') continue;
      const { lastQty, lastPx, execID: lastExecID } = fact;
      add(entry.contractType, folded, order, { ...before, lastQty, lastPx, lastExecID });
    }
  }

  #entriesOf({ session, client, account, strategy, terms: { symbol } }: Order): readonly Entry[] {
    const clientAccount = account === undefined ? {} : { clientAccount: account };
    const entries = [
      this.#entry({ type: 'account', account: session }, symbol),
      this.#entry({ type: 'client', client, ...clientAccount }, symbol),
    ];
    if (strategy !== undefined && this.#strategies.has(strategy)) {
      entries.push(this.#entry({ type: 'strategy', strategy }, symbol));
    }
    return entries;
  }

  #entry(owner: PositionOwner, symbol: TradingSymbol): Entry {
    const key = positionKeyOf(owner, symbol);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const made: Entry = {
      ...{ owner, symbol, contractType: this.#contractTypeOf(symbol), position: FLAT },
      ...{ executions: 0, fees: new Map(), feesMissing: 0, feesOutdated: 0, lastAt: undefined },
      ...{ adjusted: new Set(), adjustedOrders: 0, folded: undefined, isStale: false },
    };
    this.#entries.set(key, made);
    return made;
  }
}

type FactOf<T extends Fact['type']> = Extract<Fact, { type: T }>;

/** Names are the clients' own texts, so they are quoted: no two owners make one key. */
export const positionKeyOf = (owner: PositionOwner, symbol: TradingSymbol): string => {
  switch (owner.type) {
    case 'account':
      return JSON.stringify([owner.account, symbol]);
    case 'client':
      return JSON.stringify([owner.client, owner.clientAccount ?? null, symbol]);
    case 'strategy':
      return JSON.stringify([owner.strategy, 'strategy', null, symbol]);
  }
};

/** Before the first execution that is in memory. */
const beginningOf = ({ owner, symbol, contractType, folded }: Entry, state: EngineState): Sums => {
  if (folded !== undefined) return { ...folded, fees: new Map(folded.fees) };
  const opening =
    owner.type === 'account' ? state.openings.get(owner.account)?.positions.get(symbol) : undefined;
  const { qty, px } = opening === undefined ? { qty: ZERO, px: undefined } : opened(opening);
  return {
    position: opening === undefined ? FLAT : openedAt(contractType, qty, px),
    ...{ executions: 0, fees: new Map(), feesMissing: 0, feesOutdated: 0, lastAt: undefined },
  };
};

const opened = ({ qty, entryPx }: OpeningPosition) => ({
  qty: decimalOf(qty),
  px: entryPx === undefined ? undefined : decimalOf(entryPx),
});

const add = (
  type: ContractType | undefined,
  sums: Sums,
  order: Order,
  { lastQty, lastPx, fee, feeCurrency, at, lastExecID }: TradeFields,
): void => {
  const trade = { qty: signed(order, lastQty), px: decimalOf(lastPx) };
  sums.position = applyTrade(type, sums.position, trade);
  sums.executions += 1;
  sums.lastAt = at;
  if (lastExecID !== undefined) sums.feesOutdated += 1;
  if (fee === undefined || feeCurrency === undefined) sums.feesMissing += 1;
  else sums.fees.set(feeCurrency, (sums.fees.get(feeCurrency) ?? ZERO).plus(decimalOf(fee)));
};

/** The opposite trade, and nothing of its fee. */
const takeBack = (
  type: ContractType | undefined,
  sums: Sums,
  order: Order,
  { lastQty, lastPx, fee, feeCurrency, lastExecID }: TradeFields,
): void => {
  const trade = { qty: ZERO.minus(signed(order, lastQty)), px: decimalOf(lastPx) };
  sums.position = applyTrade(type, sums.position, trade);
  sums.executions -= 1;
  if (lastExecID !== undefined) sums.feesOutdated -= 1;
  if (fee === undefined || feeCurrency === undefined) sums.feesMissing -= 1;
  else sums.fees.set(feeCurrency, (sums.fees.get(feeCurrency) ?? ZERO).minus(decimalOf(fee)));
};

const signed = ({ terms: { side } }: Order, lastQty: DecimalText): Decimal =>
  side === 'Buy' ? decimalOf(lastQty) : ZERO.minus(decimalOf(lastQty));

type TradeFields = Pick<Execution, 'lastQty' | 'lastPx' | 'fee' | 'feeCurrency' | 'at'> &
  Partial<Pick<Execution, 'lastExecID'>>;

/** The fee of an execution that was counted without one. */
const noteFee = (sums: Sums, { fee, feeCurrency }: TradeFees): void => {
  if (fee === undefined || feeCurrency === undefined) return;
  sums.feesMissing -= 1;
  sums.fees.set(feeCurrency, (sums.fees.get(feeCurrency) ?? ZERO).plus(decimalOf(fee)));
};

type TradeFees = Pick<Execution, 'fee' | 'feeCurrency'>;

const noteAdjusted = (entry: Entry, { orderID }: Order): void => {
  entry.adjusted.add(orderID);
  entry.adjustedOrders = entry.adjusted.size;
};
