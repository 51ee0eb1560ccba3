import { DISK, ENGINE, EXECUTION_LOG, FIX_LOG, LOGGING, VENUE } from './engine-schema.ts';
import { CLIENT_SESSION } from './client-session-schema.ts';
import { DOUBTS } from './doubts-schema.ts';
import { FUNDS, FUNDS_DESTINATION, FUNDS_LIMIT, FUNDS_OPERATOR } from './funds-schema.ts';
import { CLIENT_RISK, INSTRUMENT, type RISK, SCOPE_RISK, SYMBOL_RISK } from './risk-schema.ts';
import { CLOSED_ORDERS, JOURNAL } from './retention-schema.ts';
import { END_OF_LIFE, RECONCILIATION, REST, WEB_SOCKET } from './web-schema.ts';
import { MARKET_DATA_SESSION, TRADING_SESSION } from './venue-session-schema.ts';
import { type Block, type ValuesOf } from './setting.ts';

/** Sections with the same keys in every configuration. */
export const FIXED_SECTIONS = {
  engine: ENGINE,
  venue: VENUE,
  journal: JOURNAL,
  closedOrders: CLOSED_ORDERS,
  executionLog: EXECUTION_LOG,
  fixLog: FIX_LOG,
  logging: LOGGING,
  disk: DISK,
  doubts: DOUBTS,
  rest: REST,
  webSocket: WEB_SOCKET,
  reconciliation: RECONCILIATION,
  funds: FUNDS,
  endOfLife: END_OF_LIFE,
};

const NAME = /^[A-Za-z][A-Za-z0-9-]{0,31}$/;
const CURRENCY = /^[A-Za-z][A-Za-z0-9.]{0,15}$/;
const SYMBOL = /^[A-Z][A-Z0-9_]{0,31}$/;
/** No point, which separates the keys of a path. */
const LABEL = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const LABEL_TITLE = 'letters, digits, dashes and low lines, as clients write it';

/** Sections whose keys are names: the form of a name, and the keys below it. */
export const NAMED_SECTIONS: readonly NamedSection[] = [
  {
    path: ['sessions'],
    title: 'a session name: letters, digits and dashes, a letter first',
    pattern: NAME,
    blockFor: (value) => {
      switch (value['role']) {
        case 'trading':
          return TRADING_SESSION;
        case 'marketDataL2':
        case 'marketDataL3':
          return MARKET_DATA_SESSION;
        case 'client':
          return CLIENT_SESSION;
        default:
          return undefined;
      }
    },
  },
  {
    path: ['instruments'],
    title: 'a contract id in upper case, such as PF_XBTUSD',
    pattern: SYMBOL,
    blockFor: () => INSTRUMENT,
  },
  {
    path: ['risk', 'symbols'],
    title: 'a contract id in upper case, such as PF_XBTUSD',
    pattern: SYMBOL,
    blockFor: () => SYMBOL_RISK,
  },
  {
    path: ['risk', 'accounts'],
    title: LABEL_TITLE,
    pattern: LABEL,
    blockFor: () => SCOPE_RISK,
  },
  {
    path: ['risk', 'clients'],
    title: 'the name of a client session, or library',
    pattern: NAME,
    blockFor: () => CLIENT_RISK,
  },
  {
    path: ['risk', 'strategies'],
    title: LABEL_TITLE,
    pattern: LABEL,
    blockFor: () => CLIENT_RISK,
  },
  {
    path: ['funds', 'operators'],
    title: 'the name of an operator: letters, digits and dashes, a letter first',
    pattern: NAME,
    blockFor: () => FUNDS_OPERATOR,
  },
  {
    path: ['funds', 'destinations'],
    title: 'the name of a destination: letters, digits and dashes, a letter first',
    pattern: NAME,
    blockFor: () => FUNDS_DESTINATION,
  },
  {
    path: ['funds', 'limits'],
    title: 'a currency as the venue writes it, such as xbt',
    pattern: CURRENCY,
    blockFor: () => FUNDS_LIMIT,
  },
];

export interface NamedSection {
  readonly path: readonly string[];
  readonly title: string;
  readonly pattern: RegExp;
  /** The keys of an entry; `undefined` when its `role` is unknown. */
  readonly blockFor: (value: Readonly<Record<string, unknown>>) => Block | undefined;
}

/**
 * The values of a file as convict returns them: defaults filled in, named sections still as groups.
 */
export type RawConfig = Omit<ValuesOf<typeof FIXED_SECTIONS>, 'funds'> & {
  readonly funds: RawFunds;
  readonly sessions: Readonly<Record<string, RawSession>>;
  readonly instruments: Readonly<Record<string, ValuesOf<typeof INSTRUMENT>>>;
  readonly risk: ValuesOf<typeof RISK> & {
    readonly symbols: Readonly<Record<string, ValuesOf<typeof SYMBOL_RISK>>>;
    readonly accounts: Readonly<Record<string, ValuesOf<typeof SCOPE_RISK>>>;
    readonly clients: Readonly<Record<string, ValuesOf<typeof CLIENT_RISK>>>;
    readonly strategies: Readonly<Record<string, ValuesOf<typeof CLIENT_RISK>>>;
  };
};

type RawFunds = ValuesOf<(typeof FIXED_SECTIONS)['funds']> & {
  readonly operators: Readonly<Record<string, ValuesOf<typeof FUNDS_OPERATOR>>>;
  readonly destinations: Readonly<Record<string, ValuesOf<typeof FUNDS_DESTINATION>>>;
  readonly limits: Readonly<Record<string, ValuesOf<typeof FUNDS_LIMIT>>>;
};

type WithRole<T, Role> = Omit<T, 'role'> & { readonly role: Role };
export type RawTradingSession = WithRole<ValuesOf<typeof TRADING_SESSION>, 'trading'>;
type RawMarketDataSession = WithRole<
  ValuesOf<typeof MARKET_DATA_SESSION>,
  'marketDataL2' | 'marketDataL3'
>;
export type RawClientSession = WithRole<ValuesOf<typeof CLIENT_SESSION>, 'client'>;
export type RawVenueSession = RawTradingSession | RawMarketDataSession;
export type RawSession = RawVenueSession | RawClientSession;

/** The same values before they are checked: any required key may be missing. */
export type Unchecked<T> = T extends string | readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]: Unchecked<T[Key]> | undefined }
    : T;
