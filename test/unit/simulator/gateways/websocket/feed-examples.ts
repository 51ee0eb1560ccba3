import { expect } from 'chai';
import { type JsonObject } from '../../../../../src/lib/lossless-json.ts';
import { exampleFrame } from '../../../kraken/websocket/examples.ts';
import { type Client, type FeedWorld, makeFeedWorld, parseFrame, shapeOf } from './feed-world.ts';

export const BTC = 'PF_XBTUSD';

/**
 * Expects a frame to look like the reference's example: the same keys, kinds and number spellings.
 */
export const expectLike = (
  frame: JsonObject | undefined,
  example: string,
  without: string[] = [],
): void => {
  const shape = shapeOf(parseFrame(exampleFrame(example))) as Record<string, unknown>;
  for (const key of without) Reflect.deleteProperty(shape, key);
  expect(shapeOf(frame)).to.deep.equal(shape);
};

/** B quotes around the index, A takes some: a book, trades, a position. */
export const makeBusy = (settings: Parameters<typeof makeFeedWorld>[0] = {}): FeedWorld => {
  const world = makeFeedWorld(settings);
  const mark = world.exchange.queries.ticker(BTC)?.markPrice ?? '0';
  const mid = Math.floor(Number(mark));
  world.place('B', { side: 'buy', size: '0.5', limitPrice: `${mid - 10}`, cliOrdId: 'bid' });
  world.place('B', { side: 'sell', size: '0.5', limitPrice: `${mid + 10}`, cliOrdId: 'ask' });
  world.place('A', { side: 'buy', size: '0.1', orderType: 'mkt', cliOrdId: 'take' });
  return world;
};

export const subscribed = (
  client: Client,
  feed: string,
  products: readonly string[],
): readonly JsonObject[] => {
  client.say({ event: 'subscribe', feed, product_ids: products });
  return client.frames();
};
