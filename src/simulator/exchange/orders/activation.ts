import { Order, toView } from '../model/order.ts';
import { FILL } from '../model/executed-trade.ts';
import { submit } from './submission.ts';
import { fireTriggers, triggerPriceText } from './trigger.ts';
import { checkMarketState, protectionTicks } from './validation.ts';
import { emit, type Venue } from '../model/venue.ts';
import { type Market } from '../model/market.ts';

const ROUNDS_MAX = 1_000;

/**
 * Fires triggers until the market is quiet: an order born from one may move the last price and fire
 * others.
 */
export const runTriggers = (venue: Venue, market: Market): void => {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const fired = fireTriggers(venue, market, (order) => {
      activate(venue, order);
    });
    if (!fired) return;
  }
};

const typeAfter = ({ ticks, immediate, postOnly }: Order): 'ioc' | 'post' | 'lmt' => {
  if (ticks === 0 || immediate) return 'ioc';
  return postOnly ? 'post' : 'lmt';
};

/**
 * A trigger becomes a limit order when it has a limit, an IOC at the protection price when not
 * [rest 3.3]. It keeps its client id.
 */
const activate = (venue: Venue, trigger: Order): void => {
  const { market } = trigger;
  const triggerPrice = triggerPriceText(trigger);
  const born = new Order({
    orderId: venue.orderIds.next(),
    holder: trigger.holder,
    owner: trigger.owner,
    cliOrdId: trigger.cliOrdId,
    market,
    side: trigger.side,
    orderType: typeAfter(trigger),
    lots: trigger.lots,
    ticks: trigger.ticks,
    reduceOnly: trigger.reduceOnly,
    at: venue.at,
  });
  born.algoId = trigger.algoId;
  born.triggeredBy = trigger.orderId;
  emit(venue, {
    type: 'TriggerFired',
    order: toView(trigger),
    triggerPrice,
    orderId: born.orderId,
  });
  const protection = trigger.ticks > 0 ? undefined : protectionTicks(venue, market, trigger.side);
  if (protection?.ok === true) born.ticks = protection.value;
  const state = checkMarketState(market, born.orderType === 'post');
  const submitted =
    protection?.ok === false
      ? protection
      : state === undefined
        ? submit(venue, born, { reason: 'limitFromStop', kind: FILL })
        : { ok: false as const, error: state };
  if (submitted.ok) return;
  trigger.status = 'TriggerActivationFailure';
  emit(venue, { type: 'TriggerFailed', order: toView(trigger), reason: submitted.error });
};
