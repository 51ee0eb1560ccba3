import { decimalOf, decimalTextOf, ZERO_TEXT } from '../../domain/decimal-text.ts';
import {
  type ClientOrderID,
  type ClOrdID,
  type DecimalText,
  type VenueExecID,
} from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { type ExecutionLinked, type ExternalOrderAdopted, type Fact } from '../fact.ts';
import {
  type OnOrder,
  type OrderAccepted,
  type OrderFilled,
  type OrderReplaced,
  type OrderRefused,
  type OrderRestated,
  type TradeCanceled,
  type TradeCorrected,
} from '../facts/order-facts.ts';
import {
  type ReplaceIntended,
  type ReplaceStarted,
  type ReplacementIntended,
} from '../facts/replace-facts.ts';
import {
  type AttemptIntended,
  type CancelIntended,
  type RequestSent,
} from '../facts/request-facts.ts';
import {
  type EarlierVenueOrder,
  type Execution,
  EXTERNAL,
  type Order,
  type PendingReplace,
  type PendingRequest,
  type VenueRequest,
} from '../state.ts';
import { routeOf, saidRoute } from './order-route.ts';
import { earlierVenueOrder } from './venue-orders.ts';

/** The order that a fact brings into the books. */
export const newOrder = (fact: OrderAccepted | OrderRefused | ExternalOrderAdopted): Order =>
  fact.type === 'ExternalOrderAdopted' ? externalOrder(fact) : ownOrder(fact);

const externalOrder = (fact: ExternalOrderAdopted): Order => ({
  ...{ orderID: fact.orderID, client: EXTERNAL, session: fact.session },
  clientOrderID: (fact.venueClOrdID ?? fact.venueOrderID) as string as ClientOrderID,
  ...{ termsAccepted: fact.terms, terms: fact.terms, acceptedAt: fact.at, updatedAt: fact.at },
  ...{ venueOrderID: fact.venueOrderID, ...defined({ venueClOrdID: fact.venueClOrdID }) },
  ...{ pending: [], cumQty: fact.cumQty, leavesQty: fact.leavesQty, text: fact.text },
  ...{ reportedQty: ZERO_TEXT, executedQty: ZERO_TEXT, executedNotional: ZERO_TEXT },
  base: openStatusOf(fact),
});

/** Nothing left: it is known by its fills alone. */
const openStatusOf = ({ cumQty, leavesQty }: ExternalOrderAdopted): Order['base'] => {
  if (leavesQty === ZERO_TEXT) return 'Filled';
  return cumQty === ZERO_TEXT ? 'New' : 'PartiallyFilled';
};

const ownOrder = (fact: OrderAccepted | OrderRefused): Order => ({
  orderID: fact.orderID,
  client: fact.client,
  clientOrderID: fact.clientOrderID,
  ...defined({
    account: fact.account,
    secondaryClientOrderID: fact.secondaryClientOrderID,
    clientText: fact.clientText,
    strategy: fact.strategy,
    referencePx: fact.type === 'OrderAccepted' ? fact.referencePx : undefined,
  }),
  termsAccepted: fact.terms,
  terms: fact.terms,
  session: fact.session,
  acceptedAt: fact.at,
  updatedAt: fact.at,
  pending: [],
  cumQty: ZERO_TEXT,
  reportedQty: ZERO_TEXT,
  executedQty: ZERO_TEXT,
  executedNotional: ZERO_TEXT,
  ...(fact.type === 'OrderAccepted'
    ? { base: 'PendingNew', leavesQty: fact.terms.orderQty }
    : {
        base: 'Rejected',
        leavesQty: ZERO_TEXT,
        code: fact.code,
        ordRejReason: fact.ordRejReason,
        text: fact.text,
      }),
});

/**
 * One order after one fact about it. `execution` is the execution that a correction or bust refers
 * to, as it was before. Total and without decisions: replay goes through here.
 */
export const evolveOrder = (order: Order, fact: Fact, execution?: Execution): Order => {
  switch (fact.type) {
    case 'AttemptIntended':
      return {
        ...order,
        venueClOrdID: fact.clOrdID,
        attempt: newAttempt(fact),
        updatedAt: fact.at,
      };
    case 'RestRequestSent':
      return withRequest(order, fact.clOrdID, { requestNumber: fact.requestNumber });
    case 'RequestSent':
      return withSentAs(order, fact);
    case 'CancelIntended':
    case 'ReplaceIntended':
      return withPending(order, fact);
    case 'ReplaceStarted':
      return withStarted(order, fact);
    case 'ReplacementIntended':
      return withNewAttempt(order, fact);
    case 'CancelFailed':
      return { ...withoutPending(order, fact.clOrdID), updatedAt: fact.at };
    case 'AttemptAbsent':
      return {
        ...order,
        base: 'Rejected',
        leavesQty: ZERO_TEXT,
        code: 'ABSENT',
        text: fact.text,
        updatedAt: fact.at,
      };
    case 'ReportIgnored':
      return fact.answers === undefined ? order : withAnswer(order, fact.answers);
    case 'OrderFilled':
    case 'TradeCorrected':
    case 'TradeCanceled':
      return withExecutions(order, fact, execution);
    case 'OrderCanceled':
      return {
        ...onReport(order, fact),
        ...{ pending: [], closedAs: 'Canceled' },
        ...beforeFix(fact),
      };
    case 'OrderRejected':
      return { ...onReport(order, fact), code: fact.code, ordRejReason: fact.ordRejReason };
    case 'OrderReplaced':
      return withNewTerms(order, fact);
    case 'OrderRestated':
      return withRestatement(order, fact);
    case 'RequestAcknowledged':
      return withAcknowledgedRequest(onReport(order, fact, 'request'), fact.clOrdID);
    case 'OrderExpired':
      return { ...onReport(order, fact), closedAs: 'Expired' };
    case 'ExternalOrderChanged': {
      const { terms, cumQty, leavesQty, ordStatus: base, at: updatedAt } = fact;
      return { ...order, terms, cumQty, leavesQty, base, updatedAt };
    }
    case 'OrderAcknowledged':
    case 'OrderStatusChanged':
    case 'OrderStatusReported':
      return onReport(order, fact);
    default:
      // Facts that name an order and change nothing of it, e.g. a duplicate or an alert.
      return order;
  }
};

const beforeFix = ({ source }: OnOrder): Pick<Order, 'isClosedBeforeFix'> =>
  source === undefined || source.channel === 'fix' ? {} : { isClosedBeforeFix: true };

/** The execution that a fact books or changes, under the first ExecID of its chain. */
export const executionsAfter = (
  fact: Fact,
  corrected: Execution | undefined,
): readonly (readonly [VenueExecID, Execution])[] => {
  switch (fact.type) {
    case 'OrderFilled': {
      const { orderID, execID, venueExecID, lastQty, lastPx, at } = fact;
      const { tradeID, fee, feeCurrency, liquidity, fillID } = fact;
      // FIX is what books as a rule, and is not said.
      const channel = fact.source?.channel === 'fix' ? undefined : fact.source?.channel;
      const execution = {
        orderID,
        execID,
        venueExecID,
        lastQty,
        lastPx,
        at,
        canceled: false,
        ...defined({ tradeID, fee, feeCurrency, liquidity, fillID, channel }),
      };
      return [[venueExecID, execution]];
    }
    case 'ExecutionLinked':
      return corrected === undefined ? [] : [[fact.rootExecID, withLink(corrected, fact)]];
    case 'TradeCorrected':
      return corrected === undefined
        ? []
        : [[fact.rootExecID, { ...linked(corrected, fact), ...tradeOf(fact) }]];
    case 'TradeCanceled':
      return corrected === undefined
        ? []
        : [[fact.rootExecID, { ...linked(corrected, fact), canceled: true }]];
    default:
      return [];
  }
};

const tradeOf = ({ lastQty, lastPx }: TradeCorrected): Pick<Execution, 'lastQty' | 'lastPx'> => ({
  lastQty,
  lastPx,
});

const withLink = (execution: Execution, fact: ExecutionLinked): Execution => {
  const { fillID, venueExecID: fixExecID, tradeID, fee, feeCurrency, liquidity } = fact;
  return {
    ...execution,
    ...defined({ fillID, fixExecID, tradeID, fee, feeCurrency, liquidity }),
  };
};

const linked = (execution: Execution, { execID }: OnOrder): Execution => ({
  ...execution,
  lastExecID: execID,
});

const withExecutions = (
  order: Order,
  fact: OrderFilled | TradeCorrected | TradeCanceled,
  execution: Execution | undefined,
): Order => {
  const without = execution === undefined ? order : withoutTrade(order, execution);
  const sums =
    fact.type === 'TradeCanceled' ? without : withTrade(without, fact.lastQty, fact.lastPx);
  const { executedQty, executedNotional } = sums;
  const reportedQty =
    fact.type === 'OrderFilled'
      ? decimalTextOf(decimalOf(order.reportedQty).plus(decimalOf(fact.lastQty)))
      : order.reportedQty;
  const { cumQty } = fact;
  return {
    ...onReport(order, fact),
    ...defined({ earlier: earlierAfter(order, fact) }),
    ...{ reportedQty, executedQty, executedNotional, cumQty },
  };
};

/** An execution of an earlier venue order changes that one's sum as well. */
const earlierAfter = (
  order: Order,
  { venueOrderID, cumQty }: OnOrder & { readonly cumQty: DecimalText },
): readonly EarlierVenueOrder[] | undefined => {
  const changed = earlierVenueOrder(order, venueOrderID);
  if (changed === undefined) return order.earlier;
  const change = decimalOf(cumQty).minus(decimalOf(order.cumQty));
  return order.earlier?.map((earlier) =>
    earlier === changed
      ? { ...earlier, cumQty: decimalTextOf(decimalOf(earlier.cumQty).plus(change)) }
      : earlier,
  );
};

/** Applies what every venue report says: the order exists there, and has this status. */
const onReport = (order: Order, fact: OnOrder, about: 'order' | 'request' = 'order'): Order => {
  const answered = fact.answers === undefined ? order : withAnswer(order, fact.answers);
  const isOfEarlier = earlierVenueOrder(order, fact.venueOrderID) !== undefined;
  const isEvidence = about === 'order' && fact.source !== undefined && !isOfEarlier;
  return {
    ...(isEvidence ? withAttemptAnswered(answered) : answered),
    ...defined({
      venueOrderID: isOfEarlier ? undefined : fact.venueOrderID,
      text: fact.text,
    }),
    base: fact.ordStatus,
    leavesQty: fact.leavesQty,
    updatedAt: fact.at,
  };
};

const withAttemptAnswered = (order: Order): Order =>
  order.attempt === undefined ? order : { ...order, attempt: { ...order.attempt, answered: true } };

const withAnswer = (order: Order, clOrdID: ClOrdID): Order => {
  if (order.attempt?.clOrdID === clOrdID) {
    return { ...order, attempt: { ...order.attempt, answered: true } };
  }
  return withPendingChanged(order, clOrdID, (request) => ({ ...request, answered: true }));
};

const newAttempt = ({ clOrdID, route }: AttemptIntended | ReplacementIntended): VenueRequest => ({
  clOrdID,
  ...saidRoute(routeOf({ route })),
  answered: false,
});

const withSentAs = (order: Order, fact: RequestSent): Order => {
  const { session, epoch, sequenceEpoch, msgSeqNum, clOrdID } = fact;
  return withRequest(order, clOrdID, { sentAs: { session, epoch, sequenceEpoch, msgSeqNum } });
};

const withRequest = (
  order: Order,
  clOrdID: ClOrdID,
  sent: Pick<VenueRequest, 'sentAs' | 'requestNumber'>,
): Order => {
  if (order.attempt?.clOrdID === clOrdID) {
    return { ...order, attempt: { ...order.attempt, ...sent } };
  }
  return withPendingChanged(order, clOrdID, (request) => ({ ...request, ...sent }));
};

const withPending = (order: Order, fact: CancelIntended | ReplaceIntended): Order => {
  const repeats = fact.type === 'CancelIntended' ? fact.repeats : undefined;
  const { clOrdID, by, clientOrderID, secondaryClientOrderID, route } = fact;
  const request: PendingRequest = {
    clOrdID,
    ...saidRoute(routeOf({ route })),
    kind: fact.type === 'CancelIntended' ? 'cancel' : 'replace',
    by,
    ...defined({ clientOrderID, secondaryClientOrderID }),
    answered: false,
    ackedByVenue: false,
    ...(fact.type === 'ReplaceIntended' && { replace: pendingReplace(fact) }),
  };
  const others = order.pending.filter((pending) => pending.clOrdID !== repeats);
  return { ...order, pending: [...others, request], updatedAt: fact.at };
};

const pendingReplace = (fact: ReplaceIntended): PendingReplace => ({
  method: fact.method ?? 'amend',
  terms: fact.terms,
  ...defined({ origClientOrderID: fact.origClientOrderID }),
  step: fact.waits === true ? 'waiting' : 'asked',
  askedAt: fact.at,
});

const withStep = (
  request: PendingRequest,
  step: PendingReplace['step'],
): Pick<PendingRequest, 'replace'> =>
  defined({ replace: request.replace && { ...request.replace, step } });

const withStarted = (order: Order, { waiting, clOrdID, at, route }: ReplaceStarted): Order => ({
  ...withPendingChanged(order, waiting, (request) => ({
    ...request,
    clOrdID,
    ...saidRoute(routeOf({ route })),
    ...withStep(request, 'asked'),
  })),
  updatedAt: at,
});

/** The venue has not named the new order yet. */
const withoutVenueOrderID = (order: Order): Order => {
  const { venueOrderID, ...rest } = order;
  return venueOrderID === undefined ? order : rest;
};

/** The old venue order is over; the books wait for the answer to the new one. */
const withNewAttempt = (order: Order, fact: ReplacementIntended): Order => {
  const changed = withPendingChanged(order, fact.request, (request) => ({
    ...request,
    answered: true,
    ...withStep(request, 'sent'),
  }));
  const over = {
    clOrdID: order.venueClOrdID ?? fact.request,
    venueOrderID: fact.canceledVenueOrderID,
    cumQty: fact.canceledCumQty,
  };
  return {
    ...withoutVenueOrderID(changed),
    base: fact.ordStatus,
    earlier: [...(order.earlier ?? []), over],
    venueClOrdID: fact.clOrdID,
    attempt: newAttempt(fact),
    updatedAt: fact.at,
  };
};

const withAcknowledgedRequest = (order: Order, clOrdID: ClOrdID): Order =>
  withPendingChanged(order, clOrdID, (request) => ({ ...request, ackedByVenue: true }));

const withPendingChanged = (
  order: Order,
  clOrdID: ClOrdID,
  change: (request: PendingRequest) => PendingRequest,
): Order => ({
  ...order,
  pending: order.pending.map((request) =>
    request.clOrdID === clOrdID ? change(request) : request,
  ),
});

const withoutPending = (order: Order, id: ClOrdID): Order => ({
  ...order,
  pending: order.pending.filter(({ clOrdID }) => clOrdID !== id),
});

const withNewTerms = (order: Order, fact: OrderReplaced): Order => ({
  ...withoutPending(onReport(order, fact), fact.request ?? fact.clOrdID),
  venueClOrdID: fact.clOrdID,
  terms: fact.terms,
  clientOrderID: fact.clientOrderID ?? order.clientOrderID,
  ...defined({ secondaryClientOrderID: fact.secondaryClientOrderID }),
  ...(fact.isEnded === true && { closedAs: 'Canceled' as const }),
});

const withRestatement = (order: Order, fact: OrderRestated): Order => ({
  ...onReport(order, fact),
  terms: fact.terms,
  cumQty: decimalTextOf(decimalOf(order.cumQty).plus(decimalOf(fact.cumQtyAdjustment))),
});

type Executed = Pick<Order, 'executedQty' | 'executedNotional'>;

const withTrade = (sums: Executed, qty: DecimalText, px: DecimalText): Executed => ({
  executedQty: decimalTextOf(decimalOf(sums.executedQty).plus(decimalOf(qty))),
  executedNotional: decimalTextOf(
    decimalOf(sums.executedNotional).plus(decimalOf(qty).times(decimalOf(px))),
  ),
});

const withoutTrade = (sums: Executed, { lastQty, lastPx }: Execution): Executed =>
  withTrade(sums, decimalTextOf(decimalOf(lastQty).times('-1')), lastPx);
