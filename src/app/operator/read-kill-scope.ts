import { type KillScope } from '../../core/kill-scope.ts';
import { type EngineState } from '../../core/state.ts';
import { type ControlError } from '../../control/control-message.ts';
import {
  type ClientName,
  type OrderID,
  type SessionName,
  type TradingSymbol,
} from '../../domain/ids.ts';
import { faultOfText } from '../../lib/plain-text.ts';
import { err, ok, type Result } from '../../lib/result.ts';

/** What scopes may name. */
export interface ScopeNames {
  /** Of the trading sessions. */
  readonly routes: readonly SessionName[];
  /** Accounts of the configuration; with one account Account(1) is the clients' own word. */
  readonly accounts: readonly { readonly account: string; readonly session: SessionName }[];
  /** Names of the configured client sessions, and the library's own. */
  readonly clients: readonly ClientName[];
  readonly symbols: ReadonlySet<string>;
}

type Read = Result<KillScope, ControlError>;

export const refused = (code: string, message: string): Result<never, ControlError> =>
  err({ code, message });

/**
 * The scope of a kill switch as it is typed, `instrument:PF_XBTUSD`. A name that the engine does
 * not know is refused: it would stop nothing, and say so to nobody.
 */
export const readKillScope = (
  text: unknown,
  names: ScopeNames & { readonly state: EngineState },
): Read => {
  if (text === 'engine') return ok({ type: 'engine' });
  const [, type, name] = /^([a-z]+):(.+)$/s.exec(typeof text === 'string' ? text : '') ?? [];
  if (type === undefined || name === undefined) return refused('BAD_SCOPE', SCOPES_TEXT);
  switch (type) {
    case 'route': {
      const session = names.routes.find((one) => one === name);
      return session === undefined ? unknown('ROUTE', name, names.routes) : ok({ type, session });
    }
    case 'client': {
      const client = names.clients.find((one) => one === name || one === `fix:${name}`);
      return client === undefined ? unknown('CLIENT', name, names.clients) : ok({ type, client });
    }
    case 'account':
      return accountOf(name, names);
    case 'instrument':
      return names.symbols.has(name) || hasOrdersOn(names.state, name)
        ? ok({ type, symbol: name as TradingSymbol })
        : unknown('SYMBOL', name, [...names.symbols]);
    case 'order':
      return names.state.orders.has(name as OrderID)
        ? ok({ type, orderID: name as OrderID })
        : refused('UNKNOWN_ORDER', `there is no order ${name}`);
    default:
      return refused('BAD_SCOPE', SCOPES_TEXT);
  }
};

const SCOPES_TEXT =
  'scope must be engine, route:SESSION, client:SESSION, account:ACCOUNT, instrument:SYMBOL or order:ORDERID';

const accountOf = (account: string, { accounts }: ScopeNames): Read => {
  const known = accounts.find((one) => one.account === account || one.session === account);
  if (known !== undefined) return ok({ type: 'account', ...known });
  if (accounts.length > 1) {
    const names = accounts.map((one) => one.account);
    return unknown('ACCOUNT', account, names);
  }
  const fault = faultOfText(account, ACCOUNT_LENGTH_MAX);
  return fault === undefined
    ? ok({ type: 'account', account })
    : refused('BAD_SCOPE', `account ${fault}`);
};

const ACCOUNT_LENGTH_MAX = 256;

/** A contract that has left the configuration may still have orders. */
const hasOrdersOn = ({ openOrderIDs, orders }: EngineState, symbol: string): boolean =>
  [...openOrderIDs].some((orderID) => orders.get(orderID)?.terms.symbol === symbol);

const NAMES_LISTED_MAX = 20;

const unknown = (
  what: string,
  name: string,
  known: readonly string[],
): Result<never, ControlError> => {
  const names = known.slice(0, NAMES_LISTED_MAX).map((one) => one.replace(/^fix:/, ''));
  const message = `there is no ${what.toLowerCase()} ${name}; this engine has ${names.join(', ')}`;
  return refused(`UNKNOWN_${what}`, message);
};
