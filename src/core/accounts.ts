import { type SessionName } from '../domain/ids.ts';
import { type OrderRequest } from '../domain/order.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { ORD_REJ, refusal, type Refusal } from './refusal.ts';
import { type RoutingRules } from './route-phase.ts';

/** An account at the venue: each trades over a session of its own, which the books know it by. */
export interface Account {
  /** As Account(1) names it. */
  readonly name: string;
  readonly session: SessionName;
  /**
   * The session asked the venue to cancel its orders when the link breaks (CancelOrdersOnDisconnect
   * 8674=0).
   */
  readonly cancelOnDisconnect: boolean;
  /** Absent: orders go by FIX only. */
  readonly routing?: RoutingRules;
  /** Orders of the account can be reached by REST: it has a key there. */
  readonly hasRest?: boolean;
}

export interface AccountsDep {
  /** In the order of the configuration. */
  readonly accounts: readonly [Account, ...Account[]];
}

/**
 * The account of an order. With one account, Account(1) is the client's own word and comes back;
 * with several it names the account, and an order that names none of them goes to none.
 */
export const accountFor = (
  { account: name }: Pick<OrderRequest, 'account'>,
  { accounts }: AccountsDep,
): Result<Account, Refusal> => {
  const [first] = accounts;
  if (accounts.length === 1) return ok(first);
  const found = accounts.find((account) => account.name === name);
  if (found !== undefined) return ok(found);
  const names = accounts.map((account) => account.name).join(', ');
  return name === undefined
    ? err(refusal('ACCOUNT_REQUIRED', ORD_REJ.unknownAccount, `Account(1) must be one of ${names}`))
    : err(refusal('UNKNOWN_ACCOUNT', ORD_REJ.unknownAccount, `${name} is none of ${names}`));
};

/**
 * Sessions whose orders a request may mean: that of the named account when there are several, else
 * all. A name that no account has narrows the orders, as the client's own word.
 */
export const sessionsFor = (
  { session, account: name }: { readonly session?: SessionName; readonly account?: string },
  { accounts }: AccountsDep,
): readonly SessionName[] => {
  if (session !== undefined) return [session];
  const found = accounts.length === 1 ? undefined : accounts.find((one) => one.name === name);
  return found === undefined ? accounts.map((one) => one.session) : [found.session];
};

/** A session that has left the configuration asked for nothing that is known. */
export const cancelsOnDisconnect = (session: SessionName, { accounts }: AccountsDep): boolean =>
  accounts.find((account) => account.session === session)?.cancelOnDisconnect ?? false;

/** `undefined`: orders of the session's account go by FIX only. */
export const routingRulesOf = (
  session: SessionName,
  { accounts }: AccountsDep,
): RoutingRules | undefined => accounts.find((account) => account.session === session)?.routing;

/** Whether orders of this session's account can be reached by REST. */
export const hasRest = (session: SessionName, { accounts }: AccountsDep): boolean =>
  accounts.find((account) => account.session === session)?.hasRest ?? false;
