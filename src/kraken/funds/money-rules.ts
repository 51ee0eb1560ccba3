import { type Result, err, ok } from '../../lib/result.ts';
import { decimalToText, parseDecimal, ZERO } from '../../lib/decimal.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type Approval, isGenuine } from './approval.ts';
import { faultOfPolicy, faultOfRequest, type FundsPolicy } from './funds-policy.ts';
import { type MoneyBooks, type MoneyCase } from './money-fact.ts';
import { digestOf, type Verdict } from './money-request.ts';

const DAY_MS = 86_400_000;

/** What left, or may have left, within the last 24 hours. */
export const goneToday = (books: MoneyBooks, currency: string, now: EpochMs): string => {
  let sum = ZERO;
  for (const { request, status, sentAt } of books.cases.values()) {
    const mayBeGone = status === 'Sending' || status === 'InDoubt' || status === 'Done';
    if (!mayBeGone || request.currency.toLowerCase() !== currency.toLowerCase()) continue;
    // Without the time it counts for ever: a limit errs on the safe side.
    if (sentAt !== undefined && sentAt <= now - DAY_MS) continue;
    sum = sum.plus(parseDecimal(request.amount) ?? ZERO);
  }
  return decimalToText(sum);
};

/** Why a signed word does not count; `undefined` when it does. */
export const faultOfApproval = (
  policy: FundsPolicy,
  money: MoneyCase,
  approval: Approval,
): string | undefined => {
  const operator = policy.operators.find(({ name }) => name === approval.operator);
  if (operator === undefined) return `${approval.operator} is not an operator`;
  if (approval.digest !== digestOf(money.request))
    return 'the signature is for another request, or for other terms of this one';
  return isGenuine(approval, operator.publicKeyPem)
    ? undefined
    : `the signature is not ${operator.name}'s`;
};

/**
 * Different operators whose genuine word for `verdict` counts now, judged anew by the policy as it
 * is.
 */
export const countVoices = (policy: FundsPolicy, money: MoneyCase, verdict: Verdict): number => {
  const all = verdict === 'Approve' ? money.approvals : money.resolutions;
  const genuine = all.filter(
    (one) => one.verdict === verdict && faultOfApproval(policy, money, one) === undefined,
  );
  return new Set(genuine.map(({ operator }) => operator)).size;
};

/**
 * The last gate before money leaves: everything is judged again, nothing is taken from an earlier
 * step.
 */
export const mayBeSent = (
  policy: FundsPolicy,
  books: MoneyBooks,
  id: string,
  now: EpochMs,
): Result<MoneyCase, string> => {
  const money = books.cases.get(id);
  if (money === undefined) return err(`no request ${id}`);
  const fault =
    faultOfPolicy(policy) ??
    faultOfStatus(money) ??
    (now >= money.request.expiresAt ? 'the request has expired' : undefined) ??
    faultOfRequest(policy, money.request, goneToday(books, money.request.currency, now));
  if (fault !== undefined) return err(fault);
  const voices = countVoices(policy, money, 'Approve');
  return voices >= policy.approvalsMin
    ? ok(money)
    : err(`${voices} of ${policy.approvalsMin} approvals`);
};

const faultOfStatus = ({ status }: MoneyCase): string | undefined => {
  switch (status) {
    case 'Proposed':
      return undefined;
    case 'Sending':
    case 'InDoubt':
      return 'MONEY_IN_DOUBT: it may have been sent, and is never sent again';
    case 'Done':
    case 'NotDone':
    case 'Withdrawn':
      return `the request has ended: ${status}`;
  }
};
