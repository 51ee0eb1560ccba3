import {
  type ClientName,
  type OrderID,
  type SessionName,
  type TradingSymbol,
} from '../domain/ids.ts';
import { type Side } from '../domain/order.ts';
import { defined } from '../lib/defined.ts';
import { numberOfID } from './made-id.ts';
import { EXTERNAL, type Order } from './state.ts';

/** What narrows a mass cancel; without any, it means every order that the engine placed. */
export interface MassCancelNarrowing {
  readonly client?: ClientName;
  readonly symbol?: TradingSymbol;
  /** Account(1) of the orders. */
  readonly account?: string;
  readonly side?: Side;
  readonly orderID?: OrderID;
  /** Orders that were placed elsewhere are meant, too: widens, and is never a default. */
  readonly withExternal?: boolean;
}

/**
 * Which orders a mass cancel means. Fixed when it is asked: an order that is made later is not
 * meant.
 */
export interface MassCancelScope extends MassCancelNarrowing {
  readonly session: SessionName;
  /** Number of the last order that is meant. */
  readonly ordersMade: number;
}

/** The narrowing alone, without what is not given. */
export const narrowingOf = (scope: MassCancelNarrowing): MassCancelNarrowing => {
  const { client, symbol, account, side, orderID, withExternal } = scope;
  return defined({ client, symbol, account, side, orderID, withExternal });
};

export const isInScope = (order: Order, scope: MassCancelScope): boolean =>
  order.session === scope.session &&
  isMeant(order, scope) &&
  numberOfID(order.orderID) <= scope.ordersMade;

/** The order is one of those that the narrowing names. */
export const isMeant = (order: Order, scope: MassCancelNarrowing): boolean =>
  (scope.client === undefined || order.client === scope.client) &&
  (scope.symbol === undefined || order.terms.symbol === scope.symbol) &&
  (scope.account === undefined || order.account === scope.account) &&
  (scope.side === undefined || order.terms.side === scope.side) &&
  (scope.orderID === undefined || order.orderID === scope.orderID) &&
  (scope.withExternal === true || order.client !== EXTERNAL);

/** Both mean the same orders, perhaps until different times. */
export const isSameScope = (
  a: Omit<MassCancelScope, 'ordersMade'>,
  b: Omit<MassCancelScope, 'ordersMade'>,
): boolean => a.session === b.session && isSameNarrowing(a, b);

export const isSameNarrowing = (a: MassCancelNarrowing, b: MassCancelNarrowing): boolean =>
  a.client === b.client &&
  a.symbol === b.symbol &&
  a.account === b.account &&
  a.side === b.side &&
  a.orderID === b.orderID &&
  (a.withExternal ?? false) === (b.withExternal ?? false);
