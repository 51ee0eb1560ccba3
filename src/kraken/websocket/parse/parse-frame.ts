import {
  isJsonObject,
  type JsonObject,
  type JsonSyntaxError,
  type JsonValue,
  parseLosslessJson,
} from '../../../lib/lossless-json.ts';
import { type Result } from '../../../lib/result.ts';
import { toVenueAlert, type VenueAlert } from '../events/alerts.ts';
import {
  elementList,
  integer,
  lenient,
  type Oddity,
  type Reader,
  shape,
  text,
} from '../../json/readers.ts';
import {
  accountLogSnapshot,
  accountLogUpdate,
  balances,
  balancesSnapshot,
  legacyMargins,
  notifications,
  positions,
} from './parse-account.ts';
import { fillsSnapshot, fillsUpdate, openOrdersSnapshot, orderUpdate } from './parse-orders.ts';
import {
  bookSnapshot,
  candle,
  heartbeat,
  parseBookUpdate,
  trade,
  tradeSnapshot,
} from './parse-public.ts';
import { ticker, tickerLite } from './parse-ticker.ts';
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

export type FrameJson = Result<JsonValue, JsonSyntaxError>;

/** The general reader, for every frame in any spelling of JSON. */
export const parseAnyFrame = (text: string): ParsedFrame => parseJsonFrame(parseLosslessJson(text));

/** A frame whose JSON has been read already. */
export const parseJsonFrame = (json: FrameJson): ParsedFrame => {
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

const controlFields = shape(
  {
    version: lenient('version', integer),
    message: lenient('message', text()),
    feed: lenient('feed', text()),
    products: lenient('product_ids', elementList(text())),
  },
  ['event', 'api_key', 'original_challenge', 'signed_challenge'],
);

const NEEDS_MESSAGE: ReadonlySet<string> = new Set(['challenge', 'alert', 'error']);

const parseControl = (frame: JsonObject, event: string): ParsedFrame => {
  const oddities: Oddity[] = [];
  const name = event.slice(0, NAME_LENGTH_MAX);
  const fields = controlFields(frame, name, oddities) ?? {};
  const { version, message = '', feed = '', products } = fields;
  if (NEEDS_MESSAGE.has(event) && fields.message === undefined)
    oddities.push({ kind: 'MissingField', path: `${name}.message` });
  const control = (): WebSocketEvent => {
    if (Object.hasOwn(ACKNOWLEDGEMENTS, event))
      return {
        type: ACKNOWLEDGEMENTS[event as keyof typeof ACKNOWLEDGEMENTS],
        feed: feed.trim(),
        products: (products?.elements ?? []).map((product) => product.toUpperCase()),
      };
    switch (event) {
      case 'info':
        return { type: 'Info', version };
      case 'challenge':
        return { type: 'Challenge', challenge: message };
      case 'alert':
      case 'error':
        return { type: 'Alert', alert: toVenueAlert(message) };
      case 'pong':
        return { type: 'Pong' };
      default:
        return { type: 'UnknownFrame', name };
    }
  };
  return { event: control(), oddities };
};

const FEED_READERS: Readonly<Record<string, Reader<FeedEvent>>> = {
  book_snapshot: bookSnapshot,
  trade,
  trade_snapshot: tradeSnapshot,
  ticker,
  ticker_snapshot: ticker,
  ticker_lite: tickerLite,
  ticker_lite_snapshot: tickerLite,
  heartbeat,
  open_orders: orderUpdate,
  open_orders_snapshot: openOrdersSnapshot,
  open_orders_verbose: orderUpdate,
  open_orders_verbose_snapshot: openOrdersSnapshot,
  fills: fillsUpdate,
  fills_snapshot: fillsSnapshot,
  open_positions: positions,
  balances,
  balances_snapshot: balancesSnapshot,
  account_log: accountLogUpdate,
  account_log_snapshot: accountLogSnapshot,
  notifications_auth: notifications,
  account_balances_and_margins: legacyMargins,
};

const parseFeed = (frame: JsonObject, feed: string): ParsedFrame => {
  const oddities: Oddity[] = [];
  if (feed === 'book') {
    const update = parseBookUpdate(frame, oddities);
    return { event: update ?? { type: 'UnreadableFrame', feed }, oddities };
  }
  const read = readerOf(feed);
  const name = feed.slice(0, NAME_LENGTH_MAX);
  if (read === undefined) return { event: { type: 'UnknownFrame', name }, oddities };
  const event = read(frame, name, oddities);
  return { event: event ?? { type: 'UnreadableFrame', feed: name }, oddities };
};

const readerOf = (feed: string): Reader<FeedEvent> | undefined => {
  if (Object.hasOwn(FEED_READERS, feed)) return FEED_READERS[feed];
  return feed.startsWith('candles_') ? candle : undefined;
};

/** Feeds of one frame kind, each frame full or as good as that. */
const FEED_BY_EVENT: Partial<Record<FeedEvent['type'], string>> = {
  FillsSnapshot: 'fills',
  Positions: 'open_positions',
  AccountLogSnapshot: 'account_log',
  Notifications: 'notifications_auth',
  Heartbeat: 'heartbeat',
};

/**
 * A feed's first full frame ends the wait for it; `orders` stands for whichever of the two order
 * feeds is held.
 */
export const fullFrameOf = (
  event: FeedEvent,
  orders: 'open_orders' | 'open_orders_verbose',
): { readonly feed: string; readonly product: string } | undefined => {
  switch (event.type) {
    case 'BookSnapshot':
      return { feed: 'book', product: event.symbol };
    case 'TradeSnapshot':
      return { feed: 'trade', product: event.symbol };
    case 'Ticker':
      return { feed: 'ticker', product: event.symbol };
    case 'TickerLite':
      return { feed: 'ticker_lite', product: event.symbol };
    case 'OpenOrdersSnapshot':
      return { feed: orders, product: '' };
    case 'Balances':
      return event.isSnapshot ? { feed: 'balances', product: '' } : undefined;
    default: {
      const feed = FEED_BY_EVENT[event.type];
      return feed === undefined ? undefined : { feed, product: '' };
    }
  }
};
