import { type JsonObject, type JsonValue } from '../../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type TickerView } from '../../../exchange/reads/ticker.ts';
import { failure, failures, type RestAnswer, success } from '../answer.ts';
import { type ServedEndpoint, free, type RestCall, type RestVenue, V3, V4 } from './endpoint.ts';
import { readInstant } from '../fields.ts';
import { defined } from '../../../../lib/defined.ts';
import { double, iso, isoMicros, isoSeconds, plain, whole } from '../json.ts';
import { checkContractType, listed, upper } from './instrument-endpoints.ts';

const when = (
  text: string | undefined,
  write: (text: string) => JsonValue,
): JsonValue | undefined => (text === undefined ? undefined : write(text));

/**
 * `write`: the list prints doubles, the single one plain numbers ([rest 2.2], recordings of both).
 */
const tickerRow = (ticker: TickerView, write: (text: string) => JsonValue): JsonObject =>
  defined({
    symbol: ticker.symbol,
    last: when(ticker.last, write),
    lastTime: ticker.lastTime === undefined ? undefined : isoMicros(ticker.lastTime),
    tag: ticker.tag,
    pair: ticker.pair,
    markPrice: write(ticker.markPrice),
    bid: when(ticker.bid, write),
    bidSize: when(ticker.bidSize, write),
    ask: when(ticker.ask, write),
    askSize: when(ticker.askSize, write),
    vol24h: write(ticker.vol24h),
    volumeQuote: write(ticker.volumeQuote),
    openInterest: write(ticker.openInterest),
    open24h: when(ticker.open24h, write),
    high24h: when(ticker.high24h, write),
    low24h: when(ticker.low24h, write),
    lastSize: when(ticker.lastSize, write),
    fundingRate: when(ticker.fundingRate, double),
    fundingRatePrediction: when(ticker.fundingRatePrediction, double),
    suspended: ticker.suspended,
    indexPrice: write(ticker.indexPrice),
    postOnly: ticker.postOnly,
    change24h: plain(ticker.change24h),
  });

/** Index codes with their prices: one per underlying, under its two names. */
const indexRows = (venue: RestVenue, at: EpochMs): readonly JsonObject[] => {
  const prices = new Map<string, string>();
  for (const { underlying, symbol } of venue.queries.instruments()) {
    const price = venue.queries.indexPrice(symbol);
    if (price !== undefined) prices.set(underlying, price);
  }
  return [...prices].flatMap(([code, price]) =>
    [code.replace(/^rr_/, 'in_'), code].map((symbol) => ({
      symbol,
      last: plain(price),
      lastTime: iso(at),
    })),
  );
};

export const tickers: ServedEndpoint = {
  id: 'tickers',
  method: 'GET',
  paths: [`${V3}/tickers`],
  service: 'derivatives',
  access: 'public',
  cost: free,
  check: checkContractType,
  answer: (call, venue) => {
    const wanted = new Set(call.fields.all('symbol').map((symbol) => symbol.toUpperCase()));
    const rows = listed(call, venue).flatMap(({ symbol }) => {
      const ticker = venue.queries.ticker(symbol);
      return ticker === undefined ? [] : [tickerRow(ticker, double)];
    });
    const all = [...rows, ...(call.fields.has('contractType') ? [] : indexRows(venue, call.at))];
    const kept = all.filter(
      ({ symbol }) =>
        wanted.size === 0 || (typeof symbol === 'string' && wanted.has(upper(symbol))),
    );
    return success(call.at, { tickers: kept });
  },
};

export const ticker: ServedEndpoint = {
  id: 'ticker',
  method: 'GET',
  paths: [`${V3}/tickers/:symbol`],
  service: 'derivatives',
  access: 'public',
  cost: free,
  answer: (call, venue) => {
    const symbol = upper(call.path['symbol']);
    const found = venue.queries.ticker(symbol);
    if (found !== undefined) return success(call.at, { ticker: tickerRow(found, plain) });
    const index = indexRows(venue, call.at).find((row) => row['symbol'] === symbol.toLowerCase());
    return index === undefined
      ? failure(call.at, 'contractNotFound', 404)
      : success(call.at, { ticker: index });
  },
};

const needsSymbol = ({ fields, at }: Pick<RestCall, 'fields' | 'at'>): RestAnswer | undefined =>
  fields.has('symbol') ? undefined : failures(at, 400);

const unknownSymbol = (call: RestCall): RestAnswer =>
  failures(call.at, 400, { code: 11, message: 'Argument invalid: symbol' });

export const orderbook: ServedEndpoint = {
  id: 'orderbook',
  method: 'GET',
  paths: [`${V3}/orderbook`],
  service: 'derivatives',
  access: 'public',
  cost: free,
  check: needsSymbol,
  answer: (call, venue) => {
    const book = venue.queries.book(upper(call.fields.get('symbol')));
    if (book === undefined) return unknownSymbol(call);
    const side = (levels: typeof book.bids): JsonValue =>
      levels.map(({ price, size }) => [plain(price), plain(size)]);
    return success(call.at, { orderBook: { bids: side(book.bids), asks: side(book.asks) } });
  },
};

const TRADES_MAX = 100;
const TRADES_MS_MAX = 7 * 86_400_000;

export const history: ServedEndpoint = {
  id: 'history',
  method: 'GET',
  paths: [`${V3}/history`],
  service: 'derivatives',
  access: 'public',
  cost: free,
  check: (call) =>
    needsSymbol(call) ??
    (readInstant(call.fields.get('lastTime')) === 'invalid'
      ? failure(call.at, 'invalidArgument: lastTime')
      : undefined),
  answer: (call, venue) => {
    const symbol = upper(call.fields.get('symbol'));
    if (!venue.queries.hasInstrument(symbol)) return unknownSymbol(call);
    const read = readInstant(call.fields.get('lastTime'));
    const before = read === 'invalid' ? undefined : read.value;
    const trades = venue.queries
      .trades(symbol)
      .filter(({ at }) => at > call.at - TRADES_MS_MAX && (before === undefined || at < before))
      .slice(-TRADES_MAX)
      .reverse();
    return success(call.at, {
      history: trades.map((trade) => ({
        time: iso(trade.at),
        trade_id: whole(trade.seq),
        price: plain(trade.price),
        size: plain(trade.size),
        side: trade.takerSide,
        type: trade.tradeType,
        uid: trade.tradeId,
      })),
    });
  },
};

/** The path of the documentation, and the one that works [rest 9 row 11]. */
const fundingRates = (id: string, path: string): ServedEndpoint => ({
  id,
  method: 'GET',
  paths: [path],
  service: 'derivatives',
  access: 'public',
  cost: free,
  check: needsSymbol,
  answer: (call, venue) => {
    const symbol = upper(call.fields.get('symbol'));
    if (venue.queries.ticker(symbol)?.tag !== 'perpetual') return unknownSymbol(call);
    return success(call.at, {
      rates: venue.queries.fundingRates(symbol).map((rate) => ({
        timestamp: isoSeconds(rate.at),
        fundingRate: double(rate.fundingRate),
        relativeFundingRate: double(rate.relativeFundingRate),
      })),
    });
  },
});

export const fundingRatesV4 = fundingRates(
  'historicalfundingrates-v4',
  `${V4}/historicalfundingrates`,
);
export const fundingRatesV3 = fundingRates(
  'historical-funding-rates',
  `${V3}/historical-funding-rates`,
);
