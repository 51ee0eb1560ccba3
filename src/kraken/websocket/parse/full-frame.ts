import { type FeedEvent } from './parse-frame.ts';

/** Feeds of one frame kind, each frame full or as good as that. */
const FEED_BY_EVENT: Partial<Record<FeedEvent['type'], string>> = {
  FillsSnapshot: 'fills',
  Positions: 'open_positions',
  AccountLogSnapshot: 'account_log',
  Notifications: 'notifications_auth',
  Heartbeat: 'heartbeat',
};

/**
 * A feed's first full frame ends the wait for it; `orders` stands for whichever of the two order
 * feeds is held.
 */
export const fullFrameOf = (
  event: FeedEvent,
  orders: 'open_orders' | 'open_orders_verbose',
): { readonly feed: string; readonly product: string } | undefined => {
  switch (event.type) {
    case 'BookSnapshot':
      return { feed: 'book', product: event.symbol };
    case 'TradeSnapshot':
      return { feed: 'trade', product: event.symbol };
    case 'Ticker':
      return { feed: 'ticker', product: event.symbol };
    case 'TickerLite':
      return { feed: 'ticker_lite', product: event.symbol };
    case 'OpenOrdersSnapshot':
      return { feed: orders, product: '' };
    case 'Balances':
      return event.isSnapshot ? { feed: 'balances', product: '' } : undefined;
    default: {
      const feed = FEED_BY_EVENT[event.type];
      return feed === undefined ? undefined : { feed, product: '' };
    }
  }
};
