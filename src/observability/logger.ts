import { Writable } from 'node:stream';
import winston from 'winston';
import { escapeHidden } from '../lib/plain-text.ts';
import { type Clock, toUtcDate, toUtcTimestamp } from '../lib/time.ts';
import { makeRedactor } from '../lib/redaction/redactor.ts';
import { type Secret } from '../lib/secret.ts';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

type LogLevel = 'error' | 'warn' | 'info' | 'debug';
type LogFields = Readonly<Record<string, unknown>>;

/**
 * What the program logs with. A message is a sentence; what varies goes into fields. Secrets are
 * masked on the way.
 */
export interface Logger {
  readonly error: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly debug: (message: string, fields?: LogFields) => void;
  /** The same logger with fields that every line carries, e.g. `{ session: 'trading' }`. */
  readonly child: (fields: LogFields) => Logger;
  /** Writes what waits and closes the file. */
  readonly close: () => Promise<void>;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** What the console shows. */
  readonly format: 'text' | 'json' | 'off';
  /** Folder of the daily files `<name>-YYYYMMDD.jsonl`; none without. */
  readonly dir?: string;
  /** Names the files and the field `name` of each line. */
  readonly name: string;
  readonly clock: Clock;
  /** Values that are masked wherever they occur, on top of what looks like a secret. */
  readonly secrets?: readonly Secret[];
  /**
   * Where the console lines go; the error stream by default, since standard output belongs to
   * results.
   */
  readonly console?: NodeJS.WritableStream;
}

interface Line extends LogFields {
  readonly time: string;
  readonly level: LogLevel;
  readonly name: string;
  readonly message: string;
}

/**
 * A logger on winston: JSON lines into a daily file, a readable line or JSON to the console,
 * nothing secret in either.
 */
export const makeLogger = ({
  level,
  format,
  dir,
  name,
  clock,
  secrets = [],
  console: screen = process.stderr,
}: LoggerOptions): Logger => {
  const redactor = makeRedactor(secrets);
  const file =
    dir === undefined
      ? undefined
      : new DailyFile({
          dir,
          name,
          today: () => toUtcDate(clock.wall()),
          onFailure: (cause) =>
            screen.write(`log file in ${dir} cannot be written: ${escapeHidden(cause.message)}\n`),
        });
  const backend = winston.createLogger({
    level,
    transports: [
      ...(file === undefined ? [] : [toStream(file, toJson)]),
      ...(format === 'off'
        ? []
        : [toStream(unclosable(screen), format === 'json' ? toJson : toText)]),
    ],
    silent: file === undefined && format === 'off',
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      backend.once('finish', () => {
        if (file === undefined) resolve();
        else file.end(resolve);
      });
      backend.end();
    });
  const make = (bound: LogFields): Logger => {
    const write =
      (severity: LogLevel) =>
      (message: string, fields: LogFields = {}) => {
        if (!backend.isLevelEnabled(severity)) return;
        const time = toUtcTimestamp(clock.wall());
        const safe = redactor.value({ ...bound, ...fields }) as LogFields;
        const line: Line = {
          ...safe,
          time,
          level: severity,
          name,
          message: redactor.text(message),
        };
        backend.log({ ...line });
      };
    return {
      error: write('error'),
      warn: write('warn'),
      info: write('info'),
      debug: write('debug'),
      child: (fields) => make({ ...bound, ...fields }),
      close,
    };
  };
  return make({});
};

/** Finishing the logger must not end the stream behind the console. */
const unclosable = (stream: NodeJS.WritableStream): Writable =>
  new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      stream.write(chunk);
      done();
    },
  });

const toStream = (stream: Writable, print: (line: Line) => string) =>
  new winston.transports.Stream({
    stream,
    format: winston.format.printf((info) => print(info as unknown as Line)),
  });

/** Time, level and message first: these lines are read by people with `less`, too. */
const toJson = ({ time, level, name, message, ...fields }: Line): string =>
  escapeHidden(JSON.stringify({ time, level, name, message, ...fields }));

const toText = (line: Line): string => {
  const { time, level, message } = line;
  const details = Object.entries(line)
    .filter(([key]) => !['time', 'level', 'name', 'message'].includes(key))
    .map(([key, value]) => ` ${key}=${asText(value)}`);
  return escapeHidden(
    `${time.slice(9)} ${level.toUpperCase().padEnd(5)} ${message}${details.join('')}`,
  );
};

const asText = (value: unknown): string => {
  if (value === undefined) return '-';
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
};

/** A logger that says nothing: for tests and for tools that print results only. */
export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silentLogger,
  close: () => Promise.resolve(),
};

interface DailyFileOptions {
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
class DailyFile extends Writable {
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
