import {
  type ClOrdID,
  type ClientName,
  type SessionName,
  type TradingSymbol,
} from '../../../domain/ids.ts';
import { type Instrument } from '../../../domain/instrument.ts';
import { defined } from '../../../lib/defined.ts';
import { type AccountsDep, hasRest, sessionsFor } from '../../accounts.ts';
import { continueMassCancel, type ContinueDeps } from './continue-mass-cancel.ts';
import { type Draft } from '../draft.ts';
import { type MassCancelQuestion, type MassCancelRefusal } from '../../input.ts';
import { ANSWER_KEPT_MS } from '../../evolve/evolve-mass-cancel.ts';
import { isClosedStatus } from '../../evolve/lifecycle.ts';
import { listed } from '../../listed.ts';
import {
  isInScope,
  isSameNarrowing,
  isSameScope,
  type MassCancelNarrowing,
  type MassCancelScope,
  narrowingOf,
} from '../../mass-cancel-scope.ts';
import { type ActiveMassCancel, type Order } from '../../state.ts';

export interface MassCancelDeps extends ContinueDeps, AccountsDep {
  readonly instruments: ReadonlyMap<TradingSymbol, Instrument>;
}

interface Asked extends MassCancelNarrowing {
  readonly by: ClientName;
  /** Orders of this session alone. */
  readonly session?: SessionName;
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
  if (answerAgain(draft, asked) || refuseForgotten(draft, asked)) return;
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

/**
 * A possible resend of a request whose answer may have made room for newer ones: it is not carried
 * out again, because orders that were made since are not meant.
 */
const refuseForgotten = (draft: Draft, { client, question, ...scope }: Asked): boolean => {
  if (client === undefined || question?.possResend !== true) return false;
  const { massCancelAnswers, massCancelAnswersDropped } = draft.state;
  const droppedAt = massCancelAnswersDropped.get(client);
  const isKnown = massCancelAnswers.get(client)?.has(question.clientOrderID) === true;
  if (droppedAt === undefined || isKnown || droppedAt + ANSWER_KEPT_MS < draft.at) return false;
  const { symbol, account, side } = scope;
  refuseCancelAll(draft, {
    ...{ client, question, massCancelRejectReason: MASS_CANCEL_REJ.other },
    ...defined({ symbol, account, side }),
    reasonCode: 'DUPLICATE_CLORDID',
    text: `DUPLICATE_CLORDID: whether ${question.clientOrderID} was carried out is not known any more; without PossResend(97)=Y it is a new request`,
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
    const { session } = massCancel;
    begin(draft, { by, session, isSynchronized, ...defined({ symbol }) }, deps);
    return;
  }
  const active = draft.state.activeMassCancels.get(massCancelID);
  if (active !== undefined)
    continueMassCancel(draft, active, deps, { settled: clOrdID, isSynchronized });
};

/** The orders of one session that a request means. */
interface Part {
  readonly scope: Omit<ActiveMassCancel, 'sentToVenue'>;
  readonly orders: readonly Order[];
  /** Why nothing can be cancelled yet. */
  readonly waits: string | undefined;
}

/**
 * Each session has a mass cancel of its own, which waits for that session's link and budget alone.
 * The first one carries the answer, which speaks of the orders of all.
 */
const begin = (draft: Draft, asked: Asked, deps: MassCancelDeps): void => {
  const { question, ...unasked } = asked;
  const parts = sessionsFor(asked, deps).map((session) => partOf(draft, unasked, session, deps));
  for (const [n, part] of parts.entries()) {
    if (n > 0 || question === undefined) beginPart(draft, unasked, part, deps);
    else beginPart(draft, { ...unasked, ...answerOf(question, parts) }, part, deps);
  }
};

const partOf = (draft: Draft, asked: Asked, session: SessionName, deps: MassCancelDeps): Part => {
  const scope = scopeOf(draft, asked, session);
  const orders = openInScope(draft, scope);
  const phase = draft.state.routes.get(session)?.phase ?? 'Down';
  const isWaiting = orders.length > 0 && phase === 'Down' && !hasRest(session, deps);
  const waits = isWaiting
    ? `ROUTE_CLOSED: session ${session} is down; remembered, ${orders.length} orders are cancelled when it is up`
    : undefined;
  return { scope, orders, waits };
};

/** What the client is told: of every session. */
interface Answer {
  readonly question?: MassCancelQuestion;
  readonly affected?: number;
  readonly text?: string | undefined;
}

const answerOf = (question: MassCancelQuestion, parts: readonly Part[]): Answer => ({
  question,
  affected: parts.reduce((sum, { orders }) => sum + orders.length, 0),
  text: parts.flatMap(({ waits }) => waits ?? []).join('; ') || undefined,
});

const beginPart = (
  draft: Draft,
  asked: Asked & Answer,
  { scope, orders, waits }: Part,
  deps: MassCancelDeps,
): void => {
  const active: ActiveMassCancel = { ...scope, sentToVenue: false };
  const { massCancelID, by } = active;
  const { state } = draft;
  const before = [...state.activeMassCancels.values()].find((other) => isSameScope(other, active));
  // A client's request must not take the reason of a kill switch from the orders.
  const orderText = asked.orderText ?? before?.orderText;
  draft.add({
    type: 'MassCancelRequested',
    ...scope,
    affected: asked.affected ?? orders.length,
    ...defined({
      replaces: before?.massCancelID,
      question: asked.question && answeredPart(asked.question),
      text: asked.text ?? waits,
      orderText,
    }),
  });
  if (waits !== undefined) {
    const ids = listed(orders.map(({ orderID }) => orderID));
    const detail = `mass cancel ${massCancelID} by ${by}: ${waits}: ${ids}`;
    draft.alert('critical', 'ROUTE_CLOSED', detail);
  }
  const askedAt = before && state.massCancelAskedAt.get(before.massCancelID);
  const { isSynchronized = false } = asked;
  continueMassCancel(draft, active, deps, { orders, askedAt, isSynchronized });
};

const scopeOf = (
  draft: Draft,
  asked: Asked,
  session: SessionName,
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
