import { hash as digestOf } from 'node:crypto';

import { type Result, err, ok } from '../lib/result.ts';
import { escapeHidden, utf8Of } from '../lib/plain-text.ts';
import { type ExecutionRecord, RECORD_FIELDS, SCHEMA } from './execution-record.ts';

/** `prevHash` of the first line of all. */
export const FIRST_HASH = '0'.repeat(64);

/** A line read back; values are as in the file, numbers as text. */
export interface RecordLine {
  readonly type: 'Record' | 'Trailer';
  readonly seq: number;
  /** `[2, 3]`: the second of three records of one fact. */
  readonly part: readonly [number, number];
  readonly prevHash: string;
  readonly hash: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface EncodedLine {
  /** Without the newline. */
  readonly line: string;
  readonly hash: string;
}

/**
 * `{"schema":"er/1","seq":"…",…,"prevHash":"…","hash":"…"}`. The hash is SHA-256 over the line's
 * bytes before `,"hash":`, which hold the hash of the line before: a changed, lost or inserted line
 * breaks the chain.
 */
export const encodeRecordLine = (
  record: ExecutionRecord,
  part: readonly [number, number],
  chain: { readonly prevHash: string; readonly redact: (text: string) => string },
): EncodedLine => {
  let object = `{"schema":"${SCHEMA}"`;
  for (const field of RECORD_FIELDS) {
    const value = record[field];
    if (value !== undefined) object += `,"${field}":${toJsonText(value, chain.redact)}`;
  }
  if (part[1] > 1) object += `,"part":"${part[0]}/${part[1]}"`;
  // Texts of the venue may hold what a terminal obeys; escaped, the line still reads as the same
  // JSON.
  return withHash(escapeHidden(utf8Of(`${object}}`)), chain.prevHash);
};

/** The last line of a finished file. */
export const encodeTrailerLine = (
  file: { readonly count: number; readonly firstSeq: number; readonly lastSeq: number },
  prevHash: string,
): EncodedLine => {
  const { count, firstSeq, lastSeq } = file;
  const values = {
    schema: SCHEMA,
    trailer: true,
    count: String(count),
    firstSeq: String(firstSeq),
    lastSeq: String(lastSeq),
  };
  return withHash(JSON.stringify(values), prevHash);
};

/**
 * Reads a line and checks its own hash; whether `prevHash` is right is for the reader of the line
 * before.
 */
export const parseRecordLine = (line: string): Result<RecordLine, string> => {
  const values = parseObject(line);
  if (values === undefined) return err('not a JSON object');
  const { schema, hash, prevHash, trailer } = values;
  if (schema !== SCHEMA) return err(`schema is not ${SCHEMA}`);
  if (typeof hash !== 'string' || typeof prevHash !== 'string') return err('no hash');
  if (!line.endsWith(hashSuffix(hash))) return err('the hash is not the last value');
  if (sha256(line.slice(0, -hashSuffix(hash).length)) !== hash) return err('hash wrong');
  const seq = Number(trailer === true ? values['lastSeq'] : values['seq']);
  if (!Number.isSafeInteger(seq) || seq < 0) return err('no sequence number');
  const part = parsePart(values['part']);
  if (part === undefined) return err('part is not i/n');
  return ok({ type: trailer === true ? 'Trailer' : 'Record', seq, part, prevHash, hash, values });
};

const toJsonText = (
  value: string | number | boolean | readonly string[],
  redact: (text: string) => string,
): string => {
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'object'
    ? `[${value.map((each) => quoted(redact(each))).join(',')}]`
    : quoted(redact(String(value)));
};

/** As JSON.stringify does it, which is slower where nothing has to be escaped. */
const quoted = (text: string): string =>
  NEEDS_NO_ESCAPE.test(text) ? `"${text}"` : JSON.stringify(text);
const NEEDS_NO_ESCAPE = /^[ !#-[\]-~]*$/;

const withHash = (object: string, prevHash: string): EncodedLine => {
  const covered = `${object.slice(0, -1)},"prevHash":"${prevHash}"`;
  const hash = sha256(covered);
  return { line: covered + hashSuffix(hash), hash };
};

const hashSuffix = (hash: string): string => `,"hash":"${hash}"}`;

const sha256 = (text: string): string => digestOf('sha256', text, 'hex');

const parseObject = (line: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};

/** `[1, 1]` when a record is the only one of its fact. */
export const parsePart = (value: unknown): readonly [number, number] | undefined => {
  if (value === undefined || value === '') return [1, 1];
  const match = typeof value === 'string' ? /^(\d{1,6})\/(\d{1,6})$/.exec(value) : null;
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
};
