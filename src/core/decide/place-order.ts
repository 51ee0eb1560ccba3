import { type OrderRequest, type OrderTerms } from '../../domain/order.ts';
import { type DecimalText, type SessionName } from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { accountFor, type AccountsDep } from '../accounts.ts';
import { type Draft, type NextClOrdID } from './draft.ts';
import { type MarketView, type OrderRefusalRequest, type ReferencePrice } from '../input.ts';
import { codedText, ORD_REJ, refusal, type Refusal } from '../refusal.ts';
import { orderRouteOf, saidRoute } from '../evolve/order-route.ts';
import { beginTradingDay } from './limits/trading-day.ts';
import { checkRestDialect } from '../risk/check-dialect.ts';
import { checkKill } from '../risk/check-kill.ts';
import {
  checkDoubts,
  checkOrder,
  type CheckDeps,
  type OrderToCheck,
  referencePxFor,
} from '../risk/check-order.ts';
import { routingOf } from '../route-phase.ts';
import { type Order, type Route } from '../state.ts';

export interface PlaceOrderDeps extends CheckDeps, AccountsDep {
  readonly nextClOrdID: NextClOrdID;
}

interface Placing {
  readonly request: OrderRequest;
  readonly reference?: ReferencePrice;
  readonly market?: MarketView;
  readonly positionQty?: DecimalText;
  readonly refusal?: Refusal;
}

/**
 * A client's order. A ClOrdID that this client used before is answered and never makes a second
 * order; otherwise the first broken check refuses it; otherwise it is accepted and its one attempt
 * intended.
 */
export const placeOrder = (draft: Draft, placing: Placing, deps: PlaceOrderDeps): void => {
  const { request, reference, refusal: given } = placing;
  const known = draft.state.orderIDByClientOrderID.get(request.client)?.get(request.clientOrderID);
  const order = known === undefined ? undefined : draft.order(known);
  if (order !== undefined) {
    answerDuplicate(draft, request, order);
    return;
  }
  const account = accountFor(request, deps);
  // What names no account stands under the first one: it goes nowhere.
  const { session } = account.ok ? account.value : deps.accounts[0];
  const broken =
    given ?? (account.ok ? check(draft, { ...placing, session }, deps) : account.error);
  const made = broken === undefined ? draft.newClOrdID(deps.nextClOrdID) : undefined;
  if (made === undefined || !made.ok) {
    refuse(draft, request, broken ?? CLOCK_BEHIND, session);
    return;
  }
  const { client, clientOrderID, terms } = request;
  const { at } = draft;
  const orderID = draft.newOrderID();
  draft.add({
    type: 'OrderAccepted',
    at,
    orderID,
    execID: draft.newExecID(),
    client,
    clientOrderID,
    ...ownWords(request),
    ...defined({ referencePx: referencePxFor(terms, reference) }),
    terms,
    session,
  });
  draft.add({
    type: 'AttemptIntended',
    at,
    orderID,
    clOrdID: made.value,
    session,
    ...saidRoute(orderRouteOf(draft.state, session) ?? 'FIX'),
  });
};

/** An order on the session of its account. */
interface Routed extends Placing {
  readonly session: SessionName;
}

const check = (draft: Draft, placing: Routed, deps: PlaceOrderDeps): Refusal | undefined => {
  const { request, session, positionQty } = placing;
  const { client, terms, account } = request;
  const asked = { client, terms, session, ...defined({ account, positionQty }) };
  return (
    checkKill(draft.state, asked) ??
    checkOrder(draft.state, toCheck(draft, placing, deps), deps) ??
    checkRoute(draft, session) ??
    checkRouteTerms(draft, terms, session) ??
    checkDoubts(draft.state, terms, session)
  );
};

const toCheck = (
  draft: Draft,
  { request, reference, market, session }: Routed,
  deps: PlaceOrderDeps,
): OrderToCheck => {
  const { client, terms, account, strategy } = request;
  const dayStart = beginTradingDay(draft, deps);
  return {
    ...{ session, client, terms, at: draft.at },
    ...defined({ account, strategy, reference, market, dayStart }),
  };
};

/**
 * An order that the adapter could not put into terms: refused here, so that the books and the
 * journal know of it.
 */
export const refuseUnreadable = (draft: Draft, request: OrderRefusalRequest): void => {
  const { client, clientOrderID, reasonCode, ordRejReason, text } = request;
  const known = draft.state.orderIDByClientOrderID.get(client)?.get(clientOrderID);
  const order = known === undefined ? undefined : draft.order(known);
  if (order !== undefined) {
    const { at } = draft;
    const answer = {
      samePayload: false,
      possResend: false,
      text: duplicateText(order, clientOrderID),
    };
    const ids = { orderID: order.orderID, execID: draft.newExecID(), client, clientOrderID };
    draft.add({ type: 'DuplicateAnswered', at, ...ids, ...answer });
    return;
  }
  const { symbol, side, ordType, orderQty } = request;
  const { price, stopPx, timeInForce, account, secondaryClientOrderID } = request;
  draft.add({
    type: 'UnreadableOrderRefused',
    at: draft.at,
    refusedID: draft.newOrderID(),
    execID: draft.newExecID(),
    ...{ client, clientOrderID, symbol, side, ordType, orderQty },
    ...defined({ price, stopPx, timeInForce, account, secondaryClientOrderID }),
    code: reasonCode,
    ordRejReason,
    text: codedText(reasonCode, text),
  });
};

const duplicateText = ({ orderID }: Order, clientOrderID: string): string =>
  `DUPLICATE_CLORDID: ${clientOrderID} already names order ${orderID}`;

const CLOCK_BEHIND: Refusal = refusal(
  'CLOCK_BEHIND',
  ORD_REJ.other,
  'the clock is too far behind the last ClOrdID',
);

/** New orders pass on this session. */
export const checkRoute = ({ state }: Draft, session: SessionName): Refusal | undefined => {
  if (orderRouteOf(state, session) !== undefined) return undefined;
  const route = state.routes.get(session);
  return refusal('ROUTE_CLOSED', ORD_REJ.other, `session ${session} is ${whyClosed(route)}`);
};

/** The route that is open can express the order. */
export const checkRouteTerms = (
  { state }: Draft,
  terms: OrderTerms,
  session: SessionName,
): Refusal | undefined =>
  orderRouteOf(state, session) === 'REST' ? checkRestDialect(terms) : undefined;

const whyClosed = (route: Route | undefined): string => {
  const { phase, reason } = routingOf(route);
  if (route?.pausedFor !== undefined) return `paused: ${route.pausedFor}`;
  switch (phase) {
    case 'FIX_RECOVERING':
      return 'recovering';
    case 'DOWN_FENCED':
      return 'down';
    case 'FIX_SUSPECT':
      return `suspect: ${reason}`;
    default:
      return `${phase}: ${reason}`;
  }
};

const refuse = (
  draft: Draft,
  request: OrderRequest,
  { code, reason, text }: Refusal,
  session: SessionName,
): void => {
  const { client, clientOrderID, terms } = request;
  draft.add({
    type: 'OrderRefused',
    at: draft.at,
    orderID: draft.newOrderID(),
    execID: draft.newExecID(),
    client,
    clientOrderID,
    ...ownWords(request),
    terms,
    session,
    code,
    ordRejReason: reason,
    text,
  });
};

/** What is the client's own and comes back in reports. */
const ownWords = ({ account, secondaryClientOrderID, clientText, strategy }: OrderRequest) =>
  defined({ account, secondaryClientOrderID, clientText, strategy });

const answerDuplicate = (draft: Draft, request: OrderRequest, order: Order): void => {
  const samePayload =
    order.clientOrderID === request.clientOrderID &&
    order.account === request.account &&
    isSameTerms(order.termsAccepted, request.terms);
  draft.add({
    type: 'DuplicateAnswered',
    at: draft.at,
    orderID: order.orderID,
    execID: draft.newExecID(),
    client: request.client,
    clientOrderID: request.clientOrderID,
    samePayload,
    possResend: request.possResend,
    text: duplicateText(order, request.clientOrderID),
  });
};

const TERMS: readonly (keyof OrderTerms)[] = [
  'symbol',
  'side',
  'ordType',
  'timeInForce',
  'orderQty',
  'price',
  'stopPx',
  'triggerSignal',
  'postOnly',
  'reduceOnly',
];

const isSameTerms = (a: OrderTerms, b: OrderTerms): boolean =>
  TERMS.every((name) => a[name] === b[name]);
