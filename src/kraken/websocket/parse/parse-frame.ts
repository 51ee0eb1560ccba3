import { parseLosslessJson, isJsonObject, type JsonObject } from '../../../lib/lossless-json.ts';
import { toVenueAlert, type VenueAlert } from '../events/alerts.ts';
import { FieldReader, type Oddity } from '../../json/field-reader.ts';
import {
  parseAccountLogSnapshot,
  parseAccountLogUpdate,
  parseBalances,
  parseLegacyMargins,
  parseNotifications,
  parsePositions,
} from './parse-account.ts';
import {
  parseFillsSnapshot,
  parseFillsUpdate,
  parseOpenOrdersSnapshot,
  parseOrderUpdate,
} from './parse-orders.ts';
import {
  parseBookSnapshot,
  parseBookUpdate,
  parseCandle,
  parseHeartbeat,
  parseTrade,
  parseTradeSnapshot,
} from './parse-public.ts';
import { parseTicker, parseTickerLite } from './parse-ticker.ts';
import { type PrivateEvent } from '../events/private-events.ts';
import { type PublicEvent } from '../events/public-events.ts';
import { scanBookUpdate } from './scan-book-update.ts';

/** Frames with an `event` key [websocket 4.1]. Echoed credentials are left behind here. */
export type ControlEvent =
  | { readonly type: 'Info'; readonly version: number | undefined }
  | { readonly type: 'Challenge'; readonly challenge: string }
  | {
      readonly type: 'Subscribed' | 'Unsubscribed' | 'SubscribeFailed' | 'UnsubscribeFailed';
      readonly feed: string;
      /** Upper case; empty on private feeds. */
      readonly products: readonly string[];
    }
  | { readonly type: 'Alert'; readonly alert: VenueAlert }
  | { readonly type: 'Pong' };

export type FeedEvent = PublicEvent | PrivateEvent;

export type WebSocketEvent =
  | ControlEvent
  | FeedEvent
  /** Neither an event nor a feed that we know. `name` is at most 40 characters. */
  | { readonly type: 'UnknownFrame'; readonly name: string }
  /** A known feed whose frame could not be read: the view that it belongs to is in question. */
  | { readonly type: 'UnreadableFrame'; readonly feed: string };

export interface ParsedFrame {
  readonly event: WebSocketEvent;
  readonly oddities: readonly Oddity[];
}

const CONTROL_TYPES: ReadonlySet<string> = new Set<ControlEvent['type']>([
  ...(['Info', 'Challenge', 'Alert', 'Pong'] as const),
  ...(['Subscribed', 'Unsubscribed', 'SubscribeFailed', 'UnsubscribeFailed'] as const),
]);

export const isControlEvent = (event: WebSocketEvent): event is ControlEvent =>
  CONTROL_TYPES.has(event.type);

const NAME_LENGTH_MAX = 40;
const NO_ODDITIES: readonly Oddity[] = [];

/**
 * Reads one text frame. Never throws and never gives up on more than the element that it cannot
 * read.
 */
export const parseFrame = (text: string): ParsedFrame => {
  const update = scanBookUpdate(text);
  return update === undefined ? parseAnyFrame(text) : { event: update, oddities: NO_ODDITIES };
};

/** The general reader, for every frame in any spelling of JSON. */
export const parseAnyFrame = (text: string): ParsedFrame => {
  const json = parseLosslessJson(text);
  if (!json.ok || !isJsonObject(json.value))
    return { event: { type: 'UnreadableFrame', feed: '' }, oddities: NO_ODDITIES };
  const frame = json.value;
  if (typeof frame['event'] === 'string') return parseControl(frame, frame['event'].trim());
  if (typeof frame['feed'] === 'string') return parseFeed(frame, frame['feed'].trim());
  return { event: { type: 'UnknownFrame', name: '' }, oddities: NO_ODDITIES };
};

const ACKNOWLEDGEMENTS = {
  subscribed: 'Subscribed',
  unsubscribed: 'Unsubscribed',
  subscribed_failed: 'SubscribeFailed',
  unsubscribed_failed: 'UnsubscribeFailed',
} as const;

const parseControl = (frame: JsonObject, name: string): ParsedFrame => {
  const oddities: Oddity[] = [];
  const reader = new FieldReader(frame, name.slice(0, NAME_LENGTH_MAX), oddities);
  const event = controlOf(reader, name);
  reader.skip('event', 'api_key', 'original_challenge', 'signed_challenge');
  reader.done();
  return { event, oddities };
};

const controlOf = (reader: FieldReader, name: string): WebSocketEvent => {
  if (Object.hasOwn(ACKNOWLEDGEMENTS, name))
    return acknowledgement(reader, name as keyof typeof ACKNOWLEDGEMENTS);
  switch (name) {
    case 'info':
      return { type: 'Info', version: reader.integer('version') };
    case 'challenge':
      return { type: 'Challenge', challenge: reader.text('message') ?? '' };
    case 'alert':
    case 'error':
      return { type: 'Alert', alert: toVenueAlert(reader.text('message') ?? '') };
    case 'pong':
      return { type: 'Pong' };
    default:
      return { type: 'UnknownFrame', name: name.slice(0, NAME_LENGTH_MAX) };
  }
};

const acknowledgement = (
  reader: FieldReader,
  name: keyof typeof ACKNOWLEDGEMENTS,
): ControlEvent => ({
  type: ACKNOWLEDGEMENTS[name],
  feed: reader.text('feed')?.trim() ?? '',
  products: reader.texts('product_ids').map((product) => product.toUpperCase()),
});

type FeedParser = (reader: FieldReader, feed: string) => FeedEvent | undefined;

const PARSERS: Readonly<Record<string, FeedParser>> = {
  book_snapshot: parseBookSnapshot,
  trade: parseTrade,
  trade_snapshot: parseTradeSnapshot,
  ticker: parseTicker,
  ticker_snapshot: parseTicker,
  ticker_lite: parseTickerLite,
  ticker_lite_snapshot: parseTickerLite,
  heartbeat: parseHeartbeat,
  open_orders: parseOrderUpdate,
  open_orders_snapshot: parseOpenOrdersSnapshot,
  open_orders_verbose: parseOrderUpdate,
  open_orders_verbose_snapshot: parseOpenOrdersSnapshot,
  fills: parseFillsUpdate,
  fills_snapshot: parseFillsSnapshot,
  open_positions: parsePositions,
  balances: parseBalances,
  balances_snapshot: parseBalances,
  account_log: parseAccountLogUpdate,
  account_log_snapshot: parseAccountLogSnapshot,
  notifications_auth: parseNotifications,
  account_balances_and_margins: parseLegacyMargins,
};

const parseFeed = (frame: JsonObject, feed: string): ParsedFrame => {
  const oddities: Oddity[] = [];
  if (feed === 'book') {
    const update = parseBookUpdate(frame, oddities);
    return { event: update ?? { type: 'UnreadableFrame', feed }, oddities };
  }
  const parser = parserOf(feed);
  const name = feed.slice(0, NAME_LENGTH_MAX);
  if (parser === undefined) return { event: { type: 'UnknownFrame', name }, oddities };
  const event = parser(new FieldReader(frame, name, oddities), feed);
  return { event: event ?? { type: 'UnreadableFrame', feed: name }, oddities };
};

const parserOf = (feed: string): FeedParser | undefined => {
  if (Object.hasOwn(PARSERS, feed)) return PARSERS[feed];
  return feed.startsWith('candles_') ? parseCandle : undefined;
};
