import { isJsonObject, JsonNumber, type JsonValue } from '../../../lib/lossless-json.ts';
import { type Reply } from '../reply.ts';

/** [rest 9 row 32]: stop for a full second at least. */
const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 600_000;

/**
 * How long to pause when the answer says "rate limit", else `undefined`. v3 says so in a 200 body
 * (`apiLimitExceeded`) or as 429 with code 10; the history service as 429 text with
 * `rate-limit-reset` in seconds [rest 5].
 */
export const rateLimitPauseMs = (reply: Reply): number | undefined => {
  if (reply.type !== 'Answered') return undefined;
  if (isJsonObject(reply.json) && reply.json['error'] === 'apiLimitExceeded') return PAUSE_MS;
  if (reply.httpStatus !== 429 && !hasCodeTen(reply.json)) return undefined;
  const resetSeconds = Number(reply.headers['rate-limit-reset']);
  return Number.isFinite(resetSeconds) && resetSeconds > 0
    ? Math.min(resetSeconds * 1_000, PAUSE_MS_MAX)
    : PAUSE_MS;
};

const hasCodeTen = (json: JsonValue | undefined): boolean => {
  if (!isJsonObject(json) || !Array.isArray(json['errors'])) return false;
  return (json['errors'] as readonly JsonValue[]).some((error) => {
    const code = isJsonObject(error) ? error['code'] : undefined;
    return code instanceof JsonNumber && code.text === '10';
  });
};
