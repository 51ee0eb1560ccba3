import { decimalOf } from '../../domain/decimal-text.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type RestLogEntry } from '../rest/history/history-readers.ts';
import { type MoneyCase } from './money-fact.ts';

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
 * A withdrawal may be booked late. A movement that was sent longer before a row does not explain
 * it.
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
