import { invariant } from '../lib/invariant.ts';
import { type Result, err, ok } from '../lib/result.ts';
import { type EpochMs, epochMs } from '../lib/time.ts';

/** One record as the journal gives it back. */
export interface JournalRecord {
  readonly seq: number;
  readonly kind: number;
  readonly payload: Buffer;
}

/** What a record means; [journal-format 4]. A kind is never given a second meaning. */
export const RECORD_KIND = {
  fact: 1,
  sessionOutbound: 2,
  sessionNextTarget: 3,
  sessionNextSender: 4,
  sessionReset: 5,
  audit: 6,
  sessionConfirmed: 7,
} as const;

interface FactRecord {
  readonly type: 'Fact';
  readonly at: EpochMs;
  readonly fact: unknown;
}
interface OutboundRecord {
  readonly type: 'SessionOutbound';
  readonly session: string;
  readonly msgSeqNum: number;
  /** A view of the payload. */
  readonly bytes: Buffer;
}
interface NextNumberRecord {
  readonly type: 'SessionNextTarget' | 'SessionNextSender' | 'SessionConfirmed';
  readonly session: string;
  /** `SessionConfirmed`: the first number that the peer has not proven to have. */
  readonly next: number;
}
interface ResetRecord {
  readonly type: 'SessionReset';
  readonly session: string;
  readonly at: EpochMs;
}
interface AuditRecord {
  readonly type: 'Audit';
  readonly at: EpochMs;
  readonly audit: unknown;
}
export type DecodedRecord =
  FactRecord | OutboundRecord | NextNumberRecord | ResetRecord | AuditRecord;

export const encodeFact = (at: EpochMs, fact: unknown): string => JSON.stringify({ at, fact });

export const encodeAudit = (at: EpochMs, audit: unknown): string => JSON.stringify({ at, audit });

/** Name length u8, name UTF-8, MsgSeqNum(34) u64, then the message. */
export const encodeOutbound = (session: string, msgSeqNum: number, bytes: Buffer): Buffer => {
  const payload = Buffer.allocUnsafe(outboundHeadBytes(session) + bytes.length);
  const head = writeNamed(payload, session, msgSeqNum);
  bytes.copy(payload, head);
  return payload;
};

/** Where the message begins in an outbound record's payload. */
export const outboundHeadBytes = (session: string): number => Buffer.byteLength(session) + 9;

/** Kinds 3, 4 and 7: name length u8, name UTF-8, number u64. */
export const encodeNextNumber = (session: string, next: number): Buffer => {
  const payload = Buffer.allocUnsafe(Buffer.byteLength(session) + 9);
  writeNamed(payload, session, next);
  return payload;
};

/** Name length u8, name UTF-8, time f64. */
export const encodeReset = (session: string, at: EpochMs): Buffer => {
  const payload = Buffer.allocUnsafe(Buffer.byteLength(session) + 9);
  const offset = writeName(payload, session);
  payload.writeDoubleLE(at, offset);
  return payload;
};

/** The meaning of a record, or why its payload has none: a corrupt or newer journal. */
export const decodeRecord = (record: JournalRecord): Result<DecodedRecord, string> => {
  const { kind, payload } = record;
  switch (kind) {
    case RECORD_KIND.fact:
      return decodeJson(payload, 'fact', (at, fact) => ({ type: 'Fact', at, fact }));
    case RECORD_KIND.audit:
      return decodeJson(payload, 'audit', (at, audit) => ({ type: 'Audit', at, audit }));
    case RECORD_KIND.sessionOutbound:
      return decodeOutbound(payload);
    case RECORD_KIND.sessionNextTarget:
      return decodeNextNumber(payload, 'SessionNextTarget');
    case RECORD_KIND.sessionNextSender:
      return decodeNextNumber(payload, 'SessionNextSender');
    case RECORD_KIND.sessionConfirmed:
      return decodeNextNumber(payload, 'SessionConfirmed');
    case RECORD_KIND.sessionReset:
      return decodeReset(payload);
    default:
      return err(`unknown record kind ${kind}`);
  }
};

const decodeJson = (
  payload: Buffer,
  key: 'fact' | 'audit',
  make: (at: EpochMs, body: unknown) => DecodedRecord,
): Result<DecodedRecord, string> => {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch {
    return err(`${key}: not JSON`);
  }
  if (typeof value !== 'object' || value === null) return err(`${key}: not an object`);
  const { at, [key]: body } = value as Record<string, unknown>;
  if (typeof at !== 'number' || !Number.isFinite(at)) return err(`${key}: no time`);
  return body === undefined ? err(`${key}: no body`) : ok(make(epochMs(at), body));
};

const decodeOutbound = (payload: Buffer): Result<DecodedRecord, string> => {
  const named = readName(payload);
  if (named === undefined || payload.length < named.end + 8) return err('outbound: too short');
  const msgSeqNum = readU64(payload, named.end);
  if (msgSeqNum === undefined || msgSeqNum < 1) return err('outbound: MsgSeqNum(34) out of range');
  const bytes = payload.subarray(named.end + 8);
  return ok({ type: 'SessionOutbound', session: named.name, msgSeqNum, bytes });
};

const decodeNextNumber = (
  payload: Buffer,
  type: NextNumberRecord['type'],
): Result<DecodedRecord, string> => {
  const named = readName(payload);
  if (named?.end !== payload.length - 8) return err(`${type}: wrong length`);
  const next = readU64(payload, named.end);
  if (next === undefined || next < 1) return err(`${type}: number out of range`);
  return ok({ type, session: named.name, next });
};

const decodeReset = (payload: Buffer): Result<DecodedRecord, string> => {
  const named = readName(payload);
  if (named?.end !== payload.length - 8) return err('SessionReset: wrong length');
  const at = payload.readDoubleLE(named.end);
  if (!Number.isFinite(at)) return err('SessionReset: no time');
  return ok({ type: 'SessionReset', session: named.name, at: epochMs(at) });
};

const writeName = (payload: Buffer, session: string): number => {
  const length = payload.write(session, 1, 'utf8');
  invariant(length > 0 && length <= 255, 'a session name has 1 to 255 bytes');
  payload.writeUInt8(length, 0);
  return length + 1;
};

const writeNamed = (payload: Buffer, session: string, value: number): number => {
  invariant(Number.isSafeInteger(value) && value >= 1, 'a message number is a positive integer');
  const offset = writeName(payload, session);
  payload.writeUInt32LE(value % 0x1_0000_0000, offset);
  payload.writeUInt32LE(Math.floor(value / 0x1_0000_0000), offset + 4);
  return offset + 8;
};

const readName = (payload: Buffer): { name: string; end: number } | undefined => {
  const length = payload[0];
  if (length === undefined || length === 0 || payload.length < 1 + length) return undefined;
  return { name: payload.toString('utf8', 1, 1 + length), end: 1 + length };
};

const readU64 = (payload: Buffer, offset: number): number | undefined => {
  const value = payload.readUInt32LE(offset + 4) * 0x1_0000_0000 + payload.readUInt32LE(offset);
  return Number.isSafeInteger(value) ? value : undefined;
};
