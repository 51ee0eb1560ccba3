import { type Report } from '../config-problem.ts';
import { type RawConfig, type RawTradingSession, type Unchecked } from '../schema/schema.ts';
import { checkPair, isGiven } from './check-references.ts';

type UncheckedConfig = Unchecked<RawConfig>;
type TradingSession = Unchecked<RawTradingSession>;

/** A trading session and the account that it trades on, both by name. */
interface Account {
  readonly account: string;
  readonly session: string;
  readonly values: TradingSession;
}

/**
 * Each trading session is one account. An order must never reach another account than the one it
 * names, and no key may be used for two, so names and keys are unique.
 */
export const checkAccounts = (config: UncheckedConfig, report: Report): void => {
  const accounts = accountsOf(config);
  checkNames(accounts, report);
  checkKeys(accounts, config, report);
  checkGeneralKey(accounts, config, report);
  checkRiskNames(accounts, config, report);
  checkAllowed(accounts, config, report);
  checkDefaults(accounts, config, report);
  checkFallback(accounts, config, report);
};

const accountsOf = ({ sessions = {} }: UncheckedConfig): readonly Account[] =>
  Object.entries(sessions).flatMap(([session, values]) => {
    if (values?.role !== 'trading') return [];
    const trading = values;
    return [{ account: trading.account ?? session, session, values: trading }];
  });

const checkNames = (accounts: readonly Account[], report: Report): void => {
  const sessionByName = new Map<string, string>();
  for (const { account, session } of accounts) {
    for (const name of new Set([account.toLowerCase(), session.toLowerCase()])) {
      const other = sessionByName.get(name);
      if (other !== undefined) {
        report(
          `sessions.${session}.account`,
          `${account} also names sessions.${other} or its account: each account has a name of its own`,
        );
      } else sessionByName.set(name, session);
    }
  }
};

const checkKeys = (
  accounts: readonly Account[],
  { rest }: UncheckedConfig,
  report: Report,
): void => {
  const sessionByKey = new Map<string, string>();
  for (const { session, values } of accounts) {
    const path = `sessions.${session}.restCredentials`;
    const hasKey = checkPair(values.restCredentials, ['apiKey', 'apiSecret'], { path, report });
    if (hasKey && rest?.origin === undefined) report('rest.origin', `is required with ${path}`);
    const { env, file } = values.restCredentials?.apiKey ?? {};
    if (env === undefined && file === undefined) continue;
    const key = JSON.stringify([env, file]);
    const other = sessionByKey.get(key);
    if (other === undefined) sessionByKey.set(key, session);
    else report(`${path}.apiKey`, `is the key of sessions.${other} too: each account has its own`);
  }
};

const checkGeneralKey = (
  accounts: readonly Account[],
  { rest }: UncheckedConfig,
  report: Report,
): void => {
  const isGeneral = isGiven(rest?.credentials?.apiKey) || isGiven(rest?.credentials?.apiSecret);
  if (!isGeneral || accounts.length < 2) return;
  const names = accounts.map(({ session }) => `sessions.${session}.restCredentials`);
  report('rest.credentials', `is one key for several accounts: give ${names.join(' and ')}`);
};

/** Limits of one account stand in one place. */
const checkRiskNames = (
  accounts: readonly Account[],
  { risk }: UncheckedConfig,
  report: Report,
): void => {
  for (const { account, session } of accounts) {
    const [own, same] = [risk?.accounts?.[account], risk?.accounts?.[session]];
    if (account === session || own === undefined || same === undefined) continue;
    report(`risk.accounts.${session}`, `is the account of risk.accounts.${account}: leave one out`);
  }
};

/** With one account, Account(1) is the client's own word, so anything may be allowed. */
const checkAllowed = (
  accounts: readonly Account[],
  { risk }: UncheckedConfig,
  report: Report,
): void => {
  if (accounts.length < 2) return;
  const names = accounts.map(({ account }) => account);
  const known = names.join(', ');
  for (const [name, { allowedAccounts = [] } = {}] of Object.entries(risk?.clients ?? {})) {
    const path = `risk.clients.${name}.allowedAccounts`;
    for (const one of allowedAccounts.filter((account) => !names.includes(account))) {
      report(path, `${one} is no account: there are ${known}`);
    }
  }
};

/** The account of a client's orders that name none. */
const checkDefaults = (
  accounts: readonly Account[],
  { sessions = {}, risk }: UncheckedConfig,
  report: Report,
): void => {
  const names = accounts.map(({ account }) => account);
  const known = names.join(', ');
  for (const [name, session] of Object.entries(sessions)) {
    if (session?.role !== 'client') continue;
    const { account } = session;
    if (account === undefined) continue;
    const path = `sessions.${name}.account`;
    if (!names.includes(account)) report(path, `${account} is no account: there are ${known}`);
    const allowed = risk?.clients?.[name]?.allowedAccounts;
    if (allowed !== undefined && !allowed.includes(account)) {
      report(path, `${account} is not among risk.clients.${name}.allowedAccounts`);
    }
  }
};

/** Orders by REST need a key of the account, and its private feeds for answers and fills. */
const checkFallback = (
  accounts: readonly Account[],
  config: UncheckedConfig,
  report: Report,
): void => {
  for (const { session, values } of accounts) {
    const { fallback = 'off', restWithoutWs } = values.routing ?? {};
    if (fallback === 'off') continue;
    const own = `sessions.${session}`;
    const reason = `is required with ${own}.routing.fallback "${fallback}": orders go by REST`;
    if (config.rest?.origin === undefined) report('rest.origin', reason);
    if (!hasRestKey(values, accounts, config)) report(`${own}.restCredentials`, reason);
    if (config.webSocket?.url === undefined && restWithoutWs !== true)
      report('webSocket.url', `${reason}, and the private feeds tell what becomes of them`);
  }
};

/** A key of its own, or the general one of a single account. */
const hasRestKey = (
  { restCredentials }: TradingSession,
  accounts: readonly Account[],
  { rest }: UncheckedConfig,
): boolean =>
  isGiven(restCredentials?.apiKey) || (accounts.length === 1 && isGiven(rest?.credentials?.apiKey));
