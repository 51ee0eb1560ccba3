import { escapeHidden, faultOfCharacters, faultOfText } from '../lib/plain-text.ts';
import { type Result, err, ok } from '../lib/result.ts';

/**
 * One call of the control socket: `POST /<verb>` over HTTP/1.1, the arguments as a JSON object.
 * Every answer is a `ControlAnswer` as JSON; its status is for people who use curl.
 */
export interface ControlCall {
  readonly verb: string;
  readonly args: ControlArgs;
}

export type ControlArgs = Readonly<Record<string, string | number | boolean>>;

/** A failure with a stable code; people match on the code and read the message. */
export interface ControlError {
  readonly code: string;
  readonly message: string;
}

export type ControlAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: ControlError };

export const REQUEST_BYTES_MAX = 65_536;
export const RESPONSE_BYTES_MAX = 16_777_216;
const VERB = /^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*){0,3}$/;
const ARGS_MAX = 32;
const NAME_LENGTH_MAX = 64;

/** Reads a call; an empty body means no arguments. The error says what is wrong with it. */
export const parseCall = (verb: string, body: string): Result<ControlCall, string> => {
  if (!VERB.test(verb)) return err('verb must be words of small letters joined by dots');
  const args = body === '' ? {} : parseJson(body);
  if (!isArgs(args)) return err('args must be a JSON object of texts, numbers and booleans');
  for (const [name, value] of Object.entries(args)) {
    const fault =
      faultOfText(name, NAME_LENGTH_MAX) ??
      (typeof value === 'string' ? faultOfCharacters(value) : undefined);
    if (fault !== undefined)
      return err(`args: ${escapeHidden(name.slice(0, NAME_LENGTH_MAX))} ${fault}`);
  }
  return ok({ verb, args });
};

/** Reads an answer; `undefined` for anything else. */
export const parseAnswer = (text: string): Result<unknown, ControlError> | undefined => {
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  const { ok: isOk, result, error } = value;
  if (isOk === true) return ok(result);
  if (!isRecord(error) || typeof error['code'] !== 'string' || typeof error['message'] !== 'string')
    return undefined;
  return err({ code: error['code'], message: error['message'] });
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isArgs = (value: unknown): value is ControlArgs =>
  isRecord(value) &&
  Object.keys(value).length <= ARGS_MAX &&
  Object.values(value).every((one) => ['string', 'number', 'boolean'].includes(typeof one));
