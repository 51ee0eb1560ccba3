import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';

export interface DailyFileOptions {
  readonly dir: string;
  /** The file of a day is `<name>-YYYYMMDD.jsonl`. */
  readonly name: string;
  /** UTC date `YYYYMMDD` of now. */
  readonly today: () => string;
  /** The file can't be written (any more): told once per failure in a row; the lines are lost. */
  readonly onFailure: (cause: Error) => void;
}

/**
 * A stream whose lines go into one file per UTC day, appended, readable by the owner and group
 * only. It writes at once, so that the last line before a crash is in the file. A full disk loses
 * log lines and never stops the engine: the journal is what must not be lost.
 */
export class DailyFile extends Writable {
  readonly #options: DailyFileOptions;
  #day = '';
  #file: number | undefined;
  #failed = false;

  constructor(options: DailyFileOptions) {
    super({ decodeStrings: false });
    this.#options = options;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    try {
      this.#roll();
      if (this.#file !== undefined) writeSync(this.#file, chunk.toString());
      this.#failed = false;
    } catch (cause) {
      // Loggers must not bring down what they describe: said once, then silent until it works
      // again.
      if (!this.#failed) this.#options.onFailure(cause as Error);
      this.#failed = true;
    }
    done();
  }

  override _final(done: () => void): void {
    this.#close();
    done();
  }

  #roll(): void {
    const day = this.#options.today();
    if (day === this.#day && this.#file !== undefined) return;
    this.#close();
    const { dir, name } = this.#options;
    mkdirSync(dir, { recursive: true });
    this.#file = openSync(join(dir, `${name}-${day}.jsonl`), 'a', 0o640);
    this.#day = day;
  }

  #close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
