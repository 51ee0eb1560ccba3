import { type JsonValue, isJsonObject } from '../../../lib/lossless-json.ts';
import { side, symbol, tradeKind } from '../../json/vocabulary.ts';
import {
  amount,
  anything,
  either,
  field,
  flag,
  integer,
  list,
  optional,
  type Reader,
  record,
  shape,
  type Shape,
  text,
  time,
  upperText,
  word,
} from '../../json/readers.ts';

const marginLevel = shape({
  contracts: optional('contracts', amount),
  nonContractUnits: optional('numNonContractUnits', amount),
  initialMargin: field('initialMargin', amount),
  maintenanceMargin: field('maintenanceMargin', amount),
});

const INSTRUMENT_TYPES = ['flexible_futures', 'futures_inverse', 'futures_vanilla', 'options'];

/** One market of `instruments` [rest 2.2, 6.2]. `tradeable` says nothing and is not read. */
const instrument = shape(
  {
    symbol: field('symbol', symbol),
    type: field('type', word(...INSTRUMENT_TYPES)),
    pair: optional('pair', text()),
    base: optional('base', text()),
    quote: optional('quote', text()),
    underlying: optional('underlying', text()),
    underlyingFuture: optional('underlyingFuture', text()),
    optionType: optional('optionType', word('call', 'put')),
    strikePrice: optional('strikePrice', amount),
    tickSize: field('tickSize', amount),
    contractSize: optional('contractSize', amount),
    /** p: sizes are multiples of 10^-p; may be negative. */
    qtyPrecision: field('contractValueTradePrecision', integer),
    isExpired: optional('isExpired', flag),
    isPostOnly: optional('postOnly', flag),
    isRestricted: optional('restricted', flag),
    lastTradingTime: optional('lastTradingTime', time),
    openingDate: optional('openingDate', time),
    impactMidSize: optional('impactMidSize', amount),
    positionSizeMax: optional('maxPositionSize', amount),
    openInterestUsdMax: optional('maxOpenInterestUsd', amount),
    openInterestShareMax: optional('maxOpenInterestShare', amount),
    marginLevels: optional('marginLevels', list(marginLevel)),
    retailMarginLevels: optional('retailMarginLevels', list(marginLevel)),
    marginSchedules: optional('marginSchedules', record(record(list(marginLevel)))),
    fundingRateCoefficient: optional('fundingRateCoefficient', amount),
    relativeFundingRateMax: optional('maxRelativeFundingRate', amount),
    relativeFundingRateMin: optional('minRelativeFundingRate', amount),
    /** How long taking orders are held [rest 10]; absent: no hold. */
    makerProtectionMs: optional('makerProtectionMillis', integer),
    isin: optional('isin', text()),
    category: optional('category', text()),
    description: optional('description', text()),
    tags: optional('tags', list(text())),
    rebateLevels: optional('rebateLevels', record(amount)),
    platformsPermitted: optional('platformsPermitted', list(text())),
    countriesBanned: optional('countriesBanned', list(text())),
    isTradfi: optional('tradfi', flag),
    isMtf: optional('mtf', flag),
    feeScheduleUid: optional('feeScheduleUid', text()),
  },
  ['tradeable', 'minimumTradeSize'],
);
export type RestInstrument = Shape<typeof instrument>;

/** An index or a reference rate [rest 6.1]: it is listed, and nobody can trade it. */
const isIndexRow = (row: JsonValue): boolean => {
  if (!isJsonObject(row)) return false;
  const { symbol: name, type } = row;
  const isNamedSo = typeof name === 'string' && /^(?:in|rr)_/i.test(name);
  return isNamedSo || type === 'spot index';
};

/** The markets of `instruments`, without indices. */
export const instruments = list(instrument, isIndexRow);

const statusFields = {
  symbol: field('tradeable', symbol),
  isDislocated: field('experiencingDislocation', flag),
  dislocationDirection: optional(
    'priceDislocationDirection',
    word('ABOVE_UPPER_BOUND', 'BELOW_LOWER_BOUND'),
  ),
  isVolatile: field('experiencingExtremeVolatility', flag),
  initialMarginMultiplier: field('extremeVolatilityInitialMarginMultiplier', amount),
};
export const instrumentStatus = shape(statusFields);
export type InstrumentStatus = Shape<typeof instrumentStatus>;
export const singleInstrumentStatus = shape(statusFields, ['result', 'serverTime']);

const greeks = shape({
  iv: optional('iv', amount),
  delta: optional('delta', amount),
  gamma: optional('gamma', amount),
  vega: optional('vega', amount),
  theta: optional('theta', amount),
  rho: optional('rho', amount),
});

/** A market's row; index rows (`in_`, `rr_`) carry only symbol, last and time. */
export const ticker = shape({
  symbol: field('symbol', upperText()),
  lastPx: optional('last', amount),
  lastTime: optional('lastTime', time),
  lastQty: optional('lastSize', amount),
  tag: optional('tag', word('perpetual', 'month', 'quarter', 'semiannual')),
  pair: optional('pair', text()),
  markPx: optional('markPrice', amount),
  bidPx: optional('bid', amount),
  bidQty: optional('bidSize', amount),
  askPx: optional('ask', amount),
  askQty: optional('askSize', amount),
  volume24h: optional('vol24h', amount),
  volumeQuote: optional('volumeQuote', amount),
  openInterest: optional('openInterest', amount),
  open24h: optional('open24h', amount),
  high24h: optional('high24h', amount),
  low24h: optional('low24h', amount),
  change24hPercent: optional('change24h', amount),
  indexPx: optional('indexPrice', amount),
  isSuspended: optional('suspended', flag),
  isPostOnly: optional('postOnly', flag),
  fundingRate: optional('fundingRate', amount),
  fundingRatePrediction: optional('fundingRatePrediction', amount),
  extrinsicValue: optional('extrinsicValue', amount),
  greeks: optional('greeks', greeks),
  isUnderlyingMarketClosed: optional('isUnderlyingMarketClosed', flag),
});
export type RestTicker = Shape<typeof ticker>;

/** `[price, size]`. */
const level: Reader<{ readonly px: Shape<typeof amount>; readonly qty: Shape<typeof amount> }> = (
  value,
  path,
  notes,
) => {
  const pair = list(amount)(value, path, notes);
  const [px, qty] = pair ?? [];
  return px === undefined || qty === undefined || pair?.length !== 2 ? undefined : { px, qty };
};

/** A whole book without a sequence number: never mix it with a stream [rest 2.2]. */
export const orderBook = shape({
  asks: field('asks', list(level)),
  bids: field('bids', list(level)),
});
export type RestBook = Shape<typeof orderBook>;

export const publicTrade = shape(
  {
    px: field('price', amount),
    at: field('time', time),
    qty: optional('size', amount),
    side: optional('side', side),
    tradeID: optional('trade_id', text()),
    type: optional('type', tradeKind),
    uid: optional('uid', text()),
  },
  [
    'instrument_identification_type',
    'isin',
    'execution_venue',
    'price_notation',
    'price_currency',
    'notional_amount',
    'notional_currency',
    'publication_time',
    'publication_venue',
    'transaction_identification_code',
    'to_be_cleared',
  ],
);
export type PublicTrade = Shape<typeof publicTrade>;

export const feeSchedule = shape({
  uid: field('uid', text()),
  name: field('name', text()),
  tiers: field(
    'tiers',
    list(
      shape({
        makerFeePercent: field('makerFee', amount),
        takerFeePercent: field('takerFee', amount),
        usdVolume: field('usdVolume', amount),
      }),
    ),
  ),
});
export type FeeSchedule = Shape<typeof feeSchedule>;

/** `fundingRate` is an absolute amount; only `relativeFundingRate` is a rate. */
export const fundingRate = shape({
  at: field('timestamp', time),
  fundingRate: field('fundingRate', amount),
  relativeFundingRate: field('relativeFundingRate', amount),
});
export type FundingRate = Shape<typeof fundingRate>;

/** Charts ask in seconds and answer in milliseconds. */
export const candles = shape({
  candles: field(
    'candles',
    list(
      shape({
        at: field('time', time),
        open: field('open', amount),
        high: field('high', amount),
        low: field('low', amount),
        close: field('close', amount),
        volume: field('volume', amount),
      }),
    ),
  ),
  hasMore: field('more_candles', flag),
});
export type Candles = Shape<typeof candles>;

/** `data` differs by type [rest 2.14]: series of numbers, or objects of series. */
export const analytics = shape({
  result: field(
    'result',
    shape({
      timestamps: field('timestamp', list(integer)),
      hasMore: field('more', flag),
      data: field('data', anything),
    }),
  ),
  errors: optional('errors', list(either(text(), anything))),
});
export type Analytics = Shape<typeof analytics>;

export const words = list(text());
