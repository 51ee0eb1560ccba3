import { type OrderID } from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { type DoubtCase, type DoubtRound, type SeenInRound } from '../facts/doubt-case.ts';
import { type Fact } from '../fact.ts';
import { numberOfID } from '../made-id.ts';
import { type Books, type SentAs } from '../state.ts';

type FactOf<T extends Fact['type']> = Extract<Fact, { type: T }>;

/** Which orders are in doubt, what was asked about them, and what two persons say. */
export const evolveDoubts = (books: Books, fact: Fact): void => {
  switch (fact.type) {
    case 'OrdersDoubted':
      doubt(books, fact);
      return;
    case 'OrderRejected':
    case 'AttemptAbsent':
    case 'DoubtResolved':
      end(books, fact.orderID);
      return;
    case 'DoubtsSettled':
      for (const orderID of fact.orderIDs) end(books, orderID);
      return;
    case 'DoubtsDue':
      stopRound(books, fact);
      return;
    case 'RoundBegun':
    case 'EvidenceNoted':
    case 'RoundEnded':
      evolveRound(books, fact);
      return;
    case 'SequenceProofNoted':
      for (const proof of fact.orders) {
        change(books, proof.orderID, { proof: { ...proof, at: fact.at, isVoid: false } });
      }
      return;
    case 'DoubtsAlerted':
      for (const orderID of fact.orderIDs) change(books, orderID, { alerted: fact.level });
      return;
    case 'LateWatchBegun': {
      const { session, closedSince, until } = fact;
      books.lateWatches.set(session, { session, closedSince, until });
      return;
    }
    case 'LateWatchEnded':
      books.lateWatches.delete(fact.session);
      return;
    case 'DoubtVerdictProposed':
      propose(books, fact);
      return;
    case 'DoubtVerdictApproved':
    case 'DoubtVerdictEnded':
      books.doubtProposals.delete(fact.proposalID);
      return;
    default:
  }
};

const end = (books: Books, orderID: OrderID): void => {
  books.doubts.delete(orderID);
  books.doubtCases.delete(orderID);
};

const change = (books: Books, orderID: OrderID, changed: Partial<DoubtCase>): void => {
  const before = books.doubtCases.get(orderID);
  if (before !== undefined) books.doubtCases.set(orderID, { ...before, ...changed });
};

/** A doubt that gets another class keeps its age, and begins anew with what was asked about it. */
const doubt = (books: Books, { orders, session, at }: FactOf<'OrdersDoubted'>): void => {
  for (const { orderID, doubt: of } of orders) {
    const before = books.doubtCases.get(orderID);
    books.doubts.set(orderID, of);
    books.doubtCases.set(orderID, {
      ...{ orderID, session, doubt: of, barrier: at, since: before?.since ?? at },
      ...{ rounds: before?.rounds ?? 0, seen: before?.seen ?? [], untraced: [] },
      // A proof means something only in its own epoch of sequence numbers.
      ...defined({
        proof: of === 'UNCONFIRMED' ? undefined : before?.proof,
        alerted: before?.alerted,
      }),
    });
  }
  const round = books.doubtRounds.get(session);
  if (round !== undefined) books.doubtRounds.set(session, { ...round, attempts: 0 });
};

/** A round whose answers were lost with the process is over. */
const stopRound = (books: Books, { session }: FactOf<'DoubtsDue'>): void => {
  const round = books.doubtRounds.get(session);
  if (round?.isRunning === true) {
    books.doubtRounds.set(session, { ...round, isRunning: false });
  }
};

const evolveRound = (
  books: Books,
  fact: FactOf<'RoundBegun' | 'EvidenceNoted' | 'RoundEnded'>,
): void => {
  const before = books.doubtRounds.get(fact.session);
  if (fact.type === 'RoundBegun') {
    books.doubtRounds.set(fact.session, roundOf(fact, before));
    for (const one of casesOf(books, fact.session)) {
      change(books, one.orderID, { rounds: one.rounds + 1 });
    }
    return;
  }
  if (before?.round !== fact.round) return;
  if (fact.type === 'EvidenceNoted') {
    books.doubtRounds.set(fact.session, roundWith(before, fact));
    for (const row of fact.orders) {
      const one = books.doubtCases.get(row.orderID);
      if (one !== undefined) books.doubtCases.set(row.orderID, caseWith(one, fact, row));
    }
    return;
  }
  books.doubtRounds.set(fact.session, { ...before, isRunning: false });
  for (const orderID of fact.untraced) {
    const one = books.doubtCases.get(orderID);
    if (one !== undefined) books.doubtCases.set(orderID, caseWithout(one, before));
  }
};

const casesOf = (books: Books, session: string): readonly DoubtCase[] =>
  [...books.doubtCases.values()].filter((one) => one.session === session);

const roundOf = (
  { session, round, at, epoch, views }: FactOf<'RoundBegun'>,
  before: DoubtRound | undefined,
): DoubtRound => ({
  ...{ session, round, at, epoch, views, answers: [], isRunning: true },
  ...{ attempts: (before?.attempts ?? 0) + 1, differences: [] },
});

const roundWith = (round: DoubtRound, fact: FactOf<'EvidenceNoted'>): DoubtRound => {
  const { view, at, asOf, complete, why, positions } = fact;
  const answer = { view, at, complete, ...defined({ asOf, why }) };
  return {
    ...round,
    answers: [...round.answers.filter((one) => one.view !== view), answer],
    differences: positions ?? round.differences,
  };
};

/** The case with a row more: the newest of each view, of the round. */
const caseWith = (
  one: DoubtCase,
  { view, round }: FactOf<'EvidenceNoted'>,
  row: FactOf<'EvidenceNoted'>['orders'][number],
): DoubtCase => {
  const seen: SeenInRound = { ...row, view, round };
  return { ...one, seen: [...one.seen.filter((known) => known.view !== view), seen] };
};

/** The case after a complete round without a trace: the first and the last such round are kept. */
export const caseWithout = (one: DoubtCase, { round, at }: DoubtRound): DoubtCase => {
  const [first] = one.untraced;
  const last = { round, at };
  return { ...one, untraced: first === undefined ? [last] : [first, last] };
};

const propose = (books: Books, fact: FactOf<'DoubtVerdictProposed'>): void => {
  const { proposalID: id, orderID, session, verdict, by, reason, evidence } = fact;
  const { at, expiresAt, lastPx, venueOrderID } = fact;
  books.doubtProposals.set(id, {
    ...{ id, orderID, session, verdict, by, reason, evidence, at, expiresAt },
    ...defined({ lastPx, venueOrderID }),
  });
  books.doubtProposalsMade = Math.max(books.doubtProposalsMade, numberOfID(id));
};

/** An effect of a message was seen: a claim that it never arrived proves nothing about any. */
export const voidProofs = (books: Books, sentAs: SentAs): void => {
  for (const [orderID, one] of books.doubtCases) {
    const { proof } = one;
    const isTouched =
      proof !== undefined &&
      !proof.isVoid &&
      one.session === sentAs.session &&
      proof.sequenceEpoch === sentAs.sequenceEpoch &&
      sentAs.epoch < proof.epoch &&
      sentAs.msgSeqNum >= proof.beginSeqNo;
    if (isTouched) books.doubtCases.set(orderID, { ...one, proof: { ...proof, isVoid: true } });
  }
};
