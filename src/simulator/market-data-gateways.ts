import { type FixAcceptor } from '../fix/runtime/acceptor/acceptor.ts';
import { type TimeDeps } from '../lib/time.ts';
import { type Certificate } from './certificate.ts';
import { type ExchangeQueries } from './exchange/reads/exchange-queries.ts';
import { type FaultParts } from './faults/fault-parts.ts';
import { makeFeedInterceptor } from './faults/link/feed-interceptor.ts';
import { type FixRoute, makeProxy } from './gateways/fix/fix-route.ts';
import { type SimulatorDeps } from './settings/simulator-options.ts';
import { type FixToggles } from './settings/fix-toggles.ts';
import {
  MARKET_DATA_COMP_ID,
  makeMarketDataAcceptor,
} from './gateways/fix/market-data/market-data-gateway.ts';
import { type NoticeStore } from './gateways/rest/stores/notice-store.ts';
import { type RestKey } from './gateways/rest/rest-key.ts';
import { type FixStores } from './state/fix-stores.ts';
import { rowLimitsOf } from './row-limits.ts';
import { type VenueRuntime } from './venue-runtime.ts';
import { FeedServer } from './gateways/websocket/connection/feed-server.ts';
import { type FeedSettings } from './gateways/websocket/connection/feed-settings.ts';
import { type FrameInterceptor } from './gateways/websocket/connection/feed-socket.ts';

interface Source {
  readonly runtime: VenueRuntime;
  readonly queries: ExchangeQueries;
}

export interface FeedGatewayOptions {
  readonly port: number;
  readonly settings?: Partial<FeedSettings>;
  readonly intercept?: FrameInterceptor;
  /** `ws:` when left out. */
  readonly certificate?: Certificate;
}

interface FeedServiceOptions {
  readonly feeds?: FeedGatewayOptions;
  readonly keys?: readonly RestKey[];
  readonly host: string;
}

/** Makes the WebSocket feeds and subscribes them to the exchange's events. */
export const makeFeeds = (
  { feeds, host, keys = [] }: FeedServiceOptions,
  { clock, timers }: TimeDeps,
  venue: Source & { readonly notices: NoticeStore; readonly faultParts: FaultParts },
): FeedServer | undefined => {
  if (feeds === undefined) return undefined;
  const { queries, notices, runtime, faultParts } = venue;
  const keyByName = new Map(keys.map((key) => [key.apiKey, key]));
  const keyOf = (apiKey: string): RestKey | undefined => keyByName.get(apiKey);
  const next = feeds.intercept;
  const intercept = makeFeedInterceptor({ ...faultParts, clock, timers, next });
  const clocks = { clock: faultParts.venueClock, timers };
  const server = new FeedServer({ host, ...feeds, intercept, queries, notices, keyOf, ...clocks });
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
  readonly routes: readonly FixRoute[];
  readonly close: () => Promise<void>;
}

interface MarketDataOptions {
  readonly marketData?: MarketDataPorts;
  readonly fix?: Partial<FixToggles>;
  /** Whose CompIDs may log on. */
  readonly clients: readonly { readonly compID: string; readonly account: string }[];
  readonly host: string;
  readonly certificate?: Certificate;
  readonly rowsMax?: number;
}

/** Starts FIX market data: L2 (by price) and L3 (by order), each on a port of its own. */
export const startMarketData = async (
  { marketData, fix, clients, host, certificate, rowsMax }: MarketDataOptions,
  deps: SimulatorDeps,
  venue: Source & { readonly stores: FixStores; readonly faultParts: FaultParts },
): Promise<MarketDataServices | undefined> => {
  if (marketData === undefined) return undefined;
  const { l2Port, l3Port, idleDropMs } = marketData;
  const compIDs = clients.map(({ compID }) => compID);
  const { faultParts } = venue;
  const { secondLogon = 'evict-old' } = fix ?? {};
  const { fixMessagesOfOne: messagesMax } = rowLimitsOf(rowsMax, compIDs.length);
  const shared = {
    compIDs,
    secondLogon,
    messagesMax,
    ...(idleDropMs !== undefined && { idleDropMs }),
  };
  const source = { ...venue, bookFaults: faultParts.books };
  const clocks = { ...deps, clock: faultParts.venueClock };
  const makeRoute = (level: 'L2' | 'L3', wanted: number): FixRoute => {
    const acceptor = makeMarketDataAcceptor({ ...shared, level }, clocks, source);
    const channel = level === 'L2' ? ('l2' as const) : ('l3' as const);
    const where = { host, port: wanted, ...(certificate && { certificate }) };
    const proxy = makeProxy({ ...where, channel, clients }, deps, { acceptor, faultParts });
    return { channel, proxy, acceptor, compID: MARKET_DATA_COMP_ID };
  };
  const [l2, l3] = [makeRoute('L2', l2Port), makeRoute('L3', l3Port)];
  const routes = [l2, l3];
  const close = async (): Promise<void> => {
    await Promise.all(routes.map(({ acceptor }) => acceptor.close()));
    await Promise.all(routes.map(({ proxy }) => proxy.close()));
  };
  const listening = await Promise.allSettled(routes.map(({ proxy }) => proxy.listen()));
  const failed = listening.find((each) => each.status === 'rejected');
  if (failed !== undefined) {
    // The other gateway listens already, and only this function can close it.
    await close();
    throw failed.reason;
  }
  const [p2 = 0, p3 = 0] = listening.map((each) => (each.status === 'fulfilled' ? each.value : 0));
  return { l2: l2.acceptor, l3: l3.acceptor, l2Port: p2, l3Port: p3, routes, close };
};
