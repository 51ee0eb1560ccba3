import { type AccountBudgets, makeAccountBudgets } from '../../kraken/rate-budget.ts';
import { type Secret } from '../../lib/secret.ts';

/** The venue counts by key: whoever uses the same one takes from the same pools. */
export const makeKeyBudgets = (): ((apiKey: Secret) => AccountBudgets) => {
  const byKey = new Map<string, AccountBudgets>();
  return (apiKey) => {
    const known = byKey.get(apiKey.reveal()) ?? makeAccountBudgets();
    byKey.set(apiKey.reveal(), known);
    return known;
  };
};
