import { type JsonObject, type JsonValue, toJsonText } from '../../../../lib/lossless-json.ts';
import { accountUid } from '../../../account-uid.ts';
import { type AccountLogRow } from './account-log.ts';
import {
  accountOf,
  costs,
  type ServedEndpoint,
  type RestCall,
  type RestVenue,
} from '../endpoints/endpoint.ts';
import { type Fields } from '../fields.ts';
import { double, iso, plain, whole } from '../json.ts';
import { checkNumbers, number, paths, PRIVATE } from './history-pages.ts';

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

const logRow = (row: AccountLogRow): JsonObject => ({
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

const isInRange = (row: AccountLogRow, fields: Fields): boolean => {
  const [since, before] = [number(fields, 'since'), number(fields, 'before')];
  const [from, to] = [number(fields, 'from'), number(fields, 'to')];
  return (
    (since === undefined || row.at >= since) &&
    (before === undefined || row.at < before) &&
    (from === undefined || row.id >= from) &&
    (to === undefined || row.id <= to)
  );
};

const logRows = (call: RestCall, venue: RestVenue): readonly AccountLogRow[] => {
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

export const accountLog: ServedEndpoint = {
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
      body: toJsonText({ accountUid: accountUid(accountOf(call)), logs }),
    };
  },
};

const CSV_ROWS_MAX = 500_000;
const CSV_COLUMNS: readonly (readonly [string, (row: AccountLogRow) => string])[] = [
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

export const accountLogCsv: ServedEndpoint = {
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
