import { makeAcceptor, type AcceptedSession, type FixAcceptor } from '../fix/acceptor.ts';
import { type FixDictionary } from '../fix/dictionary.ts';
import { makeMemoryStore } from '../fix/message-store.ts';
import { type Clock, type Timers } from '../lib/time.ts';
import {
  BACKGROUND_ACCOUNTS,
  BACKGROUND_MAKER,
  BACKGROUND_TAKER,
  makeBackgroundMarket,
} from './background-market.ts';
import { type Certificate } from './certificate.ts';
import { makeExchange } from './exchange/exchange.ts';
import { INDEX_PRICES, INSTRUMENT_CATALOGUE } from './exchange/instrument-catalogue.ts';
import { type InstrumentSpec } from './exchange/instrument.ts';
import { type ExchangeQueries, makeQueries } from './exchange/queries.ts';
import { type FixKey, makeLogonCheck } from './fix/logon-check.ts';
import { TradingDesk } from './fix/trading-desk.ts';
import { type Ledger, type LedgerEntry, makeLedger } from './ledger.ts';
import { NoticeBoard } from './rest/notice-board.ts';
import { type RestKey } from './rest/rest-key.ts';
import { VenueRuntime } from './venue-runtime.ts';
import { FeedServer } from './websocket/feed-server.ts';
import { type FeedSettings } from './websocket/feed-settings.ts';
import { type FrameInterceptor } from './websocket/feed-socket.ts';

export const TRADING_COMP_ID = 'KRAKEN-DRV-TRD';

/** How often the venue does what time alone makes due when its background market is off. */
const IDLE_TICK_MS = 50;
const CLIENT_BALANCE_USD = '10000000';

/** Someone who may trade: a CompID with its key, on an account of its own. */
export interface SimulatorClient {
  readonly compID: string;
  readonly account: string;
  readonly key: FixKey;
}

export interface SimulatorOptions {
  readonly seed: number;
  /** Contracts to list; everything of the catalogue when left out. */
  readonly symbols?: readonly string[];
  readonly clients: readonly SimulatorClient[];
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly tradingPort: number;
  /** Plain TCP when left out. */
  readonly certificate?: Certificate;
  /** Time between steps of the background market; 0 switches it off. */
  readonly marketIntervalMs: number;
  readonly realAvgPx?: boolean;
  /** API keys of REST and WebSocket. */
  readonly keys?: readonly RestKey[];
  /** WebSocket feeds on a port of their own (0: chosen by the system); none when left out. */
  readonly feeds?: FeedOptions;
  readonly onLedgerEntry?: (entry: LedgerEntry) => void;
}

export interface FeedOptions {
  readonly port: number;
  readonly settings?: Partial<FeedSettings>;
  readonly intercept?: FrameInterceptor;
  /** `ws:` when left out. */
  readonly certificate?: Certificate;
}

export interface SimulatorDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** KRAKEN-DRV-FIX44.xml. */
  readonly dictionary: FixDictionary;
}

export interface Simulator {
  readonly tradingPort: number;
  readonly queries: ExchangeQueries;
  readonly ledger: Ledger;
  /** Sessions of clients, by CompID. */
  readonly acceptor: FixAcceptor;
  /** `/ws/v1`, when it was asked for. */
  readonly feeds: FeedServer | undefined;
  readonly feedsPort: number | undefined;
  /** Notices of REST `notifications` and the feed `notifications_auth`. */
  readonly board: NoticeBoard;
  readonly stop: () => Promise<void>;
}

/** The venue as a program: one exchange, its FIX gateway, and a background market that makes orders trade. */
export const startSimulator = async (
  options: SimulatorOptions,
  deps: SimulatorDeps,
): Promise<Simulator> => {
  const { clock, timers } = deps;
  const instruments = listed(options.symbols);
  const startAt = clock.wall();
  const exchange = makeExchange({
    // Order and trade ids must not repeat those of an earlier run with the same seed: clients remember them.
    seed: (options.seed ^ Math.floor(startAt / 1_000)) >>> 0,
    startAt,
    instruments,
    accounts: [...BACKGROUND_ACCOUNTS, ...options.clients.map(({ account }) => funded(account))],
    indexPrices: INDEX_PRICES,
  });
  const runtime = new VenueRuntime(exchange, clock, timers);
  const ledger = makeLedger({
    without: [BACKGROUND_MAKER, BACKGROUND_TAKER],
    ...(options.onLedgerEntry && { onEntry: options.onLedgerEntry }),
  });
  runtime.subscribe((event) => {
    ledger.record([event]);
  });
  const acceptor = makeTradingAcceptor(options, deps, runtime);
  const { port: tradingPort } = await acceptor.listen();
  const board = new NoticeBoard();
  const queries = makeQueries(exchange.venue);
  const feeds = makeFeeds(options, deps, { runtime, queries, board });
  const feedsPort = (await feeds?.listen())?.port;
  const isMarketOn = options.marketIntervalMs > 0;
  const background = isMarketOn
    ? makeBackgroundMarket({ seed: options.seed, instruments, indexPrices: INDEX_PRICES })
    : undefined;
  runtime.start(isMarketOn ? options.marketIntervalMs : IDLE_TICK_MS, background);
  return {
    tradingPort,
    queries,
    ledger,
    acceptor,
    feeds,
    feedsPort,
    board,
    stop: async () => {
      runtime.stop();
      await feeds?.close();
      await acceptor.close();
    },
  };
};

const makeFeeds = (
  { feeds, host, keys = [] }: SimulatorOptions,
  { clock, timers }: SimulatorDeps,
  venue: {
    readonly runtime: VenueRuntime;
    readonly queries: ExchangeQueries;
    readonly board: NoticeBoard;
  },
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

const listed = (symbols: readonly string[] | undefined): readonly InstrumentSpec[] =>
  symbols === undefined
    ? INSTRUMENT_CATALOGUE
    : INSTRUMENT_CATALOGUE.filter(({ symbol }) => symbols.includes(symbol));

const funded = (uid: string) => ({
  uid,
  balances: {
    flex: { USD: CLIENT_BALANCE_USD },
    fi_xbtusd: { XBT: '100' },
    fi_ethusd: { ETH: '1000' },
  },
});

const makeTradingAcceptor = (
  options: SimulatorOptions,
  { clock, timers, dictionary }: SimulatorDeps,
  runtime: VenueRuntime,
): FixAcceptor => {
  const desk = new TradingDesk({
    submit: (command) => {
      runtime.submit(command);
    },
    now: clock.wall,
    realAvgPx: options.realAvgPx ?? false,
    execIDStart: BigInt(Math.floor(clock.wall())) << 20n,
  });
  runtime.subscribe((event) => {
    desk.onEvent(event);
  });
  const seats = options.clients.map((client) => ({ client, seat: desk.seat(client) }));
  const acceptor = makeAcceptor({
    listen: {
      host: options.host,
      port: options.tradingPort,
      ...(options.certificate && { tls: options.certificate }),
    },
    sessions: seats.map(({ client, seat }): AcceptedSession => ({
      settings: {
        id: client.compID,
        beginString: 'FIX.4.4',
        senderCompID: TRADING_COMP_ID,
        targetCompID: client.compID,
      },
      application: {
        ...seat.application,
        checkLogon: makeLogonCheck(client.key, clock.wall),
      },
      store: makeMemoryStore({ createdAt: clock.wall() }),
    })),
    dictionary,
    clock,
    timers,
    // "One logon per pair, a second evicts the first." (venue reference, FIX 11)
    onSecondConnection: 'evict-old',
  });
  for (const { client, seat } of seats) {
    const session = acceptor.session(client.compID);
    if (session !== undefined) seat.attach(session);
  }
  return acceptor;
};
