import { type LimitRequest, scopeToText } from '../../limit.ts';
import { type CheckDeps } from '../../risk/check-order.ts';
import { judgeChange } from '../../risk/limits/limit-changes.ts';
import { type Draft } from '../draft.ts';

/** An operator changes a limit. The audit has those that are refused, with the reason. */
export const changeLimit = (
  draft: Draft,
  request: LimitRequest,
  { limits: book }: Pick<CheckDeps, 'limits'>,
): void => {
  const { state, at } = draft;
  const judged = judgeChange(request, { state, at, book });
  if (judged.ok) draft.add(judged.value);
};

/** Ends looser limits whose time is over, and proposals that were not approved in time. */
export const endOverrides = (draft: Draft): void => {
  const { state, at } = draft;
  for (const { scope, limit, loosened } of state.limitChanges.values()) {
    if (loosened === undefined || at < loosened.until) continue;
    draft.add({ type: 'LimitOverrideEnded', at, scope, limit });
    const detail = `${limit} of ${scopeToText(scope)} is no longer ${loosened.value}: its time is over`;
    draft.alert('warning', 'LIMIT_OVERRIDE_ENDED', detail);
  }
  for (const { id: proposalID, expiresAt } of state.limitProposals.values()) {
    if (at < expiresAt) continue;
    const reason = 'not approved in time';
    draft.add({ type: 'LimitProposalEnded', at, proposalID, by: 'engine', reason });
  }
};
