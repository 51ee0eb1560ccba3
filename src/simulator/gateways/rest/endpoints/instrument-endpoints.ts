import { type JsonObject, type JsonValue } from '../../../../lib/lossless-json.ts';
import { type InstrumentSpec } from '../../../exchange/model/instruments/instrument.ts';
import { type InstrumentStatusView } from '../../../exchange/reads/exchange-queries.ts';
import { type TickerView } from '../../../exchange/reads/ticker.ts';
import { failure, failures, type RestAnswer, success } from '../answer.ts';
import {
  type ServedEndpoint,
  free,
  type RestCall,
  type RestVenue,
  UNPUBLISHED_POINTS,
  costs,
  V3,
} from './endpoint.ts';
import { type Fields, readBoolean } from '../fields.ts';
import { defined } from '../../../../lib/defined.ts';
import { double, isoSeconds, plain, whole } from '../json.ts';

export const upper = (symbol: string | undefined): string => (symbol ?? '').toUpperCase();

const CONTRACT_TYPES = ['futures_inverse', 'futures_vanilla', 'flexible_futures', 'options', 'all'];

export const checkContractType = (call: Pick<RestCall, 'fields' | 'at'>): RestAnswer | undefined =>
  call.fields.all('contractType').every((type) => CONTRACT_TYPES.includes(type))
    ? undefined
    : failures(call.at, 400, { code: 11, message: 'Argument invalid: contractType' });

const isAsked = (fields: Fields, spec: InstrumentSpec): boolean => {
  const types = fields.all('contractType');
  return types.length === 0 || types.includes('all') || types.includes(spec.type);
};

const FEE_SCHEDULES = {
  flexible_futures: '723888f7-0a8e-4183-8648-f920a22339e3',
  futures_inverse: 'a6cbc326-9477-4a6c-911a-d4cb3ed7481e',
} as const;

const marginLevels = (spec: InstrumentSpec): JsonValue =>
  spec.marginLevels.map(({ from, initialMargin, maintenanceMargin }) => ({
    ...(spec.type === 'futures_inverse'
      ? { contracts: plain(from) }
      : { numNonContractUnits: double(from) }),
    initialMargin: plain(initialMargin),
    maintenanceMargin: plain(maintenanceMargin),
  }));

const optionalNumber = (value: number | undefined): JsonValue | undefined =>
  value === undefined ? undefined : whole(value);
const optionalPlain = (text: string | undefined): JsonValue | undefined =>
  text === undefined ? undefined : plain(text);

/** The fields that the public list and the account's own list have in common. */
const common = (
  spec: InstrumentSpec,
  ticker: TickerView | undefined,
  venue: RestVenue,
): JsonObject =>
  defined({
    symbol: spec.symbol,
    type: spec.type,
    underlying: spec.type === 'futures_inverse' ? spec.underlying : undefined,
    lastTradingTime:
      spec.lastTradingTime === undefined ? undefined : isoSeconds(spec.lastTradingTime),
    tickSize: plain(spec.tickSize),
    impactMidSize: double(spec.impactMidSize),
    maxPositionSize: double(spec.maxPositionSize),
    openingDate: isoSeconds(spec.openingDate),
    marginLevels: marginLevels(spec),
    fundingRateCoefficient: optionalNumber(spec.fundingRateCoefficient),
    maxRelativeFundingRate: optionalPlain(spec.maxRelativeFundingRate),
    isin: spec.isin,
    contractValueTradePrecision: whole(spec.contractValueTradePrecision),
    postOnly: ticker?.postOnly ?? false,
    feeScheduleUid: FEE_SCHEDULES[spec.type],
    mtf: spec.mtf ?? false,
    base: spec.base,
    quote: spec.quote,
    pair: `${spec.base}:${spec.quote}`,
    makerProtectionMillis: makerProtection(spec, venue),
    tradfi: false,
    isExpired: ticker?.expired ?? false,
  });

const makerProtection = (spec: InstrumentSpec, venue: RestVenue): JsonValue | undefined => {
  const millis = venue.queries.instrumentStatus(spec.symbol)?.makerProtectionMillis ?? 0;
  return millis === 0 ? undefined : whole(millis);
};

export const listed = (call: RestCall, venue: RestVenue): readonly InstrumentSpec[] =>
  venue.queries.instruments().filter((spec) => isAsked(call.fields, spec));

export const instruments: ServedEndpoint = {
  id: 'instruments',
  method: 'GET',
  paths: [`${V3}/instruments`],
  service: 'derivatives',
  access: 'public',
  cost: free,
  check: checkContractType,
  answer: (call, venue) => {
    const wantsExpired = readBoolean(call.fields.get('expired'));
    const expired = wantsExpired !== 'invalid' && wantsExpired.value === true;
    const rows = listed(call, venue).flatMap((spec) => {
      const ticker = venue.queries.ticker(spec.symbol);
      if ((ticker?.expired ?? false) !== expired) return [];
      const { category = '' } = spec;
      const extra = { contractSize: whole(1), tradeable: true, category };
      return [{ ...common(spec, ticker, venue), ...extra }];
    });
    return success(call.at, { instruments: rows });
  },
};

export const tradingInstruments: ServedEndpoint = {
  id: 'trading-instruments',
  method: 'GET',
  paths: [`${V3}/trading/instruments`],
  service: 'derivatives',
  access: 'general-read',
  cost: costs(UNPUBLISHED_POINTS),
  check: checkContractType,
  answer: (call, venue) =>
    success(call.at, {
      instruments: listed(call, venue).map((spec) => ({
        ...common(spec, venue.queries.ticker(spec.symbol), venue),
        minimumTradeSize: double('0'),
        rebateLevels: {},
        restricted: false,
      })),
    }),
};

const statusFields = (status: InstrumentStatusView): JsonObject => ({
  tradeable: status.symbol,
  experiencingDislocation: status.experiencingDislocation,
  priceDislocationDirection: status.priceDislocationDirection ?? null,
  experiencingExtremeVolatility: status.experiencingExtremeVolatility,
  extremeVolatilityInitialMarginMultiplier: whole(status.extremeVolatilityInitialMarginMultiplier),
});

export const instrumentsStatus: ServedEndpoint = {
  id: 'instruments-status',
  method: 'GET',
  paths: [`${V3}/instruments/status`],
  service: 'derivatives',
  access: 'public',
  cost: free,
  check: checkContractType,
  answer: (call, venue) =>
    success(call.at, {
      instrumentStatus: listed(call, venue).flatMap(({ symbol }) => {
        const status = venue.queries.instrumentStatus(symbol);
        return status === undefined ? [] : [statusFields(status)];
      }),
    }),
};

export const instrumentStatus: ServedEndpoint = {
  id: 'instrument-status',
  method: 'GET',
  paths: [`${V3}/instruments/:symbol/status`],
  service: 'derivatives',
  access: 'public',
  cost: free,
  answer: (call, venue) => {
    const status = venue.queries.instrumentStatus(upper(call.path['symbol']));
    return status === undefined
      ? failure(call.at, 'contractNotFound', 404)
      : success(call.at, statusFields(status));
  },
};
