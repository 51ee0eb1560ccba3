import { toDecimalText } from '../../../../lib/decimal-text.ts';
import { type JsonObject } from '../../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import {
  type BookView,
  type LevelView,
  type ExchangeQueries,
} from '../../../exchange/reads/exchange-queries.ts';
import { type EventOf } from '../../../exchange/model/events.ts';
import { type TickerView } from '../../../exchange/reads/ticker.ts';
import { type TradeView } from '../../../exchange/model/views.ts';
import { defined } from '../../../../lib/defined.ts';
import { real, whole } from '../wire-number.ts';

/** `book_snapshot` [websocket 7.1]: the whole book, best first. */
export const bookSnapshot = (book: BookView, sequence: SequenceBase, at: EpochMs): JsonObject => ({
  feed: 'book_snapshot',
  product_id: book.symbol,
  timestamp: whole(at),
  seq: whole(sequence.book(book.symbol, book.bookSeq)),
  tickSize: null,
  bids: book.bids.map(levelOf),
  asks: book.asks.map(levelOf),
});

const levelOf = ({ price, size }: LevelView): JsonObject => ({
  price: real(price),
  qty: real(size),
});

/** `book` [websocket 7.1]: one level, its new quantity. */
export const bookUpdate = (event: EventOf<'BookChanged'>, sequence: SequenceBase): JsonObject => ({
  feed: 'book',
  product_id: event.symbol,
  side: event.side,
  seq: whole(sequence.book(event.symbol, event.bookSeq)),
  price: real(event.price),
  qty: real(event.levelSize),
  timestamp: whole(event.at),
});

const TRADES_MAX = 100;

/** `trade_snapshot` [websocket 7.2]: the last 100, newest first. */
export const tradeSnapshot = (
  symbol: string,
  trades: readonly TradeView[],
  sequence: SequenceBase,
): JsonObject => ({
  feed: 'trade_snapshot',
  product_id: symbol,
  trades: trades
    .slice(-TRADES_MAX)
    .reverse()
    .map((trade) => tradeUpdate(trade, sequence)),
});

export const tradeUpdate = (trade: TradeView, sequence: SequenceBase): JsonObject => ({
  feed: 'trade',
  product_id: trade.symbol,
  uid: trade.tradeId,
  side: trade.takerSide,
  type: trade.tradeType,
  seq: whole(sequence.trade(trade.symbol, trade.seq)),
  time: whole(trade.at),
  qty: real(trade.size),
  price: real(trade.price),
});

const optionalReal = (text: string | undefined): JsonObject[string] =>
  text === undefined ? undefined : real(text);
/** Funding fields are left out when they are zero. */
const unlessZero = (text: string | undefined): JsonObject[string] =>
  text === undefined || toDecimalText(text) === '0' ? undefined : real(text);

/** XBT:USD; REST spells it BTC:USD. */
const pairOf = (ticker: TickerView): string => ticker.pair.replace(/^BTC:/, 'XBT:');

/** `ticker` [websocket 7.3], keys in the order of a recorded frame. */
export const tickerFrame = (ticker: TickerView, at: EpochMs): JsonObject =>
  defined({
    time: whole(at),
    product_id: ticker.symbol,
    funding_rate: unlessZero(ticker.fundingRate),
    funding_rate_prediction: unlessZero(ticker.fundingRatePrediction),
    relative_funding_rate: unlessZero(ticker.relativeFundingRate),
    relative_funding_rate_prediction: unlessZero(ticker.relativeFundingRatePrediction),
    next_funding_rate_time:
      ticker.nextFundingRateTime === undefined ? undefined : whole(ticker.nextFundingRateTime),
    leverage: ticker.leverage,
    premium: real(ticker.premium),
    feed: 'ticker',
    bid: optionalReal(ticker.bid),
    ask: optionalReal(ticker.ask),
    bid_size: optionalReal(ticker.bidSize),
    ask_size: optionalReal(ticker.askSize),
    volume: real(ticker.vol24h),
    dtm: whole(ticker.dtm),
    index: real(ticker.indexPrice),
    last: optionalReal(ticker.last),
    change: real(ticker.change24h),
    suspended: ticker.suspended,
    tag: ticker.tag,
    pair: pairOf(ticker),
    openInterest: real(ticker.openInterest),
    markPrice: real(ticker.markPrice),
    maturityTime: whole(ticker.maturityTime),
    post_only: ticker.postOnly,
    volumeQuote: real(ticker.volumeQuote),
    open: optionalReal(ticker.open24h),
    high: optionalReal(ticker.high24h),
    low: optionalReal(ticker.low24h),
  });

/** `ticker_lite` [websocket 7.4]. */
export const tickerLiteFrame = (ticker: TickerView): JsonObject =>
  defined({
    feed: 'ticker_lite',
    product_id: ticker.symbol,
    bid: optionalReal(ticker.bid),
    ask: optionalReal(ticker.ask),
    change: real(ticker.change24h),
    premium: real(ticker.premium),
    volume: real(ticker.vol24h),
    tag: ticker.tag,
    pair: pairOf(ticker),
    dtm: whole(ticker.dtm),
    maturityTime: whole(ticker.maturityTime),
    volumeQuote: real(ticker.volumeQuote),
  });

/** `heartbeat` [websocket 7.5]. */
export const heartbeatFrame = (at: EpochMs): JsonObject => ({ feed: 'heartbeat', time: whole(at) });

/**
 * Sequence numbers as the feeds show them: those of the exchange, or lower ones after an engine
 * restart [websocket 7.1, 8.3].
 */
export class SequenceBase {
  readonly #base = new Map<string, number>();

  book(symbol: string, seq: number): number {
    return seq - (this.#base.get(`book:${symbol}`) ?? 0);
  }

  trade(symbol: string, seq: number): number {
    return seq - (this.#base.get(`trade:${symbol}`) ?? 0);
  }

  /** Fills from before a restart keep a number of at least 0. */
  fill(account: string, seq: number): number {
    return Math.max(0, seq - (this.#base.get(`fill:${account}`) ?? 0));
  }

  /** Restarts every sequence, as an engine restart does. */
  restart(queries: ExchangeQueries): void {
    for (const { symbol } of queries.instruments()) {
      this.#base.set(`book:${symbol}`, queries.book(symbol, 0)?.bookSeq ?? 0);
      this.#base.set(`trade:${symbol}`, queries.trades(symbol).at(-1)?.seq ?? 0);
    }
    for (const account of queries.accountUids()) {
      const last = queries.fills(account).at(-1)?.fill.seq;
      this.#base.set(`fill:${account}`, last === undefined ? 0 : last + 1);
    }
  }
}
