import {
  type ClientName,
  type OrderID,
  type SessionName,
  type TradingSymbol,
} from '../domain/ids.ts';

/** What a kill switch holds: everything, or one part of it. */
export type KillScope =
  | { readonly type: 'engine' }
  | { readonly type: 'route'; readonly session: SessionName }
  | { readonly type: 'client'; readonly client: ClientName }
  /**
   * `session`: of an account of the configuration, all of whose orders go over it. Without one it
   * is what clients write in Account(1).
   */
  | { readonly type: 'account'; readonly account: string; readonly session?: SessionName }
  | { readonly type: 'instrument'; readonly symbol: TradingSymbol }
  | { readonly type: 'order'; readonly orderID: OrderID };

/**
 * - ACTIVE: orders pass.
 * - REDUCING: reduce-only orders that reduce the position pass.
 * - CANCEL_ONLY: no new order passes, cancels do; open orders stay.
 * - HALTED: no new order passes, and every open order in the scope is cancelled.
 */
export type KillState = 'ACTIVE' | 'REDUCING' | 'CANCEL_ONLY' | 'HALTED';

/** Of two switches on one order the stricter one counts. */
const STRICTNESS: Readonly<Record<KillState, number>> = {
  ACTIVE: 0,
  REDUCING: 1,
  CANCEL_ONLY: 2,
  HALTED: 3,
};

export const isStricter = (a: KillState, b: KillState): boolean => STRICTNESS[a] > STRICTNESS[b];

/** What a switch looks at in an order, old or new. */
export interface KillSubject {
  readonly session: SessionName;
  readonly client: ClientName;
  readonly account?: string;
  readonly symbol: TradingSymbol;
  /** Absent of an order that is new. */
  readonly orderID?: OrderID;
}

export const covers = (scope: KillScope, subject: KillSubject): boolean => {
  switch (scope.type) {
    case 'engine':
      return true;
    case 'route':
      return scope.session === subject.session;
    case 'client':
      return scope.client === subject.client;
    case 'account':
      return scope.session === undefined
        ? scope.account === subject.account
        : scope.session === subject.session;
    case 'instrument':
      return scope.symbol === subject.symbol;
    case 'order':
      return scope.orderID === subject.orderID;
  }
};

/** The scope in one text, as commands take and show it: `instrument:PF_XBTUSD`. */
export const killScopeText = (scope: KillScope): string => {
  const name = nameOf(scope);
  return name === undefined ? scope.type : `${scope.type}:${name}`;
};

const nameOf = (scope: KillScope): string | undefined => {
  switch (scope.type) {
    case 'engine':
      return undefined;
    case 'route':
      return scope.session;
    case 'client':
      // A session named `library` is not the library's own caller.
      return scope.client.replace(/^fix:(?!library$)/, '');
    case 'account':
      return scope.account;
    case 'instrument':
      return scope.symbol;
    case 'order':
      return scope.orderID;
  }
};
