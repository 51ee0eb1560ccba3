import { type FixAcceptor } from '../fix/acceptor.ts';
import { type FixDictionary } from '../fix/dictionary.ts';
import { type Clock, type Timers } from '../lib/time.ts';
import {
  BACKGROUND_ACCOUNTS,
  BACKGROUND_MAKER,
  BACKGROUND_TAKER,
  makeBackgroundMarket,
} from './background-market.ts';
import { type Certificate } from './certificate.ts';
import { type AccountSpec } from './exchange/account.ts';
import { type ExchangeCommand } from './exchange/commands.ts';
import { makeExchange } from './exchange/exchange.ts';
import {
  INDEX_PRICES,
  INSTRUMENT_CATALOGUE,
  WHOLE_CATALOGUE,
} from './exchange/instrument-catalogue.ts';
import { type InstrumentSpec } from './exchange/instrument.ts';
import { type ExchangeQueries, makeQueries } from './exchange/queries.ts';
import { FaultBoard } from './faults/fault-board.ts';
import { type FaultInjector } from './faults/fault-injector.ts';
import { type FixDoor } from './faults/fix-door.ts';
import { makeTradingAcceptor, type SimulatorClient } from './fix/trading-gateway.ts';
import { type Ledger, type LedgerEntry, makeLedger } from './ledger.ts';
import {
  type FeedOptions,
  makeFeeds,
  type MarketDataPorts,
  type MarketDataServices,
  startMarketData,
} from './market-outlets.ts';
import {
  doorOf,
  makeOperations,
  makeRest,
  type RestOptionsOfRun,
  type Shared,
} from './operations.ts';
import { NoticeBoard } from './rest/notice-board.ts';
import { type RestKey } from './rest/rest-key.ts';
import { type RestService } from './rest/rest-service.ts';
import { VenueRuntime } from './venue-runtime.ts';
import { type FeedServer } from './websocket/feed-server.ts';

export { type SimulatorClient, TRADING_COMP_ID } from './fix/trading-gateway.ts';

/** How often the venue does what time alone makes due when its background market is off. */
const IDLE_TICK_MS = 50;
const CLIENT_BALANCE_USD = '10000000';

export interface SimulatorOptions {
  readonly seed: number;
  /** Contracts to list, of the whole catalogue; see `instruments` when left out. */
  readonly symbols?: readonly string[];
  /** So many contracts, the recorded ones first, then those made by rule; the recorded ones when left out. */
  readonly instruments?: number;
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
  /** FIX market data on ports of their own (0: chosen by the system), for the CompIDs of `clients`; none when left out. */
  readonly marketData?: MarketDataPorts;
  readonly onLedgerEntry?: (entry: LedgerEntry) => void;
  /** REST on a port of its own (0: chosen by the system), with `keys`; none when left out. */
  readonly rest?: RestOptionsOfRun;
  /** Port of the operators' endpoint, loopback only; none when left out. */
  readonly adminPort?: number;
  /** Accounts beyond the clients' and the keys', e.g. subaccounts; see `fundedAccount`. */
  readonly accounts?: readonly AccountSpec[];
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
  /** Where FIX clients come in. */
  readonly door: FixDoor;
  /** `/ws/v1`, when it was asked for. */
  readonly feeds: FeedServer | undefined;
  readonly feedsPort: number | undefined;
  /** FIX market data, when it was asked for. */
  readonly marketData: MarketDataServices | undefined;
  /** Notices of REST `notifications` and the feed `notifications_auth`. */
  readonly board: NoticeBoard;
  readonly rest: RestService | undefined;
  readonly restPort: number | undefined;
  readonly adminPort: number | undefined;
  readonly faults: FaultInjector;
  /** A command as an operator or a test gives it; every channel is told what comes of it. */
  readonly submit: (command: ExchangeCommand) => void;
  readonly stop: () => Promise<void>;
}

/** The venue as a program: one exchange, its FIX gateway, and a background market that makes orders trade. */
export const startSimulator = async (
  options: SimulatorOptions,
  deps: SimulatorDeps,
): Promise<Simulator> => {
  const { clock, timers } = deps;
  const instruments = listed(options);
  const startAt = clock.wall();
  const clientAccounts = accountsOf(options);
  const accounts = clientAccounts.map(({ uid }) => uid);
  const exchange = makeExchange({
    // Order and trade ids must not repeat those of an earlier run with the same seed: clients remember them.
    seed: (options.seed ^ Math.floor(startAt / 1_000)) >>> 0,
    startAt,
    instruments,
    accounts: [...BACKGROUND_ACCOUNTS, ...clientAccounts],
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
  const door = doorOf(options, deps, acceptor);
  const tradingPort = await door.listen();
  const board = new NoticeBoard();
  const queries = makeQueries(exchange.venue);
  const waitingFaults = new FaultBoard(options.seed);
  const shared: Shared = { runtime, queries, board, waitingFaults, ledger, acceptor, door };
  const feeds = makeFeeds(options, deps, shared);
  const feedsPort = (await feeds?.listen())?.port;
  const marketData = await startMarketData(options, deps, shared);
  const rest = makeRest(options, deps, shared);
  const { faults, admin } = makeOperations(options, deps, { ...shared, rest, accounts });
  const restPort = await rest?.server.listen(options.host, options.rest?.port ?? 0);
  const adminPort = await admin?.listen(options.adminPort ?? 0);
  const isMarketOn = options.marketIntervalMs > 0;
  const background = isMarketOn
    ? makeBackgroundMarket({ seed: options.seed, instruments, indexPrices: INDEX_PRICES })
    : undefined;
  runtime.start(isMarketOn ? options.marketIntervalMs : IDLE_TICK_MS, background);
  const stop = async (): Promise<void> => {
    runtime.stop();
    await Promise.all([feeds?.close(), rest?.server.close(), admin?.close(), acceptor.close()]);
    await Promise.all([door.close(), marketData?.l2.close(), marketData?.l3.close()]);
  };
  const parts = { queries, ledger, acceptor, door, feeds, marketData, board, rest, faults };
  const submit = (command: ExchangeCommand): void => {
    runtime.submit(command);
  };
  return { ...parts, tradingPort, feedsPort, restPort, adminPort, submit, stop };
};

/** Every account once: the clients', the keys', and what else was asked for. */
const accountsOf = (options: SimulatorOptions): readonly AccountSpec[] => {
  const asked = new Map((options.accounts ?? []).map((spec) => [spec.uid, spec]));
  for (const { account } of [...options.clients, ...(options.keys ?? [])]) {
    if (!asked.has(account)) asked.set(account, fundedAccount(account));
  }
  return [...asked.values()];
};

const listed = ({ symbols, instruments }: SimulatorOptions): readonly InstrumentSpec[] =>
  symbols === undefined
    ? WHOLE_CATALOGUE.slice(0, instruments ?? INSTRUMENT_CATALOGUE.length)
    : WHOLE_CATALOGUE.filter(({ symbol }) => symbols.includes(symbol));

/** An account with money to trade: flex collateral, coins for inverse contracts, cash to move. */
export const fundedAccount = (uid: string, master?: string): AccountSpec => ({
  uid,
  ...(master === undefined ? {} : { master }),
  balances: {
    cash: { USD: '100000', XBT: '10' },
    flex: { USD: CLIENT_BALANCE_USD },
    fi_xbtusd: { XBT: '100' },
    fi_ethusd: { ETH: '1000' },
  },
});
