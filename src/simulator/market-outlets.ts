import { type FixAcceptor } from '../fix/acceptor.ts';
import { type FixDictionary } from '../fix/dictionary.ts';
import { type Clock, type Timers } from '../lib/time.ts';
import { type Certificate } from './certificate.ts';
import { type ExchangeQueries } from './exchange/exchange-queries.ts';
import { makeMarketDataAcceptor } from './fix/market-data-gateway.ts';
import { type NoticeBoard } from './rest/notice-board.ts';
import { type RestKey } from './rest/rest-key.ts';
import { type FixStores } from './state/fix-stores.ts';
import { type VenueRuntime } from './venue-runtime.ts';
import { FeedServer } from './websocket/feed-server.ts';
import { type FeedSettings } from './websocket/feed-settings.ts';
import { type FrameInterceptor } from './websocket/feed-socket.ts';

interface Source {
  readonly runtime: VenueRuntime;
  readonly queries: ExchangeQueries;
}

export interface FeedOptions {
  readonly port: number;
  readonly settings?: Partial<FeedSettings>;
  readonly intercept?: FrameInterceptor;
  /** `ws:` when left out. */
  readonly certificate?: Certificate;
}

interface FeedServiceOptions {
  readonly feeds?: FeedOptions;
  readonly keys?: readonly RestKey[];
  readonly host: string;
}

/** The WebSocket feeds, told everything that the exchange does. */
export const makeFeeds = (
  { feeds, host, keys = [] }: FeedServiceOptions,
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  venue: Source & { readonly board: NoticeBoard },
): FeedServer | undefined => {
  if (feeds === undefined) return undefined;
  const { queries, board, runtime } = venue;
  const keyByName = new Map(keys.map((key) => [key.apiKey, key]));
  const keyOf = (apiKey: string): RestKey | undefined => keyByName.get(apiKey);
  const server = new FeedServer({ host, ...feeds, queries, board, keyOf, clock, timers });
  runtime.subscribeBatch((events) => {
    server.onBatch(events);
  });
  return server;
};

export interface MarketDataPorts {
  readonly l2Port: number;
  readonly l3Port: number;
  /** A session without a subscription is dropped after this long; 0 keeps it. */
  readonly idleDropMs?: number;
}

export interface MarketDataServices {
  readonly l2Port: number;
  readonly l3Port: number;
  readonly l2: FixAcceptor;
  readonly l3: FixAcceptor;
}

interface MarketDataOptions {
  readonly marketData?: MarketDataPorts;
  /** Whose CompIDs may log on. */
  readonly clients: readonly { readonly compID: string }[];
  readonly host: string;
  readonly certificate?: Certificate;
}

/** FIX market data, prices and orders, each on a port of its own. */
export const startMarketData = async (
  { marketData, clients, host, certificate }: MarketDataOptions,
  deps: { readonly clock: Clock; readonly timers: Timers; readonly dictionary: FixDictionary },
  venue: Source & { readonly stores: FixStores },
): Promise<MarketDataServices | undefined> => {
  if (marketData === undefined) return undefined;
  const { l2Port, l3Port, idleDropMs } = marketData;
  const compIDs = clients.map(({ compID }) => compID);
  const shared = {
    ...{ host, compIDs },
    ...(certificate && { certificate }),
    ...(idleDropMs !== undefined && { idleDropMs }),
  };
  const l2 = makeMarketDataAcceptor({ ...shared, level: 'L2', port: l2Port }, deps, venue);
  const l3 = makeMarketDataAcceptor({ ...shared, level: 'L3', port: l3Port }, deps, venue);
  const [{ port: p2 }, { port: p3 }] = await Promise.all([l2.listen(), l3.listen()]);
  return { l2, l3, l2Port: p2, l3Port: p3 };
};
