import { type SessionName, type TradingSymbol } from '../domain/ids.ts';
import { type Secret } from '../lib/secret.ts';
import {
  type ENGINE,
  type EXECUTION_LOG,
  type DISK,
  type FIX_LOG,
  type LOGGING,
  type VENUE,
} from './schema/engine-schema.ts';
import { type DOUBTS } from './schema/doubts-schema.ts';
import { type HostPort } from './schema/kinds.ts';
import { type CLOSED_ORDERS, type JOURNAL } from './schema/retention-schema.ts';
import {
  type CLIENT_RISK,
  type INSTRUMENT,
  type RISK,
  type SCOPE_RISK,
  type SYMBOL_RISK,
} from './schema/risk-schema.ts';
import { type CLIENT_SESSION } from './schema/client-session-schema.ts';
import { type MARKET_DATA_SESSION, type TRADING_SESSION } from './schema/venue-session-schema.ts';
import {
  type FUNDS,
  type FUNDS_DESTINATION,
  type FUNDS_LIMIT,
  type FUNDS_OPERATOR,
} from './schema/funds-schema.ts';
import {
  type END_OF_LIFE,
  type RECONCILIATION,
  type REST,
  type WEB_SOCKET,
} from './schema/web-schema.ts';
import { type ValuesOf } from './schema/setting.ts';

/**
 * The effective configuration: every default filled in, every path of a file decided, every secret
 * fetched. The keys, their units and defaults are described where the schema declares them and in
 * docs/configuration.md.
 */
export interface Config {
  readonly engine: EngineConfig;
  readonly venue: VenueConfig;
  /** In the order of the file; at least one has the role `trading`. */
  readonly sessions: readonly ConfiguredSession[];
  /** At least one. */
  readonly instruments: readonly InstrumentConfig[];
  readonly risk: RiskConfig;
  readonly journal: ValuesOf<typeof JOURNAL>;
  readonly closedOrders: ValuesOf<typeof CLOSED_ORDERS>;
  readonly executionLog: ExecutionLogConfig;
  readonly fixLog: FixLogConfig;
  readonly logging: LoggingConfig;
  readonly disk: ValuesOf<typeof DISK>;
  readonly doubts: DoubtsConfig;
  /** `undefined`: REST is not used. */
  readonly rest: RestConfig | undefined;
  readonly webSocket: ValuesOf<typeof WEB_SOCKET>;
  readonly reconciliation: Decided<ValuesOf<typeof RECONCILIATION>, 'dir'>;
  readonly funds: FundsConfig;
  readonly endOfLife: ValuesOf<typeof END_OF_LIFE>;
}

/** Turns keys that are optional in the file, and decided when it is loaded, into plain ones. */
type Decided<T, Keys extends keyof T> = Omit<T, Keys> & {
  readonly [Key in Keys]: NonNullable<T[Key]>;
};

export type EngineConfig = Decided<ValuesOf<typeof ENGINE>, 'controlSocket'>;
export type DoubtsConfig = ValuesOf<typeof DOUBTS>;
export type VenueConfig = ValuesOf<typeof VENUE>;
export type ExecutionLogConfig = Decided<ValuesOf<typeof EXECUTION_LOG>, 'dir'>;
export type FixLogConfig = Decided<ValuesOf<typeof FIX_LOG>, 'dir'>;
export type LoggingConfig = Decided<ValuesOf<typeof LOGGING>, 'dir'>;

export type ConfiguredSession =
  TradingSessionConfig | MarketDataSessionConfig | ClientSessionConfig;
/** A session on which we connect to the venue. */
export type VenueSessionConfig = TradingSessionConfig | MarketDataSessionConfig;

type Session<T, Role> = Omit<T, 'role' | 'hosts' | 'credentials' | 'restCredentials'> & {
  /** Unique, also when case is ignored; safe as part of a file name. */
  readonly name: SessionName;
  readonly role: Role;
};

export type TradingSessionConfig = Omit<
  Session<ValuesOf<typeof TRADING_SESSION>, 'trading'>,
  'account'
> & {
  /** Empty only with the embedded simulator. */
  readonly hosts: readonly HostPort[];
  /** `undefined` only with the embedded simulator, which makes a pair at start. */
  readonly credentials: KeyPair | undefined;
  /** Unique; the name of the session unless the file names it. */
  readonly account: string;
  /** Of REST and the private feeds. `undefined`: neither is used for this account. */
  readonly restCredentials: KeyPair | undefined;
};

export type MarketDataSessionConfig = Decided<
  Session<ValuesOf<typeof MARKET_DATA_SESSION>, 'marketDataL2' | 'marketDataL3'>,
  'symbols'
> & { readonly hosts: readonly HostPort[] };

export type ClientSessionConfig = Session<ValuesOf<typeof CLIENT_SESSION>, 'client'> & {
  /** `undefined`: the client shows no Username(553) and Password(554). */
  readonly credentials: { readonly username: Secret; readonly password: Secret } | undefined;
};

export type InstrumentConfig = ValuesOf<typeof INSTRUMENT> & { readonly symbol: TradingSymbol };

export type SymbolRiskConfig = ValuesOf<typeof SYMBOL_RISK>;

export type AccountRiskConfig = ValuesOf<typeof SCOPE_RISK>;
/** Of a client session or of a strategy. */
export type ClientRiskConfig = ValuesOf<typeof CLIENT_RISK>;

export type RiskConfig = Decided<ValuesOf<typeof RISK>, 'allowedSymbols'> & {
  /** Limits of one instrument; those of one order replace the general ones. */
  readonly symbols: ReadonlyMap<TradingSymbol, SymbolRiskConfig>;
  /** By Account(1), or by the name of a trading session. */
  readonly accounts: ReadonlyMap<string, AccountRiskConfig>;
  /** By the name of a client session, or `library`. */
  readonly clients: ReadonlyMap<string, ClientRiskConfig>;
  /** By ClOrdLinkID(583). */
  readonly strategies: ReadonlyMap<string, ClientRiskConfig>;
};

export interface KeyPair {
  readonly apiKey: Secret;
  readonly apiSecret: Secret;
}

export type RestConfig = Omit<ValuesOf<typeof REST>, 'origin' | 'credentials'> & {
  readonly origin: string;
  /** `undefined`: public calls only. */
  readonly credentials: KeyPair | undefined;
};

export type FundsConfig = Omit<ValuesOf<typeof FUNDS>, 'credentials'> & {
  /** Present when enabled. */
  readonly credentials: KeyPair | undefined;
  readonly operators: readonly (ValuesOf<typeof FUNDS_OPERATOR> & { readonly name: string })[];
  readonly destinations: readonly (ValuesOf<typeof FUNDS_DESTINATION> & {
    readonly name: string;
  })[];
  readonly limits: readonly (ValuesOf<typeof FUNDS_LIMIT> & { readonly currency: string })[];
};
