import { type TradingSymbol } from '../../../domain/ids.ts';
import {
  type FeeSchedule,
  feeSchedule,
  type FundingRate,
  fundingRate,
  type InstrumentStatus,
  instruments,
  instrumentStatus,
  orderBook,
  type PublicTrade,
  publicTrade,
  type RestBook,
  type RestInstrument,
  type RestTicker,
  singleInstrumentStatus,
  ticker,
} from './market-readers.ts';
import { list } from '../../json/readers.ts';
import { type RawClient } from '../raw-client.ts';
import { enveloped, type Read, readReply } from '../reading.ts';

/** Public market data over REST, free of cost. Nothing here carries a sequence number. */
export interface RestMarketGateway {
  readonly instruments: () => Read<readonly RestInstrument[]>;
  /** The markets this account may trade, with its own margin levels. */
  readonly tradingInstruments: () => Read<readonly RestInstrument[]>;
  readonly instrumentStatuses: () => Read<readonly InstrumentStatus[]>;
  readonly instrumentStatus: (symbol: TradingSymbol) => Read<InstrumentStatus>;
  readonly tickers: (symbols?: readonly TradingSymbol[]) => Read<readonly RestTicker[]>;
  readonly ticker: (symbol: TradingSymbol) => Read<RestTicker>;
  readonly orderBook: (symbol: TradingSymbol) => Read<RestBook>;
  /** The 100 trades before `before` (ISO 8601), or the latest. */
  readonly trades: (symbol: TradingSymbol, before?: string) => Read<readonly PublicTrade[]>;
  readonly feeSchedules: () => Read<readonly FeeSchedule[]>;
  /**
   * Hourly rates, ascending. The undocumented v4 path first, the documented v3 one as fallback
   * [rest 9 row 11].
   */
  readonly fundingRates: (symbol: TradingSymbol) => Read<readonly FundingRate[]>;
}

export const makeRestMarketGateway = (client: RawClient): RestMarketGateway => ({
  instruments: async () =>
    readReply(await client.instruments({}), enveloped('instruments', instruments), 'instruments'),
  tradingInstruments: async () =>
    readReply(
      await client.tradingInstruments({}),
      enveloped('instruments', instruments),
      'trading-instruments',
    ),
  instrumentStatuses: async () =>
    readReply(
      await client.instrumentsStatus({}),
      enveloped('instrumentStatus', list(instrumentStatus)),
      'instruments-status',
    ),
  instrumentStatus: async (symbol) =>
    readReply(
      await client.instrumentStatus({ symbol }),
      singleInstrumentStatus,
      'instrument-status',
    ),
  tickers: async (symbol) =>
    readReply(await client.tickers({ symbol }), enveloped('tickers', list(ticker)), 'tickers'),
  ticker: async (symbol) =>
    readReply(await client.ticker({ symbol }), enveloped('ticker', ticker), 'ticker'),
  orderBook: async (symbol) =>
    readReply(await client.orderbook({ symbol }), enveloped('orderBook', orderBook), 'orderbook'),
  trades: async (symbol, before) =>
    readReply(
      await client.history({ symbol, lastTime: before }),
      enveloped('history', list(publicTrade)),
      'history',
    ),
  feeSchedules: async () =>
    readReply(
      await client.feeschedules({}),
      enveloped('feeSchedules', list(feeSchedule)),
      'feeschedules',
    ),
  fundingRates: async (symbol) => {
    const rates = enveloped('rates', list(fundingRate));
    const v4 = readReply(await client.historicalfundingratesV4({ symbol }), rates, 'funding-v4');
    return v4.ok
      ? v4
      : readReply(await client.historicalFundingRates({ symbol }), rates, 'funding-v3');
  },
});
