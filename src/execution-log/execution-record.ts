import {
  type ExecType,
  type OrdStatus,
  type OrdType,
  type Side,
  type TimeInForce,
} from '../domain/order.ts';
import { type EpochMs } from '../lib/time.ts';

export const SCHEMA = 'er/1';

/**
 * One line of the execution report log: what happened to an order, with where it came from and
 * when. Amounts are exact decimal text, times nanoseconds since the epoch as text, counters become
 * text in the file. The writer adds `schema`, `part`, `prevHash` and `hash`, and leaves out what is
 * undefined.
 */
export interface ExecutionRecord {
  /** Journal sequence number of the fact; rises from record to record. */
  readonly seq: number;
  /** When the bytes arrived here. */
  readonly tRecv?: string | undefined;
  /** TransactTime(60) of the venue. */
  readonly tVenue?: string | undefined;
  /** SendingTime(52) of the venue. */
  readonly tSend?: string | undefined;
  /** When the fact was decided; it picks the file of the day. */
  readonly tJournal: string;
  /** When it was handed to the client. */
  readonly tPublish?: string | undefined;
  readonly clockOffsetNs?: string | undefined;
  /** Name of the route that carries the order. */
  readonly route?: string | undefined;
  readonly connEpoch?: number | undefined;
  readonly sessionId?: string | undefined;
  readonly msgSeqNum?: number | undefined;
  readonly possDup?: boolean | undefined;
  readonly possResend?: boolean | undefined;
  readonly source: 'fix' | 'ws' | 'rest' | 'history' | 'operator' | 'engine';
  readonly account?: string | undefined;
  readonly strategy?: string | undefined;
  readonly trader?: string | undefined;
  /** ClOrdID(11) as the client gave it. */
  readonly clOrdId: string;
  readonly origClOrdId?: string | undefined;
  readonly parentId?: string | undefined;
  /** ClOrdID(11) towards the venue. */
  readonly attemptId?: string | undefined;
  /** OrderID(37) towards the client. */
  readonly orderId: string;
  readonly venueOrderId?: string | undefined;
  /** ExecID(17) towards the client. */
  readonly execId?: string | undefined;
  readonly venueExecId?: string | undefined;
  readonly execRefId?: string | undefined;
  readonly linkedIds?: readonly string[] | undefined;
  readonly execType: ExecType;
  readonly ordStatus: OrdStatus;
  /** The engine's own word where FIX has none: a doubt class, a pending request. */
  readonly state?: string | undefined;
  readonly symbol: string;
  readonly contractType?: 'inverse' | 'linear' | undefined;
  readonly side: Side;
  readonly ordType?: OrdType | undefined;
  readonly tif?: TimeInForce | undefined;
  readonly execInst?: string | undefined;
  readonly price?: string | undefined;
  readonly stopPx?: string | undefined;
  readonly orderQty: string;
  readonly lastQty?: string | undefined;
  readonly lastPx?: string | undefined;
  readonly cumQty: string;
  readonly leavesQty: string;
  readonly avgPx?: string | undefined;
  readonly fee?: string | undefined;
  readonly feeCcy?: string | undefined;
  readonly liquidity?: 'Maker' | 'Taker' | undefined;
  readonly reasonCode?: string | undefined;
  readonly text?: string | undefined;
  /** Base64, or `file:offset` of the line in the FIX message log. */
  readonly raw?: string | undefined;
}

/** The order of the keys in a JSON line. */
export const RECORD_FIELDS = [
  ...['seq', 'tRecv', 'tVenue', 'tSend', 'tJournal', 'tPublish', 'clockOffsetNs'],
  ...['route', 'connEpoch', 'sessionId', 'msgSeqNum', 'possDup', 'possResend', 'source'],
  ...['account', 'strategy', 'trader', 'clOrdId', 'origClOrdId', 'parentId', 'attemptId'],
  ...['orderId', 'venueOrderId', 'execId', 'venueExecId', 'execRefId', 'linkedIds'],
  ...['execType', 'ordStatus', 'state', 'symbol', 'contractType', 'side', 'ordType', 'tif'],
  ...['execInst', 'price', 'stopPx', 'orderQty', 'lastQty', 'lastPx', 'cumQty', 'leavesQty'],
  ...['avgPx', 'fee', 'feeCcy', 'liquidity', 'reasonCode', 'text', 'raw'],
] as readonly (keyof ExecutionRecord)[];

/**
 * Columns of the CSV file after the first, which is named after the schema and holds its version.
 */
export const CSV_FIELDS = [
  ...['seq', 'tJournal', 'tVenue', 'source', 'sessionId', 'account', 'clOrdId', 'origClOrdId'],
  ...['orderId', 'venueOrderId', 'execId', 'venueExecId', 'execRefId', 'execType', 'ordStatus'],
  ...['symbol', 'contractType', 'side', 'ordType', 'tif', 'price', 'stopPx', 'orderQty'],
  ...['lastQty', 'lastPx', 'cumQty', 'leavesQty', 'avgPx', 'fee', 'feeCcy', 'liquidity'],
  ...['reasonCode', 'text'],
] as readonly (keyof ExecutionRecord)[];

/**
 * Nanoseconds since the epoch as text; a fraction of the millisecond is kept to the microsecond.
 */
export const toNanoseconds = (at: EpochMs): string => {
  const whole = Math.floor(at);
  const micros = Math.round((at - whole) * 1_000);
  // Digits behind each other, where that is the same number: BigInt takes ten times as long.
  return whole > 0 && micros < 1_000
    ? `${whole}${String(micros).padStart(3, '0')}000`
    : String(BigInt(whole) * 1_000_000n + BigInt(micros) * 1_000n);
};
