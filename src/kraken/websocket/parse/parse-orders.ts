import { type DecimalText, type VenueOrderID } from '../../../domain/ids.ts';
import { type Side } from '../../../domain/order.ts';
import { defined } from '../../../lib/defined.ts';
import { type FieldReader } from '../../json/field-reader.ts';
import { orderChangeOf } from '../events/order-reasons.ts';
import {
  type Fill,
  type FillsSnapshot,
  type FillsUpdate,
  type OpenOrder,
  type OpenOrdersSnapshot,
  type OrderUpdate,
} from '../events/private-events.ts';

const DIRECTIONS: Readonly<Record<string, Side>> = { '0': 'Buy', '1': 'Sell' };
const ORDER_KINDS: Readonly<Record<string, OpenOrder['kind']>> = {
  limit: 'Limit',
  stop: 'Stop',
  take_profit: 'TakeProfit',
  trailing_stop: 'TrailingStop',
};
// REST takes `index`, REST and this feed give it back as `spot`.
const TRIGGER_SIGNALS: Readonly<Record<string, 'Last' | 'Mark' | 'Index'>> = {
  last: 'Last',
  mark: 'Mark',
  spot: 'Index',
  index: 'Index',
};

/** A price of 0 means that the order has none. */
const priceOf = (reader: FieldReader, key: string): DecimalText | undefined => {
  const price = reader.amount(key);
  return price === '0' ? undefined : price;
};

const trailingOf = (reader: FieldReader): OpenOrder['trailing'] => {
  const options = reader.object('trailing_stop_options');
  if (options === undefined) return undefined;
  const trailing = defined({
    maxDeviation: options.amount('max_deviation'),
    unit: options.text('unit'),
  });
  options.done();
  return trailing;
};

const noteMissing = (reader: FieldReader, ...keys: readonly string[]): void => {
  for (const key of keys) if (!reader.has(key)) reader.missing(key);
};

export const parseOpenOrder = (reader: FieldReader): OpenOrder | undefined => {
  const symbol = reader.symbol('instrument');
  const venueOrderID = reader.text('order_id');
  const side = reader.word('direction', DIRECTIONS);
  const leavesQty = reader.amount('qty');
  const cumQty = reader.amount('filled');
  const placedAt = reader.time('time');
  const updatedAt = reader.time('last_update_time') ?? placedAt;
  const optional = defined({
    clOrdID: reader.text('cli_ord_id'),
    limitPx: priceOf(reader, 'limit_price'),
    stopPx: priceOf(reader, 'stop_price'),
    triggerSignal: reader.word('triggerSignal', TRIGGER_SIGNALS),
    trailing: trailingOf(reader),
    maxFixedLeverage: reader.amount('max_fixed_leverage'),
  });
  const kind = reader.word('type', ORDER_KINDS) ?? 'Unknown';
  const isReduceOnly = reader.flag('reduce_only') ?? false;
  reader.done();
  noteMissing(reader, 'instrument', 'order_id', 'direction', 'qty', 'filled', 'time');
  if (symbol === undefined || venueOrderID === undefined || side === undefined) return undefined;
  if (leavesQty === undefined || cumQty === undefined) return undefined;
  if (placedAt === undefined || updatedAt === undefined) return undefined;
  return {
    symbol,
    venueOrderID: venueOrderID as VenueOrderID,
    side,
    kind,
    leavesQty,
    cumQty,
    isReduceOnly,
    placedAt,
    updatedAt,
    ...optional,
  };
};

export const parseOpenOrdersSnapshot = (reader: FieldReader): OpenOrdersSnapshot => {
  const orders = reader.list('orders', parseOpenOrder);
  const account = defined({ account: reader.text('account') });
  reader.skip('feed');
  reader.done();
  return {
    type: 'OpenOrdersSnapshot',
    orders: orders.elements,
    isComplete: orders.isComplete,
    ...account,
  };
};

/** Both shapes, with an order body or with ids only, whatever the reason. */
export const parseOrderUpdate = (reader: FieldReader): OrderUpdate | undefined => {
  const body = reader.object('order');
  const order = body === undefined ? undefined : parseOpenOrder(body);
  const reason = reader.text('reason');
  // The ids outlive a body that could not be read.
  const ids = body ?? reader;
  const venueOrderID = ids.text('order_id') ?? '';
  const clOrdID = ids.text('cli_ord_id');
  const isCancel = reader.flag('is_cancel') ?? false;
  reader.skip('feed', 'account', 'order_id', 'cli_ord_id');
  reader.done();
  if (venueOrderID === '') {
    reader.missing('order_id');
    return undefined;
  }
  return {
    type: 'OrderUpdate',
    venueOrderID: venueOrderID as VenueOrderID,
    isCancel,
    change: orderChangeOf(reason),
    ...defined({ clOrdID, order, reason }),
  };
};

const LIQUIDITY: Readonly<Record<string, Fill['liquidity']>> = {
  maker: 'Maker',
  taker: 'Taker',
  takerAfterEdit: 'Taker',
  liquidation: 'Forced',
  partialLiquidation: 'Forced',
  assignee: 'Forced',
  assignor: 'Forced',
  unwindBankrupt: 'Forced',
  unwindCounterparty: 'Forced',
};

const ORDER_TYPES: Readonly<Record<string, string>> = Object.fromEntries([
  ...['lmt', 'ioc', 'post', 'market', 'stp', 'liquidation', 'assignment', 'unwind', 'block']
    .concat('coveredLiquidation', 'hedgeImmediateOrCancel', 'hedgeAssignment', 'fillOrKill')
    .map((name) => [name, name] as const),
  ['limit', 'lmt'],
  ['mkt', 'market'],
  ['fok', 'fillOrKill'],
]);

/** Bitcoin is XBT in symbols and balances, BTC in fees: XBT here. */
const currencyOf = (text: string | undefined): string | undefined =>
  text?.toUpperCase() === 'BTC' ? 'XBT' : text?.toUpperCase();

export const parseFill = (reader: FieldReader): Fill | undefined => {
  const fillID = reader.text('fill_id');
  const symbol = reader.symbol('instrument');
  const venueOrderID = reader.text('order_id');
  const isBuy = reader.flag('buy');
  const [lastPx, lastQty] = [reader.amount('price'), reader.amount('qty')];
  const at = reader.time('time');
  const fillType = reader.text('fill_type') ?? '';
  // An unknown type was not asked for by anybody we know: forced, until somebody looks.
  const liquidity = reader.word('fill_type', LIQUIDITY) ?? 'Forced';
  const optional = defined({
    clOrdID: reader.text('cli_ord_id'),
    leavesQty: reader.amount('remaining_order_qty'),
    seq: reader.integer('seq'),
    fee: reader.amount('fee_paid'),
    feeCurrency: currencyOf(reader.text('fee_currency')),
    orderType: reader.word('order_type', ORDER_TYPES),
    takerOrderType: reader.word('taker_order_type', ORDER_TYPES),
  });
  reader.done();
  if (fillID === undefined || symbol === undefined || venueOrderID === undefined) return undefined;
  if (lastPx === undefined || lastQty === undefined || at === undefined) return undefined;
  if (isBuy === undefined) return undefined;
  return {
    fillID,
    symbol,
    venueOrderID: venueOrderID as VenueOrderID,
    side: isBuy ? 'Buy' : 'Sell',
    lastPx,
    lastQty,
    at,
    liquidity,
    fillType,
    ...optional,
  };
};

const parseFills = (reader: FieldReader): Omit<FillsUpdate, 'type'> => {
  const fills = reader.list('fills', parseFill);
  // Updates say `username` where snapshots say `account`.
  const account = reader.text('account') ?? reader.text('username');
  reader.skip('feed', 'username');
  reader.done();
  return { fills: fills.elements, isComplete: fills.isComplete, ...defined({ account }) };
};

export const parseFillsSnapshot = (reader: FieldReader): FillsSnapshot => ({
  type: 'FillsSnapshot',
  ...parseFills(reader),
});

export const parseFillsUpdate = (reader: FieldReader): FillsUpdate => ({
  type: 'FillsUpdate',
  ...parseFills(reader),
});
