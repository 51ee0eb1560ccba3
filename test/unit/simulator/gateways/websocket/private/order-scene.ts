import { type Client, type FeedWorld, makeFeedWorld, summary } from '../feed-world.ts';

export interface Scene {
  readonly world: FeedWorld;
  /** Sees fills and open_orders of A. */
  readonly a: Client;
}

export const makeScene = (settings: Parameters<typeof makeFeedWorld>[0] = {}): Scene => {
  const world = makeFeedWorld(settings);
  const a = world.connect();
  a.subscribePrivate('fills', 'A');
  a.subscribePrivate('open_orders', 'A');
  a.take();
  return { world, a };
};

export const summaries = (client: Client): readonly string[] => client.frames().map(summary);

export const NEW = 'open_orders:new_placed_order_by_user:body:false';
export const FULL = 'open_orders:full_fill:body:true';
