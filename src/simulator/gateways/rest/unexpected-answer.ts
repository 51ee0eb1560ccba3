import {
  isJsonObject,
  type JsonObject,
  parseLosslessJson,
  toJsonText,
} from '../../../lib/lossless-json.ts';
import { type RestAnswer } from './answer.ts';

const STATUS_OBJECTS = ['sendStatus', 'editStatus', 'cancelStatus'];

/**
 * The answer with a field that nobody knows, and with a status word of tomorrow [rest 13 row 16].
 */
export const unexpectedAnswer = (given: RestAnswer): RestAnswer => {
  const parsed = parseLosslessJson(given.body);
  if (!parsed.ok || !isJsonObject(parsed.value)) return given;
  const odd: JsonObject = { ...withOddStatus(parsed.value), futureField: { version: '2' } };
  return { ...given, body: toJsonText(odd) };
};

const withOddStatus = (body: JsonObject): JsonObject => {
  for (const name of STATUS_OBJECTS) {
    const status = body[name];
    if (isJsonObject(status)) return { ...body, [name]: { ...status, status: 'unknown' } };
  }
  return body;
};
