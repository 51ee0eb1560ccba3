import { type ClOrdID, type ClientName, type TradingSymbol } from '../../domain/ids.ts';
import { type Instrument } from '../../domain/instrument.ts';
import { defined } from '../../lib/defined.ts';
import { continueMassCancel, type ContinueDeps } from './continue-mass-cancel.ts';
import { type Draft } from './draft.ts';
import { type MassCancelQuestion, type MassCancelRefusal } from '../input.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { listed } from '../listed.ts';
import {
  isInScope,
  isSameNarrowing,
  isSameScope,
  type MassCancelNarrowing,
  type MassCancelScope,
  narrowingOf,
} from '../mass-cancel-scope.ts';
import { type ActiveMassCancel, type Order } from '../state.ts';

export interface MassCancelDeps extends ContinueDeps {
  readonly instruments: ReadonlyMap<TradingSymbol, Instrument>;
}

interface Asked extends MassCancelNarrowing {
  readonly by: ClientName;
  readonly question?: MassCancelQuestion;
  /** Text(58) of the reports of orders that it cancels. */
  readonly orderText?: string;
  /** The replay of this connection is complete, although the books do not say so yet. */
  readonly isSynchronized?: boolean;
}

/** An OrderMassCancelRequest(q) to the venue that gets no more answers. */
interface Ended extends Pick<Asked, 'isSynchronized'> {
  readonly clOrdID: ClOrdID;
  readonly reason: string;
}

/** MassCancelRejectReason(532), FIX 4.4. */
export const MASS_CANCEL_REJ = { notSupported: 0, unknownSecurity: 1, other: 99 } as const;

/**
 * Cancels every order in scope and goes on until none is open, over rate limits, refusals, lost
 * links and restarts. An OrderMassCancelRequest(q) is answered at once; each order's end is
 * reported by its own ExecutionReport(8).
 */
export const cancelAll = (draft: Draft, asked: Asked, deps: MassCancelDeps): void => {
  const { client, symbol, account, side, question } = asked;
  if (answerAgain(draft, asked)) return;
  if (client !== undefined && question !== undefined && !isKnownSymbol(draft, symbol, deps)) {
    refuseCancelAll(draft, {
      ...{ client, question, massCancelRejectReason: MASS_CANCEL_REJ.unknownSecurity },
      ...defined({ symbol, account, side }),
      reasonCode: 'UNKNOWN_SYMBOL',
      text: `UNKNOWN_SYMBOL: Symbol(55) ${symbol ?? ''} is no instrument of this engine`,
    });
    return;
  }
  begin(draft, asked, deps);
};

/**
 * A possible resend of a request that was accepted. Another scope under an old ClOrdID was never
 * carried out, so it is none.
 */
const answerAgain = (draft: Draft, asked: Asked): boolean => {
  const { client, question } = asked;
  if (client === undefined || question?.possResend !== true) return false;
  const before = draft.state.massCancelAnswers.get(client)?.get(question.clientOrderID);
  if (before?.massCancelRequestType !== question.massCancelRequestType) return false;
  if (!isSameNarrowing({ ...before, client }, asked)) return false;
  const { massCancelID, affected } = before;
  draft.add({
    type: 'MassCancelAnsweredAgain',
    at: draft.at,
    ...{ ...narrowingOf(asked), client, massCancelID, affected },
    question: answeredPart(question),
  });
  return true;
};

/** Refuses a request that cannot be carried out: nothing is cancelled, the answer says why. */
export const refuseCancelAll = (draft: Draft, refusal: MassCancelRefusal): void => {
  const { client, question, symbol, account, side, text } = refusal;
  const { massCancelRejectReason, reasonCode: code } = refusal;
  draft.add({
    type: 'MassCancelRequestRefused',
    at: draft.at,
    client,
    question: answeredPart(question),
    ...defined({ symbol, account, side }),
    code,
    massCancelRejectReason,
    text,
  });
};

/** Ends an OrderMassCancelRequest(q) to the venue; what it left open is cancelled one by one. */
export const cancelSurvivors = (
  draft: Draft,
  { clOrdID, reason, isSynchronized = false }: Ended,
  deps: MassCancelDeps,
): void => {
  const massCancel = draft.state.massCancels.get(clOrdID);
  if (massCancel === undefined) return;
  draft.add({ type: 'MassCancelSettled', at: draft.at, clOrdID, reason });
  const { massCancelID, by, symbol } = massCancel;
  if (massCancelID === undefined) {
    // From a journal of an earlier version, which remembered nothing but the venue's request.
    const asked = { by, isSynchronized, ...defined({ symbol }) };
    begin(draft, asked, deps);
    return;
  }
  const active = draft.state.activeMassCancels.get(massCancelID);
  if (active !== undefined)
    continueMassCancel(draft, active, deps, { settled: clOrdID, isSynchronized });
};

const begin = (draft: Draft, asked: Asked, deps: MassCancelDeps): void => {
  const scope = scopeOf(draft, asked, deps);
  const active: ActiveMassCancel = { ...scope, sentToVenue: false };
  const { massCancelID, by, session } = active;
  const orders = openInScope(draft, active);
  const { state } = draft;
  const before = [...state.activeMassCancels.values()].find((other) => isSameScope(other, active));
  // A client's request must not take the reason of a kill switch from the orders.
  const orderText = asked.orderText ?? before?.orderText;
  const isWaiting = orders.length > 0 && (state.routes.get(session)?.phase ?? 'Down') === 'Down';
  const text = `ROUTE_CLOSED: session ${session} is down; remembered, ${orders.length} orders are cancelled when it is up`;
  draft.add({
    type: 'MassCancelRequested',
    ...scope,
    affected: orders.length,
    ...defined({
      replaces: before?.massCancelID,
      question: asked.question && answeredPart(asked.question),
      text: isWaiting ? text : undefined,
      orderText,
    }),
  });
  if (isWaiting) {
    const ids = listed(orders.map(({ orderID }) => orderID));
    const detail = `mass cancel ${massCancelID} by ${by}: ${text}: ${ids}`;
    draft.alert('critical', 'ROUTE_CLOSED', detail);
  }
  const askedAt = before && state.massCancelAskedAt.get(before.massCancelID);
  const { isSynchronized = false } = asked;
  continueMassCancel(draft, active, deps, { orders, askedAt, isSynchronized });
};

const scopeOf = (
  draft: Draft,
  asked: Asked,
  { tradingSession: session }: MassCancelDeps,
): Omit<ActiveMassCancel, 'sentToVenue'> => ({
  massCancelID: draft.newMassCancelID(),
  session,
  by: asked.by,
  ...narrowingOf(asked),
  ordersMade: draft.ordersMade,
  at: draft.at,
});

const openInScope = (draft: Draft, scope: MassCancelScope): readonly Order[] => {
  const orders: Order[] = [];
  for (const orderID of draft.state.openOrderIDs) {
    const order = draft.order(orderID);
    if (order !== undefined && !isClosedStatus(order.base) && isInScope(order, scope)) {
      orders.push(order);
    }
  }
  return orders;
};

/** A symbol that has left the configuration may still have orders. */
const isKnownSymbol = (
  draft: Draft,
  symbol: TradingSymbol | undefined,
  { instruments }: MassCancelDeps,
): boolean => {
  if (symbol === undefined || instruments.has(symbol)) return true;
  for (const orderID of draft.state.openOrderIDs) {
    if (draft.order(orderID)?.terms.symbol === symbol) return true;
  }
  return false;
};

/** What the answer repeats of the request. */
const answeredPart = ({ clientOrderID, massCancelRequestType }: MassCancelQuestion) => ({
  clientOrderID,
  massCancelRequestType,
});
