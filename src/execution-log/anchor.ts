import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `er-head.json`: how far the log had come, so that a tail which is cut off, or a chain that was
 * made anew, is noticed.
 */
const ANCHOR_NAME = 'er-head.json';

/** The last record of the JSON lines when it was written. */
export interface Anchor {
  /** Journal sequence number of its fact. */
  readonly seq: number;
  /** Its hash, which stands for every line before it. */
  readonly hash: string;
  readonly file: string;
  /** Bytes of the file up to its line end. */
  readonly size: number;
}

/** Writes the whole file or leaves the old one. Throws what the system throws. */
export const writeAnchor = (dir: string, anchor: Anchor): void => {
  const path = join(dir, ANCHOR_NAME);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(anchor)}\n`, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
};

/** `undefined` when there is none; a text says why one cannot be read. */
export const readAnchor = (dir: string): Anchor | string | undefined => {
  let text: string;
  try {
    text = readFileSync(join(dir, ANCHOR_NAME), 'utf8');
  } catch (cause) {
    const isAbsent = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    return isAbsent ? undefined : cause instanceof Error ? cause.message : String(cause);
  }
  const value = parse(text);
  const isAnchor =
    typeof value === 'object' &&
    value !== null &&
    Number.isSafeInteger((value as Anchor).seq) &&
    Number.isSafeInteger((value as Anchor).size) &&
    typeof (value as Anchor).hash === 'string' &&
    typeof (value as Anchor).file === 'string';
  return isAnchor ? (value as Anchor) : 'it is no head of an execution log';
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
