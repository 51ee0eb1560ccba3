import { readFile } from 'node:fs/promises';
import { writeDurably } from '../../lib/files/durable-file.ts';

/**
 * Where the audit record ends, kept in a second place: lines dropped from the end of a chain leave
 * a chain. Written after each line, so a crash between the two leaves a record one line ahead,
 * never one behind.
 */
export interface AuditHead {
  /** Lines of the record. */
  readonly count: number;
  /** SHA-256 of the last one. */
  readonly last: string;
}

export const GENESIS = '0'.repeat(64);
const EMPTY_HEAD: AuditHead = { count: 0, last: GENESIS };

export const toHeadText = ({ count, last }: AuditHead): string =>
  `${JSON.stringify({ count, last })}\n`;

export const writeHead = (path: string, head: AuditHead): Promise<void> =>
  writeDurably(path, toHeadText(head));

/** The empty head when there is none yet; `undefined` when the file holds something else. */
export const readHead = async (path: string): Promise<AuditHead | undefined> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return toHeadText(EMPTY_HEAD);
    throw error;
  });
  try {
    const { count, last } = JSON.parse(text) as Partial<AuditHead>;
    return typeof count === 'number' && typeof last === 'string' ? { count, last } : undefined;
  } catch {
    return undefined;
  }
};

/** Why a record that ends with `found` is not the one of `head`; `undefined` when it is. */
export const faultOfHead = (
  head: AuditHead,
  found: AuditHead & { readonly beforeLast: string },
): string | undefined => {
  const { count } = found;
  if (count < head.count)
    return `the last ${head.count - count} of ${head.count} lines are missing`;
  const isSame = count === head.count && found.last === head.last;
  const isOneAhead = count === head.count + 1 && found.beforeLast === head.last;
  return isSame || isOneAhead
    ? undefined
    : `it has ${count} lines and does not end where its head says, after ${head.count}`;
};
