import { type ClOrdID } from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { cancelRejectOf, inDoubtReport, reportOf } from './client-report.ts';
import { type Effect } from '../effect.ts';
import { routeOf } from '../evolve/order-route.ts';
import { massCancelEffects } from './mass-cancel-effects.ts';
import { type Fact, type OrderCanceled } from '../fact.ts';
import { type DoubtsDep } from '../facts/doubt-case.ts';
import { doubtTimers, roundEffects } from './doubt-effects.ts';
import { LIMIT_TIMER } from '../limit.ts';
import { type EngineState, type Order } from '../state.ts';

export interface EffectsDeps extends DoubtsDep {
  readonly ackTimeoutMs: number;
  readonly massCancelTimeoutMs: number;
}

/** What a fact asks of the outside world; the books are those after the fact. Skipped in replay. */
export const effectsOf = (state: EngineState, fact: Fact, deps: EffectsDeps): readonly Effect[] => {
  switch (fact.type) {
    case 'AttemptIntended':
    case 'CancelIntended':
    case 'ReplaceIntended':
    case 'ReplaceStarted':
    case 'ReplacementIntended':
      return [...answerEffects(fact), ...sendEffects(state, fact, deps), ...reportOf(state, fact)];
    case 'CancelRefused':
    case 'CancelFailed':
      return refusalEffects(state, fact);
    case 'OrdersDoubted':
      return [...doubtEffects(state, fact), ...doubtTimers(fact, deps)];
    case 'DoubtsDue':
    case 'RoundBegun':
    case 'LateWatchBegun':
      return roundEffects(state, fact, deps);
    case 'OrderCanceled':
      return [...requestsOver(fact), ...reportOf(state, fact)];
    case 'UnreadableOrderRefused':
      return [unreadableEffect(fact)];
    case 'LimitChangeProposed':
    case 'KillReleaseProposed':
      return [limitTimer(fact.proposalID, fact.expiresAt - fact.at)];
    case 'LimitChangeApproved':
      return fact.until === undefined ? [] : [limitTimer(fact.proposalID, fact.until - fact.at)];
    case 'DeadManSwitchAsked': {
      const { session, want, timeoutSeconds } = fact;
      return [{ type: 'SetDeadManSwitch', session, want, timeoutSeconds }];
    }
    case 'AlertRaised':
      return [{ type: 'Alert', severity: fact.severity, code: fact.code, text: fact.text }];
    default:
      return massCancelEffects(fact, deps) ?? [...answerEffects(fact), ...reportOf(state, fact)];
  }
};

/** Ends a looser limit or a proposal that nobody approved, to the millisecond or just after it. */
const limitTimer = (id: string, afterMs: number): Effect => ({
  type: 'SetTimer',
  name: `${LIMIT_TIMER}${id}`,
  afterMs: Math.max(0, afterMs) + 1,
});

const answerEffects = (fact: Fact): readonly Effect[] => {
  if (fact.type === 'AttemptAbsent') return [ackSeen(fact.clOrdID)];
  return 'answers' in fact ? [ackSeen(fact.answers)] : [];
};

const requestsOver = ({ answers, ends }: OrderCanceled): readonly Effect[] =>
  [answers, ends].filter((clOrdID) => clOrdID !== undefined).map(ackSeen);

const refusalEffects = (
  state: EngineState,
  fact: Extract<Fact, { type: 'CancelRefused' | 'CancelFailed' }>,
): readonly Effect[] => {
  const reject = cancelRejectOf(state, fact);
  const answered = fact.type === 'CancelFailed' ? [ackSeen(fact.clOrdID)] : [];
  return reject === undefined ? answered : [...answered, reject];
};

const unreadableEffect = (fact: Extract<Fact, { type: 'UnreadableOrderRefused' }>): Effect => {
  const { client, clientOrderID, execID, symbol, side, ordType, orderQty } = fact;
  const { code, ordRejReason, text } = fact;
  const { price, stopPx, timeInForce, account, secondaryClientOrderID } = fact;
  const report = {
    ...{ orderID: fact.refusedID, execID, clientOrderID, symbol, side, ordType, orderQty },
    ...{ code, ordRejReason, text, transactTime: fact.at },
    ...defined({ price, stopPx, timeInForce, account, secondaryClientOrderID }),
  };
  return { type: 'RefuseUnreadable', client, report };
};

/** Only orders with an ExecID are news to their client. */
const doubtEffects = (
  state: EngineState,
  { orders, at }: Extract<Fact, { type: 'OrdersDoubted' }>,
): readonly Effect[] =>
  orders.flatMap(({ orderID, execID }) => {
    const order = state.orders.get(orderID);
    return order === undefined || execID === undefined ? [] : [inDoubtReport(order, execID, at)];
  });

const ackSeen = (clOrdID: ClOrdID): Effect => ({ type: 'CancelTimer', name: `ack:${clOrdID}` });

type SendingFact = Extract<
  Fact,
  {
    type:
      | 'AttemptIntended'
      | 'CancelIntended'
      | 'ReplaceIntended'
      | 'ReplaceStarted'
      | 'ReplacementIntended';
  }
>;

const sendEffects = (
  state: EngineState,
  fact: SendingFact,
  { ackTimeoutMs }: EffectsDeps,
): readonly Effect[] => {
  const order = state.orders.get(fact.orderID);
  const send = order === undefined ? undefined : sendEffect(order, fact);
  if (send === undefined) return [];
  return [send, { type: 'SetTimer', name: `ack:${fact.clOrdID}`, afterMs: ackTimeoutMs }];
};

const sendEffect = (order: Order, fact: SendingFact): Effect | undefined => {
  const { clOrdID, session } = fact;
  const route = routeOf(fact);
  const { terms, venueOrderID } = order;
  switch (fact.type) {
    case 'AttemptIntended':
      return { type: 'SendNewOrder', clOrdID, terms, session, route };
    case 'ReplacementIntended':
      return { type: 'SendNewOrder', clOrdID, terms: fact.terms, session, route };
    default: {
      const { origClOrdID } = fact;
      const { symbol, side } = terms;
      const ids = { clOrdID, origClOrdID, symbol, side, session, route };
      if (fact.type === 'ReplaceIntended' && fact.waits === true) return undefined;
      const replace = order.pending.find((request) => request.clOrdID === clOrdID)?.replace;
      if (fact.type === 'CancelIntended' || replace?.method === 'cancelThenNew') {
        return { type: 'SendCancel', ...ids, ...defined({ venueOrderID }) };
      }
      if (venueOrderID === undefined || replace === undefined) return undefined;
      return { type: 'SendReplace', ...ids, venueOrderID, terms: replace.terms };
    }
  }
};
