import { type ExecID, type VenueExecID } from '../../domain/ids.ts';
import { type ExecType } from '../../domain/order.ts';
import { defined } from '../../lib/defined.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type ClientCancelReject, type ClientExecutionReport, type Effect } from '../effect.ts';
import { type CancelFailed, type CancelRefused, type Fact } from '../fact.ts';
import { orderRouteOf, routeOfOrder } from '../evolve/order-route.ts';
import { avgPxOf, ordStatusOf } from '../evolve/order-status.ts';
import { ORD_REJ, withClientIDs } from '../refusal.ts';
import { type EngineState, type Order } from '../state.ts';

/** The report to a client about a fact on its order; the books are those after the fact. */
export const reportOf = (state: EngineState, fact: Fact): readonly Effect[] => {
  if (!('orderID' in fact)) return [];
  const order = state.orders.get(fact.orderID);
  const execType = execTypeOf(fact);
  if (order === undefined || execType === undefined) return [];
  if (!('execID' in fact)) return [];
  const report = {
    ...snapshot(order, fact.execID, execType, fact.at),
    ...detailsOf(state, order, fact),
    // Its attempt is the next fact of the same decision.
    ...(fact.type === 'OrderAccepted' && defined({ route: orderRouteOf(state, order.session) })),
  };
  const text = textForClient(report.text, order, fact);
  return [
    { type: 'ReportExecution', client: order.client, report: { ...report, ...defined({ text }) } },
  ];
};

/** The order's id at the venue, or the request's, is the client's own in what the client reads. */
const textForClient = (
  text: string | undefined,
  { venueClOrdID, attempt, clientOrderID }: Order,
  fact?: Fact,
): string | undefined => {
  if (text === undefined) return undefined;
  const asked = fact !== undefined && 'clOrdID' in fact ? fact.clOrdID : undefined;
  const own = fact !== undefined && 'clientOrderID' in fact ? fact.clientOrderID : undefined;
  return withClientIDs(text, (clOrdID) => {
    if (clOrdID === asked && own !== undefined) return own;
    return [venueClOrdID, attempt?.clOrdID].some((known) => known === clOrdID)
      ? clientOrderID
      : undefined;
  });
};

/**
 * An order whose fate is unknown: its status stays what it was, and the text says why (no fake
 * reject).
 */
export const inDoubtReport = (order: Order, execID: ExecID, at: EpochMs): Effect => ({
  type: 'ReportExecution',
  client: order.client,
  report: {
    ...snapshot(order, execID, 'OrderStatus', at),
    code: 'IN_DOUBT',
    text: 'IN_DOUBT: the link broke before the venue answered',
  },
});

export const cancelRejectOf = (
  state: EngineState,
  fact: CancelRefused | CancelFailed,
): Effect | undefined => {
  const { clientOrderID, code, cxlRejReason, text } = fact;
  if (clientOrderID === undefined) return undefined;
  const order = fact.orderID === undefined ? undefined : state.orders.get(fact.orderID);
  const report: ClientCancelReject = {
    clientOrderID,
    ...origOf(fact, order),
    ...defined({
      orderID: order?.orderID,
      account: order?.account,
      secondaryClientOrderID: fact.secondaryClientOrderID,
    }),
    ordStatus: order === undefined ? 'Rejected' : ordStatusOf(order),
    cxlRejResponseTo: fact.responseTo === 'replace' ? 2 : 1,
    cxlRejReason,
    code,
    text: order === undefined ? text : (textForClient(text, order, fact) ?? text),
    transactTime: fact.at,
  };
  const client = fact.type === 'CancelRefused' ? fact.client : fact.by;
  return { type: 'RejectCancel', client, report };
};

/** OrigClOrdID(41): as the client wrote it, else the order's. */
const origOf = (
  fact: CancelRefused | CancelFailed,
  order: Order | undefined,
): Pick<ClientCancelReject, 'origClientOrderID'> => {
  const origClientOrderID = fact.origClientOrderID ?? order?.clientOrderID;
  return defined({ origClientOrderID });
};

/** The answer to a question about an order: FIX 4.4 gives it ExecID(17)=0. */
export const statusOf = (order: Order, at: EpochMs, isInDoubt: boolean): ClientExecutionReport => {
  const { code, ordRejReason } = order;
  const text = textForClient(order.text, order);
  return {
    ...snapshot(order, '0' as ExecID, 'OrderStatus', at),
    ...(isInDoubt ? IN_DOUBT : defined({ code, ordRejReason, text })),
  };
};

const IN_DOUBT = {
  code: 'IN_DOUBT',
  text: 'IN_DOUBT: the venue has not said what became of the order',
};

const snapshot = (
  order: Order,
  execID: ExecID,
  execType: ExecType,
  at: EpochMs,
): ClientExecutionReport => ({
  orderID: order.orderID,
  execID,
  client: order.client,
  clientOrderID: order.clientOrderID,
  session: order.session,
  route: routeOfOrder(order),
  ...defined({
    account: order.account,
    secondaryClientOrderID: order.secondaryClientOrderID,
    strategy: order.strategy,
    clientText: order.clientText,
  }),
  execType,
  ordStatus: ordStatusOf(order),
  terms: order.terms,
  cumQty: order.cumQty,
  leavesQty: order.leavesQty,
  avgPx: avgPxOf(order),
  ...defined({ venueClOrdID: order.venueClOrdID, venueOrderID: order.venueOrderID }),
  transactTime: at,
});

const EXEC_TYPES: { readonly [T in Fact['type']]?: ExecType } = {
  OrderAccepted: 'PendingNew',
  OrderRefused: 'Rejected',
  CancelIntended: 'PendingCancel',
  ReplaceIntended: 'PendingReplace',
  OrderAcknowledged: 'New',
  OrderFilled: 'Trade',
  OrderCanceled: 'Canceled',
  OrderExpired: 'Expired',
  OrderRejected: 'Rejected',
  OrderReplaced: 'Replaced',
  OrderRestated: 'Restated',
  OrderStatusReported: 'OrderStatus',
  TradeCorrected: 'TradeCorrect',
  TradeCanceled: 'TradeCancel',
  AttemptAbsent: 'Rejected',
  AnswerLate: 'OrderStatus',
  ExecutionLinked: 'OrderStatus',
};

const execTypeOf = (fact: Fact): ExecType | undefined => {
  switch (fact.type) {
    case 'DuplicateAnswered':
      return fact.samePayload ? 'OrderStatus' : 'Rejected';
    case 'OrderStatusChanged':
      return fact.execType;
    case 'RequestAcknowledged':
      return fact.execType;
    default:
      return EXEC_TYPES[fact.type];
  }
};

type Details = Partial<ClientExecutionReport>;

const detailsOf = (state: EngineState, order: Order, fact: Fact): Details => {
  switch (fact.type) {
    case 'OrderRefused':
      return { code: fact.code, ordRejReason: fact.ordRejReason, text: fact.text };
    case 'DuplicateAnswered':
      return duplicateDetails(order, fact);
    case 'CancelIntended':
      return { ...ofRequest(order, fact.clientOrderID), venueClOrdID: fact.clOrdID };
    case 'ReplaceIntended':
      return {
        ...ofRequest(order, fact.clientOrderID, fact.origClientOrderID),
        venueClOrdID: fact.clOrdID,
      };
    case 'AnswerLate': {
      const request = order.pending.find(({ clOrdID }) => clOrdID === fact.clOrdID);
      return { ...ofRequest(order, request?.clientOrderID), code: 'IN_DOUBT', text: fact.text };
    }
    case 'ExecutionLinked':
      return linkDetails(state, fact);
    case 'AttemptAbsent':
      return { code: 'ABSENT', ordRejReason: ORD_REJ.other, text: fact.text };
    default:
      return { ...venueDetails(fact), ...tradeDetails(state, fact), ...answerDetails(order, fact) };
  }
};

/** What was learned of an execution that was reported before; it changes no quantity. */
const linkDetails = (
  { executions }: EngineState,
  fact: Extract<Fact, { type: 'ExecutionLinked' }>,
): Details => {
  const { venueExecID, tradeID, fee, feeCurrency, liquidity, source } = fact;
  const execution = executions.get(fact.rootExecID);
  const execRefID = execution?.lastExecID ?? execution?.execID;
  return {
    ...defined({ execRefID, venueExecID, tradeID, fee, feeCurrency, liquidity }),
    code: 'EXECUTION_DETAILS',
    text: `EXECUTION_DETAILS: of ${execRefID ?? ''}, by ${source.channel}`,
  };
};

const duplicateDetails = (
  order: Order,
  fact: Extract<Fact, { type: 'DuplicateAnswered' }>,
): Details => {
  const { samePayload, possResend, text } = fact;
  const about = { clientOrderID: fact.clientOrderID, duplicate: { samePayload, possResend }, text };
  // A cancel request that came again is answered under its own ClOrdID.
  if (samePayload && fact.clientOrderID !== order.clientOrderID) {
    return { ...about, ...ofRequest(order, fact.clientOrderID) };
  }
  // The same order again with PossResend(97)=Y gets the state of the order (F.1.b), every other
  // reuse of a ClOrdID is refused (F.1.a). A caller of the library, whose submit is idempotent by
  // ClOrdID, takes the state from the same report.
  // An order that was refused is refused for the same reason.
  return samePayload && possResend
    ? {
        ...about,
        ...defined({
          code: order.code,
          ordRejReason: order.ordRejReason,
          text: order.code === undefined ? text : order.text,
        }),
      }
    : { ...about, code: 'DUPLICATE_CLORDID', ordRejReason: ORD_REJ.duplicateOrder };
};

/** ClOrdID(11) is the request's, OrigClOrdID(41) the order's. */
const ofRequest = (
  order: Order,
  clientOrderID: Order['clientOrderID'] | undefined,
  origClientOrderID = order.clientOrderID,
): Details => (clientOrderID === undefined ? {} : { clientOrderID, origClientOrderID });

const venueDetails = (fact: Fact): Details => ({
  ...('venueExecID' in fact ? venueExecIDOf(fact.venueExecID) : {}),
  ...('transactTime' in fact ? { transactTime: fact.transactTime } : {}),
  ...('text' in fact ? { text: fact.text } : {}),
});

/** An execution that FIX has not reported has none: its `fill_id` is the trade's id. */
const venueExecIDOf = (venueExecID: VenueExecID | undefined): Details =>
  venueExecID?.startsWith('fill:') === true ? {} : defined({ venueExecID });

const tradeDetails = (state: EngineState, fact: Fact): Details => {
  switch (fact.type) {
    case 'OrderFilled':
      return {
        lastQty: fact.lastQty,
        lastPx: fact.lastPx,
        ...defined({
          fee: fact.fee,
          feeCurrency: fact.feeCurrency,
          liquidity: fact.liquidity,
          tradeID: fact.tradeID,
        }),
      };
    case 'TradeCorrected':
    case 'TradeCanceled': {
      const execution = state.executions.get(fact.rootExecID);
      const reference = defined({ execRefID: fact.execRefID ?? execution?.execID });
      if (fact.type === 'TradeCanceled') return reference;
      return { ...reference, lastQty: fact.lastQty, lastPx: fact.lastPx };
    }
    default:
      return {};
  }
};

/** FIX 4.4 demands an ExecRestatementReason(378) with ExecType D; the venue often says none. */
const OTHER_RESTATEMENT = 99;

const answerDetails = (order: Order, fact: Fact): Details => {
  switch (fact.type) {
    case 'OrderRejected':
      return { code: fact.code, ordRejReason: fact.ordRejReason };
    case 'OrderCanceled':
      return {
        ...ofRequest(order, fact.clientOrderID),
        unsolicited: fact.unsolicited,
        ...defined({ execRestatementReason: fact.reason, code: fact.code }),
      };
    case 'OrderRestated':
      return { execRestatementReason: fact.reason ?? OTHER_RESTATEMENT };
    case 'OrderReplaced':
      return fact.origClientOrderID === undefined
        ? {}
        : { origClientOrderID: fact.origClientOrderID };
    case 'RequestAcknowledged': {
      const request = order.pending.find(({ clOrdID }) => clOrdID === fact.clOrdID);
      return ofRequest(order, request?.clientOrderID, request?.replace?.origClientOrderID);
    }
    default:
      return {};
  }
};
