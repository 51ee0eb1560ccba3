import { type Config } from '../config/config.ts';
import { LIMIT_CONTROLS, RULE_CONTROLS } from '../core/risk/controls.ts';
import { type InputBody } from '../core/input.ts';
import { type PositionOwner } from '../core/positions/position-keeper.ts';
import { type PositionView } from '../core/positions/position-view.ts';
import { type BookView } from '../domain/book.ts';
import { type ClientName, type SessionName, type TradingSymbol } from '../domain/ids.ts';
import { type ReplaceMethod } from '../domain/order.ts';
import { type FixSession } from '../fix/session/model/session-types.ts';
import { makeRedactor } from '../lib/redaction/redactor.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { type EpochMs } from '../lib/time.ts';
import { makeMetrics, type Metrics } from '../observability/metrics.ts';
import { type AccountSnapshot } from './venue-view/account-snapshot.ts';
import { type ClientSessions } from './sessions/client-sessions.ts';
import { NumberAdvisor } from './sessions/number-advice.ts';
import { lockCompIDs } from './sessions/comp-id-lock.ts';
import { type LimitsView, makeLimitsView } from './operator/limit-verbs.ts';
import { type Core, makeCore, roomsOf } from './loop/decider.ts';
import { sayNumbers, watchDurability } from './loop/durability.ts';
import { EffectRunner } from './loop/effect-runner.ts';
import { EngineLoop, type RecordedFact } from './loop/engine-loop.ts';
import { executionRecordsOf } from './loop/execution-records.ts';
import { type LeaveParts, leavingAccountsOf, stopEngine } from './leave-venue.ts';
import { type MarketDataSession } from './sessions/market-data-session.ts';
import {
  type EngineDeps,
  openClientSessions,
  openMarketDataSession,
  openTradingSessions,
  type Setup,
} from './sessions/open-sessions.ts';
import { openRestRoutes, type RestRoute } from './rest-route/rest-routes.ts';
import { startHousekeeping } from './operator/housekeeping.ts';
import { KillSwitches } from './operator/kill-switches.ts';
import { openControls } from './operator/open-controls.ts';
import { openEngineStorage, type EngineStorage } from './loop/storage.ts';
import { type DoubtAccess, openDoubtAsker } from './doubts/open-doubts.ts';
import { EngineEmitter, type Readers, readersOfFacts } from './loop/publish.ts';
import {
  archiveLost,
  makeFactJournal,
  recoverEngine,
  type RecoveredEngine,
  sayRecovered,
} from './loop/recovery.ts';
import { OperatorLog } from './loop/operator-log.ts';
import { webSecretsOf } from './venue-view/rest-access.ts';
import { makeTellClient } from './sessions/tell-client.ts';
import { type TradingSession } from './sessions/trading-session.ts';
import { openVenueView, type VenueView } from './venue-view/venue-view.ts';
import {
  accessOf,
  secretsOf,
  tradingSessionsOf,
  type VenueAccess,
} from './sessions/venue-access.ts';

/** An account that the engine trades on, and the trading session that it has at the venue. */
export interface EngineAccount {
  readonly account: string;
  readonly session: SessionName;
}

const RISK_CODES = [...LIMIT_CONTROLS, ...RULE_CONTROLS].map(({ code }) => code);

/** Everything of a running engine, put together. */
export interface EngineParts {
  readonly loop: EngineLoop;
  readonly emitter: EngineEmitter;
  readonly metrics: Metrics;
  readonly accounts: readonly EngineAccount[];
  /** How the library's own orders are replaced. */
  readonly replacePolicy: ReplaceMethod | 'refuse';
  readonly sessions: () => readonly FixSession[];
  /** Ports of the client sessions, by name. */
  readonly clientPorts: ReadonlyMap<string, number>;
  readonly renewCertificates: () => void;
  /** FIX market data while it is healthy, else the public feeds. */
  readonly book: (symbol: TradingSymbol) => BookView | undefined;
  /** `undefined` unless the private feeds are configured. */
  readonly account: (name?: string) => AccountSnapshot | undefined;
  readonly positions: (of: PositionOwner['type']) => readonly PositionView[];
  readonly kill: KillSwitches;
  /** Whether an order that left memory has this id. */
  readonly isUsed: (client: ClientName, clientOrderID: string) => boolean;
  readonly limits: () => LimitsView;
  readonly stop: () => Promise<void>;
}

/**
 * Opens the journal, recovers the books, and starts every session. The error says what an operator
 * must mend.
 */
export const composeEngine = async (
  config: Config,
  access: VenueAccess | undefined,
  deps: EngineDeps,
): Promise<Result<EngineParts, string>> => {
  const [first, ...others] = tradingSessionsOf(config);
  if (first === undefined) return err('no trading session is configured');
  const tradingSessions = [first, ...others] as const;
  const found = access === undefined ? accessOf(config) : ok(access);
  if (!found.ok) return found;
  const venue = found.value;
  const metrics = makeMetrics({ engine: config.engine.name, riskCodes: RISK_CODES });
  const redactor = makeRedactor([...secretsOf(config, venue), ...webSecretsOf(config)]);
  const emitter = new EngineEmitter();
  const venueSessions: ReadonlySet<string> = new Set(
    config.sessions.filter(({ role }) => role !== 'client').map(({ name }) => name),
  );
  const setup: Setup = {
    ...{ config, tradingSessions, venue, deps, metrics, redactor, emitter },
    numbers: new NumberAdvisor((name) => venueSessions.has(name)),
  };
  const locks = await lockCompIDs(config, deps);
  if (!locks.ok) return locks;
  const stored = await openEngineStorage(config, { ...deps, metrics, redactor });
  const started = stored.ok ? await assemble(setup, stored.value) : stored;
  if (!started.ok) {
    if (stored.ok) {
      await stored.value.opened.journal.close();
      await stored.value.closedOrders.close();
      stored.value.executionLog.close();
    }
    locks.value.release();
    return started;
  }
  const { stop, loop } = started.value;
  locks.value.onLost((reason) => {
    loop.halt(new Error(reason));
  });
  const release = (): void => {
    locks.value.release();
  };
  return ok({ ...started.value, stop: () => stop().finally(release) });
};

const assemble = async (
  setup: Setup,
  stored: EngineStorage,
): Promise<Result<EngineParts, string>> => {
  const { config, tradingSessions, deps } = setup;
  const core = makeCore(config, tradingSessions, {
    randomBytes: deps.randomBytes,
    ...roomsOf((name, route) => (route === 'FIX' ? routes : restRoutes).get(name)),
  });
  const readers = makeReaders(setup, stored);
  const recovered = await recover(stored, core, republishTo(readers), deps);
  if (!recovered.ok) return recovered;
  const operatorLog = new OperatorLog(deps.logger, recovered.value.state);
  const runner = new EffectRunner({
    gateway: (name) => routes.get(name)?.gateway,
    restGateway: (name) => restRoutes.get(name)?.gateway,
    tell: makeTellClient({
      sessionOf: (client) => clientSessions.sessionOf(client),
      onUndelivered: logUndelivered(setup),
    }),
    wantsPendingNew: (client) => clientSessions.wantsPendingNew(client),
    askVenue: (effect) => asker.ask(effect),
    timers: deps.timers,
    onTimer: (name) => loop.submit({ type: 'TimerFired', name }),
  });
  const loop: EngineLoop = new EngineLoop(recovered.value.state, {
    decider: core.decider,
    journal: makeFactJournal(stored.opened.journal),
    clock: deps.clock,
    pendingCommitBytesMax: config.engine.pendingCommitBytesMax,
    runEffect: runner.run,
    stamp: (body) => venueView.stamp(body),
    recall: stored.closedOrders.recall,
    ...readersOfFacts(readers, operatorLog, {
      logger: deps.logger,
      restRoutes: () => restRoutes,
      state: () => loop.state,
      onDurable: (facts) => venueView.onDurable(facts),
    }),
  });
  const submit = (body: InputBody): void => loop.submit(body);
  const bookkeeping = { recovered: recovered.value, submit, books: () => loop.state };
  const routes = openTradingSessions(setup, stored, bookkeeping);
  const clientSessions = openClientSessions(setup, stored, {
    ...{ recovered: recovered.value, submit, loop },
    positions: (of) => venueView.positions(of),
  });
  const marketData = openMarketDataSession(setup, stored, recovered.value);
  const clockOffsetMs = (): number | undefined => largestOffset(routes);
  const hasArchivedFill = stored.closedOrders.hasFill.bind(stored.closedOrders);
  const wiring = { books: () => loop.state, core, submit, clockOffsetMs, hasArchivedFill };
  const venueView = openVenueView(setup, marketData, wiring);
  const restDeps = { ...deps, budgetsOf: venueView.budgetsOf, submit };
  const restRoutes = openRestRoutes(config, tradingSessions, restDeps);
  const asker = openDoubtAsker(setup, { books: wiring.books, submit, venueView });
  loop.submit({ type: 'EngineStarted', idPrefix: idPrefixAt(deps.clock.wall()) });
  watchDurability({
    ...{ journal: stored.opened.journal, reserve: stored.reserve, stores: recovered.value.stores },
    ...{ loop, runner, routes, clientSessions, emitter: readers.emitter },
    ...{ logger: deps.logger, metrics: setup.metrics },
  });
  const opened = await openToWorld(setup, stored, {
    ...{ loop, core, recovered: recovered.value, routes, restRoutes },
    ...{ clientSessions, runner, marketData, venueView, asker },
  });
  const parts = [...routes.values(), ...restRoutes.values(), ...marketData, venueView];
  if (opened.ok) for (const { start } of parts) start();
  else await Promise.all([venueView.stop(), asker.stop()]);
  return opened;
};

/** All sessions are of one venue, so its clock is as far off as the worst of them says. */
const largestOffset = (routes: ReadonlyMap<SessionName, TradingSession>): number | undefined => {
  const offsets = [...routes.values()].flatMap((route) => route.clockOffsetMs() ?? []);
  const [first, ...others] = offsets;
  if (first === undefined) return undefined;
  return others.reduce((worst, one) => (Math.abs(one) > Math.abs(worst) ? one : worst), first);
};

/** No two journals begin in the same millisecond: eight letters and digits. */
const idPrefixAt = (at: EpochMs): string => Math.floor(at).toString(36).toUpperCase();

const recover = async (
  stored: EngineStorage,
  core: Core,
  republish: ReturnType<typeof republishTo>,
  deps: EngineDeps,
): Promise<Result<RecoveredEngine, string>> => {
  const recovered = await recoverEngine(stored.opened, core, republish, deps);
  if (!recovered.ok) return recovered;
  const lost = archiveLost(recovered.value.state, stored);
  if (lost !== undefined) return err(lost);
  sayRecovered(deps.logger, stored.opened.journal, recovered.value);
  return recovered;
};

/** What the execution log has missed goes there, and nowhere else. */
const republishTo = ({ executionLog, records }: Readers) => ({
  afterSeq: executionLog.lastSeq(),
  tell: (fact: RecordedFact): void => {
    executionLog.append(executionRecordsOf(fact, records));
  },
});

const logUndelivered =
  ({ deps, metrics }: Setup) =>
  (client: ClientName, text: string): void => {
    const code = 'REPORT_NOT_SENT';
    deps.logger.error(`a report for ${client} was not sent: ${text}`, { code });
    metrics.alert(code);
  };

interface Running {
  readonly loop: EngineLoop;
  readonly core: Core;
  readonly recovered: RecoveredEngine;
  readonly routes: ReadonlyMap<SessionName, TradingSession>;
  readonly restRoutes: ReadonlyMap<SessionName, RestRoute>;
  readonly clientSessions: ClientSessions;
  readonly runner: EffectRunner;
  readonly marketData: readonly MarketDataSession[];
  readonly venueView: VenueView;
  readonly asker: DoubtAccess;
}

/**
 * Client sessions and the control socket listen; from here on the engine can be reached, and be
 * stopped.
 */
const openToWorld = async (
  setup: Setup,
  stored: EngineStorage,
  running: Running,
): Promise<Result<EngineParts, string>> => {
  const { config, tradingSessions, deps, metrics, emitter } = setup;
  const { loop, core, recovered, routes, clientSessions, runner, marketData, venueView } = running;
  const clientPorts = await listen(clientSessions);
  if (!clientPorts.ok) return clientPorts;
  const sessions = (): readonly FixSession[] => [
    ...[...routes.values(), ...marketData].map(({ session }) => session),
    ...clientSessions.sessions(),
  ];
  const leaving: LeaveParts = {
    ...{ loop, timers: deps.timers, logger: deps.logger },
    accounts: leavingAccountsOf(tradingSessions, routes),
    stopTimeoutMs: config.engine.stopTimeoutMs,
  };
  const kill = killSwitchesOf(setup, [...routes.keys()], { loop, core });
  const accounts = tradingSessions.map(({ account, name: session }) => ({ account, session }));
  const limits = { core, loop, clock: deps.clock, marks: venueView.marks, accounts };
  const control = await openControls(setup, stored, {
    ...{ sessions, venueView, loop, leaving, kill, limits },
  });
  if (!control.ok) {
    await clientSessions.close();
    return control;
  }
  const housekeeping = startHousekeeping(setup, stored, { loop, core, recovered });
  stored.opened.journal.onFailure(() => void housekeeping.stop());
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= stopEngine({
      ...leaving,
      stopListening: () => clientSessions.stopListening(),
      closeClientSessions: async () => {
        await Promise.all([
          clientSessions.close(),
          venueView.stop(),
          ...[...running.restRoutes.values()].map(({ stop }) => stop()),
          running.asker.stop(),
          ...marketData.map(({ stop }) => stop('shutting down')),
        ]);
      },
      stopTimers: () => runner.stop(),
      closeFiles: async () => {
        sayNumbers({ loop, routes, logger: deps.logger });
        await housekeeping.stop();
        await control.value.close();
        stored.executionLog.close();
        stored.fixLogs.close();
        await stored.closedOrders.close();
        await stored.opened.journal.close();
      },
    }));
  return ok({
    loop,
    ...{ emitter, metrics, clientPorts: clientPorts.value, stop, sessions },
    renewCertificates: () => clientSessions.renewCertificates(),
    isUsed: (client, id) => stored.closedOrders.isUsed(client, id),
    replacePolicy: config.engine.replace,
    accounts,
    book: (symbol) => venueView.books.book(symbol),
    account: venueView.account,
    positions: venueView.positions,
    kill,
    limits: makeLimitsView(limits),
  });
};

const killSwitchesOf = (
  { config: { sessions, instruments }, tradingSessions, deps: { clock } }: Setup,
  routes: readonly SessionName[],
  { loop, core }: Pick<Running, 'loop' | 'core'>,
): KillSwitches => {
  const { changes } = core.limits.configured;
  const clients = sessions.flatMap(({ role, name }) =>
    role === 'client' ? [`fix:${name}` as ClientName] : [],
  );
  return new KillSwitches({
    ...{ loop, routes, clock, changes },
    accounts: tradingSessions.map(({ account, name: session }) => ({ account, session })),
    clients: [...clients, LIBRARY],
    symbols: new Set(instruments.map(({ symbol }) => symbol)),
  });
};

/** The name of the library's own caller. */
const LIBRARY = 'library' as ClientName;

const listen = async (
  clientSessions: ClientSessions,
): Promise<Result<ReadonlyMap<string, number>, string>> => {
  try {
    return ok(await clientSessions.listen());
  } catch (cause) {
    return err(`client session: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
};

const makeReaders = (
  { config, tradingSessions, deps, metrics, emitter }: Setup,
  stored: EngineStorage,
): Readers => {
  const accounts = new Map(tradingSessions.map(({ name, account }) => [name, account]));
  const contractTypes = new Map(config.instruments.map((i) => [i.symbol, i.contractType]));
  return {
    executionLog: stored.executionLog,
    accountOf: (session) => accounts.get(session),
    records: {
      tradingSession: tradingSessions[0].name,
      contractTypeOf: (symbol) => contractTypes.get(symbol),
    },
    emitter,
    metrics,
    logger: deps.logger,
  };
};
