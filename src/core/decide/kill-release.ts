import { type ClientName } from '../../domain/ids.ts';
import { faultOfAscii, sameName } from '../../lib/plain-text.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { epochMs, type EpochMs } from '../../lib/time.ts';
import {
  type KillReleaseEnded,
  type KillReleaseProposed,
  type KillSwitchReleased,
} from '../fact.ts';
import { type InputBody } from '../input.ts';
import { killScopeText } from '../kill-scope.ts';
import { type LimitBook } from '../risk/limits/limit-book.ts';
import { type EngineState, type KillProposal } from '../state.ts';
import { type Draft } from './draft.ts';
import { killProblem, type KillProblem } from './kill-switch.ts';

type Requested = Extract<
  InputBody,
  { type: 'ReleaseKillSwitch' | 'ApproveKillRelease' | 'WithdrawKillRelease' }
>;
type RequestOf<T extends Requested['type']> = Extract<Requested, { type: T }>;
type Judged = Result<KillSwitchReleased | KillReleaseProposed | KillReleaseEnded, KillProblem>;

interface Judging {
  readonly state: EngineState;
  readonly at: EpochMs;
  readonly changes: LimitBook['configured']['changes'];
}

const NAME_LENGTH_MAX = 64;
const PROPOSALS_MAX = 100;

/**
 * What becomes of a request to loosen a kill switch. One person proposes it, another one approves
 * it in time, as it is with limits; where the configuration says so, one person is enough.
 */
export const judgeKillRelease = (request: Requested, judging: Judging): Judged => {
  const fault = faultOfPerson(request.by, judging);
  if (fault !== undefined) return fault;
  switch (request.type) {
    case 'ReleaseKillSwitch':
      return judgeRelease(request, judging);
    case 'ApproveKillRelease':
      return judgeApproval(request, judging);
    case 'WithdrawKillRelease': {
      const found = proposalOf(request.proposalID, judging);
      if (!found.ok) return found;
      const { by, reason } = request;
      const { id: proposalID } = found.value;
      return ok({ type: 'KillReleaseEnded', at: judging.at, proposalID, by, reason });
    }
  }
};

/** Releases, proposes, approves or withdraws; what is refused changes nothing. */
export const releaseKillSwitch = (
  draft: Draft,
  request: Requested,
  { limits }: { readonly limits: LimitBook },
): void => {
  endKillProposals(draft);
  const { state, at } = draft;
  const judged = judgeKillRelease(request, { state, at, changes: limits.configured.changes });
  if (!judged.ok) return;
  draft.add(judged.value);
  if (judged.value.type !== 'KillSwitchReleased') return;
  const { scope, by, approvedBy, reason } = judged.value;
  const persons = approvedBy === undefined ? by : `${by} and ${approvedBy}`;
  const detail = `${killScopeText(scope)} is ${judged.value.state} again by ${persons}: ${reason}`;
  draft.alert('warning', 'KILL_SWITCH_RELEASED', detail);
};

/** Ends proposals that nobody approved in time. */
export const endKillProposals = (draft: Draft): void => {
  const { state, at } = draft;
  for (const { id: proposalID, expiresAt } of state.killProposals.values()) {
    if (at < expiresAt) continue;
    const reason = 'not approved in time';
    draft.add({ type: 'KillReleaseEnded', at, proposalID, by: ENGINE, reason });
  }
};

const ENGINE = 'engine' as ClientName;

/** Proposals that may still be approved. */
export const openKillProposals = (
  { killProposals }: EngineState,
  at: EpochMs,
): readonly KillProposal[] => [...killProposals.values()].filter(({ expiresAt }) => at < expiresAt);

const refuse = (code: string, text: string): Result<never, KillProblem> => err({ code, text });

const nameOf = (by: ClientName): string => by.replace(/^operator:/, '').trim();

const faultOfPerson = (
  by: ClientName,
  { changes: { operators } }: Judging,
): Result<never, KillProblem> | undefined => {
  const name = nameOf(by);
  const fault = faultOfAscii(name, NAME_LENGTH_MAX);
  if (fault !== undefined) return refuse('BAD_BY', `by: the name ${fault}`);
  return operators?.has(name) === false
    ? refuse('NOT_AN_OPERATOR', `${name} is not among risk.changes.operators`)
    : undefined;
};

const judgeRelease = (
  request: RequestOf<'ReleaseKillSwitch'>,
  { state: books, at, changes }: Judging,
): Judged => {
  const problem = killProblem(books, request);
  if (problem !== undefined) return err(problem);
  const { scope, state, by, reason } = request;
  if (changes.killRelease === 'onePerson')
    return ok({ type: 'KillSwitchReleased', at, scope, state, by, reason });
  if (openKillProposals(books, at).length >= PROPOSALS_MAX)
    return refuse('TOO_MANY_PROPOSALS', `${PROPOSALS_MAX} proposals wait already`);
  return ok({
    ...{ type: 'KillReleaseProposed', at, scope, state, by, reason },
    proposalID: `K${books.killProposalsMade + 1}`,
    expiresAt: epochMs(at + changes.proposalMsMax),
  });
};

const proposalOf = (id: string, { state, at }: Judging): Result<KillProposal, KillProblem> => {
  const proposal = state.killProposals.get(id);
  if (proposal === undefined) {
    const why = 'it ended, or its switch was set or released since';
    return refuse('UNKNOWN_PROPOSAL', `there is no proposal ${id}: ${why}`);
  }
  return at < proposal.expiresAt
    ? ok(proposal)
    : refuse('PROPOSAL_EXPIRED', `proposal ${id} was not approved in time`);
};

const judgeApproval = (request: RequestOf<'ApproveKillRelease'>, judging: Judging): Judged => {
  const found = proposalOf(request.proposalID, judging);
  if (!found.ok) return found;
  const { id: proposalID, scope, state, by, reason } = found.value;
  if (sameName(nameOf(by), nameOf(request.by)))
    return refuse('SAME_PERSON', `${nameOf(by)} proposed it: another person must approve it`);
  const problem = killProblem(judging.state, { type: 'ReleaseKillSwitch', scope, state });
  if (problem !== undefined) return err(problem);
  const approval = { approvedBy: request.by, proposalID };
  return ok({ type: 'KillSwitchReleased', at: judging.at, scope, state, by, reason, ...approval });
};
