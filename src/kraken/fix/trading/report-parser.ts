import { defined } from '../../../lib/defined.ts';
import {
  type ClOrdID,
  type DecimalText,
  type TradingSymbol,
  type VenueExecID,
  type VenueOrderID,
} from '../../../domain/ids.ts';
import {
  type VenueBusinessReject,
  type VenueExecutionReport,
  type VenueReport,
  type VenueSessionReject,
} from '../../../domain/venue-report.ts';
import { parseDecimalText, ZERO_TEXT } from '../../../domain/decimal-text.ts';
import { type FixMessage } from '../../../fix/codec/fix-message.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { parseUtcTimestamp } from '../../../lib/time.ts';
import {
  execTypeByCode,
  ordStatusByCode,
  ordTypeByCode,
  sideByCode,
  timeInForceByCode,
} from '../../../domain/fix-codes.ts';

/** Why a report can't be read: the field and its fault. The whole frame is in the FIX log. */
export interface UnreadableReport {
  readonly tag: number;
  readonly text: string;
}

/** Reads 35=8, 35=3 and 35=j. A trading session receives nothing else. [fix 4.4, 4.8] */
export const parseVenueReport = (message: FixMessage): Result<VenueReport, UnreadableReport> => {
  switch (message.msgType) {
    case '8':
      return parseExecutionReport(message);
    case '3':
      return parseSessionReject(message);
    case 'j':
      return parseBusinessReject(message);
    default:
      return err({
        tag: 35,
        text: `unexpected MsgType(35)=${message.msgType} on a trading session`,
      });
  }
};

const parseExecutionReport = (
  message: FixMessage,
): Result<VenueExecutionReport, UnreadableReport> => {
  const reader = new FieldReader(message);
  const report: VenueExecutionReport = {
    type: 'ExecutionReport',
    execID: reader.required(17) as VenueExecID,
    venueOrderID: reader.required(37) as VenueOrderID,
    execType: reader.code(150, execTypeByCode),
    ordStatus: reader.code(39, ordStatusByCode),
    symbol: reader.required(55) as TradingSymbol,
    side: reader.code(54, sideByCode),
    cumQty: reader.requiredDecimal(14),
    leavesQty: reader.requiredDecimal(151),
    ...reader.optional('clOrdID', 11, (text) => text as ClOrdID),
    ...reader.optional('origClOrdID', 41, (text) => text as ClOrdID),
    ...reader.optional('execRefID', 19, (text) => text as VenueExecID),
    ...reader.optional('ordType', 40, (text) => ordTypeByCode.get(text)),
    ...reader.optional('timeInForce', 59, (text) => timeInForceByCode.get(text)),
    ...reader.optionalDecimal('orderQty', 38),
    ...reader.optionalDecimal('price', 44),
    ...reader.optionalDecimal('stopPx', 99),
    ...reader.optionalDecimal('lastQty', 32),
    ...reader.optionalDecimal('lastPx', 31),
    ...reader.optional('tradeID', 1003, (text) => text),
    ...reader.optional('liquidity', 5050, (text) => LIQUIDITY.get(text)),
    ...reader.optional('transactTime', 60, parseUtcTimestamp),
    ...reader.optional('execRestatementReason', 378, parseInteger),
    ...reader.optionalDecimal('triggerPrice', 1102),
    ...reader.optional('text', 58, (text) => text),
    ...fee(message),
  };
  return reader.problem === undefined ? ok(report) : err(reader.problem);
};

const LIQUIDITY: ReadonlyMap<string, 'Maker' | 'Taker'> = new Map([
  ['0', 'Maker'],
  ['1', 'Taker'],
]);

/**
 * The exchange fee of this trade (MiscFeeType 4); per trade because derivatives orders carry
 * ExecInst `s`. [fix 6.3]
 */
const fee = (message: FixMessage): { fee?: DecimalText; feeCurrency?: string } => {
  const entry = message
    .groups(136)
    .find((group) => group.get(139) === '4' || group.get(139) === undefined);
  const amount = entry === undefined ? undefined : parseDecimalText(entry.get(137) ?? '');
  if (entry === undefined || amount === undefined) return {};
  return { fee: amount, feeCurrency: entry.get(138) ?? '' };
};

const parseSessionReject = (message: FixMessage): Result<VenueSessionReject, UnreadableReport> => {
  const refSeqNum = parseInteger(message.get(45));
  if (refSeqNum === undefined)
    return err({ tag: 45, text: 'RefSeqNum(45) is missing or no number' });
  const refTagID = parseInteger(message.get(371));
  const reason = parseInteger(message.get(373));
  const refMsgType = message.get(372);
  const text = message.get(58);
  return ok({
    type: 'SessionReject',
    refSeqNum,
    ...defined({ refMsgType, refTagID, reason, text }),
  });
};

const parseBusinessReject = (
  message: FixMessage,
): Result<VenueBusinessReject, UnreadableReport> => {
  const refMsgType = message.get(372);
  if (refMsgType === undefined) return err({ tag: 372, text: 'RefMsgType(372) is missing' });
  const refID = message.get(379);
  const text = message.get(58);
  return ok({
    type: 'BusinessReject',
    refMsgType,
    reason: parseInteger(message.get(380)) ?? 0,
    ...defined({ refID: refID as ClOrdID | undefined, text }),
  });
};

const parseInteger = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/**
 * Reads fields and keeps the first problem, so that a message is refused as a whole for one reason.
 */
class FieldReader {
  problem: UnreadableReport | undefined;
  readonly #message: FixMessage;

  constructor(message: FixMessage) {
    this.#message = message;
  }

  required(tag: number): string {
    const text = this.#message.get(tag);
    if (text === undefined || text === '') this.#fail(tag, 'is missing');
    return text ?? '';
  }

  code<T>(tag: number, byCode: ReadonlyMap<string, T>): T {
    const text = this.required(tag);
    const word = byCode.get(text);
    if (word === undefined) this.#fail(tag, `has the unknown value ${text}`);
    return word as T;
  }

  requiredDecimal(tag: number): DecimalText {
    const text = this.required(tag);
    return this.#toDecimalText(tag, text) ?? ZERO_TEXT;
  }

  optional<K extends string, V>(
    key: K,
    tag: number,
    read: (text: string) => V | undefined,
  ): Partial<Record<K, V>> {
    const text = this.#message.get(tag);
    const value = text === undefined ? undefined : read(text);
    return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
  }

  optionalDecimal<K extends string>(key: K, tag: number): Partial<Record<K, DecimalText>> {
    return this.optional(key, tag, (text) => this.#toDecimalText(tag, text));
  }

  #toDecimalText(tag: number, text: string): DecimalText | undefined {
    const value = parseDecimalText(text);
    if (value === undefined) this.#fail(tag, `is no plain decimal: ${text}`);
    return value;
  }

  #fail(tag: number, text: string): void {
    this.problem ??= { tag, text: `tag ${tag} ${text}` };
  }
}
