import { type DecimalText } from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { escapeHidden } from '../../lib/plain-text.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Clock, type EpochMs, epochMs } from '../../lib/time.ts';
import { type FundsAnswer, type RestFundsGateway } from '../rest/funds/funds-gateway.ts';
import { type RestLogEntry } from '../rest/history/history-readers.ts';
import { type Approval } from './approval.ts';
import { type AuditTrail } from './audit-record.ts';
import { faultOfPolicy, faultOfRequest, type FundsPolicy } from './funds-policy.ts';
import { evolve, type MoneyBooks, type MoneyCase, type MoneyFact } from './money-fact.ts';
import {
  digestOf,
  type MoneyRequest,
  type MoneyTerms,
  type ProposalSignature,
  toCanonicalText,
} from './money-request.ts';
import {
  countVoices,
  EXPIRED,
  faultOfApproval,
  faultOfNewProposal,
  faultOfProposer,
  findMovement,
  goneLast24h,
  mayBeSent,
  toEvidence,
} from './money-rules.ts';
import { sendMoney } from './send-money.ts';

export interface FundsServiceDeps {
  readonly policy: FundsPolicy;
  readonly audit: AuditTrail;
  /** The books as the audit record left them. */
  readonly books: MoneyBooks;
  readonly clock: Clock;
  /** With the withdrawal key: no other part of the program has it. */
  readonly funds: RestFundsGateway;
  /**
   * The account log since a time, to settle a doubt; `undefined` when it could not be read whole.
   */
  readonly readLog: (sinceMs: number) => Promise<readonly RestLogEntry[] | undefined>;
  /** Called when money falls in doubt: an operator must look. */
  readonly alert: (text: string) => void;
}

/** What an operator asks for, signed; id and times of the request are given by the service. */
export interface Proposal extends MoneyTerms {
  readonly proposal: ProposalSignature;
}

/** What stands behind `fathom withdraw`; every refusal is a line of the audit record. */
export interface FundsService {
  readonly propose: (proposal: Proposal) => Promise<Result<MoneyCase, string>>;
  readonly approve: (id: string, approval: Approval) => Promise<Result<MoneyCase, string>>;
  readonly cancel: (id: string, by: string) => Promise<Result<MoneyCase, string>>;
  /**
   * Sends once, if as many operators approved as the policy asks for; the outcome is the case's
   * status.
   */
  readonly send: (id: string, by: string) => Promise<Result<MoneyCase, string>>;
  /** What would be sent, and what is missing; nothing leaves. */
  readonly dryRun: (id: string) => DryRun | undefined;
  /**
   * Looks for the movement in the account log; finding it settles the doubt, finding none does not.
   */
  readonly investigate: (id: string, by: string) => Promise<Result<MoneyCase, string>>;
  /** Two operators settle a doubt by their word. */
  readonly resolve: (id: string, approval: Approval) => Promise<Result<MoneyCase, string>>;
  /** Writes the end of requests whose time is over; to be called now and then. */
  readonly expireOverdue: () => Promise<void>;
  readonly cases: () => readonly MoneyCase[];
}

export interface DryRun {
  readonly text: string;
  readonly digest: string;
  readonly approvals: readonly string[];
  readonly approvalsMin: number;
  /** Absent: it would be sent. */
  readonly obstacle?: string;
}

export const makeFundsService = async (deps: FundsServiceDeps): Promise<FundsService> => {
  const fundsService = new Service(deps);
  await fundsService.begin();
  const takeTurn = makeTurns();
  const inTurn = <T>(step: () => Promise<T>): Promise<T> =>
    takeTurn(async () => {
      await fundsService.expireOverdue();
      return step();
    });
  return {
    propose: (proposal) => inTurn(() => fundsService.propose(proposal)),
    approve: (id, approval) => inTurn(() => fundsService.approve(id, approval)),
    cancel: (id, by) => inTurn(() => fundsService.cancel(id, by)),
    send: (id, by) => inTurn(() => fundsService.send(id, by)),
    dryRun: (id) => fundsService.dryRun(id),
    investigate: (id, by) => inTurn(() => fundsService.investigate(id, by)),
    resolve: (id, approval) => inTurn(() => fundsService.resolve(id, approval)),
    expireOverdue: () => takeTurn(() => fundsService.expireOverdue()),
    cases: () => [...fundsService.books.cases.values()],
  };
};

/** One step after the other: two concurrent sends of one request must see each other. */
const makeTurns = (): (<T>(step: () => Promise<T>) => Promise<T>) => {
  let tail: Promise<unknown> = Promise.resolve();
  return (step) => {
    const turn = tail.then(step);
    tail = turn.catch(() => undefined);
    return turn;
  };
};

type CaseAnswer = Promise<Result<MoneyCase, string>>;

/** `by` of steps that no operator asked for. */
const ENGINE = 'engine';

const NOBODY = 'it is not said who asks for it';

class Service {
  books: MoneyBooks;
  readonly #deps: FundsServiceDeps;
  #latest: EpochMs;
  #latestMonotonic: number;

  constructor(deps: FundsServiceDeps) {
    this.#deps = deps;
    this.books = deps.books;
    this.#latest = deps.books.latestAt;
    this.#latestMonotonic = deps.clock.monotonic();
  }

  /**
   * The wall clock, but never behind what it showed before, in this run or in the record: setting
   * it back gives no request more time.
   */
  #now(): EpochMs {
    const { clock } = this.#deps;
    const monotonic = clock.monotonic();
    const passed = Math.max(0, monotonic - this.#latestMonotonic);
    const at = Math.floor(Math.max(clock.wall(), this.#latest + passed));
    this.#latest = epochMs(at);
    this.#latestMonotonic = monotonic;
    return epochMs(at);
  }

  async expireOverdue(): Promise<void> {
    for (const { status, request } of this.books.cases.values()) {
      if (status !== 'Proposed' || this.#now() < request.expiresAt) continue;
      await this.#record({ ...this.#stamp(ENGINE), type: 'Expired', id: request.id });
    }
  }

  /** What was being sent when the process ended may be gone: it is in doubt, and stays unsent. */
  async begin(): Promise<void> {
    for (const { status, request } of this.books.cases.values()) {
      if (status !== 'Sending') continue;
      const cause = 'the process ended before the answer came';
      await this.#record({ ...this.#stamp(ENGINE), type: 'FellInDoubt', id: request.id, cause });
      this.#deps.alert(`MONEY_IN_DOUBT ${request.id}: ${cause}`);
    }
  }

  async propose(proposal: Proposal): CaseAnswer {
    const { policy, clock } = this.#deps;
    const now = this.#now();
    const request: MoneyRequest = {
      ...proposal,
      amount: proposal.amount as DecimalText,
      id: `M${this.books.count + 1}`,
      proposedAt: now,
      expiresAt: epochMs(now + policy.requestAgeMsMax),
    };
    const gone = goneLast24h(this.books, request.currency, now);
    const fault =
      faultOfPolicy(policy) ??
      faultOfRequest(policy, request, gone) ??
      faultOfProposer(policy, request) ??
      faultOfNewProposal(this.books, request, clock.wall());
    if (fault !== undefined) return this.#deny('propose', proposal.proposedBy, fault);
    await this.#record({ ...this.#stamp(proposal.proposedBy), type: 'Proposed', request });
    return this.#caseOf(request.id);
  }

  async approve(id: string, approval: Approval): CaseAnswer {
    const money = this.books.cases.get(id);
    const fault =
      faultOfPolicy(this.#deps.policy) ??
      (money === undefined ? `no request ${id}` : this.#faultOfVoice(money, approval));
    if (fault !== undefined) return this.#deny('approve', approval.operator, fault, id);
    await this.#record({ ...this.#stamp(approval.operator), type: 'Approved', id, approval });
    return this.#caseOf(id);
  }

  async cancel(id: string, by: string): CaseAnswer {
    if (by.trim() === '') return this.#deny('cancel', by, NOBODY, id);
    const status = this.books.cases.get(id)?.status;
    if (status !== 'Proposed') return this.#deny('cancel', by, `not open: ${status ?? 'none'}`, id);
    await this.#record({ ...this.#stamp(by), type: 'Withdrawn', id });
    return this.#caseOf(id);
  }

  async send(id: string, by: string): CaseAnswer {
    if (by.trim() === '') return this.#deny('send', by, NOBODY, id);
    const allowed = mayBeSent(this.#deps.policy, this.books, id, this.#now());
    if (!allowed.ok) return this.#deny('send', by, allowed.error, id);
    await this.#record({ ...this.#stamp(by), type: 'SendIntended', id });
    const answer = await sendMoney(this.#deps.funds, allowed.value.request);
    await this.#record(this.#outcomeOf(id, by, answer));
    return this.#caseOf(id);
  }

  dryRun(id: string): DryRun | undefined {
    const money = this.books.cases.get(id);
    if (money === undefined) return undefined;
    const allowed = mayBeSent(this.#deps.policy, this.books, id, this.#now());
    return {
      text: toCanonicalText(money.request),
      digest: digestOf(money.request),
      approvals: money.approvals.map(({ operator }) => operator),
      approvalsMin: this.#deps.policy.approvalsMin,
      ...defined({ obstacle: allowed.ok ? undefined : allowed.error }),
    };
  }

  async investigate(id: string, by: string): CaseAnswer {
    if (by.trim() === '') return this.#deny('investigate', by, NOBODY, id);
    const money = this.books.cases.get(id);
    if (money?.status !== 'InDoubt') return this.#deny('investigate', by, 'not in doubt', id);
    const entries = await this.#deps.readLog((money.sentAt ?? money.request.proposedAt) - 60_000);
    if (entries === undefined) return err('the account log could not be read whole');
    const movement = findMovement(money, [...this.books.cases.values()], entries);
    if (!movement.ok) return this.#deny('investigate', by, movement.error, id);
    const evidence = toEvidence(movement.value);
    await this.#record({ ...this.#stamp(by), type: 'Done', id, evidence });
    return this.#caseOf(id);
  }

  async resolve(id: string, approval: Approval): CaseAnswer {
    const money = this.books.cases.get(id);
    const fault =
      money?.status !== 'InDoubt'
        ? 'not in doubt'
        : approval.verdict === 'Approve'
          ? 'an approval settles no doubt'
          : (faultOfPolicy(this.#deps.policy) ??
            faultOfApproval(this.#deps.policy, money, approval));
    if (fault !== undefined) return this.#deny('resolve', approval.operator, fault, id);
    const stamp = this.#stamp(approval.operator);
    await this.#record({ ...stamp, type: 'ResolutionSigned', id, approval });
    const signed = this.books.cases.get(id);
    if (signed === undefined) return err(`no request ${id}`);
    const voices = countVoices(this.#deps.policy, signed, approval.verdict);
    if (voices >= this.#deps.policy.approvalsMin) {
      const type = approval.verdict === 'ResolveDone' ? 'Done' : 'NotDone';
      await this.#record({ ...stamp, type, id, evidence: `${voices} operators` });
    }
    return this.#caseOf(id);
  }

  #faultOfVoice(money: MoneyCase, approval: Approval): string | undefined {
    if (money.status === 'Expired' || this.#now() >= money.request.expiresAt) return EXPIRED;
    if (money.status !== 'Proposed') return `the request has ended: ${money.status}`;
    if (approval.verdict !== 'Approve') return 'not an approval';
    const isRepeat = money.approvals.some(({ operator }) => operator === approval.operator);
    if (isRepeat) return `${approval.operator} has approved already`;
    return faultOfApproval(this.#deps.policy, money, approval);
  }

  /**
   * Only positive evidence ends a sending; everything else is a doubt, and a doubt is never sent
   * again.
   */
  #outcomeOf(id: string, by: string, { outcome, uid }: FundsAnswer): MoneyFact {
    const stamp = this.#stamp(by);
    switch (outcome.type) {
      case 'Confirmed':
        return { ...stamp, type: 'Done', id, evidence: outcome.text, ...defined({ uid }) };
      case 'Refused':
      case 'NotSent':
        return { ...stamp, type: 'NotDone', id, evidence: `${outcome.type}: ${outcome.text}` };
      case 'Unknown':
        this.#deps.alert(`MONEY_IN_DOUBT ${id}: ${outcome.cause} ${outcome.text}`);
        return { ...stamp, type: 'FellInDoubt', id, cause: `${outcome.cause} ${outcome.text}` };
    }
  }

  async #deny(
    verb: string,
    by: string,
    reason: string,
    id?: string,
  ): Promise<Result<never, string>> {
    await this.#record({ ...this.#stamp(by), type: 'Denied', verb, reason, ...defined({ id }) });
    return err(reason);
  }

  #stamp(by: string): { readonly at: MoneyFact['at']; readonly by: string } {
    return { at: this.#now(), by: escapeHidden(by.slice(0, 100)) };
  }

  /** Durable first, then believed. */
  async #record(fact: MoneyFact): Promise<void> {
    await this.#deps.audit.append(fact);
    this.books = evolve(this.books, fact);
  }

  #caseOf(id: string): Result<MoneyCase, string> {
    const money = this.books.cases.get(id);
    return money === undefined ? err(`no request ${id}`) : ok(money);
  }
}
