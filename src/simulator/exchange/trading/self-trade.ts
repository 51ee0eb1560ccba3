import { type Order } from '../model/order.ts';

export type SelfTradeAnswer = 'trade' | 'cancelMaker' | 'stopTaker';

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
