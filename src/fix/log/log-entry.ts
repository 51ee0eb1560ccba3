import { type EpochMs, parseUtcTimestamp } from '../../lib/time.ts';
import { type Decoded, FrameDecoder } from '../codec/frame-decoder.ts';
import { maskedText } from '../../lib/redaction/mask-frame.ts';
import { describeMessage, type DescribedField } from './describe-message.ts';
import { type FixDictionary } from '../dictionary/dictionary.ts';
import { type FixMessage } from '../codec/fix-message.ts';
import { type DictionaryChoice, type FrameIdentity } from './log-dictionaries.ts';
import { parseFixLogLine } from './log-line.ts';

interface EntryPlace {
  /** From 1. */
  readonly line: number;
  /** When the line was written; else SendingTime(52). */
  readonly at: EpochMs | undefined;
  readonly direction: 'received' | 'sent' | undefined;
}

export interface MessageEntry extends EntryPlace {
  readonly type: 'Message';
  readonly message: FixMessage;
  /** `ExecutionReport`, or the MsgType(35) when the dictionary lacks it. */
  readonly name: string;
  readonly senderCompID: string;
  readonly targetCompID: string;
  readonly fields: readonly DescribedField[];
}

/** One line of a FIX log, understood as far as it can be. */
export type LogEntry =
  | MessageEntry
  | (EntryPlace & { readonly type: 'Event'; readonly text: string })
  | (EntryPlace & { readonly type: 'Garbled'; readonly reason: string; readonly text: string });

const SOH = '\u0001';
const START = /(?:^|[^A-Za-z0-9])(8=FIX)/;

/**
 * Reads lines (latin1) of message and event logs: ours, QuickFIX's, and bare frames, with SOH, `|`
 * or `^A` between the fields. Anything may stand before `8=FIX`. `undefined` for a blank line.
 */
export const makeLogReader = (
  choose: DictionaryChoice,
): ((line: string, number: number) => LogEntry | undefined) => {
  const decoders = new Map<FixDictionary, FrameDecoder>();
  const decoderOf = (dictionary: FixDictionary): FrameDecoder => {
    const known = decoders.get(dictionary) ?? new FrameDecoder(dictionary);
    decoders.set(dictionary, known);
    known.reset();
    return known;
  };
  return (line, number) => {
    if (line.trim() === '') return undefined;
    const { at, direction, body } = parseFixLogLine(line);
    const place = { line: number, at, direction };
    const start = START.exec(body);
    if (start === null) return toEvent(place, body);
    const frameAt = start.index + start[0].length - '8=FIX'.length;
    const frame = toFrame(body.slice(frameAt));
    const dictionary = choose(identityOf(frame));
    const decoder = decoderOf(dictionary);
    decoder.push(frame);
    const decoded = decoder.next();
    const rest = decoder.next();
    const isAlone = rest === undefined && decoder.pendingBytes === 0;
    if (decoded?.type === 'Message' && isAlone)
      return toMessage(place, decoded.message, dictionary);
    // An event may quote a piece of a message.
    if (at !== undefined && frameAt > 0) return toEvent(place, body);
    return { ...place, type: 'Garbled', reason: reasonOf(decoded), text: maskedText(frame) };
  };
};

const reasonOf = (decoded: Decoded | undefined): string => {
  if (decoded === undefined) return 'incomplete';
  return decoded.type === 'Garbled' ? decoded.reason : 'bytes behind the message';
};

/** An event of a log has a time; other text is garbled. */
const toEvent = (place: EntryPlace, body: string): LogEntry => {
  const text = maskedText(Buffer.from(body, 'latin1'));
  return place.at === undefined
    ? { ...place, type: 'Garbled', reason: 'neither a message nor an event', text }
    : { ...place, type: 'Event', text };
};

const toMessage = (
  place: EntryPlace,
  message: FixMessage,
  dictionary: FixDictionary,
): MessageEntry => ({
  ...place,
  at: place.at ?? parseUtcTimestamp(message.get(52) ?? ''),
  type: 'Message',
  message,
  name: dictionary.messages.get(message.msgType)?.name ?? message.msgType,
  senderCompID: message.get(49) ?? '',
  targetCompID: message.get(56) ?? '',
  fields: describeMessage(message, dictionary),
});

/**
 * The frame's bytes: the delimiter between the fields becomes SOH, the line's end is dropped.
 */
const toFrame = (text: string): Buffer => {
  const trimmed = text.replace(/[\r\n ]+$/, '');
  if (trimmed.includes(SOH)) return Buffer.from(trimmed, 'latin1');
  const delimiter = trimmed.includes('^A') ? '^A' : '|';
  const fields = trimmed.split(delimiter);
  if (fields.at(-1) !== '') fields.push('');
  return Buffer.from(fields.join(SOH), 'latin1');
};

const identityOf = (frame: Buffer): FrameIdentity => {
  const head = SOH + frame.toString('latin1', 0, 512);
  const value = (tag: number): string => {
    const from = head.indexOf(`${SOH}${tag}=`);
    if (from === -1) return '';
    const end = head.indexOf(SOH, from + 1);
    return head.slice(from + String(tag).length + 2, end === -1 ? undefined : end);
  };
  return {
    beginString: value(8),
    msgType: value(35),
    senderCompID: value(49),
    targetCompID: value(56),
  };
};
