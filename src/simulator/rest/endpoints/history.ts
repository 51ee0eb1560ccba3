import { type JsonObject, type JsonValue, toJsonText } from '../../../lib/lossless-json.ts';
import { text, type RestAnswer } from '../answer.ts';
import { type LogEntry } from '../account-log.ts';
import {
  accountOf,
  costs,
  type Endpoint,
  free,
  type RestCall,
  type RestVenue,
  UNPUBLISHED_TOKENS,
} from '../endpoint.ts';
import { type Fields, readInteger } from '../fields.ts';
import {
  changeOf,
  ms,
  orderEvent,
  ownExecution,
  type PositionChange,
  positionUpdate,
  publicExecution,
} from '../history-json.ts';
import { type OrderRecord, type PositionRecord } from '../history-store.ts';
import { defined, double, iso, plain, whole } from '../json.ts';
import { type LogRow, type Page, type PagedLog } from '../paged-log.ts';
import { HISTORY } from './paths.ts';

/** Rows of one page at most, whatever was asked for (rest 7). */
const COUNT_MAX = 1_000;

const paths = (rest: string): readonly string[] => HISTORY.map((base) => `${base}/${rest}`);

const number = (fields: Fields, name: string): number | undefined => {
  const read = readInteger(fields.get(name));
  return read === 'invalid' ? undefined : read.value;
};

const checkNumbers = ({ fields }: Pick<RestCall, 'fields'>): RestAnswer | undefined => {
  for (const name of ['since', 'before', 'count', 'from', 'to']) {
    if (readInteger(fields.get(name)) === 'invalid') return text(`Invalid value for ${name}`, 400);
  }
  const sort = fields.get('sort');
  const isSort = sort === undefined || sort === 'asc' || sort === 'desc';
  return isSort ? undefined : text('Invalid value for sort', 400);
};

const page = <T>(
  log: PagedLog<T>,
  call: RestCall,
  venue: RestVenue,
  isWanted: (item: T) => boolean,
): Page<T> =>
  log.page({
    since: number(call.fields, 'since'),
    before: number(call.fields, 'before'),
    sort: call.fields.get('sort') === 'asc' ? 'asc' : 'desc',
    count: Math.min(COUNT_MAX, Math.max(1, number(call.fields, 'count') ?? COUNT_MAX)),
    token: call.fields.get('continuation_token'),
    visibleUntil: venue.history.visibleUntil(call.at),
    isWanted,
  });

/** The token travels in the body and in a header (rest 7). */
const paged = <T>(
  { rows, token }: Page<T>,
  head: Readonly<Record<string, JsonValue | undefined>>,
  element: (row: LogRow<T>) => JsonObject,
): RestAnswer => ({
  status: 200,
  contentType: 'application/json; charset=utf-8',
  body: toJsonText(
    defined({
      ...head,
      len: whole(rows.length),
      elements: rows.map(element),
      continuationToken: token,
    }),
  ),
  headers: token === undefined ? {} : { 'next-continuation-token': token, 'is-truncated': 'true' },
});

const element = (row: LogRow<unknown>, uid: string, event: JsonObject): JsonObject => ({
  uid,
  timestamp: ms(row.at),
  event,
});

const ownHead = (call: RestCall): Record<string, JsonValue> => ({
  accountUid: accountOf(call),
  serverTime: iso(call.at),
});

const isOn = (call: RestCall, symbol: string): boolean => {
  const tradeable = call.fields.get('tradeable')?.toUpperCase();
  return tradeable === undefined || tradeable === symbol;
};

const isTrue = (call: RestCall, name: string): boolean => call.fields.get(name) === 'true';

const PRIVATE = { method: 'GET', service: 'history', access: 'general-read' } as const;
const PUBLIC = { method: 'GET', service: 'history', access: 'public', cost: free } as const;

export const executions: Endpoint = {
  ...PRIVATE,
  id: 'history-executions',
  paths: paths('executions'),
  cost: costs(1),
  check: checkNumbers,
  answer: (call, venue) => {
    const account = accountOf(call);
    const found = page(
      venue.history.executions,
      call,
      venue,
      (item) => item.account === account && isOn(call, item.record.trade.symbol),
    );
    return paged(found, ownHead(call), (row) =>
      element(row, row.item.uid, ownExecution(row.item, venue.options.executionLayout)),
    );
  },
};

const OPENING = new Set(['OrderPlaced', 'OrderTriggerPlaced']);
const CLOSING = new Set([
  'OrderCancelled',
  'OrderRejected',
  'OrderTriggerCancelled',
  'OrderTriggerActivated',
]);

/** `opened` and `closed` are OR-ed; neither keeps everything. */
const isInFamily = (call: RestCall, { event }: OrderRecord): boolean => {
  const [opened, closed] = [isTrue(call, 'opened'), isTrue(call, 'closed')];
  if (!opened && !closed) return true;
  const isFull = event.kind === 'OrderUpdated' && event.reason === 'FULL_FILL';
  return (opened && OPENING.has(event.kind)) || (closed && (CLOSING.has(event.kind) || isFull));
};

const orderPages = (
  id: string,
  rest: string,
  log: (venue: RestVenue) => PagedLog<OrderRecord>,
): Endpoint => ({
  ...PRIVATE,
  id,
  paths: paths(rest),
  cost: costs(1),
  check: checkNumbers,
  answer: (call, venue) => {
    const account = accountOf(call);
    const found = page(
      log(venue),
      call,
      venue,
      (item) => item.account === account && isOn(call, item.symbol) && isInFamily(call, item),
    );
    return paged(found, ownHead(call), (row) =>
      element(row, row.item.uid, orderEvent(row.item.event, 'own')),
    );
  },
});

export const orders = orderPages('history-orders', 'orders', ({ history }) => history.orders);
export const triggers = orderPages(
  'history-triggers',
  'triggers',
  ({ history }) => history.triggers,
);

const CHANGES: readonly (readonly [string, PositionChange])[] = [
  ['opened', 'open'],
  ['closed', 'close'],
  ['increased', 'increase'],
  ['decreased', 'decrease'],
  ['reversed', 'reverse'],
  ['no_change', 'noChange'],
];
const REASONS: readonly (readonly [string, PositionRecord['change']['reason']])[] = [
  ['trades', 'trade'],
  ['funding_realization', 'fundingRealisation'],
  ['settlement', 'settlement'],
];

/** Within a family OR, between the families AND (rest 2.12). */
const isInFamilies = (call: RestCall, record: PositionRecord): boolean => {
  const changes = CHANGES.filter(([name]) => isTrue(call, name)).map(([, change]) => change);
  const reasons = REASONS.filter(([name]) => isTrue(call, name)).map(([, reason]) => reason);
  return (
    (changes.length === 0 || changes.includes(changeOf(record))) &&
    (reasons.length === 0 || reasons.includes(record.change.reason))
  );
};

export const positions: Endpoint = {
  ...PRIVATE,
  id: 'history-positions',
  paths: paths('positions'),
  cost: costs(UNPUBLISHED_TOKENS),
  check: checkNumbers,
  answer: (call, venue) => {
    const account = accountOf(call);
    const found = page(
      venue.history.positions,
      call,
      venue,
      (item) =>
        item.account === account && isOn(call, item.change.symbol) && isInFamilies(call, item),
    );
    return paged(found, ownHead(call), (row) =>
      element(row, row.item.uid, positionUpdate(row.item)),
    );
  },
};

const LOG_COUNT = 500;
const LOG_COUNT_MAX = 100_000;
const LOG_COSTS: readonly (readonly [number, number])[] = [
  [25, 1],
  [50, 2],
  [1_000, 3],
  [5_000, 6],
];

const logCount = (fields: Fields): number =>
  Math.min(LOG_COUNT_MAX, Math.max(1, number(fields, 'count') ?? LOG_COUNT));

const numberOrNull = (amount: string | undefined): JsonValue =>
  amount === undefined ? null : plain(amount);

const logRow = (row: LogEntry): JsonObject => ({
  asset: row.asset.toLowerCase(),
  contract: row.contract?.toLowerCase() ?? null,
  booking_uid: row.bookingId,
  collateral: null,
  date: iso(row.at),
  execution: row.fillId ?? null,
  fee: numberOrNull(row.fee),
  funding_rate: row.fundingRate === undefined ? null : double(row.fundingRate),
  id: whole(row.id),
  info: row.info,
  margin_account: row.wallet,
  mark_price: numberOrNull(row.markPrice),
  new_average_entry_price: numberOrNull(row.newEntryPrice),
  new_balance: plain(row.newBalance),
  old_average_entry_price: numberOrNull(row.oldEntryPrice),
  old_balance: plain(row.oldBalance),
  realized_funding: numberOrNull(row.realizedFunding),
  realized_pnl: numberOrNull(row.realizedPnl),
  trade_price: numberOrNull(row.tradePrice),
  conversion_spread_percentage: null,
  liquidation_fee: null,
  position_uid: null,
});

const isInRange = (row: LogEntry, fields: Fields): boolean => {
  const [since, before] = [number(fields, 'since'), number(fields, 'before')];
  const [from, to] = [number(fields, 'from'), number(fields, 'to')];
  return (
    (since === undefined || row.at >= since) &&
    (before === undefined || row.at < before) &&
    (from === undefined || row.id >= from) &&
    (to === undefined || row.id <= to)
  );
};

const logRows = (call: RestCall, venue: RestVenue): readonly LogEntry[] => {
  const kinds = call.fields.all('info');
  const visibleUntil = venue.history.visibleUntil(call.at);
  return venue.history.accountLog
    .rows(accountOf(call))
    .filter(
      (row) =>
        row.at <= visibleUntil &&
        isInRange(row, call.fields) &&
        (kinds.length === 0 || kinds.includes(row.info)),
    );
};

export const accountLog: Endpoint = {
  ...PRIVATE,
  id: 'history-account-log',
  paths: paths('account-log'),
  cost: (fields) => LOG_COSTS.find(([most]) => logCount(fields) <= most)?.[1] ?? 10,
  check: checkNumbers,
  answer: (call, venue) => {
    const rows = logRows(call, venue);
    const ordered = call.fields.get('sort') === 'asc' ? rows : [...rows].reverse();
    const logs = ordered.slice(0, logCount(call.fields)).map(logRow);
    return {
      status: 200,
      contentType: 'application/json; charset=utf-8',
      body: toJsonText({ accountUid: accountOf(call), logs }),
    };
  },
};

const CSV_ROWS_MAX = 500_000;
const CSV_COLUMNS: readonly (readonly [string, (row: LogEntry) => string])[] = [
  ['uid', (row) => row.bookingId],
  ['dateTime', (row) => iso(row.at).slice(0, 19).replace('T', ' ')],
  ['account', (row) => row.wallet],
  ['type', (row) => row.info],
  ['symbol', (row) => row.asset.toLowerCase()],
  ['contract', (row) => row.contract?.toLowerCase() ?? ''],
  ['change', (row) => row.realizedPnl ?? ''],
  ['old balance', (row) => row.oldBalance],
  ['new balance', (row) => row.newBalance],
  ['new average entry price', (row) => row.newEntryPrice ?? ''],
  ['trade price', (row) => row.tradePrice ?? ''],
  ['mark price', (row) => row.markPrice ?? ''],
  ['funding rate', (row) => row.fundingRate ?? ''],
  ['realized pnl', (row) => row.realizedPnl ?? ''],
  ['fee', (row) => row.fee ?? ''],
  ['realized funding', (row) => row.realizedFunding ?? ''],
  ['execution', (row) => row.fillId ?? ''],
];

export const accountLogCsv: Endpoint = {
  ...PRIVATE,
  id: 'history-accountlogcsv',
  paths: paths('accountlogcsv'),
  cost: costs(6),
  answer: (call, venue) => {
    const rows = [...logRows(call, venue)].reverse().slice(0, CSV_ROWS_MAX);
    const lines = [
      CSV_COLUMNS.map(([name]) => name).join(','),
      ...rows.map((row) => CSV_COLUMNS.map(([, cell]) => cell(row)).join(',')),
    ];
    return { status: 200, contentType: 'text/csv; charset=utf-8', body: `${lines.join('\n')}\n` };
  },
};

const tradeable = (call: RestCall): string => (call.path['tradeable'] ?? '').toUpperCase();

export const marketExecutions: Endpoint = {
  ...PUBLIC,
  id: 'market-executions',
  paths: paths('market/:tradeable/executions'),
  check: checkNumbers,
  answer: (call, venue) => {
    const symbol = tradeable(call);
    const isWanted = (item: { readonly trade: { readonly symbol: string } }): boolean =>
      item.trade.symbol === symbol;
    return paged(page(venue.history.marketExecutions, call, venue, isWanted), {}, (row) =>
      element(row, row.item.uid, publicExecution(row.item)),
    );
  },
};

export const marketOrders: Endpoint = {
  ...PUBLIC,
  id: 'market-orders',
  paths: paths('market/:tradeable/orders'),
  check: checkNumbers,
  answer: (call, venue) => {
    const symbol = tradeable(call);
    const found = page(venue.history.marketOrders, call, venue, (item) => item.symbol === symbol);
    return paged(found, {}, (row) =>
      element(row, row.item.uid, orderEvent(row.item.event, 'public')),
    );
  },
};

export const marketPrice: Endpoint = {
  ...PUBLIC,
  id: 'market-price',
  paths: paths('market/:tradeable/price'),
  check: checkNumbers,
  answer: (call, venue) => {
    const symbol = tradeable(call);
    const found = page(venue.history.prices, call, venue, (item) => item.symbol === symbol);
    return paged(found, {}, (row) =>
      element(row, '', { MarkPriceChanged: { price: row.item.price } }),
    );
  },
};
