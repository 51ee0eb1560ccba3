import {
  type ClOrdID,
  type ClientName,
  type SessionName,
  type TradingSymbol,
} from '../domain/ids.ts';
import { intendCancel, type CancelDeps } from './cancel-order.ts';
import { type Draft } from './draft.ts';
import { isClosedStatus } from './lifecycle.ts';
import { type Order } from './state.ts';

export interface MassCancelDeps extends CancelDeps {
  readonly tradingSession: SessionName;
}

interface Scope {
  readonly by: ClientName;
  readonly client?: ClientName;
  readonly symbol?: TradingSymbol;
}

/**
 * Cancels everything in scope. Of one client: a cancel per order, because the venue does not know our clients.
 * Of all: one OrderMassCancelRequest(q), which the venue answers per order or, with nothing to cancel, not at all;
 * its timer turns to single cancels for whatever is still open then.
 */
export const cancelAll = (draft: Draft, scope: Scope, deps: MassCancelDeps): void => {
  const { tradingSession } = deps;
  if ((draft.state.routes.get(tradingSession)?.phase ?? 'Down') === 'Down') {
    draft.alert(
      'critical',
      'ROUTE_CLOSED',
      `mass cancel by ${scope.by} not sent: ${tradingSession} is down`,
    );
    return;
  }
  if (scope.client !== undefined) {
    cancelEach(draft, scope, deps);
    return;
  }
  const made = draft.newClOrdID(deps.nextClOrdID);
  if (!made.ok) {
    draft.alert(
      'critical',
      'CLOCK_BEHIND',
      `mass cancel by ${scope.by} not sent: no ClOrdID can be made`,
    );
    return;
  }
  draft.add({
    type: 'MassCancelIntended',
    at: draft.at,
    clOrdID: made.value,
    session: tradingSession,
    by: scope.by,
    ...(scope.symbol === undefined ? {} : { symbol: scope.symbol }),
  });
};

/** Ends a mass cancel and cancels one by one what it left open. */
export const cancelSurvivors = (
  draft: Draft,
  clOrdID: ClOrdID,
  reason: string,
  deps: MassCancelDeps,
): void => {
  const massCancel = draft.state.massCancels.get(clOrdID);
  if (massCancel === undefined) return;
  draft.add({ type: 'MassCancelSettled', at: draft.at, clOrdID, reason });
  cancelEach(draft, massCancel, deps);
};

const cancelEach = (draft: Draft, scope: Scope, deps: MassCancelDeps): void => {
  let failures = 0;
  for (const orderID of draft.state.openOrderIDs) {
    const order = draft.order(orderID);
    if (order === undefined || !isInScope(order, scope)) continue;
    if (!intendCancel(draft, order, deps, { by: scope.by })) failures += 1;
  }
  if (failures > 0) {
    draft.alert(
      'critical',
      'CLOCK_BEHIND',
      `${failures} orders not cancelled: no ClOrdID can be made`,
    );
  }
};

const isInScope = (order: Order, { client, symbol }: Scope): boolean =>
  !isClosedStatus(order.base) &&
  order.clOrdID !== undefined &&
  !order.pending.some(({ kind }) => kind === 'cancel') &&
  (client === undefined || order.client === client) &&
  (symbol === undefined || order.terms.symbol === symbol);
