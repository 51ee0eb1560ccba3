import { decimalOf, decimalTextOf } from '../../domain/decimal-text.ts';
import {
  type ClientName,
  type DecimalText,
  type OrderID,
  type SessionName,
  type TradingSymbol,
} from '../../domain/ids.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type Decimal, ZERO } from '../../lib/decimal.ts';
import { type Fact } from '../fact.ts';
import { type EngineState, type Execution, type Order } from '../state.ts';
import { applyTrade, type ContractType, FLAT, openedAt, type Position } from './position.ts';

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

interface Entry extends Mutable<KeptPosition> {
  fees: Map<string, Decimal>;
  adjusted: Set<OrderID>;
  /** An older execution changed, so all of them are folded again before the next answer. */
  isStale: boolean;
}

/**
 * Positions as a fold of facts: per account and instrument, and per client, its Account(1) and
 * instrument. It is told of every fact after the books took it, in the replay of the journal as
 * well, so that equal journals make equal positions.
 *
 * A fill is added to its two positions at once. A bust or a correction changes the past: the
 * executions of the position are folded again in the order in which they were booked, as if the
 * busted one had never been. The venue may book the opposite trade instead; quantity and the sum of
 * realised and unrealised profit are the same then, its average price may differ.
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

  /** `state`: the books after the fact. */
  note(state: EngineState, fact: Fact): void {
    switch (fact.type) {
      case 'OrderFilled': {
        const order = state.orders.get(fact.orderID);
        if (order === undefined) return;
        for (const entry of this.#entriesOf(order)) if (!entry.isStale) add(entry, order, fact);
        return;
      }
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
        for (const { symbol } of fact.positions) {
          this.#age(this.#entry({ type: 'account', account: fact.session }, symbol));
        }
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

  #age(entry: Entry): void {
    entry.isStale = true;
    this.#isAnyStale = true;
  }

  /** One pass over the books, whatever many positions are stale. */
  #foldAgain(state: EngineState): void {
    for (const entry of this.#entries.values()) if (entry.isStale) begin(entry, state);
    const corrected = new Set(state.rootExecIDs.values());
    for (const execution of state.executions.values()) {
      const order = state.orders.get(execution.orderID);
      if (execution.canceled || order === undefined) continue;
      for (const entry of this.#entriesOf(order)) {
        if (!entry.isStale) continue;
        add(entry, order, execution);
        if (corrected.has(execution.venueExecID)) entry.feesOutdated += 1;
      }
    }
    for (const entry of this.#entries.values()) entry.isStale = false;
    this.#isAnyStale = false;
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
      ...{ adjusted: new Set(), adjustedOrders: 0, isStale: false },
    };
    this.#entries.set(key, made);
    return made;
  }
}

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

/** Back to what was there before the first execution. */
const begin = (entry: Entry, state: EngineState): void => {
  const { owner, symbol, contractType } = entry;
  const opening =
    owner.type === 'account' ? state.openings.get(owner.account)?.positions.get(symbol) : undefined;
  entry.position =
    opening === undefined
      ? FLAT
      : openedAt(
          contractType,
          decimalOf(opening.qty),
          opening.entryPx === undefined ? undefined : decimalOf(opening.entryPx),
        );
  entry.executions = 0;
  entry.fees = new Map();
  entry.feesMissing = 0;
  entry.feesOutdated = 0;
  entry.lastAt = undefined;
};

const add = (
  entry: Entry,
  { terms: { side } }: Order,
  { lastQty, lastPx, fee, feeCurrency, at }: TradeFields,
): void => {
  const traded = decimalOf(lastQty);
  const qty = side === 'Buy' ? traded : ZERO.minus(traded);
  entry.position = applyTrade(entry.contractType, entry.position, { qty, px: decimalOf(lastPx) });
  entry.executions += 1;
  entry.lastAt = at;
  if (fee === undefined || feeCurrency === undefined) entry.feesMissing += 1;
  else entry.fees.set(feeCurrency, (entry.fees.get(feeCurrency) ?? ZERO).plus(decimalOf(fee)));
};

type TradeFields = Pick<Execution, 'lastQty' | 'lastPx' | 'fee' | 'feeCurrency' | 'at'>;

const noteAdjusted = (entry: Entry, { orderID }: Order): void => {
  entry.adjusted.add(orderID);
  entry.adjustedOrders = entry.adjusted.size;
};
