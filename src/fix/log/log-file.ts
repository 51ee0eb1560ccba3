import { defined } from '../../lib/defined.ts';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { BufferedFile, type BufferedFileOptions } from '../../lib/files/buffered-file.ts';
import { type Result } from '../../lib/result.ts';
import { type EpochMs, toUtcDate } from '../../lib/time.ts';

export interface MessageLogFileOptions {
  readonly dir: string;
  /** What stands before the date: `FIX.4.4-ME-VENUE.messages`. */
  readonly stem: string;
  readonly bufferBytesMax: number;
  readonly onTrouble: (text: string) => void;
  readonly write?: BufferedFileOptions['write'];
}

/** Where a line begins. */
export interface LinePlace {
  readonly file: string;
  /** Bytes. */
  readonly offset: number;
}

/**
 * `<stem>.<YYYYMMDD>.log`, a new file each UTC day. A failed write is reported once. Lines are then
 * dropped and counted until a flush succeeds: a log must never stop the session that it describes.
 */
export class MessageLogFile {
  readonly #options: MessageLogFileOptions;
  #file: BufferedFile | undefined;
  #day = '';
  #size = 0;
  #isFailing = false;
  #dropped = 0;

  constructor(options: MessageLogFileOptions) {
    this.#options = options;
  }

  get bufferedBytes(): number {
    return this.#file?.bufferedBytes ?? 0;
  }

  /**
   * The line's place; `undefined` when it was dropped. After the clock went back, lines stay in the
   * newer file.
   */
  append(line: Buffer, at: EpochMs): LinePlace | undefined {
    const day = toUtcDate(at);
    if (day > this.#day) this.#turnTo(day);
    if (this.#file === undefined || this.#isFailing) {
      this.#dropped += 1;
      return undefined;
    }
    const offset = this.#size;
    this.#size += line.length;
    this.#check(this.#file.append(line));
    return { file: this.#name(), offset };
  }

  flush(): void {
    if (this.#file !== undefined) this.#check(this.#file.flush());
  }

  close(): void {
    if (this.#file !== undefined) this.#check(this.#file.close());
    this.#file = undefined;
    this.#day = '';
  }

  #turnTo(day: string): void {
    if (this.#file !== undefined) this.#check(this.#file.close());
    this.#day = day;
    const path = join(this.#options.dir, this.#name());
    const { bufferBytesMax, write } = this.#options;
    try {
      mkdirSync(this.#options.dir, { recursive: true, mode: 0o700 });
      this.#size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    } catch (cause) {
      this.#check({ ok: false, error: cause instanceof Error ? cause : new Error(String(cause)) });
      // Without a file the next line tries again.
      this.#file = undefined;
      this.#day = '';
      return;
    }
    const options = { path, bufferBytesMax, ...defined({ write }) };
    this.#file = new BufferedFile(options);
    this.#check({ ok: true, value: undefined });
  }

  #name(): string {
    return `${this.#options.stem}.${this.#day}.log`;
  }

  #check(result: Result<void, Error>): void {
    if (!result.ok) {
      if (!this.#isFailing) this.#options.onTrouble(`${this.#name()}: ${result.error.message}`);
      this.#isFailing = true;
      return;
    }
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#options.onTrouble(`${this.#name()}: writing again, ${this.#dropped} lines were dropped`);
    this.#dropped = 0;
  }
}
