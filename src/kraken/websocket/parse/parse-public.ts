import { readDecimalText } from '../../../domain/decimal-text.ts';
import { type BookLevel, type BookSide } from '../../../domain/book.ts';
import { type TradingSymbol } from '../../../domain/ids.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../lib/time.ts';
import { defined } from '../../../lib/defined.ts';
import {
  amount,
  elements,
  expected,
  field,
  integer,
  lenient,
  type Oddity,
  type Reader,
  shape,
  text,
  time,
  turned,
} from '../../json/readers.ts';
import { side, symbol, tradeKind } from '../../json/vocabulary.ts';
import {
  type BookSnapshot,
  type BookUpdate,
  type Candle,
  type Heartbeat,
  type Trade,
  type TradeSnapshot,
} from '../events/public-events.ts';

const BOOK_KEYS = new Set(['feed', 'product_id', 'side', 'seq', 'price', 'qty', 'timestamp']);

const numberText = (value: JsonValue | undefined): string =>
  value instanceof JsonNumber ? value.text : '';

const bookSideOf = (value: JsonValue | undefined): BookSide | undefined => {
  if (value === 'buy') return 'Bid';
  return value === 'sell' ? 'Offer' : undefined;
};

/** Read by hand: book updates are nearly all frames of a busy connection. */
export const parseBookUpdate = (frame: JsonObject, oddities: Oddity[]): BookUpdate | undefined => {
  const product = frame['product_id'];
  const bookSide = bookSideOf(frame['side']);
  const seq = Number(numberText(frame['seq']) || Number.NaN);
  const price = readDecimalText(numberText(frame['price']));
  const qty = readDecimalText(numberText(frame['qty']));
  for (const key in frame)
    if (!BOOK_KEYS.has(key))
      oddities.push({ kind: 'UnknownField', path: `book.${key.slice(0, 40)}` });
  const isWhole = typeof product === 'string' && Number.isSafeInteger(seq);
  if (!isWhole || bookSide === undefined || price === undefined || qty === undefined) {
    oddities.push({ kind: 'BadElement', path: 'book' });
    return undefined;
  }
  return {
    type: 'BookUpdate',
    symbol: product as TradingSymbol,
    seq,
    side: bookSide,
    price,
    qty,
    ...defined({ at: timeOf(frame['timestamp'] ?? null, oddities) }),
  };
};

/** An update without a time that can be read changes the book all the same. */
const timeOf = (value: JsonValue, oddities: Oddity[]): EpochMs | undefined => {
  if (value !== null) return time(value, 'book.timestamp', oddities);
  oddities.push({ kind: 'MissingField', path: 'book.timestamp' });
  return undefined;
};

const level: Reader<BookLevel> = shape({
  price: field('price', amount),
  qty: field('qty', amount),
});

export const bookSnapshot: Reader<BookSnapshot> = turned(
  shape(
    {
      symbol: field('product_id', symbol),
      seq: field('seq', integer),
      at: expected('timestamp', time),
      bids: elements('bids', level),
      offers: elements('asks', level),
    },
    ['feed', 'tickSize'],
  ),
  ({ bids, offers, ...rest }) => ({
    type: 'BookSnapshot',
    ...rest,
    bids: bids.elements,
    offers: offers.elements,
    isComplete: bids.isComplete && offers.isComplete,
  }),
);

export const trade: Reader<Trade> = turned(
  shape(
    {
      symbol: field('product_id', symbol),
      tradeID: lenient('uid', text()),
      side: field('side', side),
      kind: expected('type', tradeKind),
      seq: field('seq', integer),
      at: field('time', time),
      qty: field('qty', amount),
      price: field('price', amount),
    },
    ['feed'],
  ),
  // An absent public id must not merge two trades: the sequence number keeps them apart.
  (fields) => ({ type: 'Trade', tradeID: `seq:${fields.seq}`, ...fields }),
);

export const tradeSnapshot: Reader<TradeSnapshot> = turned(
  shape({ symbol: field('product_id', symbol), trades: elements('trades', trade) }, ['feed']),
  ({ symbol: product, trades }) => ({
    type: 'TradeSnapshot',
    symbol: product,
    trades: trades.elements,
    isComplete: trades.isComplete,
  }),
);

export const heartbeat: Reader<Heartbeat> = turned(
  shape({ at: field('time', time) }, ['feed']),
  ({ at }) => ({ type: 'Heartbeat', at }),
);

export const candle: Reader<Candle> = turned(
  shape({
    feed: field('feed', text()),
    symbol: field('product_id', symbol),
    candle: field(
      'candle',
      shape({
        openedAt: field('time', time),
        openPx: field('open', amount),
        highPx: field('high', amount),
        lowPx: field('low', amount),
        closePx: field('close', amount),
        volume: field('volume', amount),
      }),
    ),
  }),
  ({ feed, symbol: product, candle: prices }) => ({
    type: 'Candle',
    symbol: product,
    series: feed
      .trim()
      .replace(/^candles_/, '')
      .replace(/_snapshot$/, ''),
    ...prices,
    isSnapshot: feed.trim().endsWith('_snapshot'),
  }),
);
