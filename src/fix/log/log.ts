import { defined } from '../../lib/defined.ts';
import { DailyFile, type LinePlace } from '../../lib/files/daily-file.ts';
import { type BufferedFileOptions } from '../../lib/files/buffered-file.ts';
import { escapeHidden, utf8Of } from '../../lib/plain-text.ts';
import { readableFrame } from '../../lib/redaction/mask-frame.ts';
import { makeRedactor, type Redactor } from '../../lib/redaction/redactor.ts';
import { type EpochMs, type Timers, toUtcTimestamp } from '../../lib/time.ts';

const BUFFER_BYTES_MAX = 262_144;
const LF = 0x0a;

export interface FixLogOptions {
  /** Made when absent. */
  readonly dir: string;
  readonly beginString: string;
  readonly senderCompID: string;
  readonly targetCompID: string;
  /** Tells two sessions of the same CompIDs apart, as QuickFIX's SessionQualifier. */
  readonly qualifier?: string;
  /**
   * `arrows` writes `<` (received) or `>` (sent) before each message; QuickFIX's own files have
   * `none`.
   */
  readonly direction?: 'none' | 'arrows';
  /** False leaves Heartbeat(0) and TestRequest(1) out. Default true. */
  readonly heartbeats?: boolean;
  /**
   * Lines are written together at the end of the synchronous turn, so that a kill -9 loses none
   * whose effects are in the journal. With `flushAfterMs` (and timers) they wait that long, which
   * costs less.
   */
  readonly timers?: Timers;
  readonly flushAfterMs?: number;
  readonly bufferBytesMax?: number;
  /** The files can't be written, or can again. Never thrown. */
  readonly onTrouble?: (text: string) => void;
  /** Masks event texts and knows values; secret fields of texts and messages are masked anyway. */
  readonly redactor?: Redactor;
  readonly write?: BufferedFileOptions['write'];
}

/** Message log and event log of one session. No call throws. */
export interface FixLog {
  /**
   * Writes the frame as it was on the wire, secret values as stars, characters that nobody sees or
   * that a terminal obeys as `?`, and CheckSum(10) made right again. Returns the line's place.
   */
  readonly message: (
    direction: 'received' | 'sent',
    frame: Buffer,
    at: EpochMs,
  ) => LinePlace | undefined;
  readonly event: (text: string, at: EpochMs) => void;
  readonly flush: () => void;
  readonly close: () => void;
}

/**
 * Files as QuickFIX names them, a new one each UTC day:
 *
 *     <BeginString>-<Sender>-<Target>.messages.<YYYYMMDD>.log
 *     <BeginString>-<Sender>-<Target>.event.<YYYYMMDD>.log
 *
 * One message a line, SOH kept, after its time as `YYYYMMDD-HH:MM:SS.mmm: `. A line break inside a
 * message becomes a blank. A file is opened at its first line; an existing one is continued.
 */
export const openFixLog = (options: FixLogOptions): FixLog => {
  const stem = sessionStem(options);
  const redactor = options.redactor ?? makeRedactor();
  const file = (kind: 'messages' | 'event'): DailyFile =>
    new DailyFile({
      dir: options.dir,
      nameOf: (day) => `${stem}.${kind}.${day}.log`,
      readers: 'owner',
      bufferBytesMax: options.bufferBytesMax ?? BUFFER_BYTES_MAX,
      onTrouble: options.onTrouble ?? (() => undefined),
      ...defined({ write: options.write }),
    });
  const messages = file('messages');
  const events = file('event');
  const flush = (): void => {
    messages.flush();
    events.flush();
  };
  const flushLater = makeFlushLater(options, flush);
  return {
    message: (direction, frame, at) => {
      if (options.heartbeats === false && isHeartbeat(frame)) return undefined;
      const marker = options.direction === 'arrows' ? (direction === 'sent' ? '> ' : '< ') : '';
      flushLater();
      return messages.append(toLine(`${toUtcTimestamp(at)}: ${marker}`, readableFrame(frame)), at);
    },
    event: (text, at) => {
      const line = Buffer.from(escapeHidden(oneLine(utf8Of(redactor.text(text)))), 'utf8');
      flushLater();
      events.append(toLine(`${toUtcTimestamp(at)}: `, line), at);
    },
    flush,
    close: () => {
      messages.close();
      events.close();
    },
  };
};

/** `FIX.4.4-ME-VENUE`; characters that have no place in a file name become `_`. */
export const sessionStem = ({
  beginString,
  senderCompID,
  targetCompID,
  qualifier,
}: Pick<FixLogOptions, 'beginString' | 'senderCompID' | 'targetCompID' | 'qualifier'>): string => {
  const parts = [beginString, senderCompID, targetCompID];
  if (qualifier !== undefined) parts.push(qualifier);
  return parts.map((part) => part.replaceAll(/[^A-Za-z0-9._]/g, '_')).join('-');
};

const oneLine = (text: string): string => text.replaceAll(/[\r\n]/g, ' ');

const toLine = (head: string, body: Buffer): Buffer => {
  const line = Buffer.allocUnsafe(head.length + body.length + 1);
  line.write(head, 0, 'latin1');
  body.copy(line, head.length);
  line[line.length - 1] = LF;
  return line;
};

const isHeartbeat = (frame: Buffer): boolean => {
  const at = frame.indexOf('\u000135=', 0, 'latin1');
  const type = frame.toString('latin1', at + 4, at + 6);
  return at !== -1 && (type === '0\u0001' || type === '1\u0001');
};

const makeFlushLater = (
  { timers, flushAfterMs }: FixLogOptions,
  flush: () => void,
): (() => void) => {
  let isSet = false;
  const run = (): void => {
    isSet = false;
    flush();
  };
  return () => {
    if (isSet) return;
    isSet = true;
    if (timers === undefined || flushAfterMs === undefined) queueMicrotask(run);
    else timers.set(flushAfterMs, run);
  };
};
