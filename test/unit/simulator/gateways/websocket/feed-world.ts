import {
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  parseLosslessJson,
  toJsonText,
} from '../../../../../src/lib/lossless-json.ts';
import { Secret } from '../../../../../src/lib/secret.ts';
import { epochMs } from '../../../../../src/lib/time.ts';
import { type ExchangeEvent } from '../../../../../src/simulator/exchange/model/events.ts';
import { NoticeStore } from '../../../../../src/simulator/gateways/rest/stores/notice-store.ts';
import { type RestKey } from '../../../../../src/simulator/gateways/rest/rest-key.ts';
import {
  signedChallenge,
  FeedConnection,
} from '../../../../../src/simulator/gateways/websocket/connection/feed-connection.ts';
import { FeedHub } from '../../../../../src/simulator/gateways/websocket/connection/feed-hub.ts';
import {
  DEFAULT_FEED_SETTINGS,
  type FeedSettings,
} from '../../../../../src/simulator/gateways/websocket/connection/feed-settings.ts';
import { account, makeWorld, type World } from '../../exchange/exchange-world.ts';

/** The secret of vectors 2 and 3 of the reference: bytes 00 to 3f. */
const SECRET = new Secret(Buffer.from(Array.from({ length: 64 }, (_, i) => i)).toString('base64'));

const keyFor = (uid: string): RestKey => ({
  apiKey: `key-${uid}`,
  apiSecret: SECRET,
  account: uid,
  permissions: { general: uid === 'C' ? 'NO_ACCESS' : 'READ_ONLY', transfer: 'NO_ACCESS' },
});

/** One client's end of a connection without a socket. */
export interface Client {
  readonly say: (request: object | string) => void;
  /** Frames received since the last call, as written. */
  readonly take: () => readonly string[];
  /** The same, parsed, digits kept. */
  readonly frames: () => readonly JsonObject[];
  /** Subscribes a private feed of an account, with a fresh challenge the first time. */
  readonly subscribePrivate: (feed: string, uid: string, more?: object) => void;
  readonly credentials: (uid: string) => object;
  readonly connection: FeedConnection;
}

export interface FeedWorld extends World {
  readonly hub: FeedHub;
  readonly notices: NoticeStore;
  readonly connect: () => Client;
}

/**
 * An exchange with feeds on it; everything that the world's verbs cause reaches the feeds at once.
 */
export const makeFeedWorld = (settings: Partial<FeedSettings> = {}): FeedWorld => {
  const world = makeWorld({ accounts: ['A', 'B', 'C'].map((uid) => account(uid)) });
  const notices = new NoticeStore();
  const all = { ...DEFAULT_FEED_SETTINGS, ...settings };
  const now = (): ReturnType<typeof epochMs> => epochMs(world.now());
  const hub = new FeedHub({ queries: world.exchange.queries, settings: all, notices, now });
  let made = 0;
  const makeChallenge = (): string =>
    `00000000-0000-4000-8000-${String((made += 1)).padStart(12, '0')}`;
  const keys = new Map(['A', 'B', 'C'].map((uid) => [`key-${uid}`, keyFor(uid)]));
  const connect = (): Client => {
    const inbox: string[] = [];
    const sink = { id: `c${(made += 1)}`, send: (text: string) => void inbox.push(text) };
    const connection = new FeedConnection(
      { hub, settings: all, keyOf: (name) => keys.get(name), now, makeChallenge },
      sink,
    );
    const take = (): readonly string[] => inbox.splice(0);
    const say = (request: object | string): void => {
      connection.onText(typeof request === 'string' ? request : JSON.stringify(request));
    };
    const challenges = new Map<string, string>();
    const credentials = (uid: string): object => {
      const apiKey = `key-${uid}`;
      if (!challenges.has(uid)) {
        say({ event: 'challenge', api_key: apiKey });
        challenges.set(uid, textOf(parseFrame(inbox.pop() ?? '')['message']));
      }
      const challenge = challenges.get(uid) ?? '';
      const signed = signedChallenge(SECRET, challenge);
      return { api_key: apiKey, original_challenge: challenge, signed_challenge: signed };
    };
    return {
      say,
      take,
      frames: () => take().map(parseFrame),
      credentials,
      subscribePrivate: (feed, uid, more = {}) => {
        say({ event: 'subscribe', feed, ...credentials(uid), ...more });
      },
      connection,
    };
  };
  const reaching =
    <A extends unknown[]>(verb: (...args: A) => readonly ExchangeEvent[]) =>
    (...args: A): readonly ExchangeEvent[] => {
      const events = verb(...args);
      hub.onBatch(events);
      return events;
    };
  return {
    ...world,
    send: reaching(world.send),
    place: reaching(world.place),
    edit: reaching(world.edit),
    cancel: reaching(world.cancel),
    index: reaching(world.index),
    wait: reaching(world.wait),
    hub,
    notices,
    connect,
  };
};

export const parseFrame = (text: string): JsonObject => {
  const parsed = parseLosslessJson(text);
  if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error(`not a JSON object: ${text}`);
  return parsed.value;
};

export const textOf = (value: JsonValue | undefined): string => {
  if (typeof value === 'string') return value;
  if (value instanceof JsonNumber) return value.text;
  return toJsonText(value ?? null);
};

/** The member at a path such as `order.order_id` or `fills.0.qty`, as text. */
export const at = (frame: JsonObject | undefined, path: string): string => {
  let value: JsonValue | undefined = frame;
  for (const key of path.split('.')) {
    if (Array.isArray(value)) value = (value as readonly JsonValue[])[Number(key)];
    else value = isJsonObject(value) ? value[key] : undefined;
  }
  return textOf(value);
};

/**
 * What a frame looks like, values left out: keys in their order, kinds of values, and how numbers
 * are spelled. Of an array, what its first element looks like.
 */
export const shapeOf = (value: JsonValue | undefined): unknown => {
  if (value instanceof JsonNumber) return /[.eE]/.test(value.text) ? 'real' : 'integer';
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0] as JsonValue)];
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shapeOf(member)]));
  return value === null ? 'null' : typeof value;
};

/** `F:open_orders:partial_fill` and `F:fills:maker`: what came, in short. */
export const summary = (frame: JsonObject): string => {
  const feed = textOf(frame['feed']);
  if (feed === 'fills') return `fills:${at(frame, 'fills.0.fill_type')}`;
  const shape = frame['order'] === undefined ? 'id' : 'body';
  return `${feed}:${textOf(frame['reason'])}:${shape}:${textOf(frame['is_cancel'])}`;
};
