import { defined } from '../lib/defined.ts';
import { type SimulatorDeps, type SimulatorOptions } from './settings/simulator-options.ts';
import { type AdminServer, makeAdminServer } from './admin/admin-server.ts';
import { ExchangeClient } from './gateways/rest/exchange-client.ts';
import { BACKGROUND_TAKER } from './market/background-market.ts';
import { type FixAcceptor } from '../fix/runtime/acceptor/acceptor.ts';
import { type Clock } from '../lib/time.ts';
import { type AccountSpec } from './exchange/model/account.ts';
import { type ExchangeCommand } from './exchange/model/commands.ts';
import {
  INSTRUMENT_CATALOGUE,
  WHOLE_CATALOGUE,
} from './exchange/model/instruments/instrument-catalogue.ts';
import { type InstrumentSpec } from './exchange/model/instruments/instrument.ts';
import { type ExchangeQueries } from './exchange/reads/exchange-queries.ts';
import { type FaultRegistry } from './faults/fault-registry.ts';
import { FaultInjector } from './faults/fault-injector.ts';
import { type FixProxy } from './faults/link/fix-proxy.ts';
import { rollDaily } from './gateways/fix/rollover.ts';
import { TRADING_COMP_ID } from './gateways/fix/trading/trading-gateway.ts';
import { type Ledger } from './ledger.ts';
import { makeFeeds, type MarketDataServices, startMarketData } from './market-data-gateways.ts';
import { type FixRoute, makeProxy } from './gateways/fix/fix-route.ts';
import { type NoticeStore } from './gateways/rest/stores/notice-store.ts';
import { type RestService } from './gateways/rest/rest-service.ts';
import { type Activity, makeVenueCore, type VenueCore } from './venue.ts';
import { type FeedServer } from './gateways/websocket/connection/feed-server.ts';

/** Interval of ticks when the background market is off. */
const IDLE_TICK_MS = 50;
const DISCONNECT_AFTER_MS = 1;
const CLIENT_BALANCE_USD = '10000000';

export interface Simulator {
  readonly tradingPort: number;
  readonly queries: ExchangeQueries;
  readonly ledger: Ledger;
  /** Sessions of clients, by CompID. */
  readonly acceptor: FixAcceptor;
  /** Listens for the FIX clients of the trading gateway. */
  readonly proxy: FixProxy;
  /** `/ws/v1`, when it is configured. */
  readonly feeds: FeedServer | undefined;
  readonly feedsPort: number | undefined;
  /** FIX market data, when it is configured. */
  readonly marketData: MarketDataServices | undefined;
  /** Notices of REST `notifications` and the feed `notifications_auth`. */
  readonly notices: NoticeStore;
  readonly rest: RestService | undefined;
  readonly restPort: number | undefined;
  readonly adminPort: number | undefined;
  readonly faults: FaultInjector;
  /** Records of the state directory that were replayed at the start. */
  readonly recordsReplayed: number;
  readonly activity: Activity;
  /** Faults that wait for requests. */
  readonly waitingFaults: FaultRegistry;
  /** Time of the clock that the venue was given. */
  readonly now: Clock['wall'];
  /** Performs a command of an operator or a test. Every channel gets its events. */
  readonly submit: (command: ExchangeCommand) => void;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the simulated venue: one exchange, its gateways, and a background market to trade with.
 */
export const startSimulator = async (
  options: SimulatorOptions,
  deps: SimulatorDeps,
): Promise<Simulator> => {
  const core = makeVenueCore(options, deps, {
    instruments: listed(options).map((spec) => protect(spec, options.makerProtectionMillis)),
    accounts: accountsOf(options),
  });
  const { runtime } = core;
  const opened: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    runtime.stop();
    await Promise.all(opened.splice(0).map((close) => close()));
  };
  try {
    const gateways = await openGateways(options, deps, { ...core, opened });
    const isMarketOn = options.marketIntervalMs > 0;
    runtime.start(
      isMarketOn ? options.marketIntervalMs : IDLE_TICK_MS,
      isMarketOn ? core.background : undefined,
    );
    const submit = (command: ExchangeCommand): void => {
      runtime.submit(command);
    };
    const { queries, ledger, notices, rest, recordsReplayed, activity } = core;
    const now = deps.clock.wall;
    return {
      queries,
      ledger,
      notices,
      rest,
      recordsReplayed,
      activity,
      waitingFaults: core.faultParts.waitingFaults,
      ...gateways,
      now,
      submit,
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
};

/**
 * Opens every listening socket. What is open goes into `opened`, so that it is closed when a later
 * one fails.
 */
const openGateways = async (
  options: SimulatorOptions,
  deps: SimulatorDeps,
  core: VenueCore & { readonly opened: (() => Promise<unknown>)[] },
) => {
  const { opened, rest, accounts } = core;
  const acceptor = core.trading.open((session) => {
    // The refusals of this turn are sent first.
    deps.timers.set(DISCONNECT_AFTER_MS, () => proxy.cut('FIN', { session }));
  });
  const { faultParts } = core;
  const where = { ...options, port: options.tradingPort, channel: 'trading' } as const;
  const proxy = makeProxy(where, deps, { acceptor, faultParts });
  opened.push(
    () => acceptor.close(),
    () => proxy.close(),
  );
  const tradingPort = await proxy.listen();
  const feeds = makeFeeds(options, deps, core);
  if (feeds !== undefined) opened.push(() => feeds.close());
  const feedsPort = (await feeds?.listen())?.port;
  const marketData = await startMarketData(options, deps, core);
  if (marketData !== undefined) opened.push(() => marketData.close());
  const trading: FixRoute = { channel: 'trading', proxy, acceptor, compID: TRADING_COMP_ID };
  const routes = [trading, ...(marketData?.routes ?? [])];
  const gateways = { rest, feeds, routes, accounts };
  const { faults, admin } = makeOperations(options, deps, { ...core, ...gateways });
  opened.push(() => Promise.all([rest?.server.close(), admin?.close()]));
  const restPort = await rest?.server.listen(options.host, options.rest?.port ?? 0);
  const adminPort = await admin?.listen(options.adminPort ?? 0);
  const rollover = rolloverOf(options, deps, routes);
  opened.push(() => Promise.resolve(rollover?.cancel()));
  const parts = { acceptor, proxy, feeds, marketData, faults };
  return { ...parts, tradingPort, feedsPort, restPort, adminPort };
};

/** Makes the faults and the operators' endpoint. */
const makeOperations = (
  options: SimulatorOptions,
  { clock, timers }: SimulatorDeps,
  core: VenueCore & {
    readonly feeds: FeedServer | undefined;
    /** The trading gateway is the first. */
    readonly routes: readonly FixRoute[];
  },
): { readonly faults: FaultInjector; readonly admin: AdminServer | undefined } => {
  const { runtime, queries, ledger, rest, feeds, routes, faultParts, accounts } = core;
  const { waitingFaults, venueClock } = faultParts;
  const deps = {
    clock,
    timers,
    queries,
    waitingFaults,
    accounts,
    sessions: () => routes.flatMap(({ acceptor }) => acceptor.sessions()),
    submit: (command: ExchangeCommand) => {
      runtime.submit(command);
    },
  };
  const exchange = new ExchangeClient(deps.submit, 'admin');
  runtime.subscribe((event) => {
    exchange.onEvent(event);
  });
  const links = { routes, feeds, rest, venueClock };
  const faults = new FaultInjector({ ...deps, ...links, counterparty: BACKGROUND_TAKER });
  runtime.subscribe((event) => {
    faults.trades.onEvent(event);
  });
  const admin =
    options.adminPort === undefined
      ? undefined
      : makeAdminServer({ ...deps, ledger, faults, exchange, setRestOptions: rest?.setOptions });
  return { faults, admin };
};

/** The daily rollover, of every FIX service at once. */
const rolloverOf = (
  { rolloverAtMs }: SimulatorOptions,
  deps: SimulatorDeps,
  routes: readonly FixRoute[],
) =>
  rolloverAtMs === undefined
    ? undefined
    : rollDaily(rolloverAtMs, () => routes.flatMap(({ acceptor }) => acceptor.sessions()), deps);

/** Every account once: those of the clients, of the keys, and the additional ones. */
const accountsOf = (options: SimulatorOptions): readonly AccountSpec[] => {
  const asked = new Map((options.accounts ?? []).map((spec) => [spec.uid, spec]));
  for (const { account } of [...options.clients, ...(options.keys ?? [])]) {
    if (!asked.has(account)) asked.set(account, fundedAccount(account));
  }
  return [...asked.values()];
};

const protect = (
  spec: InstrumentSpec,
  millis: Readonly<Record<string, number>> = {},
): InstrumentSpec => {
  const makerProtectionMillis = millis[spec.symbol];
  return makerProtectionMillis === undefined ? spec : { ...spec, makerProtectionMillis };
};

/** The contracts of a run: the named ones, or the first `instruments` of the catalogue. */
export const listed = ({
  symbols,
  instruments,
}: Pick<SimulatorOptions, 'symbols' | 'instruments'>): readonly InstrumentSpec[] =>
  symbols === undefined
    ? WHOLE_CATALOGUE.slice(0, instruments ?? INSTRUMENT_CATALOGUE.length)
    : WHOLE_CATALOGUE.filter(({ symbol }) => symbols.includes(symbol));

/** An account with money to trade: flex collateral, coins for inverse contracts, cash to move. */
export const fundedAccount = (uid: string, master?: string): AccountSpec => ({
  uid,
  ...defined({ master }),
  balances: {
    cash: { USD: '100000', XBT: '10' },
    flex: { USD: CLIENT_BALANCE_USD },
    fi_xbtusd: { XBT: '100' },
    fi_ethusd: { ETH: '1000' },
  },
});
