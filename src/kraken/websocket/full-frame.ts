import { type FeedEvent } from './parse-frame.ts';

/** A feed's first full frame ends the wait for it; `orders` stands for whichever of the two order feeds is held. */
export const fullFrameOf = (
  event: FeedEvent,
  orders: 'open_orders' | 'open_orders_verbose',
): { readonly feed: string; readonly product: string } | undefined => {
  switch (event.type) {
    case 'BookSnapshot':
      return { feed: 'book', product: event.symbol };
    case 'TradeSnapshot':
      return { feed: 'trade', product: event.symbol };
    case 'FillsSnapshot':
      return { feed: 'fills', product: '' };
    case 'OpenOrdersSnapshot':
      return { feed: orders, product: '' };
    case 'Positions':
      return { feed: 'open_positions', product: '' };
    case 'Balances':
      return event.isSnapshot ? { feed: 'balances', product: '' } : undefined;
    case 'AccountLogSnapshot':
      return { feed: 'account_log', product: '' };
    default:
      return undefined;
  }
};
