import { type ClOrdID, type ClientOrderID, type OrderID } from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { evolveDoubts, voidProofs } from './evolve-doubts.ts';
import { evolveLimits } from './evolve-limits.ts';
import {
  evolveMassCancels,
  noteOrder,
  noteSentToVenue,
  noteSettled,
} from './evolve-mass-cancel.ts';
import { evolveOrder, executionsAfter, newOrder } from './evolve-order.ts';
import { type Fact, type FactType } from '../fact.ts';
import { killScopeText } from '../kill-scope.ts';
import { numberOfID } from '../made-id.ts';
import { forgetOrder, nameOrder, noteClosed, recallOrder } from './order-memory.ts';
import { isClosed } from './order-status.ts';
import { evolveRoute } from './evolve-route.ts';
import {
  seqNumKey,
  type Books,
  type EngineState,
  type Order,
  type RequestRef,
  type SentAs,
} from '../state.ts';

/**
 * Remembers one fact. The only writer of the books: it changes the containers in place and hands
 * the same state back. Total: it cannot fail, wait, look at limits or at the clock, because replay
 * runs it on every fact of the journal.
 */
export const evolve = (state: EngineState, fact: Fact): EngineState => {
  const books = state as Books;
  countIDs(books, fact);
  if ('answers' in fact) noteAnswer(books, fact.answers);
  const corrected = 'rootExecID' in fact ? books.executions.get(fact.rootExecID) : undefined;
  if ('orderID' in fact) {
    changeOrder(books, fact.orderID, (order) => evolveOrder(order, fact, corrected));
  }
  for (const [id, execution] of executionsAfter(fact, corrected)) {
    books.executions.set(id, execution);
    if (execution.fillID !== undefined) books.execIDByFill.set(execution.fillID, id);
  }
  if ('venueExecID' in fact) noteExecID(books, fact);
  const remember = MEMORY[fact.type] as Remember<FactType> | undefined;
  remember?.(books, fact);
  evolveDoubts(books, fact);
  evolveMassCancels(books, fact);
  evolveLimits(books, fact);
  evolveRoute(books, fact);
  return state;
};

type FactOf<T extends FactType> = Extract<Fact, { type: T }>;
type Remember<T extends FactType> = (books: Books, fact: FactOf<T>) => void;

/** What facts do beside changing their order and their route. */
const MEMORY: { readonly [T in FactType]?: Remember<T> } = {
  OrderAccepted: (books, fact) => {
    addOrder(books, newOrder(fact));
  },
  OrderRefused: (books, fact) => {
    addOrder(books, newOrder(fact));
  },
  ExternalOrderAdopted: (books, fact) => {
    addOrder(books, newOrder(fact));
    books.orderIDByVenueOrderID.set(fact.venueOrderID, fact.orderID);
    nameOrder(books, fact.orderID, 'venueOrderIDs', fact.venueOrderID);
  },
  ExecutionLinked: (books, { venueExecID, rootExecID }) => {
    if (venueExecID !== undefined) books.rootExecIDs.set(venueExecID, rootExecID);
  },
  AttemptIntended: (books, { clOrdID, orderID }) => {
    addRequest(books, clOrdID, { kind: 'new', orderID });
  },
  CancelIntended: (books, fact) => {
    addRequest(books, fact.clOrdID, { kind: 'cancel', orderID: fact.orderID });
    nameByClient(books, fact);
  },
  ReplaceIntended: (books, fact) => {
    addRequest(books, fact.clOrdID, { kind: 'replace', orderID: fact.orderID });
    nameByClient(books, fact);
  },
  ReplaceStarted: (books, { clOrdID, orderID }) => {
    addRequest(books, clOrdID, { kind: 'replace', orderID });
  },
  ReplacementIntended: (books, { clOrdID, orderID }) => {
    addRequest(books, clOrdID, { kind: 'new', orderID });
  },
  MassCancelIntended: (books, { clOrdID, session, by, symbol, at }) => {
    addRequest(books, clOrdID, { kind: 'massCancel' });
    const request = { clOrdID, session, by, ...defined({ symbol }), at, answered: false };
    books.massCancels.set(clOrdID, request);
  },
  VenueMassCancelIntended: (books, { clOrdID }) => {
    addRequest(books, clOrdID, { kind: 'massCancel' });
  },
  MassCancelSettled: (books, { clOrdID }) => {
    books.massCancels.delete(clOrdID);
    noteSettled(books, clOrdID);
  },
  IDsBegun: (books, { prefix }) => {
    books.idPrefix = prefix;
  },
  RequestSent: (books, fact) => {
    const { clOrdID, session, epoch, sequenceEpoch, msgSeqNum } = fact;
    books.clOrdIDBySeqNum.set(seqNumKey(fact), clOrdID);
    const request = books.requests.get(clOrdID);
    if (request?.kind === 'massCancel') {
      const massCancel = books.massCancels.get(clOrdID);
      const sentAs = { session, epoch, sequenceEpoch, msgSeqNum };
      if (massCancel === undefined) return;
      books.massCancels.set(clOrdID, { ...massCancel, sentAs });
      noteSentToVenue(books, massCancel.massCancelID);
    } else if (request !== undefined) {
      changeOrder(books, request.orderID, (order) => evolveOrder(order, fact));
    }
  },
  RestRequestSent: (books, fact) => {
    const { clOrdID, session, requestNumber, at } = fact;
    books.restRequests.set(clOrdID, { session, requestNumber, at });
    books.restRequestsMade = Math.max(books.restRequestsMade, requestNumber);
    const request = books.requests.get(clOrdID);
    const massCancel = books.massCancels.get(clOrdID);
    if (massCancel !== undefined) {
      books.massCancels.set(clOrdID, { ...massCancel, requestNumber });
      noteSentToVenue(books, massCancel.massCancelID);
    } else if (request !== undefined && request.kind !== 'massCancel') {
      changeOrder(books, request.orderID, (order) => evolveOrder(order, fact));
    }
  },
  RestRequestAnswered: (books, { clOrdID }) => {
    books.restRequests.delete(clOrdID);
  },
  TradeCorrected: (books, { venueExecID, rootExecID }) => {
    books.rootExecIDs.set(venueExecID, rootExecID);
  },
  TradeCanceled: (books, { venueExecID, rootExecID }) => {
    books.rootExecIDs.set(venueExecID, rootExecID);
  },
  OrderReplaced: (books, { clOrdID, orderID }) => {
    if (!books.requests.has(clOrdID)) noteRequest(books, clOrdID, { kind: 'replace', orderID });
  },
  KillSwitchSet: (books, { scope, state, by, reason, at, withExternal }) => {
    books.killSwitches.set(killScopeText(scope), { scope, state, by, reason, at, withExternal });
    dropKillProposals(books, killScopeText(scope));
  },
  KillReleaseProposed: (books, { proposalID: id, scope, state, by, reason, at, expiresAt }) => {
    books.killProposals.set(id, { id, scope, state, by, reason, at, expiresAt });
    books.killProposalsMade = Math.max(books.killProposalsMade, numberOfID(id));
  },
  KillReleaseEnded: (books, { proposalID }) => {
    books.killProposals.delete(proposalID);
  },
  KillSwitchReleased: (books, { scope, state, by, reason, at }) => {
    const key = killScopeText(scope);
    const before = books.killSwitches.get(key);
    dropKillProposals(books, key);
    if (state === 'ACTIVE' || before === undefined) books.killSwitches.delete(key);
    else books.killSwitches.set(key, { ...before, state, by, reason, at });
  },
  ReportQuarantined: (books, { key, at, report, source }) => {
    books.quarantine.set(key, { key, at, report, source });
  },
  QuarantineReleased: (books, { key }) => {
    books.quarantine.delete(key);
  },
  OrdersArchived: (books, { orderIDs }) => {
    for (const orderID of orderIDs) forgetOrder(books, orderID);
  },
  OrderRecalled: (books, { archived }) => {
    recallOrder(books, archived);
  },
  OpeningPositionsNoted: (books, { session, at, positions, fillsUntil }) => {
    const noted = positions.map(
      ({ symbol, qty, entryPx }) => [symbol, { qty, ...defined({ entryPx }) }] as const,
    );
    const opening = { at, positions: new Map(noted), ...defined({ fillsUntil }) };
    books.openings.set(session, opening);
  },
};

/** What was proposed of a scope is void once its switch changed otherwise. */
const dropKillProposals = (books: Books, key: string): void => {
  for (const { id, scope } of books.killProposals.values()) {
    if (killScopeText(scope) === key) books.killProposals.delete(id);
  }
};

const addOrder = (books: Books, order: Order): void => {
  books.orders.set(order.orderID, order);
  if (isClosed(order)) noteClosed(books, order.orderID);
  else books.openOrderIDs.add(order.orderID);
  nameOrder(books, order.orderID, 'clientOrderIDs', order.clientOrderID);
  const idsOfClient =
    books.orderIDByClientOrderID.get(order.client) ?? new Map<ClientOrderID, OrderID>();
  idsOfClient.set(order.clientOrderID, order.orderID);
  books.orderIDByClientOrderID.set(order.client, idsOfClient);
};

const addRequest = (books: Books, clOrdID: ClOrdID, request: RequestRef): void => {
  noteRequest(books, clOrdID, request);
  books.lastClOrdID = clOrdID;
};

const noteRequest = (books: Books, clOrdID: ClOrdID, request: RequestRef): void => {
  books.requests.set(clOrdID, request);
  if ('orderID' in request) nameOrder(books, request.orderID, 'clOrdIDs', clOrdID);
};

const noteExecID = (
  books: Books,
  { venueExecID, orderID }: Extract<Fact, { venueExecID?: unknown }>,
): void => {
  if (venueExecID === undefined || books.seenExecIDs.has(venueExecID)) return;
  books.seenExecIDs.add(venueExecID);
  if (orderID !== undefined) nameOrder(books, orderID, 'venueExecIDs', venueExecID);
};

/** A client's cancel or replace request uses up its ClOrdID(11), too. */
const nameByClient = (books: Books, fact: FactOf<'CancelIntended' | 'ReplaceIntended'>): void => {
  const order = books.orders.get(fact.orderID);
  if (order === undefined || fact.clientOrderID === undefined) return;
  books.orderIDByClientOrderID.get(order.client)?.set(fact.clientOrderID, fact.orderID);
  nameOrder(books, fact.orderID, 'clientOrderIDs', fact.clientOrderID);
};

const changeOrder = (books: Books, orderID: OrderID, change: (order: Order) => Order): void => {
  const before = books.orders.get(orderID);
  if (before === undefined) return;
  const after = change(before);
  if (after === before) return;
  books.orders.set(orderID, after);
  forgetAnswered(books, before, after);
  noteOrder(books, after);
  if (isClosed(after)) {
    books.openOrderIDs.delete(orderID);
    noteClosed(books, orderID);
    // A switch on one order has done its work.
    books.killSwitches.delete(killScopeText({ type: 'order', orderID }));
  } else {
    books.openOrderIDs.add(orderID);
    books.closedOrderIDs.delete(orderID);
  }
  const { venueOrderID } = after;
  if (venueOrderID === undefined || books.orderIDByVenueOrderID.get(venueOrderID) === orderID)
    return;
  books.orderIDByVenueOrderID.set(venueOrderID, orderID);
  nameOrder(books, orderID, 'venueOrderIDs', venueOrderID);
};

/** Forgets the MsgSeqNum(34) of requests that are answered or over. */
const forgetAnswered = (books: Books, before: Order, after: Order): void => {
  // A new attempt follows only on the proof that the one before had an effect.
  const isNext = before.attempt?.clOrdID !== after.attempt?.clOrdID;
  if (before.attempt?.answered === false && (isNext || after.attempt?.answered === true)) {
    noteEffect(books, before.attempt.sentAs);
  }
  for (const { clOrdID, sentAs } of before.pending) {
    const isOver = after.pending.every((request) => request.clOrdID !== clOrdID);
    if (isOver && sentAs !== undefined) books.clOrdIDBySeqNum.delete(seqNumKey(sentAs));
  }
};

const noteAnswer = (books: Books, clOrdID: ClOrdID): void => {
  noteEffect(books, sentAsOf(books, clOrdID));
};

/**
 * Remembers that a message of ours had an effect at the venue: a later claim that it never arrived
 * proves nothing.
 */
const noteEffect = (books: Books, sentAs: SentAs | undefined): void => {
  if (sentAs === undefined) return;
  books.clOrdIDBySeqNum.delete(seqNumKey(sentAs));
  voidProofs(books, sentAs);
  const route = books.routes.get(sentAs.session);
  if (route === undefined || route.sequenceEpoch !== sentAs.sequenceEpoch) return;
  const name = sentAs.epoch === route.epoch ? 'answeredNowSeqMax' : 'answeredSeqMax';
  const resendProofs = route.resendProofs.map((proof) =>
    sentAs.epoch < proof.epoch && sentAs.msgSeqNum >= proof.beginSeqNo
      ? { ...proof, isVoid: true }
      : proof,
  );
  const answered = Math.max(route[name], sentAs.msgSeqNum);
  books.routes.set(sentAs.session, { ...route, resendProofs, [name]: answered });
};

const sentAsOf = (books: Books, clOrdID: ClOrdID): SentAs | undefined => {
  const request = books.requests.get(clOrdID);
  if (request === undefined) return undefined;
  if (request.kind === 'massCancel') return books.massCancels.get(clOrdID)?.sentAs;
  const order = books.orders.get(request.orderID);
  if (order?.attempt?.clOrdID === clOrdID) return order.attempt.sentAs;
  return order?.pending.find((pending) => pending.clOrdID === clOrdID)?.sentAs;
};

/** The counters follow the ids in the facts, so that a replay goes on where the journal ends. */
const countIDs = (books: Books, fact: Fact): void => {
  if ('execID' in fact) countExecID(books, fact.execID);
  if (
    fact.type === 'OrderAccepted' ||
    fact.type === 'OrderRefused' ||
    fact.type === 'ExternalOrderAdopted'
  ) {
    countOrderID(books, fact.orderID);
  }
  if (fact.type === 'UnreadableOrderRefused') countOrderID(books, fact.refusedID);
  if (fact.type === 'OrdersDoubted') {
    for (const { execID } of fact.orders) if (execID !== undefined) countExecID(books, execID);
  }
};

const countOrderID = (books: Books, orderID: OrderID): void => {
  books.ordersMade = Math.max(books.ordersMade, numberOfID(orderID));
};

const countExecID = (books: Books, execID: string): void => {
  books.execIDsMade = Math.max(books.execIDsMade, numberOfID(execID));
};
