import {
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  toJsonText,
} from '../lib/lossless-json.ts';
import {
  CANCEL_ALL_WORDS,
  CANCEL_WORDS,
  EDIT_WORDS,
  ERROR_CODES,
  ERROR_WORDS,
  FUNDS_ERROR_WORDS,
  type RefusalReason,
  SEND_WORDS,
  type WordMeaning,
} from './outcome-words.ts';
import { type Answered, type LostCause, type NotSentCause, type Reply } from './rest/reply.ts';

/**
 * What a request is known to have done. The four cases are all there are: a time-out is never a reject,
 * and only a text on the allow-list proves that no order exists.
 */
export type Outcome =
  | { readonly type: 'Confirmed'; readonly text: string }
  | Refused
  | { readonly type: 'NotSent'; readonly cause: NotSentCause; readonly text: string }
  | Unknown;

export interface Refused {
  readonly type: 'Refused';
  readonly reason: RefusalReason;
  readonly text: string;
  /** Nothing rests, but executions may have happened: read the fills before it counts as nothing. */
  readonly mayHaveFilled: boolean;
}

export interface Unknown {
  readonly type: 'Unknown';
  readonly cause: UnknownCause;
  readonly text: string;
  /** The text is in no reference: an operator should look, and the tables should learn it. */
  readonly isNovel: boolean;
}

export type UnknownCause =
  | LostCause
  | 'Unparsable'
  | 'Redirected'
  | 'ServerError'
  | 'Unproven'
  | 'Contradiction'
  | 'UnknownText';

/** What was asked; it decides where the answer's word is found and what it means. */
export type Call =
  'send' | 'edit' | 'cancel' | 'cancelAll' | 'batch' | 'money' | 'setting' | 'read';

/**
 * The verdict on one REST call: the body first, the HTTP status second (INSUFFICIENT_MARGIN was seen
 * with a 500, refusals with a 200). Source: venue reference rest 3.1 to 3.5.
 */
export const classifyReply = (reply: Reply, call: Call): Outcome => {
  switch (reply.type) {
    case 'NotSent':
      return { type: 'NotSent', cause: reply.cause, text: reply.message };
    case 'Lost':
      return unknown(reply.cause, reply.message);
    case 'Answered':
      return classifyAnswer(reply, call);
  }
};

/** The verdict on one instruction of a batch, by its own status word. */
export const classifyBatchWord = (
  word: string | undefined,
  instruction: 'send' | 'edit' | 'cancel',
): Outcome => classifyWord(word, WORDS[instruction]);

const WORDS = { send: SEND_WORDS, edit: EDIT_WORDS, cancel: CANCEL_WORDS } as const;
const TEXT_LENGTH_MAX = 200;

const classifyAnswer = (reply: Answered, call: Call): Outcome => {
  const { httpStatus, json, bodyText } = reply;
  if (httpStatus >= 300 && httpStatus < 400)
    return unknown('Redirected', `${httpStatus} to ${reply.headers['location'] ?? 'nowhere'}`);
  const outcome = classifyBody(reply, json, call);
  // A 5xx may be raised after the engine accepted: it can confirm, but it cannot prove a refusal.
  if (httpStatus >= 500 && outcome.type === 'Refused')
    return unknown('ServerError', `${httpStatus} ${outcome.text}`);
  if (outcome.type === 'Unknown' && outcome.cause === 'Unparsable' && httpStatus >= 500)
    return unknown('ServerError', `${httpStatus} ${bodyText.slice(0, TEXT_LENGTH_MAX)}`);
  return outcome;
};

const classifyBody = (reply: Answered, json: JsonValue | undefined, call: Call): Outcome => {
  if (!isJsonObject(json)) return classifyForeignBody(reply, call);
  if (isErrorEnvelope(json)) return classifyEnvelope(json, reply.httpStatus, call);
  if (json['result'] === 'success') return classifySuccess(json, call);
  // History, charts, auth and statistics have no wrapper, and neither have the subaccount switches.
  const isBare = json['result'] === undefined || call === 'read';
  const isOkay = reply.httpStatus >= 200 && reply.httpStatus < 300;
  if (isBare && isOkay && (call === 'read' || call === 'setting'))
    return { type: 'Confirmed', text: 'answered' };
  return unknown('UnknownText', reply.bodyText, true);
};

/** No JSON object: proof of nothing, but a read may well be a list or CSV. */
const classifyForeignBody = (reply: Answered, call: Call): Outcome => {
  const isOkay = reply.httpStatus >= 200 && reply.httpStatus < 300;
  const isList = Array.isArray(reply.json);
  const isCsv = (reply.headers['content-type'] ?? '').startsWith('text/csv');
  if (call === 'read' && isOkay && (isList || isCsv || reply.httpStatus === 204))
    return { type: 'Confirmed', text: 'answered' };
  return unknown('Unparsable', `${reply.httpStatus} ${reply.bodyText}`);
};

const isErrorEnvelope = (json: JsonObject): boolean => {
  const { error, errors, result } = json;
  const hasErrors = Array.isArray(errors) && errors.length > 0;
  const hasError = typeof error === 'string' && error !== '';
  return result === 'error' || hasError || hasErrors || json['status'] === 'unauthorized';
};

/** Half of an answer may say that it was done: then no refusal is proven by the other half. */
const classifyEnvelope = (json: JsonObject, httpStatus: number, call: Call): Outcome => {
  const outcome = classifyError(json, httpStatus, call);
  return outcome.type === 'Refused' && (json['result'] === 'success' || hasPayload(json))
    ? unknown('Contradiction', `a payload or success beside ${outcome.text}`, true)
    : outcome;
};

const PAYLOADS = ['sendStatus', 'editStatus', 'cancelStatus', 'batchStatus'];

const hasPayload = (json: JsonObject): boolean =>
  PAYLOADS.some((key) => json[key] !== undefined && json[key] !== null);

const classifyError = (json: JsonObject, httpStatus: number, call: Call): Outcome => {
  const { error } = json;
  if (typeof error === 'string' && error !== '') return classifyErrorWord(error, call);
  const [first, ...others] = errorsOf(json).map((one) => classifyCode(one, httpStatus));
  if (first === undefined)
    return json['status'] === 'unauthorized'
      ? { type: 'Refused', reason: 'Authentication', text: 'unauthorized', mayHaveFilled: false }
      : unknown('UnknownText', JSON.stringify(json).slice(0, TEXT_LENGTH_MAX), true);
  // One text that proves nothing takes the proof from the others.
  return others.find(({ type }) => type === 'Unknown') ?? first;
};

const classifyCode = ({ code, text }: VenueError, httpStatus: number): Outcome => {
  const meaning = Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code] : undefined;
  if (meaning !== undefined) return toOutcome(meaning, text);
  // The parser and the authentication sit in front of the engine.
  if (httpStatus === 400 || httpStatus === 401 || httpStatus === 404)
    return { type: 'Refused', reason: 'Argument', text, mayHaveFilled: false };
  return unknown('UnknownText', text, true);
};

interface VenueError {
  readonly code: string;
  readonly text: string;
}

/** Elements are `{code, message}` in practice and strings in the schema (rest 3.1). */
const errorsOf = ({ errors }: JsonObject): readonly VenueError[] => {
  if (!Array.isArray(errors)) return [];
  return (errors as readonly JsonValue[]).map((error) => {
    if (typeof error === 'string') return { code: '', text: error };
    if (!isJsonObject(error)) return { code: '', text: toJsonText(error) };
    const { code, message } = error;
    const codeText = code instanceof JsonNumber ? code.text : typeof code === 'string' ? code : '';
    return { code: codeText, text: `${codeText} ${typeof message === 'string' ? message : ''}` };
  });
};

const classifyErrorWord = (error: string, call: Call): Outcome => {
  const isFunds = call === 'money' || call === 'setting' || call === 'read';
  const words = isFunds ? FUNDS_ERROR_WORDS : ERROR_WORDS;
  // `invalidArgument` comes with a tail: `invalidArgument: symbol`.
  const word = error.startsWith('invalidArgument:') ? 'invalidArgument' : error;
  return classifyWord(word, words, error);
};

const classifySuccess = (json: JsonObject, call: Call): Outcome => {
  switch (call) {
    case 'send':
      return classifyOrderStatus(json['sendStatus'], SEND_WORDS);
    case 'edit':
      return classifyOrderStatus(json['editStatus'], EDIT_WORDS);
    case 'cancel':
      return classifyOrderStatus(json['cancelStatus'], CANCEL_WORDS);
    case 'cancelAll':
      return classifyOrderStatus(json['cancelStatus'], CANCEL_ALL_WORDS);
    case 'batch':
      return Array.isArray(json['batchStatus'])
        ? { type: 'Confirmed', text: 'batchStatus' }
        : unknown('UnknownText', 'success without batchStatus', true);
    case 'money':
    case 'setting':
    case 'read':
      return { type: 'Confirmed', text: 'success' };
  }
};

const classifyOrderStatus = (
  status: JsonValue | undefined,
  words: Readonly<Record<string, WordMeaning>>,
): Outcome => {
  if (!isJsonObject(status)) return unknown('UnknownText', 'success without a status', true);
  const word = status['status'];
  const outcome = classifyWord(typeof word === 'string' ? word : undefined, words);
  if (outcome.type !== 'Refused') return outcome;
  const events = eventTypes(status['orderEvents']);
  if (events.has('PLACE')) return unknown('Contradiction', `${outcome.text} beside a PLACE event`);
  return events.has('EXECUTION') ? { ...outcome, mayHaveFilled: true } : outcome;
};

const eventTypes = (events: JsonValue | undefined): ReadonlySet<string> => {
  const types = new Set<string>();
  if (!Array.isArray(events)) return types;
  for (const event of events as readonly JsonValue[])
    if (isJsonObject(event) && typeof event['type'] === 'string') types.add(event['type']);
  return types;
};

const classifyWord = (
  word: string | undefined,
  words: Readonly<Record<string, WordMeaning>>,
  text = word,
): Outcome => {
  if (word === undefined || text === undefined) return unknown('UnknownText', 'no status', true);
  const meaning = Object.hasOwn(words, word) ? words[word] : undefined;
  return meaning === undefined ? unknown('UnknownText', text, true) : toOutcome(meaning, text);
};

const toOutcome = (meaning: WordMeaning, text: string): Outcome => {
  switch (meaning.type) {
    case 'Confirmed':
      return { type: 'Confirmed', text };
    case 'Refused':
      return { ...meaning, text };
    case 'Unproven':
      return unknown('Unproven', text);
  }
};

const unknown = (cause: UnknownCause, text: string, isNovel = false): Unknown => ({
  type: 'Unknown',
  cause,
  text: text.slice(0, TEXT_LENGTH_MAX),
  isNovel,
});
