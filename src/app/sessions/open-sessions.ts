import {
  type ClientSessionConfig,
  type Config,
  type MarketDataSessionConfig,
  type TradingSessionConfig,
} from '../../config/config.ts';
import { type InputBody } from '../../core/input.ts';
import { type EngineState } from '../../core/state.ts';
import { type SessionName } from '../../domain/ids.ts';
import { makeMemoryStore } from '../../fix/runtime/memory-store.ts';
import { type SessionNotice } from '../../fix/session/model/session-types.ts';
import { invariant } from '../../lib/invariant.ts';
import { type Clock, type Timers } from '../../lib/time.ts';
import { type Logger } from '../../observability/logger.ts';
import { type Redactor } from '../../lib/redaction/redactor.ts';
import { type Metrics } from '../../observability/metrics.ts';
import {
  type ClientSessions,
  type ClientSessionsDeps,
  makeClientSessions,
} from './client-sessions.ts';
import { type EngineLoop } from '../loop/engine-loop.ts';
import { type EngineEmitter } from '../loop/publish.ts';
import { type MarketDataSession, makeMarketDataSession } from './market-data-session.ts';
import { type NumberAdvisor } from './number-advice.ts';
import { type EngineStorage } from '../loop/storage.ts';
import { type RecoveredEngine } from '../loop/recovery.ts';
import { makeTradingSession, type TradingSession } from './trading-session.ts';
import { connectionOf, type VenueAccess } from './venue-access.ts';

/** What the engine takes from its surroundings. */
export interface EngineDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly logger: Logger;
  /** Ends a start that is still recovering. */
  readonly signal?: AbortSignal;
}

/** What every part of one engine shares. */
export interface Setup {
  readonly config: Config;
  /** One for each account; at least one. */
  readonly tradingSessions: readonly [TradingSessionConfig, ...TradingSessionConfig[]];
  readonly venue: VenueAccess;
  readonly deps: EngineDeps;
  readonly metrics: Metrics;
  readonly redactor: Redactor;
  readonly emitter: EngineEmitter;
  /** Knows the commands that mend refused numbers. */
  readonly numbers: NumberAdvisor;
}

interface Wiring {
  readonly recovered: RecoveredEngine;
  readonly submit: (body: InputBody) => void;
}

interface TradingWiring extends Wiring {
  readonly books: () => EngineState;
}

/** By name, in the order of the configuration. */
export const openTradingSessions = (
  setup: Setup,
  stored: EngineStorage,
  wiring: TradingWiring,
): ReadonlyMap<SessionName, TradingSession> =>
  new Map(
    setup.tradingSessions.map((config) => [
      config.name,
      openTradingSession(setup, stored, { ...wiring, config }),
    ]),
  );

const openTradingSession = (
  setup: Setup,
  stored: EngineStorage,
  { recovered, submit, books, config }: TradingWiring & { readonly config: TradingSessionConfig },
): TradingSession => {
  const { venue, deps } = setup;
  const { name } = config;
  const access = venue.trading.get(name);
  invariant(access !== undefined, 'every trading session has its access to the venue');
  return makeTradingSession({
    config,
    ...access,
    dictionary: stored.dictionaries.venue,
    store: recovered.stores.open(name, deps.clock.wall()),
    log: stored.fixLogs.of(config),
    epochsBefore: recovered.state.routes.get(name)?.epoch ?? 0,
    ...{ clock: deps.clock, timers: deps.timers, random: deps.random },
    ...{ submit, books },
    onNotice: (notice) => {
      onNotice(setup, name, notice);
    },
  });
};

export const openMarketDataSession = (
  setup: Setup,
  stored: EngineStorage,
  { stores }: RecoveredEngine,
): readonly MarketDataSession[] => {
  const { config, deps } = setup;
  return config.sessions
    .filter((s): s is MarketDataSessionConfig => s.role.startsWith('marketData'))
    .map((session) =>
      makeMarketDataSession({
        config: session,
        connection: setup.venue.marketData?.[session.role] ?? connectionOf(session),
        dictionary: stored.dictionaries.venue,
        // Numbers that begin at 1 with every logon are nothing to remember, and market data is
        // much.
        store:
          session.resetSeqNumFlag === 'on-logon'
            ? makeMemoryStore({ createdAt: deps.clock.wall() })
            : stores.open(session.name, deps.clock.wall()),
        log: stored.fixLogs.of({ ...session, qualifier: session.name, isMarketData: true }),
        ...{ clock: deps.clock, timers: deps.timers, random: deps.random },
        onNotice: (notice) => {
          onNotice(setup, session.name, notice);
        },
      }),
    );
};

interface ClientWiring extends Wiring, Pick<ClientSessionsDeps, 'positions'> {
  readonly loop: EngineLoop;
}

export const openClientSessions = (
  setup: Setup,
  stored: EngineStorage,
  { recovered, submit, loop, positions }: ClientWiring,
): ClientSessions => {
  const { config, deps } = setup;
  return makeClientSessions({
    clients: config.sessions.filter((s): s is ClientSessionConfig => s.role === 'client'),
    dictionary: stored.dictionaries.client,
    storeOf: (name) => recovered.stores.open(name, deps.clock.wall()),
    logOf: (session) => stored.fixLogs.of(session),
    ...{ clock: deps.clock, timers: deps.timers },
    submit,
    orderRefusal: () => loop.orderRefusal,
    books: () => loop.state,
    positions,
    isArchived: (client, id) => stored.closedOrders.isUsed(client, id),
    onNotice: (session, notice) => {
      onNotice(setup, session, notice);
    },
  });
};

const LEVEL = { info: 'info', warn: 'warn', error: 'error' } as const;

/** Codes of a session that is up, or of its end. */
const IS_UP: Readonly<Record<string, boolean>> = {
  LOGGED_ON: true,
  LOGGED_OUT: false,
  LINK_LOST: false,
};

const onNotice = (
  { deps, metrics, numbers }: Setup,
  session: string,
  { code, severity, text }: SessionNotice,
): void => {
  if (code === 'GARBLED') metrics.garbled(session);
  const isUp = IS_UP[code];
  if (isUp !== undefined) metrics.sessionUp(session, isUp);
  const mend = numbers.onNotice(session, { code, text });
  deps.logger[LEVEL[severity]](mend === undefined ? text : `${text}; ${mend}`, { session, code });
};
