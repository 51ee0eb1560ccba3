import { parseDecimal } from '../../lib/decimal.ts';
import { type Report } from '../config-problem.ts';
import { checkPair } from './check-references.ts';
import { type RawConfig, type Unchecked } from '../schema/schema.ts';

type UncheckedConfig = Unchecked<RawConfig>;
type Funds = NonNullable<UncheckedConfig['funds']>;

/**
 * Contradictions within `funds`. What is switched off is checked too, so that switching it on holds
 * no surprise.
 */
export const checkFunds = (config: UncheckedConfig, report: Report): void => {
  const { funds, rest, venue } = config;
  if (funds === undefined) return;
  const hasKey = checkPair(funds.credentials, ['apiKey', 'apiSecret'], {
    path: 'funds.credentials',
    report,
  });
  checkOperators(funds, report);
  checkLimits(funds, report);
  if (funds.enabled !== true) return;
  if (!hasKey) report('funds.credentials', 'is required with funds.enabled');
  if (funds.account === undefined)
    report(
      'funds.account',
      'is required with funds.enabled: the account whose key funds.credentials is',
    );
  if (rest?.origin === undefined) report('rest.origin', 'is required with funds.enabled');
  if (venue?.kind === 'simulator-embedded') report('funds.enabled', NOT_EMBEDDED);
  checkEntries(funds, report);
};

const NOT_EMBEDDED =
  'must be false with the embedded simulator: its data folder, and so the audit record, begins anew at each start';

const checkEntries = (funds: Funds, report: Report): void => {
  checkApprovers(funds, report);
  for (const key of ['destinations', 'limits'] as const) {
    if (Object.keys(funds[key] ?? {}).length === 0)
      report(`funds.${key}`, 'must have at least one entry: nothing could be moved');
  }
};

/** Enough operators must be able to approve a request of another one. */
const checkApprovers = (funds: Funds, report: Report): void => {
  const operators = Object.values(funds.operators ?? {});
  const approvers = operators.filter((operator) => operator?.mayApprove !== false).length;
  const needed = funds.approvalsMin ?? 2;
  if (approvers < needed)
    report('funds.operators', 'must name at least as many operators who approve as approvalsMin');
  else if (
    funds.proposerMayApprove !== true &&
    operators.length === approvers &&
    approvers === needed
  )
    report(
      'funds.operators',
      'must name one more than approvalsMin: who proposes may not approve, unless proposerMayApprove',
    );
};

/** Two operators are two people with two keys. */
const checkOperators = ({ operators = {} }: Funds, report: Report): void => {
  const pathByMark = new Map<string, string>();
  for (const [name, operator] of Object.entries(operators)) {
    const path = `funds.operators.${name}`;
    const marks = [['name', name.toLowerCase()] as const, ['key', operator?.publicKey] as const];
    for (const [what, mark] of marks) {
      if (mark === undefined) continue;
      const twin = pathByMark.get(`${what} ${mark}`);
      if (twin !== undefined)
        report(
          what === 'key' ? `${path}.publicKey` : path,
          what === 'key' ? `is the key of ${twin} too` : `differs from ${twin} by case only`,
        );
      pathByMark.set(`${what} ${mark}`, path);
    }
  }
};

/** Two spellings of one currency would each have a day's limit. */
const checkCurrencies = (funds: Funds, report: Report): void => {
  const pathByCurrency = new Map<string, string>();
  for (const currency of Object.keys(funds.limits ?? {})) {
    const path = `funds.limits.${currency}`;
    const twin = pathByCurrency.get(currency.toLowerCase());
    if (twin !== undefined) report(path, `differs from ${twin} by case only`);
    pathByCurrency.set(currency.toLowerCase(), path);
  }
};

const checkLimits = (funds: Funds, report: Report): void => {
  checkCurrencies(funds, report);
  for (const [currency, limit] of Object.entries(funds.limits ?? {})) {
    const single = parseDecimal(limit?.amountMax ?? '');
    const daily = parseDecimal(limit?.amountPerDayMax ?? '');
    if (single !== undefined && daily !== undefined && single.gt(daily))
      report(`funds.limits.${currency}.amountMax`, 'must not be above amountPerDayMax');
  }
  checkDestinations(funds, report);
};

const checkDestinations = ({ limits = {}, destinations = {} }: Funds, report: Report): void => {
  for (const [name, destination] of Object.entries(destinations)) {
    for (const currency of destination?.currencies ?? []) {
      if (Object.hasOwn(limits, currency)) continue;
      const reason = `${currency} has no limit, so nothing of it may move`;
      report(`funds.destinations.${name}.currencies`, reason);
    }
  }
};
