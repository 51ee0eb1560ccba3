import { type EpochMs, epochMs } from '../../lib/time.ts';
import { type Approval } from './approval.ts';
import { type MoneyRequest } from './money-request.ts';

/**
 * What happened to requests, past tense. The audit record is the list of these, and the state is
 * folded from it.
 */
export type MoneyFact = { readonly at: EpochMs; readonly by: string } & (
  | { readonly type: 'Proposed'; readonly request: MoneyRequest }
  | { readonly type: 'Approved'; readonly id: string; readonly approval: Approval }
  | { readonly type: 'Withdrawn'; readonly id: string }
  /** Durable, so that a clock that is set back does not revive it. */
  | { readonly type: 'Expired'; readonly id: string }
  /** Durable before the first byte leaves: from here on the money may be gone. */
  | { readonly type: 'SendIntended'; readonly id: string }
  | { readonly type: 'Done'; readonly id: string; readonly uid?: string; readonly evidence: string }
  | { readonly type: 'NotDone'; readonly id: string; readonly evidence: string }
  | { readonly type: 'FellInDoubt'; readonly id: string; readonly cause: string }
  | { readonly type: 'ResolutionSigned'; readonly id: string; readonly approval: Approval }
  /** People took the record as it was, by the configuration: it has `count` lines before this. */
  | { readonly type: 'RecordAccepted'; readonly count: number; readonly last: string }
  /** An attempt that was refused: each leaves its line. */
  | {
      readonly type: 'Denied';
      readonly verb: string;
      readonly id?: string;
      readonly reason: string;
    }
);

type MoneyStatus =
  'Proposed' | 'Withdrawn' | 'Expired' | 'Sending' | 'InDoubt' | 'Done' | 'NotDone';

export interface MoneyCase {
  readonly request: MoneyRequest;
  readonly status: MoneyStatus;
  readonly approvals: readonly Approval[];
  readonly resolutions: readonly Approval[];
  readonly sentAt?: EpochMs;
  /** What the last step rests on: the venue's uid, its text, the cause of the doubt. */
  readonly evidence?: string;
}

export interface MoneyBooks {
  readonly cases: ReadonlyMap<string, MoneyCase>;
  /** Requests proposed so far: the next id. */
  readonly count: number;
  /** The latest time of a fact: the clock was there once, whatever it says now. */
  readonly latestAt: EpochMs;
}

export const EMPTY_BOOKS: MoneyBooks = { cases: new Map(), count: 0, latestAt: epochMs(0) };

/** Remembers. It cannot fail and looks at nothing but the fact; replayed from the audit record. */
export const evolve = (earlier: MoneyBooks, fact: MoneyFact): MoneyBooks => {
  const books = { ...earlier, latestAt: epochMs(Math.max(earlier.latestAt, fact.at)) };
  if (fact.type === 'Denied' || fact.type === 'RecordAccepted') return books;
  if (fact.type === 'Proposed') {
    const { request } = fact;
    const fresh: MoneyCase = { request, status: 'Proposed', approvals: [], resolutions: [] };
    return { ...books, cases: new Map(books.cases).set(request.id, fresh), count: books.count + 1 };
  }
  const before = books.cases.get(fact.id);
  if (before === undefined) return books;
  return { ...books, cases: new Map(books.cases).set(fact.id, step(before, fact)) };
};

type CaseFact = Exclude<MoneyFact, { type: 'Proposed' | 'Denied' | 'RecordAccepted' }>;

const step = (before: MoneyCase, fact: CaseFact): MoneyCase => {
  switch (fact.type) {
    case 'Approved':
      return { ...before, approvals: [...before.approvals, fact.approval] };
    case 'Withdrawn':
      return { ...before, status: 'Withdrawn' };
    case 'Expired':
      return { ...before, status: 'Expired' };
    case 'SendIntended':
      return { ...before, status: 'Sending', sentAt: fact.at };
    case 'Done':
      return { ...before, status: 'Done', evidence: fact.uid ?? fact.evidence };
    case 'NotDone':
      return { ...before, status: 'NotDone', evidence: fact.evidence };
    case 'FellInDoubt':
      return { ...before, status: 'InDoubt', evidence: fact.cause };
    case 'ResolutionSigned':
      return { ...before, resolutions: [...before.resolutions, fact.approval] };
  }
};
