import { type LimitKey, type ScopeKind } from '../limit.ts';
import { CXL_REJ, ORD_REJ } from '../refusal.ts';

/** What the value of a limit is. */
type LimitUnit =
  | 'contracts'
  | 'USD'
  | 'percent'
  | 'orders'
  | 'orders per second'
  | 'cancels per second'
  | 'units per 10 s'
  | 'executions'
  | 'ms'
  | 'list of symbols'
  | 'list of accounts'
  | '`refuse`';

/**
 * What a value is held against: each order alone; the orders and position of one instrument; or
 * everything in the scope together.
 */
type LimitMeasure = 'order' | 'instrument' | 'scope';

/** A control whose limit has a configuration key and may be changed at run time. */
export interface LimitControl {
  /** Reason code of a refusal: ReasonCode(20002), first word of Text(58), label of the metric. */
  readonly code: string;
  readonly limit: LimitKey;
  readonly unit: LimitUnit;
  readonly measure: LimitMeasure;
  /** Which of two values is the tighter one. */
  readonly tighter: 'smaller' | 'larger' | 'subset' | 'set';
  /** OrdRejReason(103); CxlRejReason(102) where cancels are refused. */
  readonly reject: number;
  readonly scopes: readonly ScopeKind[];
  /** What is compared with what, as a sentence that begins with a noun. */
  readonly compares: string;
}

/** A control that has no limit of its own. */
export interface RuleControl {
  readonly code: string;
  /** The configuration key that it follows; absent: none. */
  readonly key?: string;
  readonly reject: number;
  readonly compares: string;
}

const ALL: readonly ScopeKind[] = ['engine', 'instrument', 'account', 'client', 'strategy'];

type Nature = Omit<LimitControl, 'code' | 'limit' | 'unit' | 'compares'>;

const ORDER: Nature = {
  measure: 'order',
  tighter: 'smaller',
  reject: ORD_REJ.exceedsLimit,
  scopes: ALL,
};
const TOTAL: Nature = { ...ORDER, measure: 'scope' };
/** Broken by the state of things, by no amount of the order. */
const STATE: Nature = { ...ORDER, reject: ORD_REJ.other };

const control = (
  [code, limit, unit]: readonly [string, LimitKey, LimitUnit],
  nature: Nature,
  compares: string,
): LimitControl => ({ code, limit, unit, ...nature, compares });

/**
 * Every limit, in the order in which orders are held against them: the first broken one is the
 * answer. The page docs/risk-controls.md and the tests of each control are made from this table.
 */
export const LIMIT_CONTROLS: readonly LimitControl[] = [
  control(
    ['SYMBOL_NOT_ALLOWED', 'allowedSymbols', 'list of symbols'],
    { ...STATE, tighter: 'subset', scopes: ['engine', 'account', 'client', 'strategy'] },
    'The instrument of the order is on the list.',
  ),
  control(
    ['ACCOUNT_NOT_ALLOWED', 'allowedAccounts', 'list of accounts'],
    { ...STATE, tighter: 'subset', scopes: ['engine', 'client', 'strategy'] },
    'Account(1) of the order is on the list; an order without one is not.',
  ),
  control(['MAX_QUANTITY', 'orderQtyMax', 'contracts'], ORDER, 'OrderQty(38) of one order.'),
  control(
    ['MAX_NOTIONAL', 'notionalMax', 'USD'],
    ORDER,
    'Value of one order: quantity times price on linear contracts, quantity on inverse ones. The price is Price(44), else StopPx(99), else the reference price.',
  ),
  control(
    ['PRICE_COLLAR', 'priceCollarPercent', 'percent'],
    ORDER,
    'Distance of Price(44) of a Limit order from the reference price (`risk.referencePrice`), either way.',
  ),
  control(
    ['MARK_COLLAR', 'markCollarPercent', 'percent'],
    ORDER,
    'Distance of Price(44) of a Limit order from the venue’s mark price, either way.',
  ),
  control(
    ['INDEX_COLLAR', 'indexCollarPercent', 'percent'],
    ORDER,
    'Distance of Price(44) of a Limit order from the venue’s index price, either way.',
  ),
  control(
    ['TOUCH_COLLAR', 'touchCollarPercent', 'percent'],
    ORDER,
    'How far Price(44) of a Limit order goes through the touch: a buy above the best offer, a sell below the best bid.',
  ),
  control(
    ['STALE_MARKET_DATA', 'marketDataAgeMsMax', 'ms'],
    STATE,
    'Age of the newest market data of the instrument, book or mark price; an instrument without any is refused.',
  ),
  control(
    ['CLOCK_DRIFT', 'clockOffsetMsMax', 'ms'],
    STATE,
    'Difference between our clock and the venue’s, by SendingTime(52) of its messages on the trading session; unknown is refused.',
  ),
  control(
    ['DUPLICATE_ORDER', 'duplicateWindowMs', 'ms'],
    { ...ORDER, tighter: 'larger', reject: ORD_REJ.duplicateOrder },
    'Time since the same client had an order with the same symbol, side, type, quantity and prices accepted; from this time on it passes.',
  ),
  control(
    ['NOT_REDUCING', 'reduceOnly', '`refuse`'],
    { ...STATE, tighter: 'set' },
    'Quantity of a reduce-only order against the account’s position on the other side, which it must not exceed.',
  ),
  control(
    ['SELF_MATCH', 'selfMatch', '`refuse`'],
    { ...STATE, tighter: 'set' },
    'Price of the order against open orders of the same account on the other side, which it must not cross. A post-only order never takes, so it passes.',
  ),
  control(
    ['EXECUTION_THROTTLE', 'executionsMax', 'executions'],
    { ...TOTAL, reject: ORD_REJ.other },
    'Executions of the scope within `risk.executionsWindowMs`. More of them stop the scope: its new orders are refused until a person enables it with `fathom limits enable`.',
  ),
  control(
    ['MAX_ORDER_RATE', 'orderRateMax', 'orders per second'],
    TOTAL,
    'Orders and replace requests that were accepted within the last second.',
  ),
  control(
    ['MAX_CANCEL_RATE', 'cancelRateMax', 'cancels per second'],
    { ...TOTAL, reject: CXL_REJ.other },
    'Single cancel requests that were accepted within the last second; one more is answered by OrderCancelReject(9). Mass cancels always pass.',
  ),
  control(
    ['MAX_VENUE_COST', 'venueCostMax', 'units per 10 s'],
    TOTAL,
    'What the orders, replaces and cancels of the last 10 s cost at the venue, this order included, in units of `rateBudget` of the trading session. Cancels count and are never refused for it.',
  ),
  control(
    ['MAX_OPEN_ORDERS', 'openOrdersMax', 'orders'],
    TOTAL,
    'Open orders, orders in doubt included.',
  ),
  control(
    ['MAX_POSITION', 'positionQtyMax', 'contracts'],
    { ...ORDER, measure: 'instrument' },
    'Position in the instrument, long or short, if every open order on the side of this one is filled and none on the other. Orders in doubt count whole, reduce-only orders not.',
  ),
  control(
    ['MAX_GROSS_NOTIONAL', 'grossNotionalMax', 'USD'],
    TOTAL,
    'Sum over instruments of the larger of the long and the short value that position and open orders can come to: positions at the mark price, else their average price, orders at their own price.',
  ),
  control(
    ['LOSS_LIMIT', 'lossMax', 'USD'],
    TOTAL,
    'Loss of the day (UTC): profit realised since 00:00, or since the limit came into force on this day, and unrealised profit at the mark price; fees and funding are not in it. Orders that reduce only pass.',
  ),
];

/** What else refuses an order before it is sent. */
export const RULE_CONTROLS: readonly RuleControl[] = [
  {
    code: 'DUPLICATE_CLORDID',
    reject: ORD_REJ.duplicateOrder,
    compares: 'ClOrdID(11) was not used before by this client, ever.',
  },
  {
    code: 'KILL_SWITCH',
    reject: ORD_REJ.brokerOption,
    compares:
      'No kill switch holds an order like this (`fathom kill`); under REDUCING a reduce-only order that reduces passes.',
  },
  {
    code: 'UNKNOWN_SYMBOL',
    key: 'instruments',
    reject: ORD_REJ.unknownSymbol,
    compares: 'Symbol(55) is an instrument of the configuration.',
  },
  {
    code: 'MARKET_CLOSED',
    reject: ORD_REJ.exchangeClosed,
    compares: 'The instrument is not suspended or cancel-only.',
  },
  {
    code: 'MARKET_POST_ONLY',
    reject: ORD_REJ.other,
    compares: 'The instrument is not post-only, or the order is.',
  },
  {
    code: 'INVALID_QUANTITY',
    reject: ORD_REJ.incorrectQuantity,
    compares: 'OrderQty(38) is above 0.',
  },
  {
    code: 'OFF_LOT',
    key: 'instruments.<symbol>.qtyStep',
    reject: ORD_REJ.incorrectQuantity,
    compares: 'OrderQty(38) is a multiple of the quantity increment.',
  },
  {
    code: 'MIN_QUANTITY',
    key: 'instruments.<symbol>.qtyMin',
    reject: ORD_REJ.incorrectQuantity,
    compares: 'OrderQty(38) is not below the smallest quantity.',
  },
  {
    code: 'INVALID_PRICE',
    reject: ORD_REJ.other,
    compares: 'Price(44) and StopPx(99) are above 0.',
  },
  {
    code: 'OFF_TICK',
    key: 'instruments.<symbol>.tickSize',
    reject: ORD_REJ.other,
    compares: 'Price(44) and StopPx(99) are multiples of the price increment.',
  },
  {
    code: 'NO_REFERENCE_PRICE',
    key: 'risk.withoutReferencePrice',
    reject: ORD_REJ.other,
    compares:
      'Every price that a control needs is there and fresh: reference, mark, index, touch. `allow` passes the order without the control.',
  },
  {
    code: 'DOUBT_FREEZE',
    reject: ORD_REJ.other,
    compares: 'No order on the instrument has an unknown fate.',
  },
  {
    code: 'ROUTE_CLOSED',
    reject: ORD_REJ.other,
    compares: 'The trading session is logged on and in step with the venue.',
  },
];
