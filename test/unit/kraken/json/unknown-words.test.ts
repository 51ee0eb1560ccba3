import { expect } from 'chai';
import { isWholeBy } from '../../../../src/kraken/json/readers.ts';
import { parseFrame } from '../../../../src/kraken/websocket/parse/parse-frame.ts';
import { toDecimalText } from '../../../../src/lib/decimal-text.ts';
import {
  isJsonObject,
  JsonNumber,
  type JsonValue,
  parseLosslessJson,
  toJsonText,
} from '../../../../src/lib/lossless-json.ts';
import { domainCalls, examples, makeGateways, toReply } from '../rest/gateways-support.ts';
import { SERVER_FRAMES } from '../websocket/examples.ts';

/** A word that the venue has never used. */
const WORD = 'zzz_never_seen';

type Path = readonly (string | number)[];

/** Every path to a scalar of a payload. */
const scalarsOf = (value: JsonValue, path: Path = []): readonly Path[] => {
  if (Array.isArray(value))
    return (value as readonly JsonValue[]).flatMap((item, at) => scalarsOf(item, [...path, at]));
  if (!isJsonObject(value)) return [path];
  return Object.keys(value).flatMap((key) => scalarsOf(value[key] ?? null, [...path, key]));
};

/** The payload with another value at this path; `undefined` leaves the field out. */
const changed = (value: JsonValue, path: Path, to: JsonValue | undefined): JsonValue => {
  const [head, ...rest] = path;
  if (Array.isArray(value))
    return (value as readonly JsonValue[]).map((item, at) =>
      at === head ? (rest.length === 0 ? (to ?? null) : changed(item, rest, to)) : item,
    );
  if (!isJsonObject(value)) return value;
  const entries = Object.keys(value).flatMap((key): [string, JsonValue][] => {
    const old = value[key] ?? null;
    if (key !== head) return [[key, old]];
    if (rest.length > 0) return [[key, changed(old, rest, to)]];
    return to === undefined ? [] : [[key, to]];
  });
  return Object.fromEntries(entries);
};

/** Every text and number of a result, numbers in canonical notation. */
const textsOf = (value: unknown, into = new Set<string>()): Set<string> => {
  if (['string', 'number', 'boolean'].includes(typeof value))
    into.add(toDecimalText(String(value)) ?? String(value));
  else if (value instanceof JsonNumber) into.add(toDecimalText(value.text) ?? value.text);
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) textsOf(part, into);
  return into;
};

/** What a reader made of a payload. */
interface Read {
  /** Every part of it was understood. */
  readonly isComplete: boolean;
  readonly value: unknown;
}

interface Judged {
  readonly ok?: boolean;
  readonly value?: { readonly isComplete?: boolean; readonly value?: unknown };
  readonly outcome?: { readonly type: string };
  readonly isComplete?: boolean;
}

const readRest = async (id: string, json: JsonValue): Promise<Read> => {
  const result = await domainCalls[id]!(makeGateways(() => toReply(toJsonText(json))));
  const judged = (Array.isArray(result) ? result : [result]) as readonly Judged[];
  const isComplete = judged.every(({ ok, value, outcome, isComplete: own }) =>
    ok === undefined
      ? outcome?.type === 'Confirmed' && own !== false
      : ok && value?.isComplete !== false,
  );
  return { isComplete, value: result };
};

const readFrame = (json: JsonValue): Read => {
  const { event, oddities } = parseFrame(toJsonText(json));
  const isRead = event.type !== 'UnreadableFrame' && event.type !== 'UnknownFrame';
  return { isComplete: isRead && isWholeBy(oddities), value: event };
};

/** Fields that no reader uses, by the last key of their path, each for a reason. */
const UNUSED = new Set([
  // Says nothing [rest 6.2], and stands for the market in other answers.
  ...['tradeable', 'minimumTradeSize'],
  // A list without its time proves no absence: the reading has no `serverTime` then.
  'serverTime',
  // Whose answer it is, which the key says already.
  ...['accountUid', 'account', 'username', 'accountId', 'uid', 'name', 'spotData'],
  // The number of rows, which the history download compares.
  'len',
  // Echoes of our own request.
  ...['api_key', 'original_challenge', 'signed_challenge', 'feed', 'apiKey', 'allowedCidrBlock'],
  // Only a book's own step, which the configuration says.
  'tickSize',
]);
/** Free text and ids are carried as they came. */
const isCarried = (read: Read): boolean =>
  [...textsOf(read.value)].some((text) => text.toLowerCase().includes(WORD));

/**
 * No default: the third answer, and what the venue documents for a field that is left out, the
 * funding rate of a perpetual, which is zero then [websocket 7.3].
 */
const NOT_INVENTED = new Set(['Unknown', '0']);

const parsed = (text: string): JsonValue => {
  const json = parseLosslessJson(text);
  if (!json.ok) throw new Error(text);
  return json.value;
};

const keyOf = (path: Path): string => String(path.filter((key) => typeof key === 'string').at(-1));

const PAYLOADS: readonly {
  readonly name: string;
  readonly json: JsonValue;
  readonly read: (json: JsonValue) => Read | Promise<Read>;
}[] = [
  ...examples
    .filter(({ kind, id }) => kind === 'example' && domainCalls[id] !== undefined)
    .map(({ id, title, body }) => ({
      name: `${id} "${title}"`,
      json: parsed(body),
      read: (json: JsonValue) => readRest(id, json),
    })),
  ...SERVER_FRAMES.map(({ name, text }) => ({ name, json: parsed(text), read: readFrame })),
];

describe('every field of every payload of the venue', () => {
  it('is never complete with a default when it holds a word that nobody knows', async () => {
    const faults: string[] = [];
    let planted = 0;
    for (const { name, json, read } of PAYLOADS)
      for (const path of scalarsOf(json)) {
        if (UNUSED.has(keyOf(path))) continue;
        planted += 1;
        const result = await read(changed(json, path, WORD));
        if (result.isComplete && !isCarried(result)) faults.push(`${name}: ${path.join('.')}`);
      }
    expect(planted).to.be.greaterThan(2_000);
    expect(faults).to.deep.equal([]);
  });

  it('is never made up when it is left out', async () => {
    const faults: string[] = [];
    for (const { name, json, read } of PAYLOADS) {
      const whole = textsOf((await read(json)).value);
      for (const path of scalarsOf(json)) {
        if (typeof path.at(-1) === 'number' || UNUSED.has(keyOf(path))) continue;
        const result = await read(changed(json, path, undefined));
        if (!result.isComplete) continue;
        const invented = [...textsOf(result.value)].filter(
          (text) => !whole.has(text) && !NOT_INVENTED.has(text),
        );
        if (invented.length > 0) faults.push(`${name}: ${path.join('.')} ${invented.join(' ')}`);
      }
    }
    expect(faults).to.deep.equal([]);
  });
});
