import { type TradingSymbol } from '../../domain/ids.ts';
import { type Instrument } from '../../domain/instrument.ts';
import { type OrderTerms } from '../../domain/order.ts';
import { isFreezing } from '../doubt-class.ts';
import { type ReferencePrice } from '../input.ts';
import { ORD_REJ, refusal, type Refusal } from '../refusal.ts';
import { type EngineState } from '../state.ts';
import { checkDialect } from './check-dialect.ts';
import { checkCollar, checkQuantity, checkSize, checkTicks } from './check-price-and-size.ts';
import { type RiskLimits } from './risk-limits.ts';

export interface CheckDeps {
  readonly limits: RiskLimits;
  readonly instruments: ReadonlyMap<TradingSymbol, Instrument>;
}

/**
 * All pre-trade checks that need no route, in the order in which they are reported: the first
 * broken one wins. unknown symbol, symbol not allowed, instrument status, dialect, quantity, tick,
 * size, collar, open orders.
 */
export const checkOrder = (
  state: EngineState,
  terms: OrderTerms,
  { limits, instruments }: CheckDeps,
  reference: ReferencePrice = NO_PRICES,
): Refusal | undefined => {
  const instrument = instruments.get(terms.symbol);
  if (instrument === undefined) {
    const detail = `no instrument ${terms.symbol}`;
    return refusal('UNKNOWN_SYMBOL', ORD_REJ.unknownSymbol, detail);
  }
  return (
    checkAllowed(terms, limits) ??
    checkInstrumentStatus(terms, instrument) ??
    checkDialect(terms) ??
    checkQuantity(terms, instrument) ??
    checkTicks(terms, instrument) ??
    checkSize(terms, instrument, limits, reference) ??
    checkCollar(terms, limits, reference) ??
    checkOpenOrders(state, limits)
  );
};

const NO_PRICES: ReferencePrice = { type: 'None', why: 'no book is kept' };

const checkAllowed = (terms: OrderTerms, { allowedSymbols }: RiskLimits): Refusal | undefined =>
  allowedSymbols === undefined || allowedSymbols.has(terms.symbol)
    ? undefined
    : refusal('SYMBOL_NOT_ALLOWED', ORD_REJ.other, `${terms.symbol} is not on the list`);

const checkInstrumentStatus = (terms: OrderTerms, { status }: Instrument): Refusal | undefined => {
  switch (status) {
    case 'Online':
      return undefined;
    case 'PostOnly':
      return terms.postOnly
        ? undefined
        : refusal('MARKET_POST_ONLY', ORD_REJ.other, `${terms.symbol} takes post-only orders`);
    case 'Suspended':
    case 'CancelOnly':
      return refusal('MARKET_CLOSED', ORD_REJ.exchangeClosed, `${terms.symbol} is ${status}`);
  }
};

/** Orders in doubt are still in this set, so doubt counts at worst case. */
const checkOpenOrders = (state: EngineState, { openOrdersMax }: RiskLimits): Refusal | undefined =>
  state.openOrderIDs.size < openOrdersMax
    ? undefined
    : refusal(
        'MAX_OPEN_ORDERS',
        ORD_REJ.exceedsLimit,
        `${state.openOrderIDs.size} orders are open, ${openOrdersMax} may be`,
      );

/** An instrument with an unresolved doubt is frozen, while others stay open. */
export const checkDoubts = (state: EngineState, { symbol }: OrderTerms): Refusal | undefined => {
  for (const [orderID, doubt] of state.doubts) {
    if (!isFreezing(doubt) || state.orders.get(orderID)?.terms.symbol !== symbol) continue;
    const detail = `exposure on ${symbol} is unknown until order ${orderID} is resolved`;
    return refusal('DOUBT_FREEZE', ORD_REJ.other, detail);
  }
  return undefined;
};
