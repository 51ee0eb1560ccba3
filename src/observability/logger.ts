import { Writable } from 'node:stream';
import winston from 'winston';
import { escapeHidden, utf8Of } from '../lib/plain-text.ts';
import { type Clock, toUtcTimestamp } from '../lib/time.ts';
import { makeRedactor } from '../lib/redaction/redactor.ts';
import { type Secret } from '../lib/secret.ts';
import { DailyFile } from '../lib/files/daily-file.ts';

type LogLevel = 'error' | 'warn' | 'info' | 'debug';
/** What varies in a line, by name. */
export type LogFields = Readonly<Record<string, unknown>>;

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
      : dailyStream(
          new DailyFile({
            dir,
            nameOf: (day) => `${name}-${day}.jsonl`,
            readers: 'group',
            // The last line before a crash is in the file.
            bufferBytesMax: 0,
            onTrouble: (text) => screen.write(`log file in ${dir}: ${escapeHidden(text)}\n`),
          }),
          clock,
        );
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

const dailyStream = (file: DailyFile, clock: Clock): Writable =>
  new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      file.append(Buffer.from(chunk), clock.wall());
      done();
    },
    final: (done) => {
      file.close();
      done();
    },
  });

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
  escapeHidden(utf8Of(JSON.stringify({ time, level, name, message, ...fields })));

const toText = (line: Line): string => {
  const { time, level, message } = line;
  const details = Object.entries(line)
    .filter(([key]) => !['time', 'level', 'name', 'message'].includes(key))
    .map(([key, value]) => ` ${key}=${asText(value)}`);
  return escapeHidden(
    utf8Of(`${time.slice(9)} ${level.toUpperCase().padEnd(5)} ${message}${details.join('')}`),
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
