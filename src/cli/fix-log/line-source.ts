import { createReadStream, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { type Timers } from '../../lib/time.ts';

const LF = 0x0a;
const POLL_MS = 200;
/** A longer line is handed on cut. */
const LINE_BYTES_MAX = 8 * 1024 * 1024;

export interface LineSourceOptions {
  /** A file, or `-` for standard input. */
  readonly path: string;
  /** Wait for more at the end of the file, until `signal`. */
  readonly follow: boolean;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  /** The file was cut or replaced and is read anew from its beginning. */
  readonly onRestart: () => void;
}

/**
 * The lines of a log (latin1), without their ends. While following, a last line without an end
 * waits for its rest.
 */
export async function* logLines(options: LineSourceOptions): AsyncGenerator<string> {
  const splitter = new LineSplitter();
  if (options.path === '-') {
    for await (const chunk of process.stdin) yield* splitter.push(chunk as Buffer);
  } else if (options.path.endsWith('.gz')) {
    // A compressed log is finished: nothing follows.
    const file = createReadStream(options.path);
    const bytes = file.pipe(createGunzip());
    file.on('error', (error) => bytes.destroy(error));
    for await (const chunk of bytes) yield* splitter.push(chunk as Buffer);
  } else {
    yield* fileLines(options, splitter);
  }
  const last = splitter.rest();
  if (last !== '') yield last;
}

async function* fileLines(
  { path, follow, timers, signal, onRestart }: LineSourceOptions,
  splitter: LineSplitter,
): AsyncGenerator<string> {
  let { ino } = statSync(path);
  let offset = 0;
  for (;;) {
    for await (const chunk of createReadStream(path, { start: offset })) {
      const bytes = chunk as Buffer;
      offset += bytes.length;
      yield* splitter.push(bytes);
      if (signal.aborted) return;
    }
    if (!follow) return;
    for (;;) {
      await wait(POLL_MS, timers, signal);
      if (signal.aborted) return;
      // A log that was turned over is gone for a moment.
      const now = statSync(path, { throwIfNoEntry: false });
      if (now === undefined) continue;
      if (now.ino !== ino || now.size < offset) {
        ({ ino } = now);
        offset = 0;
        splitter.rest();
        onRestart();
      }
      if (now.size > offset) break;
    }
  }
}

const wait = (ms: number, timers: Timers, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const finish = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = timers.set(ms, finish);
    signal.addEventListener('abort', finish);
  });

class LineSplitter {
  #parts: Buffer[] = [];
  #bytes = 0;

  *push(chunk: Buffer): Generator<string> {
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      this.#keep(chunk.subarray(from, end));
      from = end + 1;
      yield this.rest();
    }
    this.#keep(chunk.subarray(from));
  }

  /** What has no end yet; forgotten here. */
  rest(): string {
    const line = Buffer.concat(this.#parts).toString('latin1');
    this.#parts = [];
    this.#bytes = 0;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  #keep(part: Buffer): void {
    const kept = part.subarray(0, LINE_BYTES_MAX - this.#bytes);
    this.#bytes += kept.length;
    if (kept.length > 0) this.#parts.push(kept);
  }
}
