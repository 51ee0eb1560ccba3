import { type BookLevel, type BookSide } from '../../../domain/book.ts';
import { type DecimalText, type TradingSymbol } from '../../../domain/ids.ts';
import { type Side } from '../../../domain/order.ts';
import { toDecimalText } from '../../../lib/decimal-text.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../../lib/lossless-json.ts';
import { epochMs } from '../../../lib/time.ts';
import { type FieldReader, type Oddity } from '../../json/field-reader.ts';
import {
  type BookSnapshot,
  type BookUpdate,
  type Candle,
  type Heartbeat,
  type Trade,
  type TradeSnapshot,
} from '../events/public-events.ts';

const SIDES: Readonly<Record<string, Side>> = { buy: 'Buy', sell: 'Sell' };
const TRADE_KINDS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['fill', 'liquidation', 'termination', 'block'],
    ['partialLiquidation', 'assignment', 'unwind', 'coveredLiquidation'],
  ]
    .flat()
    .map((kind) => [kind, kind]),
);

const BOOK_KEYS = new Set(['feed', 'product_id', 'side', 'seq', 'price', 'qty', 'timestamp']);

const numberText = (value: JsonValue | undefined): string =>
  value instanceof JsonNumber ? value.text : '';

const bookSide = (value: JsonValue | undefined): BookSide | undefined => {
  if (value === 'buy') return 'Bid';
  return value === 'sell' ? 'Offer' : undefined;
};

/** The hot path: read by hand, without a FieldReader. */
export const parseBookUpdate = (frame: JsonObject, oddities: Oddity[]): BookUpdate | undefined => {
  const symbol = frame['product_id'];
  const side = bookSide(frame['side']);
  const seq = Number(numberText(frame['seq']) || Number.NaN);
  const price = toDecimalText(numberText(frame['price']));
  const qty = toDecimalText(numberText(frame['qty']));
  for (const key in frame)
    if (!BOOK_KEYS.has(key))
      oddities.push({ kind: 'UnknownField', path: `book.${key.slice(0, 40)}` });
  const isWhole = typeof symbol === 'string' && Number.isSafeInteger(seq);
  if (!isWhole || side === undefined || price === undefined || qty === undefined) {
    oddities.push({ kind: 'BadElement', path: 'book' });
    return undefined;
  }
  return {
    type: 'BookUpdate',
    symbol: symbol as TradingSymbol,
    seq,
    side,
    price: price as DecimalText,
    qty: qty as DecimalText,
    at: epochMs(Number(numberText(frame['timestamp']))),
  };
};

const parseLevel = (reader: FieldReader): BookLevel | undefined => {
  const price = reader.amount('price');
  const qty = reader.amount('qty');
  reader.done();
  return price === undefined || qty === undefined ? undefined : { price, qty };
};

export const parseBookSnapshot = (reader: FieldReader): BookSnapshot | undefined => {
  const symbol = reader.symbol('product_id');
  const seq = reader.integer('seq');
  const bids = reader.list('bids', parseLevel);
  const offers = reader.list('asks', parseLevel);
  const at = reader.time('timestamp') ?? epochMs(0);
  reader.skip('feed', 'tickSize');
  reader.done();
  if (symbol === undefined || seq === undefined) {
    reader.missing('seq');
    return undefined;
  }
  return {
    type: 'BookSnapshot',
    symbol,
    seq,
    at,
    bids: bids.elements,
    offers: offers.elements,
    isComplete: bids.isComplete && offers.isComplete,
  };
};

export const parseTrade = (reader: FieldReader): Trade | undefined => {
  const symbol = reader.symbol('product_id');
  const tradeID = reader.text('uid');
  const side = reader.word('side', SIDES);
  const rawKind = reader.text('type');
  const kind = reader.word('type', TRADE_KINDS) ?? rawKind ?? 'fill';
  const seq = reader.integer('seq');
  const at = reader.time('time');
  const qty = reader.amount('qty');
  const price = reader.amount('price');
  reader.skip('feed');
  reader.done();
  if (symbol === undefined || side === undefined) {
    reader.missing('side');
    return undefined;
  }
  if (seq === undefined || at === undefined || qty === undefined || price === undefined) {
    reader.missing('price');
    return undefined;
  }
  // An absent public id must not merge two trades: the sequence number keeps them apart.
  return {
    type: 'Trade',
    symbol,
    tradeID: tradeID ?? `seq:${seq}`,
    side,
    kind,
    seq,
    at,
    qty,
    price,
  };
};

export const parseTradeSnapshot = (reader: FieldReader): TradeSnapshot | undefined => {
  const symbol = reader.symbol('product_id');
  const trades = reader.list('trades', parseTrade);
  reader.skip('feed');
  reader.done();
  if (symbol === undefined) {
    reader.missing('product_id');
    return undefined;
  }
  return { type: 'TradeSnapshot', symbol, trades: trades.elements, isComplete: trades.isComplete };
};

export const parseHeartbeat = (reader: FieldReader): Heartbeat | undefined => {
  const at = reader.time('time');
  reader.skip('feed');
  reader.done();
  if (at === undefined) {
    reader.missing('time');
    return undefined;
  }
  return { type: 'Heartbeat', at };
};

export const parseCandle = (reader: FieldReader, feed: string): Candle | undefined => {
  const symbol = reader.symbol('product_id');
  const candle = reader.object('candle');
  reader.skip('feed');
  reader.done();
  const openedAt = candle?.time('time');
  const [openPx, highPx, lowPx, closePx, volume] = ['open', 'high', 'low', 'close', 'volume'].map(
    (key) => candle?.quotedAmount(key),
  );
  candle?.done();
  if (symbol === undefined || openedAt === undefined) {
    reader.missing('candle');
    return undefined;
  }
  if (openPx === undefined || highPx === undefined || lowPx === undefined) {
    reader.missing('candle');
    return undefined;
  }
  if (closePx === undefined || volume === undefined) {
    reader.missing('candle');
    return undefined;
  }
  const isSnapshot = feed.endsWith('_snapshot');
  const series = feed.replace(/^candles_/, '').replace(/_snapshot$/, '');
  const prices = { openPx, highPx, lowPx, closePx, volume };
  return { type: 'Candle', symbol, series, openedAt, ...prices, isSnapshot };
};
