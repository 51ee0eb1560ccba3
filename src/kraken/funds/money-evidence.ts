import { decimalOf } from '../../domain/decimal-text.ts';
import { type LogEntry } from '../rest/parse/history.ts';
import { type MoneyCase } from './money-fact.ts';

/** Kinds of account log rows that a movement writes (venue reference rest 2.12). */
const MOVEMENTS: ReadonlySet<string> = new Set([
  'transfer',
  'cross-exchange transfer',
  'subaccount transfer',
  'admin transfer',
]);

/** The venue's clock and ours may differ, and the row's date is the booking's. */
const EARLY_MS = 5_000;

/**
 * The account log rows that show a movement of exactly this amount out of the account since it was sent.
 * Finding none proves nothing: history lags by an unpublished time. Only people may then say "not done".
 */
export const movementsLike = (
  money: MoneyCase,
  entries: readonly LogEntry[],
): readonly LogEntry[] => {
  const { sentAt, request } = money;
  if (sentAt === undefined) return [];
  const amount = decimalOf(request.amount);
  return entries.filter((entry) => {
    const { at, info, asset, oldBalance, newBalance } = entry;
    if (at < sentAt - EARLY_MS || !MOVEMENTS.has(info)) return false;
    if (asset.toLowerCase() !== request.currency.toLowerCase()) return false;
    if (oldBalance === undefined || newBalance === undefined) return false;
    return decimalOf(oldBalance).minus(decimalOf(newBalance)).eq(amount);
  });
};
