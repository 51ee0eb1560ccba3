import { type FIXED_SECTIONS, type INSTRUMENT, type RISK, type SYMBOL_RISK } from './schema.ts';
import { type CLIENT_SESSION } from './client-session-schema.ts';
import { type MARKET_DATA_SESSION, type TRADING_SESSION } from './venue-session-schema.ts';
import { type FUNDS_DESTINATION, type FUNDS_LIMIT, type FUNDS_OPERATOR } from './funds-schema.ts';
import { type ValuesOf } from './setting.ts';

/**
 * What convict hands back: the shape of the file, defaults filled in, named sections still as
 * groups.
 */
export type RawConfig = Omit<ValuesOf<typeof FIXED_SECTIONS>, 'funds'> & {
  readonly funds: RawFunds;
  readonly sessions: Readonly<Record<string, RawSession>>;
  readonly instruments: Readonly<Record<string, ValuesOf<typeof INSTRUMENT>>>;
  readonly risk: ValuesOf<typeof RISK> & {
    readonly symbols: Readonly<Record<string, ValuesOf<typeof SYMBOL_RISK>>>;
  };
};

export type RawFunds = ValuesOf<(typeof FIXED_SECTIONS)['funds']> & {
  readonly operators: Readonly<Record<string, ValuesOf<typeof FUNDS_OPERATOR>>>;
  readonly destinations: Readonly<Record<string, ValuesOf<typeof FUNDS_DESTINATION>>>;
  readonly limits: Readonly<Record<string, ValuesOf<typeof FUNDS_LIMIT>>>;
};

type WithRole<T, Role> = Omit<T, 'role'> & { readonly role: Role };
export type RawTradingSession = WithRole<ValuesOf<typeof TRADING_SESSION>, 'trading'>;
export type RawMarketDataSession = WithRole<
  ValuesOf<typeof MARKET_DATA_SESSION>,
  'marketDataL2' | 'marketDataL3'
>;
export type RawClientSession = WithRole<ValuesOf<typeof CLIENT_SESSION>, 'client'>;
export type RawVenueSession = RawTradingSession | RawMarketDataSession;
export type RawSession = RawVenueSession | RawClientSession;

/** The same before it is known to be right: a required key may be missing anywhere. */
export type Unchecked<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]: Unchecked<T[Key]> | undefined }
    : T;
