import { type DecimalText, type SessionName, type TradingSymbol } from '../../domain/ids.ts';
import { type Instrument } from '../../domain/instrument.ts';
import { type OrderTerms } from '../../domain/order.ts';
import { type EpochMs } from '../../lib/time.ts';
import { routePhaseOf } from '../route-phase.ts';
import { isFreezing } from '../doubt-class.ts';
import { type MarketView, type ReferencePrice } from '../input.ts';
import { type DayStart, ENGINE_SCOPE, scopesOf, type ScopedOrder, scopeToText } from '../limit.ts';
import { type PositionKeeper } from '../positions/position-keeper.ts';
import { ORD_REJ, refusal, type Refusal } from '../refusal.ts';
import { type EngineState, type Order } from '../state.ts';
import { checkDialect } from './check-dialect.ts';
import { type Check, LIMIT_CHECKS } from './limits/limit-checks.ts';
import { checkQuantity, checkTicks } from './check-price-and-size.ts';
import { LIMIT_CONTROLS, type LimitControl } from './controls.ts';
import { holding, type LimitBook, type LimitsInForce } from './limits/limit-book.ts';
import { type RiskKeeper } from './risk-keeper.ts';

export interface CheckDeps {
  readonly limits: LimitBook;
  /** What the limits are held against; told of every fact, as the books are. */
  readonly usage: RiskKeeper;
  readonly positions: PositionKeeper;
  readonly instruments: ReadonlyMap<TradingSymbol, Instrument>;
}

/** An order, or the new terms of one, as it is held against the limits. */
export interface OrderToCheck extends Omit<ScopedOrder, 'symbol'> {
  readonly terms: OrderTerms;
  readonly at: EpochMs;
  /** Left out: there is no price. */
  readonly reference?: ReferencePrice;
  readonly market?: MarketView;
  /** The open order whose terms these are to replace: it does not count beside them. */
  readonly replaces?: Order;
  /** Where the trading day began, when that was decided together with this order. */
  readonly dayStart?: DayStart;
}

/**
 * All pre-trade checks that need no route, in the order in which they are reported: the first
 * broken one wins. Unknown symbol, permissions, instrument status, dialect, quantity, tick, then
 * the limits as `LIMIT_CONTROLS` has them.
 */
export const checkOrder = (
  state: EngineState,
  order: OrderToCheck,
  deps: CheckDeps,
): Refusal | undefined => {
  const { terms } = order;
  const instrument = deps.instruments.get(terms.symbol);
  if (instrument === undefined) {
    const detail = `no instrument ${terms.symbol}`;
    return refusal('UNKNOWN_SYMBOL', ORD_REJ.unknownSymbol, detail);
  }
  const scopes = scopesOf({ ...order, symbol: terms.symbol });
  const inForce = deps.limits.inForce(scopes, state, order.at);
  const check: Check = { state, order, instrument, deps, reference: order.reference ?? NO_PRICES };
  return (
    checkLimits(PERMISSIONS, check, inForce) ??
    checkInstrumentStatus(terms, instrument) ??
    checkDialect(terms) ??
    checkQuantity(terms, instrument) ??
    checkTicks(terms, instrument) ??
    checkLimits(AMOUNTS, check, inForce)
  );
};

const NO_PRICES: ReferencePrice = { type: 'None', why: 'no book is kept' };

const PERMISSIONS = LIMIT_CONTROLS.filter(({ tighter }) => tighter === 'subset');
const AMOUNTS = LIMIT_CONTROLS.filter(({ tighter }) => tighter !== 'subset');

const checkLimits = (
  controls: readonly LimitControl[],
  check: Check,
  inForce: readonly LimitsInForce[],
): Refusal | undefined => {
  for (const control of controls) {
    const held = LIMIT_CHECKS[control.limit];
    for (const limit of holding(control, inForce)) {
      const broken = held(check, limit);
      if (broken === undefined) continue;
      if ('lack' in broken) {
        const refused = withoutPrice(check, broken.lack);
        if (refused !== undefined) return refused;
      } else {
        const of = limit.scope === ENGINE_SCOPE ? '' : ` (${scopeToText(limit.scope)})`;
        return refusal(control.code, control.reject, `${broken.detail}${of}`);
      }
    }
  }
  return undefined;
};

const withoutPrice = (
  { order: { terms }, deps: { limits } }: Check,
  lack: string,
): Refusal | undefined =>
  limits.configured.withoutReferencePrice === 'allow'
    ? undefined
    : refusal('NO_REFERENCE_PRICE', ORD_REJ.other, lack.replaceAll('{symbol}', terms.symbol));

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

/**
 * An instrument with an unresolved doubt is frozen on the account of the doubt; other instruments
 * and other accounts stay open. An order that the venue lets reduce a position alone passes: in
 * every outcome of the doubt, live, filled or absent, what it can do is to make the exposure
 * smaller. [routing 2, I8]
 */
export const checkDoubts = (
  state: EngineState,
  { symbol, reduceOnly }: OrderTerms,
  session: SessionName,
): Refusal | undefined => {
  if (reduceOnly) return undefined;
  // By REST, nothing of the FIX orders is known but what a round of look-ups has settled.
  const isByRest = routePhaseOf(state.routes.get(session)) === 'REST_ACTIVE';
  for (const [orderID, doubt] of state.doubts) {
    const doubted = state.orders.get(orderID);
    if (doubted?.terms.symbol !== symbol || doubted.session !== session) continue;
    if (!isFreezing(doubt) && !isByRest) continue;
    const detail = `exposure on ${symbol} is unknown until order ${orderID} is resolved`;
    return refusal('DOUBT_FREEZE', ORD_REJ.other, detail);
  }
  return undefined;
};

/** The reference price that has to value an order later, when it has no price of its own. */
export const referencePxFor = (
  { price, stopPx, ordType }: OrderTerms,
  reference: ReferencePrice | undefined,
): DecimalText | undefined => {
  const hasPrice = price !== undefined || (stopPx !== undefined && ordType !== 'TrailingStop');
  return hasPrice || reference?.type !== 'Price' ? undefined : reference.px;
};
