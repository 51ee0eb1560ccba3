import { parseDecimal } from '../../lib/decimal.ts';
import { fingerprintOf } from './approval.ts';
import {
  faultOfMoneyTexts,
  MONEY_KINDS,
  type MoneyKind,
  type MoneyRequest,
} from './money-request.ts';

/** Who may move what where. Off unless it says otherwise. */
export interface FundsPolicy {
  readonly isEnabled: boolean;
  /** The account whose key moves the money: the key knows no other. */
  readonly account: string;
  readonly operators: readonly Operator[];
  /** Nothing goes anywhere that is not listed. */
  readonly destinations: readonly Destination[];
  /** A currency without a limit cannot be moved. */
  readonly limits: readonly CurrencyLimit[];
  /** Different operators who must approve: at least 2. */
  readonly approvalsMin: number;
  /** Whether who proposed a request may be one of those who approve it. */
  readonly proposerMayApprove: boolean;
  /** A request that was not sent by then is void. */
  readonly requestAgeMsMax: number;
}

interface Operator {
  readonly name: string;
  /** Ed25519, PEM. */
  readonly publicKeyPem: string;
  /** False for who proposes only. */
  readonly mayApprove: boolean;
}

interface Destination {
  readonly kind: MoneyKind;
  readonly from: string;
  readonly to: string;
  readonly currencies: readonly string[];
}

interface CurrencyLimit {
  readonly currency: string;
  readonly amountMax: string;
  /** Over any 24 hours; money in doubt counts as gone. */
  readonly amountPerDayMax: string;
}

const APPROVALS_MIN = 2;

/**
 * Why a policy cannot be trusted; `undefined` when it can. Two operators must be two people with
 * two keys.
 */
export const faultOfPolicy = (policy: FundsPolicy): string | undefined => {
  if (!policy.isEnabled) return 'moving money is switched off';
  if (policy.account.trim() === '') return 'it is not said whose key it is';
  if (policy.approvalsMin < APPROVALS_MIN) return 'approvalsMin is below 2';
  const names = new Set(policy.operators.map(({ name }) => name.trim().toLowerCase()));
  if (names.size !== policy.operators.length) return 'two operators have one name';
  const keys = policy.operators.map(({ publicKeyPem }) => fingerprintOf(publicKeyPem));
  if (keys.includes(undefined))
    return "an operator's key is no Ed25519 public key, or one that anybody can sign with";
  if (new Set(keys).size !== keys.length) return 'two operators share one key';
  const few = faultOfApprovers(policy);
  if (few !== undefined) return few;
  const currencies = new Set(policy.limits.map(({ currency }) => currency.toLowerCase()));
  if (currencies.size !== policy.limits.length) return 'a currency has two limits';
  return policy.limits.some((limit) => !isLimit(limit)) ? 'a limit is no amount' : undefined;
};

/** Enough operators must be able to approve a request of another one. */
const faultOfApprovers = (policy: FundsPolicy): string | undefined => {
  const { operators, approvalsMin, proposerMayApprove } = policy;
  const approvers = operators.filter(({ mayApprove }) => mayApprove).length;
  if (approvers < approvalsMin) return 'fewer operators than approvals';
  const isEnough = proposerMayApprove || operators.length > approvers || approvers > approvalsMin;
  return isEnough
    ? undefined
    : `no request could get its ${approvalsMin} approvals: who proposes may not approve, ` +
        'so name one operator more, or set funds.proposerMayApprove';
};

const isLimit = ({ amountMax, amountPerDayMax }: CurrencyLimit): boolean => {
  const [single, daily] = [parseDecimal(amountMax), parseDecimal(amountPerDayMax)];
  return single?.gt('0') === true && daily?.gt('0') === true;
};

const faultOfTerms = (policy: FundsPolicy, request: MoneyRequest): string | undefined => {
  const { kind, account, proposedBy } = request;
  if (proposedBy.trim() === '') return 'it is not said who proposes it';
  if (account !== policy.account)
    return `the key that moves money is of ${policy.account}, not of ${account}`;
  if (!MONEY_KINDS.includes(kind)) return `kind is one of ${MONEY_KINDS.join(' ')}`;
  return faultOfMoneyTexts(request);
};

/**
 * Why the policy forbids a request; `undefined` when it does not. `goneLast24h` is what left within
 * 24 hours.
 */
export const faultOfRequest = (
  policy: FundsPolicy,
  request: MoneyRequest,
  goneLast24h: string,
): string | undefined => {
  const { kind, from, to, currency } = request;
  const amount = parseDecimal(request.amount);
  const fault = faultOfTerms(policy, request);
  if (fault !== undefined) return fault;
  if (amount === undefined) return 'the amount is no plain decimal number';
  if (!amount.gt('0')) return 'the amount is not above zero';
  const isListed = policy.destinations.some(
    (one) =>
      one.kind === kind && one.from === from && one.to === to && one.currencies.includes(currency),
  );
  if (!isListed) return `${currency} from ${from} to ${to} is not on the allow-list`;
  const limit = policy.limits.find((one) => one.currency === currency);
  if (limit === undefined) return `${currency} has no limit, so nothing of it may move`;
  if (amount.gt(limit.amountMax)) return `over the limit of ${limit.amountMax} ${currency}`;
  const gone = parseDecimal(goneLast24h);
  if (gone === undefined || gone.plus(amount).gt(limit.amountPerDayMax))
    return `over the daily limit of ${limit.amountPerDayMax} ${currency}: ${goneLast24h} are gone`;
  return undefined;
};
