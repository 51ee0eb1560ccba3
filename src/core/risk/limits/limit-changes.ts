import { faultOfAscii, faultOfText, sameName } from '../../../lib/plain-text.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { epochMs, type EpochMs } from '../../../lib/time.ts';
import { defined } from '../../../lib/defined.ts';
import {
  type LimitChangeApproved,
  type LimitChangeProposed,
  type LimitProposalEnded,
  type LimitTightened,
  type ThrottleReset,
} from '../../fact.ts';
import {
  CONFIGURED,
  ENGINE_SCOPE,
  type LimitKey,
  limitKeyOf,
  type LimitProposal,
  type LimitRequest,
  type LimitText,
  OFF,
  type ScopeKey,
} from '../../limit.ts';
import { type EngineState } from '../../state.ts';
import { type LimitControl } from '../controls.ts';
import { type LimitBook } from './limit-book.ts';
import { controlOf, isAsTight, isTighter, parseLimitText } from './limit-value.ts';

/** A change that is not made; `code` is stable. */
interface ChangeRefusal {
  readonly code: string;
  readonly message: string;
}

type LimitFact =
  LimitTightened | LimitChangeProposed | LimitChangeApproved | LimitProposalEnded | ThrottleReset;

type Judged = Result<LimitFact, ChangeRefusal>;
type Requested<Kind extends LimitRequest['kind']> = Extract<LimitRequest, { kind: Kind }>;

interface Judging {
  readonly state: EngineState;
  readonly at: EpochMs;
  readonly book: LimitBook;
}

const NAME_LENGTH_MAX = 64;
const REASON_LENGTH_MAX = 256;
const PROPOSALS_MAX = 100;

/**
 * What becomes of an operator's request. Tighter holds at once on one person's word; looser needs a
 * second person and ends by itself.
 */
export const judgeChange = (request: LimitRequest, judging: Judging): Judged => {
  const fault = faultOfPerson(request, judging.book);
  if (fault !== undefined) return err(fault);
  switch (request.kind) {
    case 'set':
      return judgeSet(request, judging);
    case 'propose':
      return judgePropose(request, judging);
    case 'approve':
      return judgeApprove(request, judging);
    case 'withdraw':
      return judgeWithdraw(request, judging);
    case 'enable':
      return judgeEnable(request, judging);
  }
};

const refuse = (code: string, message: string): Result<never, ChangeRefusal> =>
  err({ code, message });

const faultOfPerson = (
  request: LimitRequest,
  { configured }: LimitBook,
): ChangeRefusal | undefined => {
  const { operators } = configured.changes;
  const by = faultOfAscii(request.by.trim(), NAME_LENGTH_MAX);
  if (by !== undefined) return { code: 'PERSON_MISSING', message: `by: the name ${by}` };
  if (operators?.has(request.by.trim()) === false) {
    const message = `${request.by.trim()} is not among risk.changes.operators`;
    return { code: 'NOT_AN_OPERATOR', message };
  }
  if (request.kind === 'approve') return undefined;
  const reason = faultOfText(request.reason.trim(), REASON_LENGTH_MAX);
  return reason === undefined
    ? undefined
    : { code: 'REASON_MISSING', message: `reason: the text ${reason}` };
};

interface Target {
  readonly scope: ScopeKey;
  readonly limit: LimitKey;
  readonly control: LimitControl;
}

const targetOf = (
  { scope, limit }: { readonly scope: string; readonly limit: string },
  book: LimitBook,
): Result<Target, ChangeRefusal> => {
  const control = controlOf(limit);
  if (control === undefined) return refuse('UNKNOWN_LIMIT', `there is no limit ${limit}`);
  if (!isScope(scope, book)) return refuse('UNKNOWN_SCOPE', unknownScope(scope));
  const kind = scope.split(':', 1)[0];
  if (!control.scopes.some((one) => one === kind)) {
    return refuse('BAD_SCOPE', `${limit} cannot be set for ${scope}`);
  }
  return ok({ scope, limit: control.limit, control });
};

const isScope = (scope: string, book: LimitBook): scope is ScopeKey => book.has(scope as ScopeKey);

const unknownScope = (scope: string): string =>
  `${scope} is not in the configuration: instruments, client sessions, the trading session, risk.accounts and risk.strategies are`;

/**
 * The value that orders are held against now. An instrument without a value of its own has the
 * general one, where there is one value for each order.
 */
const currentOf = ({ scope, limit, control }: Target, { state, at, book }: Judging): LimitText => {
  const own = book.sourceOf(scope, limit, [state, at]).value;
  const hasGeneral = scope.startsWith('instrument:') && control.measure !== 'scope';
  return own === OFF && hasGeneral ? book.sourceOf(ENGINE_SCOPE, limit, [state, at]).value : own;
};

const judgeSet = (request: Requested<'set'>, judging: Judging): Judged => {
  const target = targetOf(request, judging.book);
  if (!target.ok) return target;
  const { scope, limit } = target.value;
  const value = parseLimitText(limit, request.value);
  if (!value.ok) return refuse('BAD_VALUE', `${limit} ${value.error}`);
  const current = currentOf(target.value, judging);
  if (value.value === current) return refuse('UNCHANGED', `${limit} is ${current} already`);
  if (!isTighter(limit, value.value, current)) {
    const message = `${value.value} is not tighter than ${current}: a looser limit needs a second person, see \`fathom limits propose\``;
    return refuse('SECOND_PERSON_NEEDED', message);
  }
  const { by, reason } = trimmed(request);
  const until = untilOfOverride(target.value, value.value, judging);
  const { at } = judging;
  return ok({
    ...{ type: 'LimitTightened', at, scope, limit, value: value.value, by, reason },
    ...defined({ until }),
  });
};

/** Where a looser value holds that stays looser than what stands below it: until when. */
const untilOfOverride = (
  { scope, limit }: Target,
  value: LimitText,
  { state, at, book }: Judging,
): EpochMs | undefined => {
  const change = state.limitChanges.get(limitKeyOf(scope, limit));
  const { loosened, tightened } = change ?? {};
  if (loosened === undefined || at >= loosened.until) return undefined;
  const configured = book.configuredOf(scope, limit);
  const below = [configured, ...(tightened === undefined ? [] : [tightened.value])];
  return below.every((text) => isAsTight(limit, value, text)) ? undefined : loosened.until;
};

const judgePropose = (request: Requested<'propose'>, judging: Judging): Judged => {
  const { state, at, book } = judging;
  const target = targetOf(request, book);
  if (!target.ok) return target;
  const { scope, limit } = target.value;
  const value = proposedValue(request, target.value, judging);
  if (!value.ok) return value;
  const { holdMsMax, proposalMsMax } = book.configured.changes;
  const holdsMs = value.value === CONFIGURED ? undefined : request.holdsMs;
  if (value.value !== CONFIGURED && !isHold(holdsMs, holdMsMax)) {
    return refuse(
      'BAD_TIME',
      `a looser limit holds for at least 1 s and at most ${holdMsMax / 1_000} s`,
    );
  }
  if (openProposals(state, at).length >= PROPOSALS_MAX) {
    return refuse('TOO_MANY_PROPOSALS', `${PROPOSALS_MAX} proposals wait already`);
  }
  return ok({
    ...{ type: 'LimitChangeProposed', at, scope, limit, value: value.value, ...trimmed(request) },
    proposalID: `L${state.limitProposalsMade + 1}`,
    expiresAt: epochMs(at + proposalMsMax),
    ...defined({ holdsMs }),
  });
};

const isHold = (holdsMs: number | undefined, max: number): boolean =>
  holdsMs !== undefined && Number.isSafeInteger(holdsMs) && holdsMs >= 1_000 && holdsMs <= max;

const proposedValue = (
  request: Requested<'propose'>,
  target: Target,
  judging: Judging,
): Result<LimitText, ChangeRefusal> => {
  const { scope, limit } = target;
  if (request.value.trim() === CONFIGURED) {
    return judging.state.limitChanges.has(limitKeyOf(scope, limit))
      ? ok(CONFIGURED)
      : refuse('UNCHANGED', `${limit} is as the configuration has it`);
  }
  const value = parseLimitText(limit, request.value);
  if (!value.ok) return refuse('BAD_VALUE', `${limit} ${value.error}`);
  const current = currentOf(target, judging);
  if (value.value === current) return refuse('UNCHANGED', `${limit} is ${current} already`);
  return isTighter(limit, value.value, current)
    ? refuse(
        'TIGHTER',
        `${value.value} is tighter than ${current}: \`fathom limits set\` needs no second person`,
      )
    : value;
};

/** Proposals that may still be approved. */
export const openProposals = (
  { limitProposals }: EngineState,
  at: EpochMs,
): readonly LimitProposal[] =>
  [...limitProposals.values()].filter(({ expiresAt }) => at < expiresAt);

const proposalOf = (id: string, { state, at }: Judging): Result<LimitProposal, ChangeRefusal> => {
  const proposal = state.limitProposals.get(id);
  if (proposal === undefined) return refuse('UNKNOWN_PROPOSAL', `there is no proposal ${id}`);
  return at < proposal.expiresAt
    ? ok(proposal)
    : refuse('PROPOSAL_EXPIRED', `proposal ${id} was not approved in time`);
};

const judgeApprove = (request: Requested<'approve'>, judging: Judging): Judged => {
  const found = proposalOf(request.proposalID, judging);
  if (!found.ok) return found;
  const { id: proposalID, by: proposer, holdsMs, limit, scope } = found.value;
  const by = request.by.trim();
  if (sameName(by, proposer)) {
    return refuse('SAME_PERSON', `${proposer} proposed it: another person must approve it`);
  }
  const target = targetOf({ scope, limit }, judging.book);
  if (!target.ok) return target;
  const { at } = judging;
  const until = holdsMs === undefined ? undefined : epochMs(at + holdsMs);
  return ok({ type: 'LimitChangeApproved', at, proposalID, by, ...defined({ until }) });
};

const judgeWithdraw = (request: Requested<'withdraw'>, judging: Judging): Judged => {
  const found = proposalOf(request.proposalID, judging);
  if (!found.ok) return found;
  const { by, reason } = trimmed(request);
  const { at } = judging;
  return ok({ type: 'LimitProposalEnded', at, proposalID: found.value.id, by, reason });
};

const judgeEnable = (request: Requested<'enable'>, { state, at, book }: Judging): Judged => {
  const { scope } = request;
  if (!isScope(scope, book)) return refuse('UNKNOWN_SCOPE', unknownScope(scope));
  if (!state.throttleTrips.has(scope)) return refuse('UNCHANGED', `${scope} is not stopped`);
  return ok({ type: 'ThrottleReset', at, scope, ...trimmed(request) });
};

const trimmed = ({ by, reason }: { readonly by: string; readonly reason: string }) => ({
  by: by.trim(),
  reason: reason.trim(),
});
