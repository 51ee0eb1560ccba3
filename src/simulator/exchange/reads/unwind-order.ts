import { type Account } from '../model/account.ts';
import { type Market } from '../model/market.ts';
import { type Money, over, absMoney } from '../model/money.ts';
import { profitAt } from '../model/position.ts';

/**
 * Opposite positions, the highest return on what was paid first: the unwind queue
 * [rest 2.4 unwindqueue].
 */
export const unwindOrder = (market: Market, held: number): readonly Account[] =>
  [...market.holders]
    .filter((account) => (account.positions.get(market.symbol)?.lots ?? 0) > 0 !== held > 0)
    .map((account) => ({ account, rank: returnOf(account, market) }))
    .sort((a, b) =>
      a.rank === b.rank ? compare(a.account.uid, b.account.uid) : a.rank > b.rank ? -1 : 1,
    )
    .map(({ account }) => account);

const compare = (a: string, b: string): number => (a < b ? -1 : 1);

const returnOf = (account: Account, market: Market): Money => {
  const position = account.positions.get(market.symbol);
  if (position === undefined || position.cost === 0n) return 0n;
  return over(profitAt(market.instrument, position, market.mark), absMoney(position.cost));
};
