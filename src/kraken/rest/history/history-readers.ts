import { isJsonObject, type JsonObject, type JsonValue } from '../../../lib/lossless-json.ts';
import { defined } from '../../../lib/defined.ts';
import { type EpochMs } from '../../../lib/time.ts';
import {
  clOrdIDField,
  fillType,
  HISTORY_EVENTS,
  historyOrderType,
  positionChange,
  positionTradeType,
  positionUpdateReason,
  priceField,
  side,
  symbol,
  venueOrderID,
} from '../../json/vocabulary.ts';
import {
  amount,
  anything,
  field,
  flag,
  list,
  optional,
  type Reader,
  shape,
  type Shape,
  text,
  time,
} from '../../json/readers.ts';

/** Amounts of history are decimal strings; `''` means none. */
const amountOrNone: Reader<ReturnType<typeof amount> | ''> = (value, path, notes) =>
  value === '' ? '' : amount(value, path, notes);

/** An order in history. `quantity` is the remainder: 0 on a fully filled IOC. */
const historicalOrder = shape(
  {
    venueOrderID: field('uid', venueOrderID),
    accountUid: optional('accountUid', text()),
    symbol: field('tradeable', symbol),
    side: field('direction', side),
    leavesQty: field('quantity', amount),
    cumQty: optional('filled', amount),
    enteredAt: field('timestamp', time),
    price: priceField('limitPrice'),
    ordType: field('orderType', historyOrderType),
    clOrdID: clOrdIDField('clientId'),
    isReduceOnly: field('reduceOnly', flag),
    updatedAt: field('lastUpdateTimestamp', time),
    triggerOptions: optional('triggerOptions', anything),
  },
  ['spotData', 'regulatoryExternalUid', 'accountId'],
);

const orderData = shape({
  fee: optional('fee', amount),
  positionQty: optional('positionSize', amount),
  feeCalculationInfo: optional('feeCalculationInfo', anything),
});

/** Both layouts: one `order` with `executionType` since 2026, maker and taker orders before. */
const execution = shape(
  {
    executionID: field('uid', text()),
    order: optional('order', historicalOrder),
    makerOrder: optional('makerOrder', historicalOrder),
    takerOrder: optional('takerOrder', historicalOrder),
    oldTakerOrder: optional('oldTakerOrder', historicalOrder),
    at: field('timestamp', time),
    lastQty: field('quantity', amount),
    lastPx: field('price', amount),
    markPx: optional('markPrice', amount),
    executionType: optional('executionType', fillType),
    isLimitFilled: optional('limitFilled', flag),
    usdValue: optional('usdValue', amount),
    orderData: optional('orderData', orderData),
    makerOrderData: optional('makerOrderData', orderData),
    takerOrderData: optional('takerOrderData', orderData),
  },
  ['regulatoryData'],
);
const executionEvent = shape({
  execution: field('execution', execution),
  takerReducedQty: optional('takerReducedQuantity', amountOrNone),
});

const orderEvent = shape({
  order: optional('order', historicalOrder),
  oldOrder: optional('oldOrder', historicalOrder),
  newOrder: optional('newOrder', historicalOrder),
  attemptedOrder: optional('attemptedOrder', historicalOrder),
  oldTrigger: optional('oldOrderTrigger', historicalOrder),
  newTrigger: optional('newOrderTrigger', historicalOrder),
  attemptedTrigger: optional('attemptedOrderTrigger', historicalOrder),
  reason: optional('reason', text()),
  orderError: optional('orderError', text()),
  reducedQty: optional('reducedQuantity', amountOrNone),
  algoID: optional('algoId', text()),
  accountUid: optional('accountUid', text()),
  orderID: optional('orderId', text()),
});

const positionUpdate = shape({
  accountUid: optional('accountUid', text()),
  symbol: field('tradeable', symbol),
  oldQty: field('oldPosition', amount),
  oldEntryPx: optional('oldAverageEntryPrice', amountOrNone),
  newQty: field('newPosition', amount),
  newEntryPx: optional('newAverageEntryPrice', amountOrNone),
  openedAt: optional('fillTime', time),
  fee: optional('fee', amountOrNone),
  feeCurrency: optional('feeCurrency', text()),
  realizedPnl: optional('realizedPnL', amountOrNone),
  change: optional('positionChange', positionChange),
  executionID: optional('executionUid', text()),
  lastPx: optional('executionPrice', amountOrNone),
  lastQty: optional('executionSize', amountOrNone),
  tradeType: optional('tradeType', positionTradeType),
  fundingRealizedAt: optional('fundingRealizationTime', time),
  realizedFunding: optional('realizedFunding', amountOrNone),
  settlementPx: optional('settlementPrice', amountOrNone),
  at: optional('timestamp', time),
  updateReason: optional('updateReason', positionUpdateReason),
});

const markPrice = shape({ px: field('price', amount) });

/** An element of a history page: the name of its event, and the event itself. */
export interface HistoryElement<T> {
  readonly uid: string;
  readonly at?: EpochMs;
  /** e.g. `OrderPlaced`; `execution` and `Execution` are the same. */
  readonly name: string;
  readonly event: T;
}

export interface HistoryPage<T> {
  readonly elements: readonly HistoryElement<T>[];
  /** Absent on the last page. */
  readonly continuationToken?: string;
}

const wrapper = shape({
  uid: optional('uid', text()),
  at: optional('timestamp', time),
  event: field('event', anything),
});

/** Names of the events on a page; without `names` there is one, which bare elements have too. */
interface EventNames {
  readonly bareName: string;
  readonly names?: readonly string[];
}

/**
 * `{uid, timestamp, event: {Name: {…}}}`; the docs show some elements bare
 * [rest 9 row 20, 9 row 21].
 */
const element =
  <T>({ bareName, names }: EventNames, readEvent: Reader<T>): Reader<HistoryElement<T>> =>
  (value, path, notes) => {
    const isWrapped = isJsonObject(value) && value['event'] !== undefined;
    const outer = isWrapped ? wrapper(value, path, notes) : { event: value };
    if (outer === undefined || !isJsonObject(outer.event)) return undefined;
    const [written, body] = soleMember(outer.event, bareName);
    const name = written.charAt(0).toUpperCase() + written.slice(1);
    const isKnown = name === bareName || names?.includes(name) === true;
    if (!isKnown)
      notes.push({ kind: 'UnknownValue', path: `${path}.event`, value: name.slice(0, 40) });
    // Beside the only event of a page, another one may say the opposite: a bust.
    if (!isKnown && names === undefined) return undefined;
    const event = readEvent(body, `${path}.${name}`, notes);
    return event === undefined ? undefined : { ...outerOf(outer), name, event };
  };

const outerOf = (outer: {
  readonly uid?: string;
  readonly at?: EpochMs;
}): Pick<HistoryElement<unknown>, 'uid' | 'at'> => ({
  uid: outer.uid ?? '',
  ...defined({ at: outer.at }),
});

const soleMember = (event: JsonObject, bareName: string): readonly [string, JsonValue] => {
  const [name, ...others] = Object.keys(event);
  const body = name === undefined ? undefined : event[name];
  return name !== undefined && others.length === 0 && isJsonObject(body)
    ? [name, body]
    : [bareName, event];
};

const page = <T>(readElement: Reader<HistoryElement<T>>): Reader<HistoryPage<T>> =>
  shape(
    {
      elements: field('elements', list(readElement)),
      continuationToken: optional('continuationToken', text()),
    },
    ['accountUid', 'len', 'serverTime'],
  );

export type ExecutionEvent = Shape<typeof executionEvent>;
export type HistoryOrderEvent = Shape<typeof orderEvent>;
export type PositionUpdate = Shape<typeof positionUpdate>;
export type RestMarkPrice = Shape<typeof markPrice>;

export const executionsPage = page(element({ bareName: 'Execution' }, executionEvent));
export const ordersPage = page(
  element({ bareName: 'OrderEvent', names: Object.keys(HISTORY_EVENTS) }, orderEvent),
);
export const positionsPage = page(element({ bareName: 'PositionUpdate' }, positionUpdate));
export const markPricesPage = page(element({ bareName: 'MarkPriceChanged' }, markPrice));

const logEntry = shape({
  id: field('id', text()),
  at: field('date', time),
  bookingUid: optional('booking_uid', text()),
  info: field('info', text()),
  asset: field('asset', text()),
  contract: optional('contract', text()),
  marginAccount: optional('margin_account', text()),
  collateral: optional('collateral', text()),
  oldBalance: optional('old_balance', amount),
  newBalance: optional('new_balance', amount),
  oldEntryPx: optional('old_average_entry_price', amount),
  newEntryPx: optional('new_average_entry_price', amount),
  tradePx: optional('trade_price', amount),
  markPx: optional('mark_price', amount),
  realizedPnl: optional('realized_pnl', amount),
  realizedFunding: optional('realized_funding', amount),
  fundingRate: optional('funding_rate', amount),
  fee: optional('fee', amount),
  liquidationFee: optional('liquidation_fee', amount),
  execution: optional('execution', text()),
  conversionSpreadPercent: optional('conversion_spread_percentage', amount),
  exchangeRate: optional('exchange_rate', amount),
  conversionFee: optional('conversion_fee', amount),
  exchangeRateFrom: optional('exchange_rate_from', text()),
  positionUid: optional('position_uid', text()),
});
/**
 * One row of the account log; on the money leg `newBalance - oldBalance = realizedPnl - fee +
 * realizedFunding`.
 */
export type RestLogEntry = Shape<typeof logEntry>;

export const accountLog = shape({ entries: field('logs', list(logEntry)) }, [
  'accountUid',
  'serverTime',
]);
