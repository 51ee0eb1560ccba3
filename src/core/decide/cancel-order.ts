import {
  type ClOrdID,
  type ClientName,
  type ClientOrderID,
  type OrderID,
} from '../../domain/ids.ts';
import { type CancelRequest, type OrderRoute } from '../../domain/order.ts';
import { defined } from '../../lib/defined.ts';
import { type AccountsDep } from '../accounts.ts';
import { type Draft, type NextClOrdID } from './draft.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { cancelRouteOf, saidRoute } from '../evolve/order-route.ts';
import { checkCancelRate, type CancelRateDeps } from '../risk/check-cancel-rate.ts';
import { CXL_REJ, refusal, type Refusal } from '../refusal.ts';
import { type Order } from '../state.ts';

export interface CancelDeps extends AccountsDep {
  readonly nextClOrdID: NextClOrdID;
}

export type ClientCancelDeps = CancelDeps & CancelRateDeps;

/**
 * A client's cancel request. It passes while the gate is shut, as long as FIX or REST can reach the
 * order; else it is refused at once (ROUTE_CLOSED), so that the client knows that nothing is under
 * way.
 */
export const cancelOrder = (
  draft: Draft,
  { request, refusal: given }: { readonly request: CancelRequest; readonly refusal?: Refusal },
  deps: ClientCancelDeps,
): void => {
  const order = findOrder(draft, request);
  if (order !== undefined && isRepeated(draft, request, order)) {
    answerAgain(draft, request, order);
    return;
  }
  const broken =
    given ??
    (order === undefined
      ? UNKNOWN
      : (checkCancel(draft, request, order, deps) ??
        checkCancelRate(draft.state, order, draft.at, deps)));
  if (broken === undefined && order !== undefined) {
    const intended = intendCancel(draft, order, deps, {
      by: request.client,
      clientOrderID: request.clientOrderID,
      ...defined({ secondaryClientOrderID: request.secondaryClientOrderID }),
    });
    if (intended) return;
  }
  refuseCancel(draft, request, order, broken ?? CLOCK_BEHIND);
};

interface CancelOrigin {
  readonly by: ClientName;
  readonly clientOrderID?: ClientOrderID;
  readonly secondaryClientOrderID?: string;
  readonly repeats?: ClOrdID;
}

/** Intends one cancel request with a ClOrdID of its own; false when no ClOrdID can be made. */
export const intendCancel = (
  draft: Draft,
  order: Order,
  deps: CancelDeps,
  { by, clientOrderID, secondaryClientOrderID, repeats }: CancelOrigin,
): boolean => {
  const route = cancelRouteOf(draft.state, order, deps) ?? 'FIX';
  if (!isNamed(order, route)) return false;
  const made = draft.newClOrdID(deps.nextClOrdID);
  if (!made.ok) return false;
  const isNewsToClient = clientOrderID !== undefined && repeats === undefined;
  draft.add({
    type: 'CancelIntended',
    at: draft.at,
    orderID: order.orderID,
    clOrdID: made.value,
    // By REST an order that has no such id is named by OrderID(37) alone.
    origClOrdID: order.venueClOrdID ?? made.value,
    session: order.session,
    ...saidRoute(route),
    by,
    ...defined({
      clientOrderID,
      secondaryClientOrderID,
      execID: isNewsToClient ? draft.newExecID() : undefined,
      repeats,
    }),
  });
  return true;
};

/** The venue knows the order by an id that a cancel on this route can carry. */
export const isNamed = ({ venueClOrdID, venueOrderID }: Order, route: OrderRoute): boolean =>
  venueClOrdID !== undefined || (route === 'REST' && venueOrderID !== undefined);

/** What a cancel and a replace request have in common. */
type NamedRequest = Pick<
  CancelRequest,
  | 'client'
  | 'clientOrderID'
  | 'origClientOrderID'
  | 'orderID'
  | 'secondaryClientOrderID'
  | 'possResend'
>;

export const UNKNOWN = refusal(
  'UNKNOWN_ORDER',
  CXL_REJ.unknownOrder,
  'no such order of this client',
);
export const CLOCK_BEHIND = refusal(
  'CLOCK_BEHIND',
  CXL_REJ.other,
  'the clock is too far behind the last ClOrdID',
);

/** A possible resend of a cancel or replace request that this order had already. */
export const isRepeated = (
  { state }: Draft,
  { client, clientOrderID, possResend }: NamedRequest,
  order: Order,
): boolean =>
  possResend === true &&
  clientOrderID !== order.clientOrderID &&
  state.orderIDByClientOrderID.get(client)?.get(clientOrderID) === order.orderID;

/** A refusal would say that no cancel is under way, so the answer is the state of the order. */
export const answerAgain = (
  draft: Draft,
  { client, clientOrderID }: NamedRequest,
  { orderID }: Order,
): void => {
  draft.add({
    type: 'DuplicateAnswered',
    at: draft.at,
    ...{ orderID, execID: draft.newExecID(), client, clientOrderID },
    ...{ samePayload: true, possResend: true },
    text: `DUPLICATE_CLORDID: ${clientOrderID} already asked to cancel order ${orderID}`,
  });
};

/** By the client's id, without one by ours. Another client's order is unknown. */
export const findOrder = (draft: Draft, request: NamedRequest): Order | undefined => {
  const ids = draft.state.orderIDByClientOrderID.get(request.client);
  const { origClientOrderID, orderID } = request;
  const found =
    origClientOrderID === undefined
      ? (orderID as OrderID | undefined)
      : ids?.get(origClientOrderID);
  if (found === undefined) return undefined;
  const order = draft.order(found);
  return order?.client === request.client ? order : undefined;
};

const checkCancel = (
  draft: Draft,
  request: CancelRequest,
  order: Order,
  deps: AccountsDep,
): Refusal | undefined => {
  const { state } = draft;
  if (state.orderIDByClientOrderID.get(request.client)?.has(request.clientOrderID) === true) {
    const detail = `${request.clientOrderID} was used before`;
    return refusal('DUPLICATE_CLORDID', CXL_REJ.duplicateClOrdID, detail);
  }
  const mismatch = mismatchOf(request, order);
  if (mismatch !== undefined) return refusal('ORDER_MISMATCH', CXL_REJ.other, mismatch);
  if (isClosedStatus(order.base)) {
    return refusal('TOO_LATE', CXL_REJ.tooLate, `order ${order.orderID} is ${order.base}`);
  }
  if (order.pending.some(({ kind }) => kind === 'cancel')) {
    const detail = `a cancel of order ${order.orderID} is under way`;
    return refusal('ALREADY_PENDING', CXL_REJ.alreadyPending, detail);
  }
  if (cancelRouteOf(state, order, deps) === undefined) {
    return refusal('ROUTE_CLOSED', CXL_REJ.other, `session ${order.session} is down`);
  }
  return undefined;
};

/** The client means another order than the one that its request names. */
export const mismatchOf = (
  request: Pick<CancelRequest, 'orderID' | 'symbol' | 'side'>,
  order: Order,
): string | undefined => {
  const { symbol, side } = request;
  const { terms, orderID } = order;
  if (request.orderID !== undefined && request.orderID !== orderID) {
    return `OrderID(37) is ${request.orderID}, OrigClOrdID(41) names order ${orderID}`;
  }
  if (symbol !== undefined && symbol !== terms.symbol) {
    return `Symbol(55) is ${symbol}, order ${orderID} is on ${terms.symbol}`;
  }
  if (side !== undefined && side !== terms.side) {
    return `Side(54) is ${side}, order ${orderID} is a ${terms.side}`;
  }
  return undefined;
};

export const refuseCancel = (
  draft: Draft,
  { client, clientOrderID, origClientOrderID, secondaryClientOrderID }: NamedRequest,
  order: Order | undefined,
  { code, reason, text, responseTo }: Refusal & { readonly responseTo?: 'replace' },
): void => {
  draft.add({
    type: 'CancelRefused',
    at: draft.at,
    client,
    clientOrderID,
    ...defined({ origClientOrderID, secondaryClientOrderID, orderID: order?.orderID, responseTo }),
    code,
    cxlRejReason: reason,
    text,
  });
};
