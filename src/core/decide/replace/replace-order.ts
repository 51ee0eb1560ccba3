import { decimalOf } from '../../../domain/decimal-text.ts';
import { type ClOrdID, type SessionName } from '../../../domain/ids.ts';
import {
  type OrderRoute,
  type OrderTerms,
  type ReplaceMethod,
  type ReplaceRequest,
  type UnchangedTerms,
} from '../../../domain/order.ts';
import { defined } from '../../../lib/defined.ts';
import { type AccountsDep, hasRest } from '../../accounts.ts';
import { isFreezing } from '../../doubt-class.ts';
import { isClosedStatus } from '../../evolve/lifecycle.ts';
import { orderRouteOf, saidRoute } from '../../evolve/order-route.ts';
import { type MarketView, type ReferencePrice } from '../../input.ts';
import { CXL_REJ, refusal, type Refusal } from '../../refusal.ts';
import { checkKillOfReplace } from '../../risk/check-kill.ts';
import { checkDoubts, checkOrder, type CheckDeps } from '../../risk/check-order.ts';
import { checkQuantity } from '../../risk/check-price-and-size.ts';
import { type Order, type PendingRequest } from '../../state.ts';
import {
  answerAgain,
  CLOCK_BEHIND,
  findOrder,
  isRepeated,
  mismatchOf,
  refuseCancel,
  UNKNOWN,
} from '../cancel-order.ts';
import { type Draft } from '../draft.ts';
import { checkRoute } from '../place-order.ts';
import { beginTradingDay } from '../limits/trading-day.ts';
import { checkMassCancels, type ReplaceDeps, replaceRouteOf } from './continue-replace.ts';

export interface ReplaceOrderDeps extends ReplaceDeps, CheckDeps {
  /** Whether the rate budget lets a new order through, which `cancelThenNew` ends with. */
  readonly hasOrderRoom: (session: SessionName, route: OrderRoute) => boolean;
}

interface Replacing {
  readonly request: ReplaceRequest;
  readonly policy: ReplaceMethod | 'refuse';
  readonly reference?: ReferencePrice;
  readonly market?: MarketView;
  /** Why the adapter refuses it. */
  readonly refusal?: Refusal;
}

/** Replaces of one order that may wait for each other. */
const REPLACES_MAX = 8;

/**
 * A client's replace request. It changes nothing by itself: the order keeps its terms until the
 * venue has answered, and the first broken check refuses it with OrderCancelReject(9).
 */
export const replaceOrder = (draft: Draft, replacing: Replacing, deps: ReplaceOrderDeps): void => {
  const { request, policy } = replacing;
  const order = findOrder(draft, request);
  if (order !== undefined && isRepeated(draft, request, order)) {
    answerAgain(draft, request, order);
    return;
  }
  const broken = order === undefined ? UNKNOWN : checkReplace(draft, order, replacing, deps);
  if (order === undefined || broken !== undefined || policy === 'refuse') {
    refuse(draft, request, order, broken ?? UNKNOWN);
    return;
  }
  const made = draft.newClOrdID(deps.nextClOrdID);
  if (!made.ok) {
    refuse(draft, request, order, CLOCK_BEHIND);
    return;
  }
  const intended = { request, method: methodOf(order, replacing), clOrdID: made.value };
  intendReplace(draft, order, intended, deps);
};

const refuse = (
  draft: Draft,
  request: ReplaceRequest,
  order: Order | undefined,
  broken: Refusal,
): void => {
  refuseCancel(draft, request, order, { ...broken, responseTo: 'replace' });
};

const intendReplace = (
  draft: Draft,
  order: Order,
  {
    request,
    method,
    clOrdID,
  }: {
    readonly request: ReplaceRequest;
    readonly method: ReplaceMethod;
    readonly clOrdID: ClOrdID;
  },
  deps: AccountsDep,
): void => {
  const before = replaceBefore(order, request);
  const { client, clientOrderID, secondaryClientOrderID } = request;
  draft.add({
    type: 'ReplaceIntended',
    at: draft.at,
    orderID: order.orderID,
    clOrdID,
    origClOrdID: before?.clOrdID ?? order.venueClOrdID ?? clOrdID,
    session: order.session,
    ...saidRoute(replaceRouteOf(draft, order, method, deps) ?? 'FIX'),
    by: client,
    clientOrderID,
    origClientOrderID: before?.clientOrderID ?? order.clientOrderID,
    ...defined({ secondaryClientOrderID }),
    execID: draft.newExecID(),
    method,
    ...(before !== undefined && method !== 'amend' && { waits: true as const }),
    terms: termsAfter(before?.replace?.terms ?? order.terms, request),
  });
};

/**
 * The venue edits no order to a quantity that is filled already: the rest is cancelled, and the
 * order ends with what is filled.
 */
const methodOf = (order: Order, { request, policy }: Replacing): ReplaceMethod => {
  if (policy !== 'editOrder') return policy === 'refuse' ? 'amend' : policy;
  const before = replaceBefore(order, request)?.replace?.terms ?? order.terms;
  const { orderQty } = termsAfter(before, request);
  return decimalOf(orderQty).gt(decimalOf(order.cumQty)) ? 'editOrder' : 'cancelThenNew';
};

/** The replace under way that this one is to follow: OrigClOrdID(41) names it. */
const replaceBefore = (
  { pending }: Order,
  { origClientOrderID }: ReplaceRequest,
): PendingRequest | undefined =>
  pending.find(
    ({ kind, clientOrderID }) => kind === 'replace' && clientOrderID === origClientOrderID,
  );

const termsAfter = (
  before: OrderTerms,
  { orderQty, price, stopPx }: ReplaceRequest,
): OrderTerms => ({ ...before, ...defined({ orderQty, price, stopPx }) });

/** The order matters: what the request is about, whether it may be, and what it asks for. */
const checkReplace = (
  draft: Draft,
  order: Order,
  replacing: Replacing,
  deps: ReplaceOrderDeps,
): Refusal | undefined =>
  checkNames(draft, order, replacing.request) ??
  replacing.refusal ??
  checkState(draft, order, replacing.request, replacing.policy) ??
  checkPolicy(draft, order, replacing.policy, deps) ??
  checkChange(draft, order, replacing, deps);

const checkNames = (
  { state }: Draft,
  order: Order,
  request: ReplaceRequest,
): Refusal | undefined => {
  const { client, clientOrderID, orderID, unchanged, account } = request;
  if (state.orderIDByClientOrderID.get(client)?.has(clientOrderID) === true) {
    const detail = `${clientOrderID} was used before`;
    return refusal('DUPLICATE_CLORDID', CXL_REJ.duplicateClOrdID, detail);
  }
  const { symbol, side } = unchanged;
  const mismatch = mismatchOf(defined({ orderID, symbol, side }), order);
  if (mismatch !== undefined) return refusal('ORDER_MISMATCH', CXL_REJ.other, mismatch);
  if (account === undefined || account === order.account) return undefined;
  const detail = `Account(1) is ${account}, order ${order.orderID} has ${order.account ?? 'none'}`;
  return refusal('ORDER_MISMATCH', CXL_REJ.other, detail);
};

/** Whether the order can be replaced at all by now, and by this name. */
const checkState = (
  { state }: Draft,
  order: Order,
  request: ReplaceRequest,
  policy: Replacing['policy'],
): Refusal | undefined => {
  const { orderID, base, pending, terms } = order;
  // A venue may take a replace of a filled order to more than is filled (matrix C.1.c).
  const mayReopen =
    policy === 'amend' &&
    base === 'Filled' &&
    order.closedAs === undefined &&
    decimalOf(request.orderQty ?? terms.orderQty).gt(decimalOf(order.cumQty));
  if (isClosedStatus(base) && !mayReopen) {
    return refusal('TOO_LATE', CXL_REJ.tooLate, `order ${orderID} is ${base}`);
  }
  if (pending.some(({ kind }) => kind === 'cancel')) {
    const detail = `a cancel of order ${orderID} is under way`;
    return refusal('ALREADY_PENDING', CXL_REJ.alreadyPending, detail);
  }
  const doubt = state.doubts.get(orderID);
  if (doubt !== undefined && isFreezing(doubt)) {
    const detail = `it is not known what the venue has of order ${orderID}`;
    return refusal('CHANGE_PENDING', CXL_REJ.alreadyPending, detail);
  }
  return checkChain(order, request) ?? checkMassCancels(state, order);
};

/** OrigClOrdID(41) must be the last accepted ClOrdID, or the last of the replaces under way. */
const checkChain = (order: Order, request: ReplaceRequest): Refusal | undefined => {
  const { orderID, clientOrderID, pending } = order;
  const named = request.origClientOrderID;
  const last = pending.at(-1)?.clientOrderID ?? clientOrderID;
  if (pending.length >= REPLACES_MAX) {
    const detail = `${pending.length} replaces of order ${orderID} are under way`;
    return refusal('ALREADY_PENDING', CXL_REJ.alreadyPending, detail);
  }
  if (named === last || (named === undefined && pending.length === 0)) return undefined;
  const isOfOrder =
    named === undefined ||
    named === clientOrderID ||
    pending.some(({ clientOrderID: id }) => id === named);
  const detail = `the last ClOrdID of order ${orderID} is ${last}`;
  return isOfOrder
    ? refusal('ALREADY_PENDING', CXL_REJ.alreadyPending, `a replace is under way: ${detail}`)
    : refusal('UNKNOWN_ORDER', CXL_REJ.unknownOrder, `${named} does not name it now: ${detail}`);
};

const checkPolicy = (
  draft: Draft,
  order: Order,
  policy: Replacing['policy'],
  deps: ReplaceOrderDeps,
): Refusal | undefined => {
  switch (policy) {
    case 'refuse': {
      const detail = 'orders are not replaced: the configuration says `replace`: `refuse`';
      return refusal('NOT_SUPPORTED', CXL_REJ.brokerOption, detail);
    }
    case 'cancelThenNew':
      return deps.hasOrderRoom(order.session, orderRouteOf(draft.state, order.session) ?? 'FIX')
        ? undefined
        : refusal('RATE_LIMITED', CXL_REJ.other, 'there is no room for the new order');
    case 'editOrder':
      if (!hasRest(order.session, deps)) {
        const detail = `the account of session ${order.session} has no key for REST`;
        return refusal('ROUTE_CLOSED', CXL_REJ.other, detail);
      }
      return checkAcknowledged(order);
    default:
      return checkAcknowledged(order);
  }
};

const checkAcknowledged = ({ venueOrderID }: Order): Refusal | undefined =>
  venueOrderID === undefined
    ? refusal('NOT_ACKNOWLEDGED', CXL_REJ.other, 'the venue has not acknowledged the order')
    : undefined;

const checkChange = (
  draft: Draft,
  order: Order,
  replacing: Replacing,
  deps: ReplaceOrderDeps,
): Refusal | undefined => {
  const { request } = replacing;
  const before = replaceBefore(order, request)?.replace?.terms ?? order.terms;
  const fixed = changedTerm(request.unchanged, before);
  if (fixed !== undefined) return refusal('IMMUTABLE_FIELD', CXL_REJ.other, fixed);
  const terms = termsAfter(before, request);
  const isMore = decimalOf(terms.orderQty).gt(decimalOf(order.cumQty));
  return toCancelReason(
    checkKillOfReplace(draft.state, order, terms) ??
      (isMore
        ? checkLimits(draft, order, { ...replacing, terms }, deps)
        : checkLess(terms, deps)) ??
      checkRoute(draft, order.session) ??
      checkDoubts(draft.state, terms, order.session),
  );
};

/** The new terms as those of a new order, in whose place the old one does not count. */
const checkLimits = (
  draft: Draft,
  order: Order,
  { terms, reference, market }: Replacing & { readonly terms: OrderTerms },
  deps: ReplaceOrderDeps,
): Refusal | undefined => {
  const { session, client, account, strategy } = order;
  const dayStart = beginTradingDay(draft, deps);
  return checkOrder(
    draft.state,
    {
      ...{ session, client, terms, at: draft.at, replaces: order },
      ...defined({ account, strategy, reference, market, dayStart }),
    },
    deps,
  );
};

/** A quantity that is not above what is filled asks for a cancel of the rest, and for no trade. */
const checkLess = (terms: OrderTerms, { instruments }: ReplaceOrderDeps): Refusal | undefined => {
  const instrument = instruments.get(terms.symbol);
  return instrument === undefined ? undefined : checkQuantity(terms, instrument);
};

/** The checks of orders say OrdRejReason(103); an OrderCancelReject(9) has CxlRejReason(102). */
const toCancelReason = (broken: Refusal | undefined): Refusal | undefined =>
  broken && { ...broken, reason: CXL_REJ.other };

const FIXED: readonly (readonly [keyof UnchangedTerms & keyof OrderTerms, string])[] = [
  ['ordType', 'OrdType(40)'],
  ['timeInForce', 'TimeInForce(59)'],
  ['postOnly', 'ExecInst(18) post-only'],
  ['reduceOnly', 'ExecInst(18) reduce-only'],
  ['triggerSignal', 'DiscretionInst(388)'],
];

/** What the request repeats otherwise than the order has it. */
const changedTerm = (unchanged: UnchangedTerms, terms: OrderTerms): string | undefined => {
  for (const [name, label] of FIXED) {
    const asked = unchanged[name];
    if (asked === undefined || asked === terms[name]) continue;
    return `${label} cannot be changed from ${String(terms[name])} to ${String(asked)}`;
  }
  return undefined;
};
