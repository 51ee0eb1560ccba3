import { CREDENTIAL, makeConversation, type Conversation } from './conversation.ts';

export const BOOKS = { feed: 'book', products: ['PF_XBTUSD', 'PF_ETHUSD'] };
export const HEARTBEAT = { feed: 'heartbeat', products: [] };
export const FILLS = { feed: 'fills', products: [] };
export const VERBOSE = { feed: 'open_orders_verbose', products: [] };
export const PLAIN = { feed: 'open_orders', products: [] };

export const subscribed = (feed: string, product?: string): object => ({
  event: 'subscribed',
  feed,
  ...(product === undefined ? {} : { product_ids: [product] }),
});
export const bookSnapshot = (product: string, seq = 1): object => ({
  feed: 'book_snapshot',
  product_id: product,
  timestamp: 1,
  seq,
  tickSize: null,
  bids: [],
  asks: [],
});
export const alert = (message: string): object => ({ event: 'alert', message });
export const challenge = (message = 'C1'): object => ({ event: 'challenge', message });
export const signedRequest = (event: string, feed: string, text = 'C1'): object => ({
  event,
  feed,
  api_key: 'KEY',
  original_challenge: text,
  signed_challenge: `signed:${text}`,
});
export const statesOf = ({ machine }: Conversation): string[] =>
  machine
    .status()
    .subscriptions.map(({ feed, product, state }) =>
      `${feed} ${product} ${state}`.replace('  ', ' '),
    );

export const privateFeed = (subscriptions = [FILLS]): Conversation => {
  const talk = makeConversation({ subscriptions, credential: CREDENTIAL }).connect();
  talk.take();
  return talk;
};
