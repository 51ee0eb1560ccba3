import { createHmac, hkdfSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { defined } from '../../lib/defined.ts';
import { writeDurably } from '../../lib/files/durable-file.ts';
import { type Secret } from '../../lib/secret.ts';

/**
 * Where the audit record ends, in a file of its own: a chain that was cut at its end is still whole
 * in itself, and this head shows the cut. Written after each line, so a crash between the two
 * leaves a record one line ahead, never one behind.
 */
export interface AuditHead {
  /** Lines of the record. */
  readonly count: number;
  /** SHA-256 of the last one. */
  readonly last: string;
}

/** A head as it lies in a file. */
export interface SealedHead extends AuditHead {
  /** The record that it is the end of. */
  readonly record: string;
  /** The end that people took as it was, the last time they did. */
  readonly accepted?: string;
  /** Absent in heads of earlier versions. */
  readonly seal?: string;
}

/** A seal of a text; write access to the disk is not enough to make one, it needs the key. */
export type AuditSeal = (text: string) => string;

/** The key of the funds signs their record as well: it is not on the disk of the data folder. */
export const makeAuditSeal = (apiSecret: Secret): AuditSeal => {
  const key = Buffer.from(hkdfSync('sha256', apiSecret.reveal(), '', 'fathom funds audit v1', 32));
  return (text) => createHmac('sha256', key).update(text, 'utf8').digest('hex');
};

export const GENESIS = '0'.repeat(64);

const sealedText = ({ count, last, record, accepted = '' }: SealedHead): string =>
  JSON.stringify(['fathom audit head v1', count, last, record, accepted]);

export const writeHead = (path: string, head: SealedHead, seal: AuditSeal): Promise<void> =>
  writeDurably(path, `${JSON.stringify({ ...head, seal: seal(sealedText(head)) })}\n`);

/** A head; `undefined` when there is none, or why it cannot be believed. */
export const readHead = async (
  path: string,
  seal: AuditSeal,
): Promise<SealedHead | string | undefined> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const head = parseHead(text);
  if (head === undefined) return 'its head cannot be read';
  // Nothing can have been taken from a record that never began.
  if (head.seal === undefined && head.count === 0) return { ...head, last: GENESIS };
  if (head.seal === undefined) return 'its head is of an earlier version, without a seal';
  return head.seal === seal(sealedText(head))
    ? head
    : 'its head was not sealed with the secret of funds.credentials: that was changed, or the head';
};

const parseHead = (text: string): SealedHead | undefined => {
  try {
    const { count, last, record = '', accepted, seal } = JSON.parse(text) as Partial<SealedHead>;
    if (typeof count !== 'number' || typeof last !== 'string') return undefined;
    return { count, last, record, ...defined({ accepted, seal }) };
  } catch {
    return undefined;
  }
};

/** Why a record that ends with `found` is not the one of `head`; `undefined` when it is. */
export const faultOfHead = (
  head: AuditHead,
  found: AuditHead & { readonly beforeLast: string; readonly isLastSealed: boolean },
): string | undefined => {
  const { count } = found;
  if (count < head.count)
    return `the last ${head.count - count} of ${head.count} lines are missing`;
  const isSame = count === head.count && found.last === head.last;
  if (isSame) return undefined;
  const isOneAhead = count === head.count + 1 && found.beforeLast === head.last;
  if (isOneAhead)
    return found.isLastSealed ? undefined : 'its last line was not written by the engine';
  return `it has ${count} lines and does not end where its head says, after ${head.count}`;
};
