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
 * text in the file. The writer adds `schema`, `part`, `prevHash` and `hash`.
 */
export interface ExecutionRecord {
  /** Journal sequence number of the fact; rises from record to record. */
  readonly seq: number;
  /** When the bytes arrived here. */
  readonly tRecv?: string;
  /** TransactTime(60) of the venue. */
  readonly tVenue?: string;
  /** SendingTime(52) of the venue. */
  readonly tSend?: string;
  /** When the fact was decided; it picks the file of the day. */
  readonly tJournal: string;
  /** When it was handed to the client. */
  readonly tPublish?: string;
  readonly clockOffsetNs?: string;
  /** Name of the route that carries the order. */
  readonly route?: string;
  readonly connEpoch?: number;
  readonly sessionId?: string;
  readonly msgSeqNum?: number;
  readonly possDup?: boolean;
  readonly possResend?: boolean;
  readonly source: 'fix' | 'ws' | 'rest' | 'history' | 'operator' | 'engine';
  readonly account?: string;
  readonly strategy?: string;
  readonly trader?: string;
  /** ClOrdID(11) as the client gave it. */
  readonly clOrdId: string;
  readonly origClOrdId?: string;
  readonly parentId?: string;
  /** ClOrdID(11) towards the venue. */
  readonly attemptId?: string;
  /** OrderID(37) towards the client. */
  readonly orderId: string;
  readonly venueOrderId?: string;
  /** ExecID(17) towards the client. */
  readonly execId?: string;
  readonly venueExecId?: string;
  readonly execRefId?: string;
  readonly linkedIds?: readonly string[];
  readonly execType: ExecType;
  readonly ordStatus: OrdStatus;
  /** The engine's own word where FIX has none: a doubt class, a pending request. */
  readonly state?: string;
  readonly symbol: string;
  readonly contractType?: 'inverse' | 'linear';
  readonly side: Side;
  readonly ordType?: OrdType;
  readonly tif?: TimeInForce;
  readonly execInst?: string;
  readonly price?: string;
  readonly stopPx?: string;
  readonly orderQty: string;
  readonly lastQty?: string;
  readonly lastPx?: string;
  readonly cumQty: string;
  readonly leavesQty: string;
  readonly avgPx?: string;
  readonly fee?: string;
  readonly feeCcy?: string;
  readonly liquidity?: 'Maker' | 'Taker';
  readonly reasonCode?: string;
  readonly text?: string;
  /** Base64, or `file:offset` of the line in the FIX message log. */
  readonly raw?: string;
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
  const micros = Math.round((at - Math.floor(at)) * 1_000);
  return String(BigInt(Math.floor(at)) * 1_000_000n + BigInt(micros) * 1_000n);
};
