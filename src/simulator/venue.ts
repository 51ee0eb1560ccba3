import { defined } from '../lib/defined.ts';
import { FrameDecoder } from '../fix/codec/frame-decoder.ts';
import { type FixMessage } from '../fix/codec/fix-message.ts';
import {
  BACKGROUND_ACCOUNTS,
  BACKGROUND_MAKER,
  BACKGROUND_TAKER,
  type BackgroundMarket,
  makeBackgroundMarket,
} from './market/background-market.ts';
import { type AccountSpec } from './exchange/model/account.ts';
import { makeExchange } from './exchange/exchange.ts';
import { INDEX_PRICES } from './exchange/model/instruments/instrument-catalogue.ts';
import { type InstrumentSpec } from './exchange/model/instruments/instrument.ts';
import { type ExchangeQueries } from './exchange/reads/exchange-queries.ts';
import { makeQueries } from './exchange/reads/queries.ts';
import { type FaultParts, makeFaultParts } from './faults/fault-parts.ts';
import { makeTradingGateway, type TradingGateway } from './gateways/fix/trading/trading-gateway.ts';
import { type Ledger, makeLedger } from './ledger.ts';
import { type NoticeStore } from './gateways/rest/stores/notice-store.ts';
import {
  makeNoticeStore,
  makeRestService,
  type RestService,
} from './gateways/rest/rest-service.ts';
import { type SimulatorDeps, type SimulatorOptions } from './settings/simulator-options.ts';
import { FixStores } from './state/fix-stores.ts';
import { replayState } from './state/replay-state.ts';
import { type StateLog } from './state/state-log.ts';
import { VenueRuntime } from './venue-runtime.ts';
import { rowLimitsOf } from './row-limits.ts';

/** Counts since the start of the process, and open orders now, for the status line. */
export interface Activity {
  readonly orders: number;
  readonly trades: number;
  /** Of clients. */
  readonly openOrders: number;
}

/** The parts of a venue that hold state. None of them has opened a port. */
export interface VenueCore {
  readonly runtime: VenueRuntime;
  readonly queries: ExchangeQueries;
  readonly ledger: Ledger;
  readonly notices: NoticeStore;
  readonly faultParts: FaultParts;
  readonly trading: TradingGateway;
  readonly rest: RestService | undefined;
  readonly stores: FixStores;
  readonly background: BackgroundMarket;
  readonly keeper: StateLog | undefined;
  readonly activity: Activity;
  /** All accounts but those of the background market. */
  readonly accounts: readonly string[];
  readonly recordsReplayed: number;
}

/** Makes the venue and, when it is kept, replays its state directory. Throws when that fails. */
export const makeVenueCore = (
  options: SimulatorOptions,
  deps: SimulatorDeps,
  given: {
    readonly instruments: readonly InstrumentSpec[];
    readonly accounts: readonly AccountSpec[];
  },
): VenueCore => {
  const { clock, timers } = deps;
  const { instruments } = given;
  const keeper = options.state?.log;
  const startAt = options.state?.startAt ?? clock.wall();
  const exchange = makeExchange({
    // Order and trade ids must not repeat those of an earlier run with the same seed: clients
    // remember them.
    seed: (options.seed ^ Math.floor(startAt / 1_000)) >>> 0,
    startAt,
    instruments,
    accounts: [...BACKGROUND_ACCOUNTS, ...given.accounts],
    indexPrices: INDEX_PRICES,
    ...defined({ rowsMax: options.rowsMax, rules: options.rules }),
  });
  const runtime = new VenueRuntime(exchange, clock, timers, keeper);
  const ledger = makeLedger({
    without: [BACKGROUND_MAKER, BACKGROUND_TAKER],
    entriesMax: rowLimitsOf(options.rowsMax).ledgerEntries,
    ...defined({ onEntry: options.onLedgerEntry }),
  });
  runtime.subscribe((event) => {
    ledger.record([event]);
  });
  const { fixMessagesOfOne } = rowLimitsOf(options.rowsMax, options.clients.length);
  const stores = new FixStores(startAt, keeper, fixMessagesOfOne);
  const faultParts = makeFaultParts(options.seed, clock);
  const gatewayDeps = { ...deps, clock: faultParts.venueClock, stores, keeper, startAt };
  const trading = makeTradingGateway(options, gatewayDeps, runtime);
  const notices = makeNoticeStore(keeper);
  const queries = makeQueries(exchange.venue);
  const rest = makeRest(options, deps, { runtime, queries, notices, faultParts, keeper });
  const background =
    options.background ??
    makeBackgroundMarket({ seed: options.seed, instruments, indexPrices: INDEX_PRICES });
  const parts = {
    runtime,
    queries,
    ledger,
    notices,
    faultParts,
    trading,
    rest,
    stores,
    background,
  };
  const accounts = given.accounts.map(({ uid }) => uid);
  const recordsReplayed = replay(parts, keeper, deps);
  const activity = countActivity(runtime, () =>
    accounts.reduce((sum, uid) => sum + (exchange.venue.accounts.get(uid)?.orders.size ?? 0), 0),
  );
  return { ...parts, keeper, activity, accounts, recordsReplayed };
};

/** REST, when it is configured. */
const makeRest = (
  { rest: wanted, keys = [], seed, rowsMax }: SimulatorOptions,
  { clock, timers }: SimulatorDeps,
  venue: Pick<VenueCore, 'runtime' | 'queries' | 'notices' | 'keeper' | 'faultParts'>,
): RestService | undefined => {
  if (wanted === undefined) return undefined;
  const { runtime, queries, notices, keeper, faultParts } = venue;
  const backgroundAccounts = [BACKGROUND_MAKER, BACKGROUND_TAKER];
  const rest = makeRestService(
    { ...wanted, seed, keys, backgroundAccounts, rowsMax },
    {
      clock,
      timers,
      queries,
      notices,
      keeper,
      faults: faultParts.waitingFaults,
      submit: (command) => {
        runtime.submit(command);
      },
    },
  );
  runtime.subscribe(rest.onEvent);
  return rest;
};

const countActivity = (runtime: VenueRuntime, openOrders: () => number): Activity => {
  let orders = 0;
  let trades = 0;
  runtime.subscribe(({ type }) => {
    if (type === 'OrderAccepted') orders += 1;
    else if (type === 'Trade') trades += 1;
  });
  return {
    get orders() {
      return orders;
    },
    get trades() {
      return trades;
    },
    get openOrders() {
      return openOrders();
    },
  };
};

const replay = (
  {
    runtime,
    background,
    stores,
    trading,
    rest,
  }: Omit<VenueCore, 'keeper' | 'activity' | 'accounts' | 'recordsReplayed'>,
  keeper: StateLog | undefined,
  { dictionary }: SimulatorDeps,
): number => {
  if (keeper === undefined) return 0;
  const decoder = new FrameDecoder(dictionary);
  const readFrame = (frame: Buffer): FixMessage | undefined => {
    decoder.push(frame);
    const decoded = decoder.next();
    return decoded?.type === 'Garbled' ? undefined : decoded?.message;
  };
  const parts = { runtime, background, stores, readFrame };
  const replayed = runtime.replaying(() =>
    replayState(keeper.records(), { ...parts, service: trading.replayed, rest: rest?.replay }),
  );
  if (!replayed.ok) throw new Error(`state: ${replayed.error}`);
  return replayed.value;
};
