import { ZERO_TEXT } from '../../../domain/decimal-text.ts';
import {
  amount,
  expected,
  field,
  flag,
  integer,
  lenient,
  type Reader,
  shape,
  text,
  time,
  turned,
} from '../../json/readers.ts';
import { GREEKS, symbol } from '../../json/vocabulary.ts';
import { type OptionGreeks, type Ticker, type TickerLite } from '../events/public-events.ts';
import { figureFields } from './figures.ts';

/** The Greeks of an option; `undefined` when there is none. */
export const greeksOf = (greeks: OptionGreeks): OptionGreeks | undefined =>
  GREEKS.some((name) => greeks[name] !== undefined) ? greeks : undefined;

const greeks: Reader<OptionGreeks> = turned(shape(figureFields(...GREEKS)), greeksOf);

/** A time of maturity of 0 means that there is none. */
const maturity = turned(time, (at) => (at === 0 ? undefined : at));

const commonFields = {
  symbol: field('product_id', symbol),
  bidPx: lenient('bid', amount),
  offerPx: lenient('ask', amount),
  volume: lenient('volume', amount),
  volumeQuote: lenient('volumeQuote', amount),
  changePercent: lenient('change', amount),
  premium: lenient('premium', amount),
  tag: lenient('tag', text()),
  pair: lenient('pair', text()),
  maturityAt: lenient('maturityTime', maturity),
  daysToMaturity: lenient('dtm', integer),
  greeks: lenient('greeks', greeks),
};

const tickerFields = shape(
  {
    ...commonFields,
    at: expected('time', time),
    bidSize: lenient('bid_size', amount),
    offerSize: lenient('ask_size', amount),
    lastPx: lenient('last', amount),
    markPx: lenient('markPrice', amount),
    indexPx: lenient('index', amount),
    openPx: lenient('open', amount),
    highPx: lenient('high', amount),
    lowPx: lenient('low', amount),
    openInterest: lenient('openInterest', amount),
    fundingRate: lenient('funding_rate', amount),
    fundingRatePrediction: lenient('funding_rate_prediction', amount),
    relativeFundingRate: lenient('relative_funding_rate', amount),
    relativeFundingRatePrediction: lenient('relative_funding_rate_prediction', amount),
    nextFundingAt: lenient('next_funding_rate_time', time),
    leverage: lenient('leverage', text()),
    isSuspended: expected('suspended', flag),
    isPostOnly: expected('post_only', flag),
    bidIv: lenient('bid_iv', amount),
    offerIv: lenient('ask_iv', amount),
    markIv: lenient('mark_iv', amount),
    extrinsicValue: lenient('extrinsic_value', amount),
  },
  ['feed'],
);

const NO_FUNDING = ZERO_TEXT;
/** A missing rate of a perpetual is zero, not "unchanged" [websocket 7.3]. */
const PERPETUAL_RATES = {
  fundingRate: NO_FUNDING,
  fundingRatePrediction: NO_FUNDING,
  relativeFundingRate: NO_FUNDING,
  relativeFundingRatePrediction: NO_FUNDING,
};

export const ticker: Reader<Ticker> = turned(tickerFields, (fields) => ({
  type: 'Ticker',
  ...(fields.tag === 'perpetual' ? PERPETUAL_RATES : {}),
  ...fields,
}));

export const tickerLite: Reader<TickerLite> = turned(shape(commonFields, ['feed']), (fields) => ({
  type: 'TickerLite',
  ...fields,
}));
