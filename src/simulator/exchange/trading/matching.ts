import { invariant } from '../../../lib/invariant.ts';
import { shrinkInBook } from './book-change.ts';
import { cancel, retire } from './closing.ts';
import { execute } from './execution.ts';
import { type ExecutionKind } from '../model/executed-trade.ts';
import { type Order } from '../model/order.ts';
import { keepReducing } from './reduce-only.ts';
import { type Venue } from '../model/venue.ts';

/**
 * Trades `taker` against the book at the makers' prices: best price first, oldest first within a
 * price. Its limit, its quantity or self-trade prevention ends that; `stopped` is true for the
 * last.
 */
export const match = (
  venue: Venue,
  taker: Order,
  kind: ExecutionKind,
): { readonly stopped: boolean } => {
  const { market } = taker;
  const against = market.book.against(taker.side);
  const buying = taker.side === 'buy';
  let stopped = false;
  while (taker.leaves > 0 && !stopped) {
    const level = against.best;
    if (level === undefined || (buying ? level.ticks > taker.ticks : level.ticks < taker.ticks))
      break;
    const maker = level.head;
    invariant(maker !== undefined, 'a level has an order');
    const answer = meet(taker, maker);
    if (answer === 'stopTaker') stopped = true;
    else if (answer === 'cancelMaker') {
      cancel(
        venue,
        maker,
        taker.released ? 'CANCELLED_BY_SELF_TRADE' : 'WOULD_EXECUTE_SELF_REASON',
      );
    } else {
      trade(venue, maker, taker, kind);
    }
  }
  keepReducing(venue, taker.holder, market);
  return { stopped };
};

const trade = (venue: Venue, maker: Order, taker: Order, kind: ExecutionKind): void => {
  const lots = Math.min(maker.leaves, taker.leaves);
  execute(venue, maker, taker, { lots, ticks: maker.ticks, kind });
  shrinkInBook(venue, maker, lots);
  if (maker.leaves === 0) retire(venue, maker, 'Filled');
  // The maker's position changed, so its reduce-only orders may now be too large.
  keepReducing(venue, maker.holder, maker.market);
};

type SelfTradeAnswer = 'trade' | 'cancelMaker' | 'stopTaker';

/**
 * Self-trade prevention acts across a master and its subaccounts; the taker's account decides
 * [rest 6.3]. CANCEL_MAKER_SELF removes makers of the same account; CANCEL_MAKER_CHILD lets a
 * master remove makers of the whole family; CANCEL_MAKER_ANY lets everybody of the family do so.
 * Whatever the strategy does not cover is refused as by REJECT_TAKER.
 */
export const meet = (taker: Order, maker: Order): SelfTradeAnswer => {
  const { holder } = taker;
  if (holder.master !== maker.holder.master) return 'trade';
  // A release from a maker protection hold overrides the strategy [rest 10].
  if (taker.released) return 'cancelMaker';
  switch (holder.selfTradeStrategy) {
    case 'REJECT_TAKER':
      return 'stopTaker';
    case 'CANCEL_MAKER_SELF':
      return maker.holder === holder ? 'cancelMaker' : 'stopTaker';
    case 'CANCEL_MAKER_CHILD':
      return holder.uid === holder.master ? 'cancelMaker' : 'stopTaker';
    case 'CANCEL_MAKER_ANY':
      return 'cancelMaker';
  }
};

/**
 * Lots that `taker` could trade now at its limit before self-trade prevention stops it, counted up
 * to `enough`.
 */
export const fillable = (taker: Order, enough: number): number => {
  let lots = 0;
  const buying = taker.side === 'buy';
  for (const level of taker.market.book.against(taker.side).levels()) {
    if (buying ? level.ticks > taker.ticks : level.ticks < taker.ticks) return lots;
    for (let maker = level.head; maker !== undefined; maker = maker.next) {
      const answer = meet(taker, maker);
      if (answer === 'stopTaker') return lots;
      if (answer === 'trade') lots += maker.leaves;
      if (lots >= enough) return lots;
    }
  }
  return lots;
};
