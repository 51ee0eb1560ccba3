import {
  type ClientName,
  type DecimalText,
  type SessionName,
  type TradingSymbol,
} from '../domain/ids.ts';
import { type EpochMs } from '../lib/time.ts';

/** Names of the timers that end looser limits and proposals begin so. */
export const LIMIT_TIMER = 'limit:';

/** What a limit may be set for: the whole engine, or orders that have something in common. */
export type ScopeKind = 'engine' | 'account' | 'instrument' | 'client' | 'strategy';

/** `engine`, `account:fund-7`, `instrument:PF_XBTUSD`, `client:desk1`, `strategy:grid`. */
export type ScopeKey = 'engine' | `${Exclude<ScopeKind, 'engine'>}:${string}`;

export const ENGINE_SCOPE: ScopeKey = 'engine';

/** Controls that have a value, by the name of their configuration key. */
export type LimitKey =
  | 'orderQtyMax'
  | 'notionalMax'
  | 'priceCollarPercent'
  | 'markCollarPercent'
  | 'indexCollarPercent'
  | 'touchCollarPercent'
  | 'openOrdersMax'
  | 'positionQtyMax'
  | 'grossNotionalMax'
  | 'orderRateMax'
  | 'cancelRateMax'
  | 'venueCostMax'
  | 'duplicateWindowMs'
  | 'executionsMax'
  | 'lossMax'
  | 'marketDataAgeMsMax'
  | 'clockOffsetMsMax'
  | 'allowedSymbols'
  | 'allowedAccounts'
  | 'reduceOnly'
  | 'selfMatch';

/**
 * The value of a limit as text: a plain decimal, a list with commas, or `refuse`. `off` takes the
 * limit away.
 */
export type LimitText = string;

export const OFF: LimitText = 'off';

/** What an order has in common with others. */
export interface ScopedOrder {
  /** The venue session whose account it trades on. */
  readonly session: SessionName;
  readonly client: ClientName;
  /** Account(1) of the client. */
  readonly account?: string;
  /** ClOrdLinkID(583) of the client. */
  readonly strategy?: string;
  readonly symbol: TradingSymbol;
}

/** The scopes that an order belongs to, the widest first. */
export const scopesOf = (order: ScopedOrder): readonly ScopeKey[] => {
  const { session, client, account, strategy, symbol } = order;
  const keys: ScopeKey[] = [ENGINE_SCOPE, `account:${session}`];
  if (account !== undefined && account !== session) keys.push(`account:${account}`);
  keys.push(`instrument:${symbol}`, `client:${nameOfClient(client)}`);
  if (strategy !== undefined) keys.push(`strategy:${strategy}`);
  return keys;
};

/** A client as configuration and operators name it: `desk1` for `fix:desk1`, `library`. */
export const nameOfClient = (client: string): string =>
  client.startsWith('fix:') ? client.slice('fix:'.length) : client;

/** `client desk1`, for people; empty for the whole engine. */
export const scopeToText = (scope: ScopeKey): string => scope.replace(':', ' ');

/** Which limit of which scope: the key of run-time changes. */
export const limitKeyOf = (scope: ScopeKey, limit: LimitKey): string => `${scope} ${limit}`;

/** A value that an operator set without a second person, because it was tighter. */
export interface TightenedLimit {
  readonly value: LimitText;
  readonly by: string;
  readonly reason: string;
  readonly at: EpochMs;
}

/** A looser value that a second person approved, until a time. */
export interface LoosenedLimit extends TightenedLimit {
  readonly approvedBy: string;
  readonly until: EpochMs;
}

/** What operators changed of one limit; the configuration stands below it. */
export interface LimitChange {
  readonly scope: ScopeKey;
  readonly limit: LimitKey;
  readonly tightened?: TightenedLimit;
  readonly loosened?: LoosenedLimit;
}

/** `configured`: back to the value of the configuration. */
export const CONFIGURED: LimitText = 'configured';

/** A looser value that waits for a second person. */
export interface LimitProposal {
  readonly id: string;
  readonly scope: ScopeKey;
  readonly limit: LimitKey;
  readonly value: LimitText;
  readonly by: string;
  readonly reason: string;
  readonly at: EpochMs;
  /** Not approved by then, it is void. */
  readonly expiresAt: EpochMs;
  /** How long the value holds from its approval; absent for `configured`. */
  readonly holdsMs?: number;
}

/** A scope whose new orders are refused since it had too many executions. */
export interface ThrottleTrip {
  readonly scope: ScopeKey;
  readonly at: EpochMs;
  readonly executions: number;
  readonly windowMs: number;
}

/** Profit that was realised before the trading day, by position. */
export interface DayStart {
  /** `2026-11-30`, UTC. */
  readonly day: string;
  readonly at: EpochMs;
  readonly realizedPnl: ReadonlyMap<string, DecimalText>;
}

/** What an operator asks of the limits; texts as given. */
export type LimitRequest =
  /** A tighter value, at once. */
  | (LimitValueRequest & { readonly kind: 'set' })
  /** A looser value, for a second person to approve. */
  | (LimitValueRequest & { readonly kind: 'propose'; readonly holdsMs?: number })
  | { readonly kind: 'approve'; readonly proposalID: string; readonly by: string }
  | ({ readonly kind: 'withdraw'; readonly proposalID: string } & LimitPerson)
  /** Lets a scope trade again that too many executions stopped. */
  | ({ readonly kind: 'enable'; readonly scope: string } & LimitPerson);

interface LimitPerson {
  readonly by: string;
  readonly reason: string;
}

interface LimitValueRequest extends LimitPerson {
  readonly scope: string;
  readonly limit: string;
  readonly value: string;
}
