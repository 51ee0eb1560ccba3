import { type Result, err, ok } from '../../lib/result.ts';
import { BASE_PATH, type Endpoint, type Param, type ParamValue } from './endpoint.ts';

/** One HTTP request as it will be written, before it is signed. */
export interface HttpRequest {
  readonly endpoint: Endpoint;
  readonly method: Endpoint['method'];
  /** Path of the URL without the query: what is signed. */
  readonly path: string;
  /** Without `?`; '' when there is none. */
  readonly query: string;
  /** Form body; '' when there is none. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Points or tokens of the endpoint's pool. */
  readonly cost: number;
}

export interface InvalidParams {
  readonly type: 'InvalidParams';
  readonly param: string;
  readonly message: string;
}

export type ParamValues = Readonly<Record<string, ParamValue>>;

/**
 * Builds the request of a call. The parameter text is made once, here, so that what is signed is
 * what is sent, in the documented order and with `%20` for blanks [rest 1.3]. Parameters of PUT
 * travel in the query with an empty body [rest 9 row 34].
 */
export const buildRequest = (
  endpoint: Endpoint,
  values: ParamValues,
): Result<HttpRequest, InvalidParams> => {
  const parts = { path: BASE_PATH[endpoint.service] + endpoint.path, query: '', form: '' };
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const name of Object.keys(values))
    if (endpoint.params[name] === undefined) return invalid(name, 'no such parameter');
  for (const [name, param] of Object.entries(endpoint.params)) {
    const texts = toTexts(name, param, values[name]);
    if (!texts.ok) return texts;
    for (const text of texts.value) place({ name, param, text, parts, headers });
  }
  if (parts.form !== '') headers['content-type'] = 'application/x-www-form-urlencoded';
  return ok({
    endpoint,
    method: endpoint.method,
    path: parts.path,
    query: parts.query,
    body: parts.form,
    headers,
    cost: costOf(endpoint, values),
  });
};

interface Placing {
  readonly name: string;
  readonly param: Param;
  readonly text: string;
  readonly parts: { path: string; query: string; form: string };
  readonly headers: Record<string, string>;
}

const place = ({ name, param, text, parts, headers }: Placing): void => {
  const pair = `${name}=${encodeURIComponent(text)}`;
  switch (param.in) {
    case 'path':
      parts.path = parts.path.replace(`{${name}}`, encodeURIComponent(text));
      break;
    case 'header':
      headers[name] = text;
      break;
    case 'query':
      parts.query += parts.query === '' ? pair : `&${pair}`;
      break;
    case 'form':
      parts.form += parts.form === '' ? pair : `&${pair}`;
  }
};

const toTexts = (
  name: string,
  param: Param,
  value: ParamValue,
): Result<readonly string[], InvalidParams> => {
  if (value === undefined) return param.isRequired ? invalid(name, 'required but absent') : ok([]);
  const texts = typeof value === 'object' ? value : [String(value)];
  if (typeof value === 'object' && param.type !== 'list') return invalid(name, 'not a list');
  for (const text of texts) {
    const fault = faultOf(param, text);
    if (fault !== undefined) return invalid(name, fault);
  }
  return ok(texts);
};

const PATTERN: Readonly<Record<Param['type'], RegExp>> = {
  text: /^/,
  list: /^/,
  // Plain notation only: the venue wants neither exponents nor signs [rest 7].
  decimal: /^-?\d{1,40}(?:\.\d{1,40})?$/,
  integer: /^-?\d{1,16}$/,
  boolean: /^(?:true|false)$/,
};
const HEADER_VALUE = /^[\x21-\x7e]{1,100}$/;
// A dot segment would be resolved away between the signature and the wire.
const DOT_SEGMENT = /^\.{1,2}$/;
// encodeURIComponent throws on half of a surrogate pair.
const LONE_SURROGATE = /\p{Surrogate}/u;
const TEXT_LENGTH_MAX = 100_000;

const faultOf = (param: Param, text: string): string | undefined => {
  if (text === '') return 'empty';
  if (text.length > TEXT_LENGTH_MAX) return 'too long';
  if (LONE_SURROGATE.test(text)) return 'not well-formed text';
  if (!PATTERN[param.type].test(text)) return `not a plain ${param.type}`;
  if (param.in === 'header' && !HEADER_VALUE.test(text)) return 'not a header value';
  if (param.in === 'path' && DOT_SEGMENT.test(text)) return 'not a path segment';
  return undefined;
};

/** The price of a call in its pool [rest 5]. */
const costOf = (endpoint: Endpoint, values: ParamValues): number => {
  switch (endpoint.cost) {
    case 'batch-size':
      return 9 + countInstructions(values['json']);
    case 'fills-paging':
      return values['lastFillTime'] === undefined ? 2 : 25;
    case 'account-log-count':
      return accountLogCost(Number(values['count'] ?? 500));
    default:
      return endpoint.cost;
  }
};

const BATCH_SIZE_MAX = 500;

/** A document that cannot be counted is priced as the largest one. */
const countInstructions = (json: ParamValue): number => {
  try {
    const document = JSON.parse(String(json)) as { batchOrder?: unknown };
    return Array.isArray(document.batchOrder) ? document.batchOrder.length : BATCH_SIZE_MAX;
  } catch {
    return BATCH_SIZE_MAX;
  }
};

const accountLogCost = (count: number): number => {
  if (count <= 25) return 1;
  if (count <= 50) return 2;
  if (count <= 1_000) return 3;
  return count <= 5_000 ? 6 : 10;
};

const invalid = (param: string, message: string): Result<never, InvalidParams> =>
  err({ type: 'InvalidParams', param, message });
