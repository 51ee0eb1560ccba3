import { numberOfID } from '../made-id.ts';
import {
  type ClientName,
  type ClOrdID,
  type MassCancelID,
  type OrderID,
} from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type Fact, type MassCancelRequested } from '../fact.ts';
import { isClosedStatus } from './lifecycle.ts';
import { isInScope, narrowingOf } from '../mass-cancel-scope.ts';
import { type Books, type MassCancelAnswer, type Order } from '../state.ts';

/**
 * How long an answer is kept: the most that `staleOrders` can be, ageMsMax and clockToleranceMs
 * together. A request that was made before is refused as STALE.
 */
export const ANSWER_KEPT_MS = 90_000_000;
/** Answers of one client. */
const ANSWERS_MAX = 10_000;
/** Of what is over: late reports may still name them. */
const SETTLED_MAX = 10_000;

/** What a fact does to the mass cancels that are not finished. */
export const evolveMassCancels = (books: Books, fact: Fact): void => {
  switch (fact.type) {
    case 'MassCancelRequested':
      begin(books, fact);
      return;
    case 'VenueMassCancelIntended': {
      const { clOrdID, session, by, symbol, at, massCancelID, route } = fact;
      const scope = { session, by, ...defined({ symbol, route }) };
      const request = { clOrdID, ...scope, at, massCancelID, answered: false };
      books.massCancels.set(clOrdID, request);
      return;
    }
    case 'MassCancelUnfinished': {
      const active = books.activeMassCancels.get(fact.massCancelID);
      if (active === undefined || !fact.isAlerted) return;
      books.activeMassCancels.set(fact.massCancelID, { ...active, alertedAt: fact.at });
      return;
    }
    case 'MassCancelCompleted':
      forget(books, fact.massCancelID);
      return;
    case 'CancelIntended':
      noteAsked(books, fact.orderID, fact.at);
      return;
    case 'CancelFailed':
      // Never written: it may be asked again at once.
      if (fact.code === 'NOT_SENT') noteAsked(books, fact.orderID, undefined);
      return;
    default:
  }
};

/** An OrderMassCancelRequest(q) was written. */
export const noteSentToVenue = (books: Books, massCancelID: MassCancelID | undefined): void => {
  if (massCancelID === undefined) return;
  const active = books.activeMassCancels.get(massCancelID);
  if (active === undefined) return;
  books.activeMassCancels.set(massCancelID, { ...active, sentToVenue: true });
};

/** An order changed: it may have closed, or have come to life after a doubt. */
export const noteOrder = (books: Books, order: Order): void => {
  for (const [massCancelID, active] of books.activeMassCancels) {
    if (!isInScope(order, active)) continue;
    const open = books.massCancelOrders.get(massCancelID);
    if (isClosedStatus(order.base)) open?.delete(order.orderID);
    else open?.add(order.orderID);
  }
};

const begin = (books: Books, fact: MassCancelRequested): void => {
  const { massCancelID, session, by, client, ordersMade, at, replaces, orderText } = fact;
  const active = {
    ...{ massCancelID, session, by, ordersMade, at, sentToVenue: false },
    ...narrowingOf(fact),
    ...defined({ orderText }),
  };
  const askedAt = replaces === undefined ? undefined : books.massCancelAskedAt.get(replaces);
  if (replaces !== undefined) forget(books, replaces);
  books.massCancelsMade = Math.max(books.massCancelsMade, numberOfID(massCancelID));
  books.activeMassCancels.set(massCancelID, active);
  books.massCancelAskedAt.set(massCancelID, askedAt ?? new Map<OrderID, EpochMs>());
  const open = new Set<OrderID>();
  for (const orderID of books.openOrderIDs) {
    const order = books.orders.get(orderID);
    if (order === undefined || isClosedStatus(order.base) || !isInScope(order, active)) continue;
    open.add(orderID);
  }
  books.massCancelOrders.set(massCancelID, open);
  if (client !== undefined && fact.question !== undefined) rememberAnswer(books, client, fact);
};

const rememberAnswer = (books: Books, client: ClientName, fact: MassCancelRequested): void => {
  const { question, massCancelID, affected } = fact;
  if (question === undefined) return;
  const answers =
    books.massCancelAnswers.get(client) ??
    new Map<typeof question.clientOrderID, MassCancelAnswer>();
  const { massCancelRequestType } = question;
  const { at } = fact;
  const answer = { massCancelID, massCancelRequestType, affected, ...narrowingOf(fact), at };
  answers.delete(question.clientOrderID);
  answers.set(question.clientOrderID, answer);
  books.massCancelAnswers.set(client, answers);
  forgetAnswers(books, client, fact.at);
};

const forgetAnswers = (books: Books, client: ClientName, now: EpochMs): void => {
  const answers = books.massCancelAnswers.get(client);
  for (const [id, { at }] of answers ?? []) {
    const isOld = at === undefined || at + ANSWER_KEPT_MS < now;
    if (!isOld && (answers?.size ?? 0) <= ANSWERS_MAX) return;
    answers?.delete(id);
    if (!isOld) books.massCancelAnswersDropped.set(client, at);
  }
};

/** An OrderMassCancelRequest(q) is over. */
export const noteSettled = (books: Books, clOrdID: ClOrdID): void => {
  books.settledMassCancels.add(clOrdID);
  if (books.settledMassCancels.size <= SETTLED_MAX) return;
  for (const oldest of books.settledMassCancels) {
    books.settledMassCancels.delete(oldest);
    books.requests.delete(oldest);
    return;
  }
};

const forget = (books: Books, massCancelID: MassCancelID): void => {
  books.activeMassCancels.delete(massCancelID);
  books.massCancelOrders.delete(massCancelID);
  books.massCancelAskedAt.delete(massCancelID);
};

const noteAsked = (books: Books, orderID: OrderID, at: EpochMs | undefined): void => {
  if (books.activeMassCancels.size === 0) return;
  const order = books.orders.get(orderID);
  if (order === undefined) return;
  for (const [massCancelID, active] of books.activeMassCancels) {
    if (!isInScope(order, active)) continue;
    const askedAt = books.massCancelAskedAt.get(massCancelID);
    if (at === undefined) askedAt?.delete(orderID);
    else askedAt?.set(orderID, at);
  }
};
