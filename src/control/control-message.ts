import { escapeHidden, faultOfCharacters, faultOfText } from '../lib/plain-text.ts';
import { type Result, err, ok } from '../lib/result.ts';

/** One line of the control socket, client to engine: a JSON object and a line feed. */
export interface ControlRequest {
  /** Chosen by the client; the response carries it back. */
  readonly id: number;
  readonly verb: string;
  readonly args: ControlArgs;
}

export type ControlArgs = Readonly<Record<string, string | number | boolean>>;

/** A failure with a stable code; people match on the code and read the message. */
export interface ControlError {
  readonly code: string;
  readonly message: string;
}

export type ControlResponse =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ControlError };

export const REQUEST_BYTES_MAX = 65_536;
export const RESPONSE_BYTES_MAX = 16_777_216;
const VERB = /^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*){0,3}$/;
const ARGS_MAX = 32;
const NAME_LENGTH_MAX = 64;

/**
 * Reads a request. The error is what is wrong with the line, with the id when there is one to
 * answer to.
 */
export const parseRequest = (
  line: string,
): Result<ControlRequest, { id: number; message: string }> => {
  const value = parseJson(line);
  if (!isRecord(value)) return err({ id: 0, message: 'a request is one JSON object on one line' });
  const { id, verb, args = {} } = value;
  if (!isId(id)) return err({ id: 0, message: 'id must be a whole number above zero' });
  if (typeof verb !== 'string' || !VERB.test(verb)) {
    return err({ id, message: 'verb must be words of small letters joined by dots' });
  }
  if (!isArgs(args))
    return err({ id, message: 'args must be an object of texts, numbers and booleans' });
  for (const [name, value] of Object.entries(args)) {
    const fault =
      faultOfText(name, NAME_LENGTH_MAX) ??
      (typeof value === 'string' ? faultOfCharacters(value) : undefined);
    if (fault !== undefined)
      return err({ id, message: `args: ${escapeHidden(name.slice(0, NAME_LENGTH_MAX))} ${fault}` });
  }
  return ok({ id, verb, args });
};

/** Reads a response; `undefined` for anything else. */
export const parseResponse = (line: string): ControlResponse | undefined => {
  const value = parseJson(line);
  if (!isRecord(value)) return undefined;
  const { id, ok: isOk, result, error } = value;
  if (typeof id !== 'number') return undefined;
  if (isOk === true) return { id, ok: true, result };
  if (!isRecord(error) || typeof error['code'] !== 'string' || typeof error['message'] !== 'string')
    return undefined;
  return { id, ok: false, error: { code: error['code'], message: error['message'] } };
};

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isId = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0;

const isArgs = (value: unknown): value is ControlArgs =>
  isRecord(value) &&
  Object.keys(value).length <= ARGS_MAX &&
  Object.values(value).every((one) => ['string', 'number', 'boolean'].includes(typeof one));
