import { decimalOf } from '../../../domain/decimal-text.ts';
import { type VenueOrderID } from '../../../domain/ids.ts';
import { type OrderTerms } from '../../../domain/order.ts';
import { type AnsweredFill, type RestOutcome } from '../../../domain/ports.ts';
import { type ReportSource } from '../../../domain/venue-report.ts';
import { type Decimal, ZERO } from '../../../lib/decimal.ts';
import { isClosedStatus } from '../../evolve/lifecycle.ts';
import { isAttemptOpen, venueCumQty } from '../../evolve/venue-orders.ts';
import { type InputBody } from '../../input.ts';
import { codedText } from '../../refusal.ts';
import { type PendingRequest } from '../../state.ts';
import { endAttempt, failRequest, pendingRequest } from '../answer-request.ts';
import { type Draft } from '../draft.ts';
import { cancelSurvivors } from '../mass-cancel/mass-cancel.ts';
import { type RefusalDeps, refusePending } from '../reports/apply-refusal.ts';
import {
  type Answer,
  book,
  bookCanceled,
  bookEdit,
  contradicts,
  doubt,
  notSent,
} from './book-answer.ts';

type Body = Extract<InputBody, { type: 'RestAnswered' }>;
type Accepted = Extract<RestOutcome, { type: 'Accepted' }>;
type Refused = Extract<RestOutcome, { type: 'Refused' }>;

/**
 * A call by REST is over. What it proves is booked as a report of the venue would be; what it does
 * not prove makes a doubt, and is never called again.
 */
export const restAnswered = (draft: Draft, body: Body, deps: RefusalDeps): void => {
  const { clOrdID, session, outcome } = body;
  if (!draft.state.restRequests.has(clOrdID)) return;
  draft.add({ type: 'RestRequestAnswered', at: draft.at, clOrdID, session, outcome });
  const request = draft.state.requests.get(clOrdID);
  if (request?.kind === 'massCancel') {
    massCancelAnswered(draft, body, deps);
    return;
  }
  const order = request === undefined ? undefined : draft.order(request.orderID);
  if (order === undefined) return;
  const source = sourceOf(body);
  const answer: Answer = { draft, order, clOrdID, source, deps };
  const pending = pendingRequest(order, clOrdID);
  if (pending?.replace?.method === 'editOrder') editAnswered(answer, pending, outcome);
  else if (pending !== undefined) cancelAnswered(answer, pending, outcome);
  else if (order.attempt?.clOrdID === clOrdID) newAnswered(answer, outcome);
};

const sourceOf = ({ session }: Body): ReportSource => ({
  ...{ channel: 'rest', session, epoch: 0, possDup: false, possResend: false },
});

const newAnswered = (answer: Answer, outcome: RestOutcome): void => {
  const { draft, order, clOrdID } = answer;
  switch (outcome.type) {
    case 'Accepted':
      bookPlaced(answer, outcome);
      return;
    case 'Refused':
      if (isAttemptOpen(order)) refuseNew(answer, outcome);
      else contradicts(answer, outcome.text);
      return;
    case 'NotSent':
      if (isAttemptOpen(order)) endAttempt(draft, order, notSent(outcome));
      return;
    case 'Unknown':
      // The private feeds may have told of the order before the call ended.
      if (isAttemptOpen(order)) doubt(answer, 'D2r', `the order ${clOrdID}`, outcome.text);
      return;
  }
};

/** Acknowledged, then its executions; what neither rests nor was filled is cancelled. */
const bookPlaced = (answer: Answer, outcome: Accepted): void => {
  const { draft, order, clOrdID } = answer;
  const { venueOrderID = order.venueOrderID, fills, isResting, isComplete } = outcome;
  if (venueOrderID === undefined) {
    doubt(answer, 'D2r', `the order ${clOrdID}`, `${outcome.text} without an order id`);
    return;
  }
  const before = venueCumQty(order, venueOrderID);
  if (order.attempt?.answered === false) {
    book(answer, { venueOrderID, execType: 'New', cumQty: before, isSumKnown: false });
  }
  if (!isComplete) return;
  const filled = bookFills(answer, venueOrderID, fills);
  const after = draft.order(order.orderID) ?? order;
  const rests = isResting || !isImmediate(order.terms);
  if (rests || isClosedStatus(after.base)) return;
  book(answer, {
    ...{ venueOrderID, execType: 'Canceled', cumQty: filled, isSumKnown: true },
    text: `${outcome.text}: what was not filled does not rest`,
  });
};

/**
 * Nothing of these ever rests. Of a limit order an answer without a PLACE event says the same
 * [rest 3.4], but as an inference alone: the private feeds tell.
 */
const isImmediate = ({ ordType, timeInForce, stopPx }: OrderTerms): boolean =>
  stopPx === undefined && (ordType === 'Market' || timeInForce === 'IOC');

/** The first fills of the order, in time order; how much of them is booked the sum tells. */
const bookFills = (
  answer: Answer,
  venueOrderID: VenueOrderID,
  fills: readonly AnsweredFill[],
): Decimal => {
  const { draft, order } = answer;
  let cumQty = ZERO;
  for (const { fillID, lastQty, lastPx } of fills) {
    cumQty = cumQty.plus(decimalOf(lastQty));
    const now = draft.order(order.orderID) ?? order;
    const isTold = draft.executionOfFill(fillID) !== undefined;
    if (isTold || venueCumQty(now, venueOrderID).gte(cumQty)) continue;
    const trade = { lastQty, lastPx, tradeID: fillID };
    book(answer, { venueOrderID, execType: 'Trade', cumQty, isSumKnown: false, trade, fillID });
  }
  return cumQty;
};

/**
 * Nothing rests. Where a part may have been filled before, the order ends as Canceled, which late
 * fills complete.
 */
const refuseNew = (answer: Answer, { code, text, mayHaveFilled }: Refused): void => {
  const { draft, order, source } = answer;
  const isCanceling = order.pending.some(({ kind }) => kind === 'cancel');
  const isPlain = !mayHaveFilled || (code === 'IOC_WOULD_NOT_EXECUTE' && !isCanceling);
  if (isPlain) {
    endAttempt(draft, order, { code, text: codedText(code, text), source });
    return;
  }
  const venueOrderID = order.venueOrderID as VenueOrderID;
  book(answer, {
    ...{ venueOrderID, execType: 'Canceled', cumQty: venueCumQty(order), isSumKnown: false },
    text: codedText(code, text),
  });
};

const cancelAnswered = (answer: Answer, request: PendingRequest, outcome: RestOutcome): void => {
  const { draft, order, source, clOrdID } = answer;
  switch (outcome.type) {
    case 'Accepted': {
      const venueOrderID = order.venueOrderID ?? outcome.venueOrderID;
      if (venueOrderID === undefined) {
        doubt(answer, 'D4', `the cancel ${clOrdID}`, `${outcome.text} without an order id`);
        return;
      }
      bookCanceled(answer, venueOrderID, outcome.canceledCumQty);
      return;
    }
    case 'Refused': {
      const text = codedText(outcome.code, outcome.text);
      refusePending(draft, order, request, { source, code: outcome.code, text });
      return;
    }
    case 'NotSent':
      failRequest(draft, order, request, notSent(outcome));
      return;
    case 'Unknown':
      doubt(answer, 'D4', `the cancel ${clOrdID}`, outcome.text);
      return;
  }
};

const editAnswered = (answer: Answer, request: PendingRequest, outcome: RestOutcome): void => {
  const { draft, order, source, clOrdID } = answer;
  switch (outcome.type) {
    case 'Accepted':
      bookEdit(answer, request);
      return;
    case 'Refused': {
      const text = codedText(outcome.code, outcome.text);
      refusePending(draft, order, request, { source, code: outcome.code, text });
      return;
    }
    case 'NotSent':
      failRequest(draft, order, request, notSent(outcome));
      return;
    case 'Unknown':
      doubt(answer, 'D5', `the edit ${clOrdID}`, outcome.text);
      return;
  }
};

/** What it listed as cancelled is; the mass cancel goes on with what is still open. */
const massCancelAnswered = (draft: Draft, body: Body, deps: RefusalDeps): void => {
  const { clOrdID, outcome } = body;
  const canceled = outcome.type === 'Accepted' ? (outcome.canceled ?? []) : [];
  for (const { venueOrderID, cumQty } of canceled) {
    const orderID = draft.state.orderIDByVenueOrderID.get(venueOrderID);
    const order = orderID === undefined ? undefined : draft.order(orderID);
    if (order === undefined || isClosedStatus(order.base)) continue;
    const answer: Answer = { draft, order, clOrdID, source: sourceOf(body), deps };
    bookCanceled(answer, venueOrderID, cumQty);
  }
  if (outcome.type !== 'Accepted') {
    draft.alert('critical', 'MASS_CANCEL_REFUSED', `cancelallorders: ${outcome.text}`);
  }
  cancelSurvivors(draft, { clOrdID, reason: `REST: ${outcome.text}` }, deps);
};
