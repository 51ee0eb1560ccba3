import { readFileSync } from 'node:fs';
import {
  isJsonObject,
  parseLosslessJson,
  toJsonText,
  type JsonObject,
  type JsonValue,
} from '../../../../src/lib/lossless-json.ts';

export interface ExampleFrame {
  /** `fills.variants.market_order_taker[0]`. */
  readonly name: string;
  readonly feed: string;
  /** The payload as written in the fixture, digit for digit. */
  readonly text: string;
}

const load = (): JsonObject => {
  const url = new URL('../../../fixtures/websocket/examples.json', import.meta.url);
  const json = parseLosslessJson(readFileSync(url, 'utf8'));
  if (!json.ok || !isJsonObject(json.value)) throw new Error('fixture is not JSON');
  return json.value;
};

const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];

const framesOf = (feed: string, entry: JsonObject): ExampleFrame[] => {
  const frames: ExampleFrame[] = [];
  const add = (name: string, value: JsonValue | undefined): void => {
    if (isJsonObject(value))
      frames.push({ name: `${feed}.${name}`, feed, text: toJsonText(value) });
  };
  for (const key of ['subscribed', 'snapshot', 'update', 'unsubscribed']) add(key, entry[key]);
  listOf(entry['errors']).forEach((error, at) => add(`errors[${at}]`, error));
  for (const group of ['variants', 'scenarios'])
    for (const variant of listOf(entry[group])) {
      if (!isJsonObject(variant)) continue;
      listOf(variant['frames']).forEach((item, at) => {
        if (!isJsonObject(item) || item['direction'] === 'client') return;
        const name = typeof variant['name'] === 'string' ? variant['name'] : '';
        add(`${group}.${name}[${at}]`, isJsonObject(item['frame']) ? item['frame'] : item);
      });
    }
  return frames;
};

const FIXTURE = load();

/** Every frame of the fixture that a server sends. */
export const SERVER_FRAMES: readonly ExampleFrame[] = Object.entries(FIXTURE).flatMap(
  ([feed, entry]) => (isJsonObject(entry) ? framesOf(feed, entry) : []),
);

export const exampleFrame = (name: string): string => {
  const frame = SERVER_FRAMES.find((candidate) => candidate.name === name);
  if (frame === undefined) throw new Error(`no frame ${name} in the fixture`);
  return frame.text;
};

export const CHALLENGE_EXAMPLES = FIXTURE['challenge'] as JsonObject;
