import { toPlainDigits } from '../../lib/decimal-text.ts';
import { isJsonObject, type JsonValue, toJsonText } from '../../lib/lossless-json.ts';
import { type HistoryKind } from './history-request.ts';

/**
 * A column, and the paths where its value may be: keys joined by dots, `*` for the only member of
 * an object (an event), `#name` for the name of that member. The first path with a value wins.
 */
type Column = readonly [name: string, ...paths: readonly string[]];

const plain = (...names: readonly string[]): readonly Column[] =>
  names.map((name) => [name, name] as const);

const ORDER: readonly Column[] = [
  ['uid', 'uid'],
  ['timestamp', 'timestamp'],
  ['event', 'event.#name'],
  ...(
    [
      ['order_uid', 'uid'],
      ['tradeable', 'tradeable'],
      ['direction', 'direction'],
      ['quantity', 'quantity'],
      ['filled', 'filled'],
      ['limit_price', 'limitPrice'],
      ['order_type', 'orderType'],
      ['client_id', 'clientId'],
      ['reduce_only', 'reduceOnly'],
    ] as const
  ).map(([name, key]): Column => [
    name,
    ...['order', 'newOrder', 'attemptedOrder', 'newOrderTrigger', 'attemptedOrderTrigger'].map(
      (holder) => `event.*.${holder}.${key}`,
    ),
  ]),
  ['reason', 'event.*.reason'],
  ['order_error', 'event.*.orderError'],
];

const EXECUTION: readonly Column[] = [
  ['uid', 'uid'],
  ['timestamp', 'timestamp'],
  ['execution_uid', 'event.*.execution.uid'],
  ...(
    [
      ['tradeable', 'tradeable'],
      ['direction', 'direction'],
      ['order_uid', 'uid'],
      ['client_id', 'clientId'],
    ] as const
  ).map(([name, key]): Column => [
    name,
    `event.*.execution.order.${key}`,
    `event.*.execution.takerOrder.${key}`,
    `event.*.execution.makerOrder.${key}`,
  ]),
  ['quantity', 'event.*.execution.quantity'],
  ['price', 'event.*.execution.price'],
  ['mark_price', 'event.*.execution.markPrice'],
  ['execution_type', 'event.*.execution.executionType'],
  ['usd_value', 'event.*.execution.usdValue'],
  ['fee', 'event.*.execution.orderData.fee'],
  ['maker_fee', 'event.*.execution.makerOrderData.fee'],
  ['taker_fee', 'event.*.execution.takerOrderData.fee'],
];

const POSITION_KEYS = [
  'tradeable',
  'oldPosition',
  'newPosition',
  'oldAverageEntryPrice',
  'newAverageEntryPrice',
  'fee',
  'feeCurrency',
  'realizedPnL',
  'positionChange',
  'executionUid',
  'executionPrice',
  'executionSize',
  'tradeType',
  'realizedFunding',
  'settlementPrice',
  'updateReason',
];

const LOG_KEYS = [
  'id',
  'date',
  'booking_uid',
  'info',
  'asset',
  'contract',
  'margin_account',
  'collateral',
  'old_balance',
  'new_balance',
  'old_average_entry_price',
  'new_average_entry_price',
  'trade_price',
  'mark_price',
  'realized_pnl',
  'realized_funding',
  'funding_rate',
  'fee',
  'liquidation_fee',
  'execution',
  'conversion_spread_percentage',
];

/**
 * The columns of CSV and Parquet. `payload` is the whole element, so that the table loses nothing.
 */
const COLUMNS: Readonly<Record<HistoryKind, readonly Column[]>> = {
  executions: EXECUTION,
  'public-executions': EXECUTION,
  orders: ORDER,
  triggers: [
    ...ORDER,
    [
      'trigger_price',
      'event.*.order.triggerOptions.triggerPrice',
      'event.*.newOrderTrigger.triggerOptions.triggerPrice',
    ],
  ],
  'public-orders': ORDER,
  positions: [
    ['uid', 'uid'],
    ['timestamp', 'timestamp', 'event.PositionUpdate.timestamp'],
    ...POSITION_KEYS.map((key): Column => [key, `event.PositionUpdate.${key}`, key]),
  ],
  'account-log': plain(...LOG_KEYS),
  'account-log-csv': plain(...LOG_KEYS),
  'mark-prices': [
    ['timestamp', 'timestamp'],
    ['price', 'event.MarkPriceChanged.price', 'event.price'],
  ],
  candles: plain('time', 'open', 'high', 'low', 'close', 'volume'),
  'funding-rates': plain('timestamp', 'fundingRate', 'relativeFundingRate'),
  analytics: [['timestamp', 'timestamp']],
};

export const columnNames = (kind: HistoryKind): readonly string[] => [
  ...COLUMNS[kind].map(([name]) => name),
  'payload',
];

/** One cell per column: text with every digit, or null. */
export const toCells = (kind: HistoryKind, element: JsonValue): readonly (string | null)[] => [
  ...COLUMNS[kind].map(([, ...paths]) => firstText(element, paths)),
  toJsonText(element, toPlainDigits),
];

const firstText = (element: JsonValue, paths: readonly string[]): string | null => {
  for (const path of paths) {
    const value = follow(element, path.split('.'));
    if (value !== undefined && value !== null) return toCell(value);
  }
  return null;
};

const toCell = (value: JsonValue): string => {
  if (typeof value === 'string') return isNumberText(value) ? toPlainDigits(value) : value;
  return toJsonText(value, toPlainDigits);
};

/** A decimal string; an id of digits and one letter is none. */
const isNumberText = (text: string): boolean => /^[-+]?\d+\.\d+[eE][-+]?\d+$/.test(text);

const follow = (from: JsonValue, keys: readonly string[]): JsonValue | undefined => {
  let value: JsonValue | undefined = from;
  for (const key of keys) {
    if (!isJsonObject(value)) return undefined;
    const name: string | undefined = key === '*' || key === '#name' ? Object.keys(value)[0] : key;
    if (name === undefined || key === '#name') return name;
    value = value[name];
  }
  return value;
};
