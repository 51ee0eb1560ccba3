import { type JsonValue, toJsonText } from '../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../lib/time.ts';
import { defined } from '../../../lib/defined.ts';
import { iso, whole } from './json.ts';

/** One HTTP answer, ready to be written. */
export interface RestAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const JSON_TYPE = 'application/json; charset=utf-8';

export const json = (body: JsonValue, status = 200): RestAnswer => ({
  status,
  contentType: JSON_TYPE,
  body: toJsonText(body),
});

export const text = (body: string, status: number): RestAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
});

/** `{"result":"success", …payload…, "serverTime"}` [rest 3.1]. */
export const success = (
  at: EpochMs,
  payload: Readonly<Record<string, JsonValue | undefined>> = {},
): RestAnswer => json(defined({ result: 'success', ...payload, serverTime: iso(at) }));

/** The first failure shape of v3: HTTP 200 and one word [rest 3.1, 3.2]. */
export const failure = (at: EpochMs, error: string, status = 200): RestAnswer =>
  json({ result: 'error', error, serverTime: iso(at) }, status);

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  404: 'NOT_FOUND',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
};

/** The second failure shape of v3: an HTTP status, its word, and numbered errors [rest 3.1]. */
export const failures = (
  at: EpochMs,
  status: number,
  error: { readonly code: number; readonly message: string } = {
    code: 0,
    message: `${status} ${STATUS_TEXTS[status] ?? 'ERROR'}`,
  },
): RestAnswer =>
  json(
    {
      status: STATUS_TEXTS[status] ?? 'ERROR',
      result: 'error',
      errors: [{ code: whole(error.code), message: error.message }],
      serverTime: iso(at),
    },
    status,
  );
