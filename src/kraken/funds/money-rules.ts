import { type Result, err, ok } from '../../lib/result.ts';
import { decimalToText, parseDecimal, ZERO } from '../../lib/decimal.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type Approval, isGenuine } from './approval.ts';
import { decimalOf } from '../../domain/decimal-text.ts';
import { type RestLogEntry } from '../rest/history/history-readers.ts';
import { faultOfPolicy, faultOfRequest, type FundsPolicy } from './funds-policy.ts';
import { type MoneyBooks, type MoneyCase } from './money-fact.ts';
import { digestOf, type MoneyRequest, proposalDigestOf, type Verdict } from './money-request.ts';

const DAY_MS = 86_400_000;
export const EXPIRED = 'the request has expired';

/** What left, or may have left, within the last 24 hours. */
export const goneLast24h = (books: MoneyBooks, currency: string, now: EpochMs): string => {
  let sum = ZERO;
  for (const { request, status, sentAt } of books.cases.values()) {
    const mayBeGone = status === 'Sending' || status === 'InDoubt' || status === 'Done';
    if (!mayBeGone || request.currency.toLowerCase() !== currency.toLowerCase()) continue;
    // A movement whose time of sending is not known always counts against the limit.
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
  if (!operator.mayApprove) return `${operator.name} may propose, not approve`;
  if (
    approval.verdict === 'Approve' &&
    !policy.proposerMayApprove &&
    operator.name === money.request.proposedBy
  )
    return `${operator.name} proposed it, and may not approve it as well`;
  if (approval.digest !== digestOf(money.request))
    return 'the signature is for another request, or for other terms of this one';
  return isGenuine(approval, operator.publicKeyPem)
    ? undefined
    : `the signature is not ${operator.name}'s`;
};

/** Why a request does not count as its proposer's; `undefined` when it does. */
export const faultOfProposer = (policy: FundsPolicy, request: MoneyRequest): string | undefined => {
  const { proposedBy, proposal } = request;
  const operator = policy.operators.find(({ name }) => name === proposedBy);
  if (operator === undefined) return `${proposedBy} is not an operator, and may not propose`;
  if (proposal === undefined)
    return 'it was proposed without a signature, by an earlier version: cancel it, and propose it again';
  const digest = proposalDigestOf(request, proposal);
  return isGenuine({ verdict: 'Propose', digest, ...proposal }, operator.publicKeyPem)
    ? undefined
    : `the signature of the proposal is not ${proposedBy}'s`;
};

/** How far the clocks of a proposer and of the engine may be apart, and how long a word is good. */
const PROPOSAL_AGE_MS_MAX = 300_000;

/** Why a signed proposal is not to be taken now; `undefined` when it is. */
export const faultOfNewProposal = (
  books: MoneyBooks,
  { proposedBy, proposal }: MoneyRequest,
  wall: EpochMs,
): string | undefined => {
  if (proposal === undefined) return undefined;
  const twin = [...books.cases.values()].find(
    ({ request }) =>
      request.proposedBy === proposedBy && request.proposal?.reference === proposal.reference,
  );
  if (twin !== undefined) return `this very proposal was taken before, as ${twin.request.id}`;
  return Math.abs(wall - proposal.signedAt) <= PROPOSAL_AGE_MS_MAX
    ? undefined
    : `it was signed at ${new Date(proposal.signedAt).toISOString()}, and here it is ` +
        `${new Date(wall).toISOString()}: propose it again, with clocks that are right`;
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
    (now >= money.request.expiresAt ? EXPIRED : undefined) ??
    faultOfRequest(policy, money.request, goneLast24h(books, money.request.currency, now)) ??
    faultOfProposer(policy, money.request);
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
    case 'Expired':
      return EXPIRED;
    case 'Sending':
    case 'InDoubt':
      return 'MONEY_IN_DOUBT: it may have been sent, and is never sent again';
    case 'Done':
    case 'NotDone':
    case 'Withdrawn':
      return `the request has ended: ${status}`;
  }
};

/** Kinds of account log rows that a movement writes [rest 2.12]. */
const MOVEMENTS: ReadonlySet<string> = new Set([
  'transfer',
  'cross-exchange transfer',
  'subaccount transfer',
  'admin transfer',
]);

/** The venue's clock and ours may differ, and the row's date is the booking's. */
const EARLY_MS = 5_000;

/**
 * A withdrawal may be booked late, but not later than this after it was sent: an older movement
 * does not explain a row.
 */
const LATE_MS = 86_400_000;

const EVIDENCE = 'account log entry ';

/** What stands in the audit record of a doubt that this row settled. */
export const toEvidence = ({ id }: RestLogEntry): string => `${EVIDENCE}${id}`;

/**
 * The one row of the account log that proves that the money moved, or why none does. A row has no
 * reference of ours: it proves one movement at most, and none while another movement of ours could
 * have written it. Finding none proves nothing: history lags by an unpublished time. Only people
 * may then say "not done".
 */
export const findMovement = (
  money: MoneyCase,
  cases: readonly MoneyCase[],
  entries: readonly RestLogEntry[],
): Result<RestLogEntry, string> => {
  const others = cases.filter(({ request }) => request.id !== money.request.id);
  const used = new Set(others.map(({ evidence }) => evidence));
  const free = entries.filter((entry) => couldBe(money, entry) && !used.has(toEvidence(entry)));
  const [movement, ...more] = free;
  if (movement === undefined) return err('no such movement in the account log yet: no proof');
  if (more.length > 0) return err(`${free.length} movements look like it`);
  const rivals = others.filter((other) => awaitsItsRow(other) && explains(other, movement));
  if (rivals.length === 0) return ok(movement);
  const names = rivals.map(({ request, status }) => `${request.id} (${status})`).join(', ');
  return err(`${toEvidence(movement)} may be of ${names} as well: no proof`);
};

const couldBe = (money: MoneyCase, entry: RestLogEntry): boolean => {
  const { sentAt, request } = money;
  const { at, info, asset, oldBalance, newBalance } = entry;
  if (sentAt === undefined || at < sentAt - EARLY_MS || !MOVEMENTS.has(info)) return false;
  if (asset.toLowerCase() !== request.currency.toLowerCase()) return false;
  if (oldBalance === undefined || newBalance === undefined) return false;
  return decimalOf(oldBalance).minus(decimalOf(newBalance)).eq(decimalOf(request.amount));
};

/**
 * It moved or may have moved, and which row it wrote is not known: also when the venue confirmed
 * it.
 */
const awaitsItsRow = ({ status, evidence }: MoneyCase): boolean =>
  status === 'Sending' ||
  status === 'InDoubt' ||
  (status === 'Done' && evidence?.startsWith(EVIDENCE) !== true);

/** The kind does not count: no reference says which kind of row each call writes. */
const explains = (money: MoneyCase, entry: RestLogEntry): boolean =>
  couldBe(money, entry) && money.sentAt !== undefined && entry.at <= money.sentAt + LATE_MS;
