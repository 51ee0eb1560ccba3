import {
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  toJsonText,
} from '../../lib/lossless-json.ts';
import { ownValue } from '../../lib/defined.ts';
import {
  CANCEL_ALL_STATUSES,
  CANCEL_STATUSES,
  EDIT_STATUSES,
  ERROR_CODES,
  ERROR_TEXTS,
  FUNDS_ERROR_TEXTS,
  TARGET_ERROR_TEXTS,
  type RefusalReason,
  SEND_STATUSES,
  type StatusMeaning,
} from './status-meanings.ts';
import { type Answered, type LostCause, type NotSentCause, type Reply } from '../rest/reply.ts';

/**
 * What a request is known to have done. The four cases are all there are: a time-out is never a
 * reject, and only a text on the allow-list proves that no order exists.
 */
export type Outcome =
  | { readonly type: 'Confirmed'; readonly text: string }
  | Refused
  | { readonly type: 'NotSent'; readonly cause: NotSentCause; readonly text: string }
  | Unknown;

interface Refused {
  readonly type: 'Refused';
  readonly reason: RefusalReason;
  readonly text: string;
  /**
   * Nothing rests, but executions may have happened: read the fills before it counts as nothing.
   */
  readonly mayHaveFilled: boolean;
}

interface Unknown {
  readonly type: 'Unknown';
  readonly cause: UnknownCause;
  readonly text: string;
  /** The text is in no reference: an operator should look at it and add it to the tables. */
  readonly isNovel: boolean;
}

type UnknownCause =
  | LostCause
  | 'Unparsable'
  | 'Redirected'
  | 'ServerError'
  | 'Unproven'
  | 'Contradiction'
  | 'UnknownText';

/** The kind of request: it decides where in the answer the status is, and what it means. */
export type Call =
  'send' | 'edit' | 'cancel' | 'cancelAll' | 'batch' | 'money' | 'setting' | 'read';

/**
 * The verdict on one REST call: the body first, the HTTP status second (INSUFFICIENT_MARGIN was
 * seen with a 500, refusals with a 200). Source: [rest 3.1 to 3.5].
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

const WORDS = { send: SEND_STATUSES, edit: EDIT_STATUSES, cancel: CANCEL_STATUSES } as const;

/**
 * Events that say that what was asked happened, or that the order it was asked of is not as it was.
 */
const CONTRADICTING: Readonly<Record<keyof typeof WORDS, readonly string[]>> = {
  // A CANCEL is no contradiction here: self-trade prevention reports one beside its refusal
  // [rest 3.4].
  send: ['PLACE', 'EDIT'],
  edit: ['PLACE', 'EDIT', 'CANCEL'],
  cancel: ['PLACE', 'EDIT', 'CANCEL'],
};
const HARMLESS: ReadonlySet<string> = new Set(['EXECUTION', 'CANCEL', 'REJECT']);

/**
 * The verdict on one instruction by its status object: `sendStatus`, `editStatus`, `cancelStatus`,
 * or one element of `batchStatus`. The word says it; a refusal counts only as far as the events
 * beside it allow.
 */
export const classifyStatus = (
  status: JsonValue | undefined,
  instruction: keyof typeof WORDS,
): Outcome => {
  if (!isJsonObject(status)) return unknown('UnknownText', 'success without a status', true);
  const word = status['status'];
  const outcome = classifyStatusText(
    typeof word === 'string' ? word : undefined,
    WORDS[instruction],
  );
  if (outcome.type !== 'Refused') return outcome;
  const types = eventTypes(status['orderEvents']);
  const against = types.find(
    (type) => CONTRADICTING[instruction].includes(type) || !HARMLESS.has(type),
  );
  if (against !== undefined)
    return unknown('Contradiction', `${outcome.text} beside ${against} in orderEvents`);
  return types.includes('EXECUTION') ? { ...outcome, mayHaveFilled: true } : outcome;
};

/** Events by type alone: one that cannot be read otherwise has still happened. */
const eventTypes = (events: JsonValue | undefined): readonly string[] => {
  if (events === undefined || events === null) return [];
  if (!Array.isArray(events)) return ['something unreadable'];
  return (events as readonly JsonValue[]).map((event) =>
    isJsonObject(event) && typeof event['type'] === 'string'
      ? event['type']
      : 'something unreadable',
  );
};

const ERROR_WORDS_BY_CALL: Readonly<Record<Call, Readonly<Record<string, StatusMeaning>>>> = {
  send: ERROR_TEXTS,
  edit: TARGET_ERROR_TEXTS,
  cancel: TARGET_ERROR_TEXTS,
  cancelAll: ERROR_TEXTS,
  batch: ERROR_TEXTS,
  money: FUNDS_ERROR_TEXTS,
  setting: FUNDS_ERROR_TEXTS,
  read: FUNDS_ERROR_TEXTS,
};
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
  // History, charts, auth and statistics have no wrapper, and neither have the subaccount switches;
  // `result` of analytics is what was asked for. Another word there is a verdict nobody knows.
  const isBare = json['result'] === undefined || (call === 'read' && isJsonObject(json['result']));
  const isOkay = reply.httpStatus >= 200 && reply.httpStatus < 300;
  if (isBare && isOkay && (call === 'read' || call === 'setting'))
    return { type: 'Confirmed', text: 'answered' };
  return unknown('UnknownText', reply.bodyText, true);
};

/** Not a JSON object: this proves nothing, though a read may answer with a list or CSV. */
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

/** When one part of an answer says that it was done, the rest proves no refusal. */
const classifyEnvelope = (json: JsonObject, httpStatus: number, call: Call): Outcome => {
  const outcome = classifyError(json, httpStatus, call);
  return outcome.type === 'Refused' && (json['result'] === 'success' || hasPayload(json))
    ? unknown('Contradiction', `a payload or success beside ${outcome.text}`, true)
    : outcome;
};

/** An accepted withdrawal answers with a `uid`. */
const PAYLOADS = ['sendStatus', 'editStatus', 'cancelStatus', 'batchStatus', 'uid'];

const hasPayload = (json: JsonObject): boolean =>
  PAYLOADS.some((key) => json[key] !== undefined && json[key] !== null);

const classifyError = (json: JsonObject, httpStatus: number, call: Call): Outcome => {
  const { error } = json;
  const said = typeof error === 'string' && error !== '' ? [classifyErrorText(error, call)] : [];
  const all = [...said, ...errorsOf(json).map((one) => classifyListed(one, httpStatus, call))];
  const [first] = all;
  if (first === undefined)
    return json['status'] === 'unauthorized'
      ? { type: 'Refused', reason: 'Authentication', text: 'unauthorized', mayHaveFilled: false }
      : unknown('UnknownText', JSON.stringify(json).slice(0, TEXT_LENGTH_MAX), true);
  // One text that proves nothing takes the proof from the others; so does one that leaves fills
  // open.
  const mayHaveFilled = (one: Outcome): boolean => one.type === 'Refused' && one.mayHaveFilled;
  return all.find(({ type }) => type === 'Unknown') ?? all.find(mayHaveFilled) ?? first;
};

/**
 * An element of `errors[]`: what its text proves, else its code, else that it stands there with
 * a 400.
 */
const classifyListed = (
  { code, message, text }: VenueError,
  httpStatus: number,
  call: Call,
): Outcome => {
  const word = meaningOfError(message, call);
  if (word !== undefined) return toOutcome(word, text);
  const meaning = ownValue(ERROR_CODES, code);
  if (meaning !== undefined) return toOutcome(meaning, text);
  // The parser and the authentication sit in front of the engine.
  if (httpStatus !== 400 && httpStatus !== 401 && httpStatus !== 404)
    return unknown('UnknownText', text, true);
  // 'Order not found' says only that the order is not open now [rest 3.5].
  const hasTarget = call === 'edit' || call === 'cancel';
  const reason = hasTarget && httpStatus === 404 ? 'UnknownOrder' : 'Argument';
  return { type: 'Refused', reason, text, mayHaveFilled: hasTarget && httpStatus !== 401 };
};

interface VenueError {
  readonly code: string;
  readonly message: string;
  readonly text: string;
}

/** Elements are `{code, message}` in practice and strings in the schema [rest 3.1]. */
const errorsOf = ({ errors }: JsonObject): readonly VenueError[] => {
  if (!Array.isArray(errors)) return [];
  return (errors as readonly JsonValue[]).map((error) => {
    if (typeof error === 'string') return { code: '', message: error, text: error };
    if (!isJsonObject(error)) return { code: '', message: '', text: toJsonText(error) };
    const { code, message: said } = error;
    const codeText = code instanceof JsonNumber ? code.text : typeof code === 'string' ? code : '';
    const message = typeof said === 'string' ? said : '';
    return { code: codeText, message, text: `${codeText} ${message}` };
  });
};

const classifyErrorText = (error: string, call: Call): Outcome => {
  const meaning = meaningOfError(error, call);
  return meaning === undefined ? unknown('UnknownText', error, true) : toOutcome(meaning, error);
};

/** What a text of the envelope means; `undefined` when the table does not know it. */
const meaningOfError = (text: string, call: Call): StatusMeaning | undefined => {
  const words = ERROR_WORDS_BY_CALL[call];
  if (Object.hasOwn(words, text)) return words[text];
  // Only a known text proves something. An unknown one that mentions an error leaves it open.
  const lower = text.toLowerCase();
  const doubtful = Object.entries(words).find(
    ([word, { type }]) => type === 'Unproven' && lower.includes(word.toLowerCase()),
  );
  if (doubtful !== undefined) return doubtful[1];
  // `invalidArgument` comes with a tail: `invalidArgument: symbol`.
  return text.startsWith('invalidArgument:') ? words['invalidArgument'] : undefined;
};

const classifySuccess = (json: JsonObject, call: Call): Outcome => {
  switch (call) {
    case 'send':
      return classifyStatus(json['sendStatus'], call);
    case 'edit':
      return classifyStatus(json['editStatus'], call);
    case 'cancel':
      return classifyStatus(json['cancelStatus'], call);
    case 'cancelAll':
      return classifyCancelAll(json['cancelStatus']);
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

const classifyCancelAll = (status: JsonValue | undefined): Outcome => {
  const word = isJsonObject(status) ? status['status'] : undefined;
  return classifyStatusText(typeof word === 'string' ? word : undefined, CANCEL_ALL_STATUSES);
};

const classifyStatusText = (
  word: string | undefined,
  words: Readonly<Record<string, StatusMeaning>>,
): Outcome => {
  if (word === undefined) return unknown('UnknownText', 'no status', true);
  const meaning = ownValue(words, word);
  return meaning === undefined ? unknown('UnknownText', word, true) : toOutcome(meaning, word);
};

const toOutcome = (meaning: StatusMeaning, text: string): Outcome => {
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
