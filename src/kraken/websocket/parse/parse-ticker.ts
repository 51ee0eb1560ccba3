import { type DecimalText } from '../../../domain/ids.ts';
import { epochMs } from '../../../lib/time.ts';
import { defined } from '../../../lib/defined.ts';
import { type FieldReader } from '../../json/field-reader.ts';
import { type OptionGreeks, type Ticker, type TickerLite } from '../events/public-events.ts';

const GREEKS = ['iv', 'delta', 'gamma', 'theta', 'vega', 'rho'] as const;

/** The Greeks among the fields of `reader`; `undefined` when there is none. */
export const parseGreeks = (reader: FieldReader | undefined): OptionGreeks | undefined => {
  if (!GREEKS.some((greek) => reader?.has(greek))) return undefined;
  return defined(Object.fromEntries(GREEKS.map((greek) => [greek, reader?.amount(greek)])));
};

const nestedGreeks = (reader: FieldReader): OptionGreeks | undefined => {
  const nested = reader.object('greeks');
  const greeks = parseGreeks(nested);
  nested?.done();
  return greeks;
};

/** A missing rate of a perpetual is zero, not "unchanged" [websocket 7.3]. */
const funding = (reader: FieldReader, key: string): DecimalText | undefined => {
  const isPerpetual = reader.text('tag') === 'perpetual';
  return reader.amount(key) ?? (isPerpetual ? ('0' as DecimalText) : undefined);
};

const maturity = (reader: FieldReader): Pick<Ticker, 'maturityAt' | 'daysToMaturity'> => {
  const at = reader.time('maturityTime');
  return defined({ maturityAt: at === 0 ? undefined : at, daysToMaturity: reader.integer('dtm') });
};

const day = (
  reader: FieldReader,
): Pick<
  Ticker,
  'volume' | 'volumeQuote' | 'changePercent' | 'premium' | 'tag' | 'pair' | 'bidPx' | 'offerPx'
> =>
  defined({
    bidPx: reader.amount('bid'),
    offerPx: reader.amount('ask'),
    volume: reader.amount('volume'),
    volumeQuote: reader.amount('volumeQuote'),
    changePercent: reader.amount('change'),
    premium: reader.amount('premium'),
    tag: reader.text('tag'),
    pair: reader.text('pair'),
  });

export const parseTicker = (reader: FieldReader): Ticker | undefined => {
  const symbol = reader.symbol('product_id');
  const fields = defined({
    bidSize: reader.amount('bid_size'),
    offerSize: reader.amount('ask_size'),
    lastPx: reader.amount('last'),
    markPx: reader.amount('markPrice'),
    indexPx: reader.amount('index'),
    openPx: reader.amount('open'),
    highPx: reader.amount('high'),
    lowPx: reader.amount('low'),
    openInterest: reader.amount('openInterest'),
    fundingRate: funding(reader, 'funding_rate'),
    fundingRatePrediction: funding(reader, 'funding_rate_prediction'),
    relativeFundingRate: funding(reader, 'relative_funding_rate'),
    relativeFundingRatePrediction: funding(reader, 'relative_funding_rate_prediction'),
    nextFundingAt: reader.time('next_funding_rate_time'),
    leverage: reader.text('leverage'),
    greeks: nestedGreeks(reader),
    bidIv: reader.amount('bid_iv'),
    offerIv: reader.amount('ask_iv'),
    markIv: reader.amount('mark_iv'),
    extrinsicValue: reader.amount('extrinsic_value'),
  });
  const at = reader.time('time') ?? epochMs(0);
  const common = { ...day(reader), ...maturity(reader) };
  const isSuspended = reader.flag('suspended') ?? false;
  const isPostOnly = reader.flag('post_only') ?? false;
  reader.skip('feed');
  reader.done();
  if (symbol === undefined) {
    reader.missing('product_id');
    return undefined;
  }
  return { type: 'Ticker', symbol, at, ...common, ...fields, isSuspended, isPostOnly };
};

export const parseTickerLite = (reader: FieldReader): TickerLite | undefined => {
  const symbol = reader.symbol('product_id');
  const fields = {
    ...day(reader),
    ...maturity(reader),
    ...defined({ greeks: nestedGreeks(reader) }),
  };
  reader.skip('feed');
  reader.done();
  if (symbol === undefined) {
    reader.missing('product_id');
    return undefined;
  }
  return { type: 'TickerLite', symbol, ...fields };
};
