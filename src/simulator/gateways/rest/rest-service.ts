import { type Clock, epochMs, type Timers } from '../../../lib/time.ts';
import { type Certificate } from '../../certificate.ts';
import { type ExchangeCommand } from '../../exchange/model/commands.ts';
import { type ExchangeEvent } from '../../exchange/model/events.ts';
import { makeIdSource } from '../../exchange/model/id-source.ts';
import { type ExchangeQueries } from '../../exchange/reads/exchange-queries.ts';
import { type FaultRegistry } from '../../faults/fault-registry.ts';
import { type StateKeeper, type StateNote } from '../../state/state-record.ts';
import { AccountSettings, type SettingsNote } from './stores/account-settings.ts';
import { sampleMarket } from './stores/analytics-sample.ts';
import { AnalyticsStore } from './stores/analytics-store.ts';
import { CandleStore } from './stores/candle-store.ts';
import { DEFAULT_REST_OPTIONS, type RestOptions, type RestVenue } from './endpoints/endpoint.ts';
import { ExchangeClient } from './exchange-client.ts';
import { Gate, type UsedNonce } from './gate.ts';
import { HistoryStore } from './history/history-store.ts';
import { type Notice, NoticeStore } from './stores/notice-store.ts';
import { OrderMemory } from './orders/order-memory.ts';
import { type RateLimits } from './rate-pools.ts';
import { RestApi } from './rest-api.ts';
import { type RestKey } from './rest-key.ts';
import { makeRestServer, type RestServer } from './rest-server.ts';
import { rowLimitsOf } from '../../row-limits.ts';

export interface RestServiceOptions {
  readonly seed: number;
  readonly keys: readonly RestKey[];
  /** Accounts without a private history: the background market's. */
  readonly backgroundAccounts: readonly string[];
  /** See RowLimits. */
  readonly rowsMax?: number | undefined;
  readonly limits?: RateLimits;
  readonly options?: Partial<RestOptions>;
  /** Plain HTTP when left out. */
  readonly certificate?: Certificate;
}

interface RestServiceDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly queries: ExchangeQueries;
  readonly submit: (command: ExchangeCommand) => void;
  readonly faults: FaultRegistry;
  readonly notices: NoticeStore;
  /** Records changes that the exchange does not know. */
  readonly keeper?: StateKeeper | undefined;
}

/** The REST gateway of the simulator. It needs every event of the exchange. */
export interface RestService {
  readonly onEvent: (event: ExchangeEvent) => void;
  readonly api: RestApi;
  readonly server: RestServer;
  readonly venue: RestVenue;
  readonly setSkewMs: (skewMs: number) => void;
  /** Switches that take effect with the next answer. */
  readonly setOptions: (options: Partial<RestOptions>) => void;
  /** Applies a change that a previous run recorded. */
  readonly replay: (note: RestNote) => void;
}

type RestNote = Extract<StateNote, { readonly k: 'rest' }>;

/** Streams of ids that the exchange does not use. */
const HISTORY_ID_STREAM = 21;

export const makeRestService = (
  options: RestServiceOptions,
  { clock, timers, queries, submit, faults, notices, keeper }: RestServiceDeps,
): RestService => {
  let skewMs = 0;
  let restOptions: RestOptions = { ...DEFAULT_REST_OPTIONS, ...options.options };
  const own = queries.accountUids();
  const venue: RestVenue = {
    queries,
    // Request ids carry the start time: events of a previous run match no waiting request.
    exchange: new ExchangeClient(submit, `rest-${Math.floor(clock.wall())}`),
    memory: new OrderMemory(),
    history: new HistoryStore(
      makeIdSource(options.seed, HISTORY_ID_STREAM),
      options.backgroundAccounts,
      rowLimitsOf(options.rowsMax),
    ),
    candles: new CandleStore(),
    analytics: new AnalyticsStore((symbol) => sampleMarket(queries, symbol, own)),
    settings: new AccountSettings((value) => {
      note(keeper, 'settings', value);
    }),
    notices,
    get options() {
      return restOptions;
    },
    skewMs: () => skewMs,
    now: () => epochMs(clock.wall() + skewMs),
  };
  const gate = new Gate(options.keys, options.limits, (used) => {
    note(keeper, 'nonce', used);
  });
  const api = new RestApi({ clock, timers, gate, venue, faults });
  return {
    onEvent: (event) => {
      venue.memory.onEvent(event);
      venue.history.onEvent(event);
      venue.candles.onEvent(event);
      venue.analytics.onEvent(event);
      venue.exchange.onEvent(event);
    },
    api,
    server: makeRestServer(api, clock, options.certificate),
    venue,
    setOptions: (given) => {
      restOptions = { ...restOptions, ...given };
    },
    setSkewMs: (value) => {
      skewMs = value;
    },
    replay: ({ about, value }) => {
      if (about === 'settings') venue.settings.apply(value as SettingsNote);
      else if (about === 'nonce') gate.takeNonce(value as UsedNonce);
      else if (about === 'notice') notices.apply(value as Notice);
    },
  };
};

/** Records a change on disk before its request is answered. */
const note = (keeper: StateKeeper | undefined, about: string, value: unknown): void => {
  keeper?.note({ k: 'rest', about, value });
  keeper?.flush();
};

/** A notice store that records its notices; `replay` of the service restores them. */
export const makeNoticeStore = (keeper: StateKeeper | undefined): NoticeStore =>
  new NoticeStore((notice) => {
    note(keeper, 'notice', notice);
  });
