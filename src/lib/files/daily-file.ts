import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { defined } from '../defined.ts';
import { fileFault } from './file-fault.ts';
import { type Result } from '../result.ts';
import { type EpochMs, toUtcDate } from '../time.ts';
import { BufferedFile, type BufferedFileOptions } from './buffered-file.ts';

export interface DailyFileOptions {
  readonly dir: string;
  /** The name of a day's file, e.g. `fathom-20261122.jsonl`; the day is `YYYYMMDD`. */
  readonly nameOf: (day: string) => string;
  /** Who may read the files and the folder, when they are made. */
  readonly readers: 'owner' | 'group';
  /** 0: each line is written at once. */
  readonly bufferBytesMax: number;
  /** Gets a sentence when writing fails and when it works again. */
  readonly onTrouble: (text: string) => void;
  readonly write?: BufferedFileOptions['write'];
}

/** Where a line begins. */
export interface LinePlace {
  readonly file: string;
  /** Bytes. */
  readonly offset: number;
}

/** Permissions of files and folders. */
const MODES = { owner: [0o600, 0o700], group: [0o640, 0o750] } as const;

/**
 * A log that begins a new file each UTC day. A failed write is reported once. Lines are then
 * dropped and counted until a flush succeeds: a log must never stop what it describes.
 */
export class DailyFile {
  readonly #options: DailyFileOptions;
  #file: BufferedFile | undefined;
  #day = '';
  #size = 0;
  #isFailing = false;
  #dropped = 0;

  constructor(options: DailyFileOptions) {
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
    // Without a buffer no flush comes later: this line is the next attempt.
    else if (this.#isFailing && this.#options.bufferBytesMax === 0) this.flush();
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
    const { bufferBytesMax, readers, write } = this.#options;
    const [mode, folderMode] = MODES[readers];
    try {
      mkdirSync(this.#options.dir, { recursive: true, mode: folderMode });
      this.#size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    } catch (cause) {
      this.#check({ ok: false, error: cause instanceof Error ? cause : new Error(String(cause)) });
      // Without a file the next line tries again.
      this.#file = undefined;
      this.#day = '';
      return;
    }
    this.#file = new BufferedFile({ path, bufferBytesMax, mode, ...defined({ write }) });
    this.#check({ ok: true, value: undefined });
  }

  #name(): string {
    return this.#options.nameOf(this.#day);
  }

  #check(result: Result<void, Error>): void {
    if (!result.ok) {
      if (!this.#isFailing)
        this.#options.onTrouble(`${this.#name()} cannot be written: ${fileFault(result.error)}`);
      this.#isFailing = true;
      return;
    }
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#options.onTrouble(`${this.#name()}: writing again, ${this.#dropped} lines were dropped`);
    this.#dropped = 0;
  }
}
