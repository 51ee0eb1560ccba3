import { basename } from 'node:path';

import {
  execTypeToCode,
  ordStatusToCode,
  ordTypeToCode,
  sideToCode,
  timeInForceToCode,
} from '../../domain/fix-codes.ts';
import { parseFixLogLine } from '../../fix/log/log-line.ts';
import { escapeHidden } from '../../lib/plain-text.ts';
import { parseUtcTimestamp } from '../../lib/time.ts';
import { type Problems } from '../problems.ts';
import { readLines } from '../read-lines.ts';
import { asWritten, type ClientTexts } from './client-texts.ts';
import { FixNumbers } from './fix-numbers.ts';
import { type Tally, type Trade, sameAmount } from './tally.ts';

const SOH = '\u0001';
/** Logon(A), NewOrderSingle(D) and ExecutionReport(8). */
const READ = new RegExp(`${SOH}35=[AD8]${SOH}`);

/**
 * `<BeginString>-<Sender>-<Target>[-<Qualifier>].messages.<date or "current">.log`; Sender is this
 * program.
 */
const NAME = /^[^-]+-([^-]+)-([^-]+)(?:-[^-]+)?\.messages\.\w+\.log(?:\.gz)?$/;

export const isFixMessageLog = (path: string): boolean => NAME.test(basename(path));

type Values = Readonly<Record<string, string>>;
type Fields = ReadonlyMap<string, string>;

export interface FixLogBooks {
  readonly venue: Tally;
  readonly client: Tally;
  /** The record of the JSON lines by our ExecID(17), and by the venue's. */
  readonly byExecID: ReadonlyMap<string, Values>;
  readonly byVenueExecID: ReadonlyMap<string, Values>;
  readonly clientTexts: ClientTexts;
  /** By the session's files, the numbers of its messages. */
  readonly numbers: Map<string, FixNumbers>;
  /** Sender and target, as in the name, of the logs that were found to be a client's. */
  readonly clientLogs: Set<string>;
  /**
   * Of an engine that runs: messages from this time on (ms since the epoch) may be ahead of the
   * records.
   */
  readonly untilMs?: number;
}

/**
 * Adds the trades of a FIX message log, ExecutionReport(8) with ExecType(150) F, and compares every
 * ExecutionReport with the record that tells the same. Received ones come from the venue, sent ones
 * go to a client; repetitions (PossDup, resend) count once by ExecID(17).
 */
export const readFixLog = async (
  path: string,
  books: FixLogBooks,
  problems: Problems,
): Promise<void> => {
  const [, sender = '', target = ''] = NAME.exec(basename(path)) ?? [];
  const pair = `${sender}-${target}`;
  const numbers = numbersOf(path, books.numbers);
  let number = 0;
  for await (const line of readLines(path, 'latin1')) {
    number += 1;
    const { at, body } = parseFixLogLine(line);
    const isSent = fileText(valueIn(body, 49) ?? '') === sender;
    const where = `${basename(path)} line ${number}`;
    numbers.add({ where, isSent, atMs: at ?? 0, get: (tag) => valueIn(body, tag) });
    if (!READ.test(line)) continue;
    const fields = fieldsOf(body);
    if (isWithClient(fields, isSent)) books.clientLogs.add(pair);
    if (fields.get('35') === 'D') books.clientTexts.addOrder(fields);
    // What a client calls an ExecutionReport is no word of the venue.
    if (!isSent && books.clientLogs.has(pair)) continue;
    const found = reportProblems(fields, isSent, books);
    problems.add(...found.trade.map((problem) => `${basename(path)}: ${problem}`));
    problems.add(...found.differences.map((difference) => `${where}: ${difference}`));
  }
};

/** One for all files of a session: each day has one of its own. */
const numbersOf = (path: string, known: Map<string, FixNumbers>): FixNumbers => {
  const stem = path.replace(/\.messages\.\w+\.log(?:\.gz)?$/, '');
  const numbers = known.get(stem) ?? new FixNumbers();
  known.set(stem, numbers);
  return numbers;
};

/** The first value of a tag, without reading all of the message. */
const valueIn = (message: string, tag: number): string | undefined => {
  const from = message.indexOf(`${SOH}${tag}=`);
  if (from === -1) return undefined;
  const valueAt = from + String(tag).length + 2;
  const end = message.indexOf(SOH, valueAt);
  return message.slice(valueAt, end === -1 ? undefined : end);
};

const reportProblems = (fields: Fields, isSent: boolean, books: FixLogBooks) => {
  // A data field such as EncodedText(355) may hold what looks like a MsgType(35).
  if (fields.get('35') !== '8' || isAhead(fields, books)) return { trade: [], differences: [] };
  const tally = isSent ? books.client : books.venue;
  const problem = fields.get('150') === 'F' ? tally.add(toTrade(fields)) : undefined;
  const trade = problem === undefined ? [] : [problem];
  return { trade, differences: differencesOf(fields, isSent, books) };
};

/** No venue logs on with a Username(553) or sends orders, and none gets reports of ours. */
const isWithClient = (fields: Fields, isSent: boolean): boolean => {
  const type = fields.get('35');
  if (isSent) return type === '8';
  return type === 'D' || (type === 'A' && fields.has('553'));
};

const differencesOf = (
  fields: Fields,
  isSent: boolean,
  { byExecID, byVenueExecID, clientTexts }: FixLogBooks,
): readonly string[] => {
  const execID = fields.get('17') ?? '';
  const record = (isSent ? byExecID : byVenueExecID).get(execID);
  if (record === undefined) return [];
  const found = isSent
    ? sentDifferences(record, fields, clientTexts)
    : receivedDifferences(record, fields);
  return [...found].map((difference) => `execution ${execID}: ${difference}`);
};

/** A record of it is perhaps not written yet; one that is there is compared all the same. */
const isAhead = (fields: Fields, { untilMs, byExecID, byVenueExecID }: FixLogBooks): boolean => {
  if (untilMs === undefined) return false;
  const execID = fields.get('17') ?? '';
  if (byExecID.has(execID) || byVenueExecID.has(execID)) return false;
  return (parseUtcTimestamp(fields.get('52') ?? '') ?? 0) >= untilMs;
};

interface Column {
  readonly tag: number;
  readonly field: string;
  /** From the record's word to the code on the wire. */
  readonly codes?: Readonly<Record<string, string>>;
}

const liquidity = { Maker: '1', Taker: '2' };

/** ExecutionReport(8) to a client; see upstream/fix/client-reports. */
const SENT: readonly Column[] = [
  { tag: 37, field: 'orderId' },
  { tag: 11, field: 'clOrdId' },
  { tag: 41, field: 'origClOrdId' },
  { tag: 1, field: 'account' },
  { tag: 19, field: 'execRefId' },
  { tag: 198, field: 'venueOrderId' },
  { tag: 527, field: 'venueExecId' },
  { tag: 150, field: 'execType', codes: execTypeToCode },
  { tag: 39, field: 'ordStatus', codes: ordStatusToCode },
  { tag: 55, field: 'symbol' },
  { tag: 54, field: 'side', codes: sideToCode },
  { tag: 40, field: 'ordType', codes: ordTypeToCode },
  { tag: 59, field: 'tif', codes: timeInForceToCode },
  { tag: 44, field: 'price' },
  { tag: 99, field: 'stopPx' },
  { tag: 38, field: 'orderQty' },
  { tag: 32, field: 'lastQty' },
  { tag: 31, field: 'lastPx' },
  { tag: 14, field: 'cumQty' },
  { tag: 151, field: 'leavesQty' },
  { tag: 6, field: 'avgPx' },
  { tag: 12, field: 'fee' },
  { tag: 479, field: 'feeCcy' },
  { tag: 851, field: 'liquidity', codes: liquidity },
  { tag: 20_002, field: 'reasonCode' },
];

function* sentDifferences(
  record: Values,
  fields: Fields,
  clientTexts: ClientTexts,
): Generator<string> {
  // A refusal repeats what the client wrote, also where the record has no word for it.
  const isRefusal = record['ordStatus'] === 'Rejected' || record['reasonCode'] === DUPLICATE;
  for (const column of SENT) {
    // A ClOrdID used before is refused by a report of the first order's state.
    if (column.field === 'execType' && record['reasonCode'] === DUPLICATE) continue;
    const written = record[column.field] ?? '';
    if (isRefusal && (written === '' || column.tag === 54)) continue;
    if (written.includes('<redacted>')) continue;
    yield* columnDifferences(column, written, fields);
  }
  yield* textDifferences(record, fields, clientTexts);
  yield* timeDifferences(record['tVenue'] ?? record['tJournal'], fields.get('60'));
}

function* columnDifferences(column: Column, written: string, fields: Fields): Generator<string> {
  const difference = differenceOf(column, written, fields.get(String(column.tag)) ?? '');
  if (difference !== undefined) yield difference;
}

function* textDifferences(
  record: Values,
  fields: Fields,
  clientTexts: ClientTexts,
): Generator<string> {
  const [written, told] = [record['text'] ?? '', fields.get('58') ?? ''];
  if (written.includes('<redacted>') || clientTexts.isExpected(record, fields)) return;
  yield `text is ${shownText(written)} in JSON lines, tag 58 is ${shownText(told)}`;
}

/** TransactTime(60) has milliseconds at least; what is finer is not compared. */
function* timeDifferences(
  written: string | undefined,
  told: string | undefined,
): Generator<string> {
  if (told === undefined) return;
  const atMs = parseUtcTimestamp(told);
  const writtenMs = /^\d{1,20}$/.test(written ?? '')
    ? BigInt(written ?? '') / 1_000_000n
    : undefined;
  if (atMs !== undefined && writtenMs === BigInt(Math.floor(atMs))) return;
  yield `transactTime is ${shown(written)} in JSON lines, tag 60 is ${shownText(told)}`;
}
const DUPLICATE = 'DUPLICATE_CLORDID';

/** ExecutionReport(8) of the venue; only what it must say. */
const RECEIVED: readonly Column[] = [
  { tag: 37, field: 'venueOrderId' },
  { tag: 55, field: 'symbol' },
  { tag: 54, field: 'side', codes: sideToCode },
];
const RECEIVED_TRADE: readonly Column[] = [
  { tag: 32, field: 'lastQty' },
  { tag: 31, field: 'lastPx' },
];

function* receivedDifferences(record: Values, fields: Fields): Generator<string> {
  const isTrade = fields.get('150') === 'F' || fields.get('150') === 'G';
  for (const column of isTrade ? [...RECEIVED, ...RECEIVED_TRADE] : RECEIVED) {
    const told = fields.get(String(column.tag));
    if (told === undefined) continue;
    const difference = differenceOf(column, record[column.field] ?? '', told);
    if (difference !== undefined) yield difference;
  }
  // A correction tells the fee again; the record of it has none.
  if (fields.get('150') !== 'F' || record['source'] !== 'fix') return;
  yield* timeDifferences(record['tVenue'], fields.get('60'));
  const fee = fields.get(EXCHANGE_FEE);
  if (fee !== undefined && !isSame(record['fee'] ?? '', fee))
    yield `fee is ${shown(record['fee'])} in JSON lines, ${fee} by MiscFeeAmt(137)`;
}

const differenceOf = (
  { tag, field, codes }: Column,
  written: string,
  told: string,
): string | undefined => {
  const code = codes === undefined ? written : (codes[written] ?? written);
  if (isSame(code, told)) return undefined;
  return `${field} is ${shown(written)} in JSON lines, tag ${tag} is ${shown(told)}`;
};

const isSame = (a: string, b: string): boolean =>
  a === b || sameAmount(a, b) || asWritten(a) === asWritten(b);
const shown = (text: string | undefined): string =>
  text === undefined || text === '' ? 'empty' : text;

const SHOWN_LENGTH_MAX = 100;
const shownText = (text: string): string => shown(escapeHidden(text.slice(0, SHOWN_LENGTH_MAX)));

/** Key of the amount in the fee group whose MiscFeeType(139) is 4, exchange fees. */
const EXCHANGE_FEE = 'exchange fee';

/**
 * First value of each tag; enough for the fields of an ExecutionReport that stand outside groups,
 * and the fee.
 */
const fieldsOf = (message: string): Fields => {
  const values = new Map<string, string>();
  let feeAmount: string | undefined;
  for (const field of message.split(SOH)) {
    const equals = field.indexOf('=');
    const [tag, value] = [field.slice(0, equals), field.slice(equals + 1)];
    if (equals <= 0) continue;
    if (!values.has(tag)) values.set(tag, value);
    if (tag === '137') feeAmount = value;
    if (tag === '139' && value === '4' && feeAmount !== undefined)
      values.set(EXCHANGE_FEE, feeAmount);
  }
  return values;
};

const toTrade = (fields: Fields): Trade => ({
  orderID: fields.get('37') ?? '',
  execID: fields.get('17') ?? '',
  lastQty: fields.get('32') ?? '',
  cumQty: fields.get('14') ?? '',
});

/** As the log's writer makes file names from CompIDs. */
const fileText = (compID: string): string => compID.replaceAll(/[^A-Za-z0-9._]/g, '_');
