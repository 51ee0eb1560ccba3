import { type Mulberry32 } from '../../../../src/lib/prng.ts';
import { type World } from './exchange-world.ts';

/**
 * The venue busts or corrects one of the latest trades, or fills an order that it has just
 * canceled.
 */
export const changeTrade = (world: World, prng: Mulberry32): void => {
  const latest = <T>(items: readonly T[]): T | undefined =>
    items[prng.int(0, Math.max(0, items.length - 1))];
  const canceled = world.events.slice(-60).filter((event) => event.type === 'OrderCanceled');
  const late = latest(canceled);
  if (late !== undefined && prng.chance(0.3)) {
    const { orderId } = late.order;
    world.send({ type: 'FillLate', orderId, counterparty: prng.pick(['G', 'D']) });
    return;
  }
  const traded = latest(world.events.slice(-400).filter((event) => event.type === 'Trade'));
  if (traded === undefined) return;
  const { trade, taker } = traded;
  const which = prng.chance(0.5) ? { tradeId: trade.tradeId } : { fillId: taker.fillId };
  // Whole numbers are on every market's grid.
  const price = (Number(trade.price) * prng.pick([0.9, 0.99, 1.01, 1.2])).toFixed(0);
  if (prng.chance(0.5)) world.send({ type: 'BustTrade', ...which });
  else world.send({ type: 'CorrectTrade', ...which, price });
  const size = (Number(trade.size) / 2).toFixed(trade.symbol.includes('I_') ? 0 : 4);
  if (prng.chance(0.3)) world.send({ type: 'CorrectTrade', ...which, size });
};
