import { type TradeCommand } from '../model/commands.ts';
import { remember } from '../trading/closing.ts';
import { type CommandError } from '../model/events.ts';
import { execute } from '../trading/execution.ts';
import { FILL } from '../model/executed-trade.ts';
import { Order } from '../model/order.ts';
import { keepReducing } from '../trading/reduce-only.ts';
import { readSize } from '../orders/validation.ts';
import { type Venue } from '../model/venue.ts';
import { opposite } from '../model/vocabulary.ts';

type FillLate = Extract<TradeCommand, { readonly type: 'FillLate' }>;

/**
 * Fills an order after its cancel, as a venue does that matched it first and reports late: at its
 * limit, against `counterparty`. The order stays canceled unless nothing is left of it.
 */
export const fillLate = (venue: Venue, command: FillLate): CommandError | undefined => {
  const order = venue.closed.get(command.orderId)?.order;
  if (order?.status !== 'Canceled') return 'notFound';
  const counterparty = venue.accounts.get(command.counterparty);
  if (counterparty === undefined) return 'invalidAccount';
  const { leaves, ticks, holder, market } = order;
  const asked = command.size === undefined ? leaves : readSize(market.instrument, command.size);
  if (asked === undefined || !canTrade(order) || counterparty.master === holder.master)
    return 'invalidArgument';
  const lots = Math.min(asked, leaves);
  const taker = new Order({
    orderId: venue.orderIds.next(),
    holder: counterparty,
    owner: 'venue:late',
    cliOrdId: undefined,
    market,
    side: opposite(order.side),
    orderType: 'ioc',
    lots,
    ticks,
    reduceOnly: false,
    at: venue.at,
  });
  execute(venue, order, taker, { lots, ticks, kind: FILL });
  remember(venue, order);
  for (const account of [holder, counterparty]) keepReducing(venue, account, market);
  return undefined;
};

const canTrade = ({ leaves, ticks, trigger, market }: Order): boolean =>
  leaves > 0 && ticks > 0 && trigger === undefined && !market.expired;
