import { defined } from '../../lib/defined.ts';
import { type Fact } from '../fact.ts';
import { CONFIGURED, limitKeyOf, type LimitChange, type LimitProposal } from '../limit.ts';
import { numberOfID } from '../made-id.ts';
import { type Books } from '../state.ts';

type FactOf<T extends Fact['type']> = Extract<Fact, { type: T }>;

/** What operators changed of the limits, scopes that are stopped, and where the day began. */
export const evolveLimits = (books: Books, fact: Fact): void => {
  switch (fact.type) {
    case 'LimitTightened':
      tighten(books, fact);
      return;
    case 'LimitChangeProposed':
      books.limitProposals.set(fact.proposalID, proposalOf(fact));
      books.limitProposalsMade = Math.max(books.limitProposalsMade, numberOfID(fact.proposalID));
      return;
    case 'LimitChangeApproved':
      approve(books, fact);
      return;
    case 'LimitProposalEnded':
      books.limitProposals.delete(fact.proposalID);
      return;
    case 'LimitOverrideEnded': {
      keep(books, withoutLoosened(changeOf(books, fact)));
      return;
    }
    case 'ThrottleTripped': {
      const { scope, at, executions, windowMs } = fact;
      books.throttleTrips.set(scope, { scope, at, executions, windowMs });
      return;
    }
    case 'ThrottleReset':
      books.throttleTrips.delete(fact.scope);
      return;
    case 'TradingDayBegun': {
      const { day, at, positions } = fact;
      const pairs = positions.map(({ key, realizedPnl }) => [key, realizedPnl] as const);
      books.dayStart = { day, at, realizedPnl: new Map(pairs) };
      return;
    }
    default:
  }
};

const proposalOf = (fact: FactOf<'LimitChangeProposed'>): LimitProposal => {
  const { proposalID: id, scope, limit, value, by, reason, at, expiresAt, holdsMs } = fact;
  return { id, scope, limit, value, by, reason, at, expiresAt, ...defined({ holdsMs }) };
};

/** A looser value that two persons set may be tightened for the time that it has. */
const tighten = (books: Books, fact: FactOf<'LimitTightened'>): void => {
  const { value, by, reason, at, scope, limit, until } = fact;
  const change = changeOf(books, fact);
  keep(
    books,
    until !== undefined && change.loosened !== undefined
      ? { ...change, loosened: { ...change.loosened, value, by, reason, at } }
      : { scope, limit, tightened: { value, by, reason, at } },
  );
};

const approve = (
  books: Books,
  { proposalID, by, until, at }: FactOf<'LimitChangeApproved'>,
): void => {
  const proposal = books.limitProposals.get(proposalID);
  if (proposal === undefined) return;
  books.limitProposals.delete(proposalID);
  const { scope, limit, value, reason } = proposal;
  if (value === CONFIGURED || until === undefined) {
    keep(books, { scope, limit });
    return;
  }
  const loosened = { value, by: proposal.by, reason, at, approvedBy: by, until };
  keep(books, { ...changeOf(books, proposal), loosened });
};

const changeOf = (
  books: Books,
  { scope, limit }: Pick<LimitChange, 'scope' | 'limit'>,
): LimitChange => books.limitChanges.get(limitKeyOf(scope, limit)) ?? { scope, limit };

const withoutLoosened = ({ scope, limit, tightened }: LimitChange): LimitChange => ({
  scope,
  limit,
  ...defined({ tightened }),
});

const keep = (books: Books, change: LimitChange): void => {
  const key = limitKeyOf(change.scope, change.limit);
  if (change.tightened === undefined && change.loosened === undefined) {
    books.limitChanges.delete(key);
  } else books.limitChanges.set(key, change);
  books.limitChangesMade += 1;
};
