import { type ClientName, type SessionName, type TradingSymbol } from '../domain/ids.ts';
import { numberOfID } from './made-id.ts';
import { type Order } from './state.ts';

/**
 * Which orders a mass cancel means. Fixed when it is asked: an order that is made later is not
 * meant.
 */
export interface MassCancelScope {
  readonly session: SessionName;
  readonly client?: ClientName;
  readonly symbol?: TradingSymbol;
  /** Number of the last order that is meant. */
  readonly ordersMade: number;
}

export const isInScope = (order: Order, scope: MassCancelScope): boolean =>
  order.session === scope.session &&
  (scope.client === undefined || order.client === scope.client) &&
  (scope.symbol === undefined || order.terms.symbol === scope.symbol) &&
  numberOfID(order.orderID) <= scope.ordersMade;

/** Both mean orders of the same client on the same symbol, perhaps until different times. */
export const isSameScope = (
  a: Omit<MassCancelScope, 'ordersMade'>,
  b: Omit<MassCancelScope, 'ordersMade'>,
): boolean => a.session === b.session && a.client === b.client && a.symbol === b.symbol;
