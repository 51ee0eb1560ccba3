import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, dirname } from 'node:path';

import { type Anchor, readAnchor } from '../anchor.ts';
import { readManifest } from '../file-series.ts';
import { readLines } from '../read-lines.ts';
import { FIRST_HASH, type RecordLine, parseRecordLine } from '../record-line.ts';

/** Reads JSON line files in order and checks hashes, chain, sequence and trailers. */
export class ChainReader {
  readonly problems: string[] = [];
  /** Told every hash of the chain. */
  onHash: ((hash: string) => void) | undefined;
  #firstPrevHash: string | undefined;
  #hash: string | undefined;
  #lastSeq = 0;

  /** False when older files were moved away, so that the chain begins in the middle. */
  get isFromStart(): boolean {
    return this.#firstPrevHash === undefined || this.#firstPrevHash === FIRST_HASH;
  }

  /** The records of one file, good or not chained right; lines that cannot be read are problems. */
  async *records(
    path: string,
  ): AsyncGenerator<{ readonly line: RecordLine; readonly where: string }, void, undefined> {
    const name = basename(path);
    let number = 0;
    let count = 0;
    let firstSeq = 0;
    for await (const text of readLines(path, 'utf8')) {
      number += 1;
      const where = `${name} line ${number}`;
      const parsed = parseRecordLine(text);
      if (!parsed.ok) {
        this.problems.push(`${where}: ${parsed.error}`);
        continue;
      }
      const line = parsed.value;
      this.#link(line, where);
      if (line.type === 'Trailer') {
        this.#trailer(line, where, { count, firstSeq });
        continue;
      }
      count += 1;
      if (count === 1) firstSeq = line.seq;
      yield { line, where };
    }
  }

  #link(line: RecordLine, where: string): void {
    if (this.#hash !== undefined && line.prevHash !== this.#hash) {
      this.problems.push(`${where}: does not follow the line before it`);
    }
    this.#firstPrevHash ??= line.prevHash;
    this.#hash = line.hash;
    this.onHash?.(line.hash);
    if (line.type === 'Trailer') return;
    if (line.seq < this.#lastSeq || (line.seq === this.#lastSeq && line.part[0] === 1)) {
      this.problems.push(`${where}: sequence ${line.seq} after ${this.#lastSeq}`);
    }
    this.#lastSeq = line.seq;
  }

  #trailer(
    line: RecordLine,
    where: string,
    found: { readonly count: number; readonly firstSeq: number },
  ): void {
    const { count, firstSeq } = line.values;
    const isRight =
      count === String(found.count) &&
      firstSeq === String(found.firstSeq) &&
      line.seq === this.#lastSeq;
    if (!isRight) this.problems.push(`${where}: the trailer counts other records`);
  }
}

export interface AnchorCheck {
  readonly anchor?: Anchor;
  /** Why it cannot be read. */
  readonly fault?: string;
  /** Whether the chain went through it; asked when the chain has been read. */
  readonly isMet: () => boolean;
}

/** Looks for the head's hash among those of the chain, which stands for every line before it. */
export const checkAnchor = (dir: string, chain: ChainReader): AnchorCheck => {
  const anchor = readAnchor(dir);
  let isMet = false;
  if (typeof anchor === 'string') return { fault: anchor, isMet: () => false };
  if (anchor === undefined) return { isMet: () => true };
  chain.onHash = (hash) => {
    if (hash === anchor.hash) isMet = true;
  };
  return { anchor, isMet: () => isMet };
};

/** Compares finished files with the manifest beside them. */
export const verifyManifest = async (paths: readonly string[]): Promise<readonly string[]> => {
  const problems: string[] = [];
  for (const path of paths) {
    const listed = readManifest(dirname(path)).get(basename(path));
    if (listed === undefined) continue;
    const digest = createHash('sha256');
    for await (const chunk of createReadStream(path)) digest.update(chunk as Buffer);
    if (digest.digest('hex') !== listed) {
      problems.push(`${basename(path)}: SHA-256 differs from the manifest`);
    }
  }
  return problems;
};
