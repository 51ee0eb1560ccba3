import { type EngineParts } from '../../src/app/compose.ts';
import { Engine } from '../../src/app/engine.ts';
import { EffectRunner } from '../../src/app/loop/effect-runner.ts';
import { EngineLoop } from '../../src/app/loop/engine-loop.ts';
import { EngineEmitter, publishFacts, type Readers } from '../../src/app/loop/publish.ts';
import { makeLimitsView } from '../../src/app/operator/limit-verbs.ts';
import { makeClientSessions } from '../../src/app/sessions/client-sessions.ts';
import { makeTellClient } from '../../src/app/sessions/tell-client.ts';
import { systemClock, systemTimers } from '../../src/app/system-clock.ts';
import { type ClientSessionConfig } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load/load-config.ts';
import { type MarketView } from '../../src/core/input.ts';
import { type LimitKey, type ScopeKey } from '../../src/core/limit.ts';
import { makeOrderManager } from '../../src/core/order-manager.ts';
import { PositionKeeper } from '../../src/core/positions/position-keeper.ts';
import { LimitBook } from '../../src/core/risk/limits/limit-book.ts';
import { RiskKeeper } from '../../src/core/risk/risk-keeper.ts';
import { emptyState } from '../../src/core/state.ts';
import { type TradingSymbol } from '../../src/domain/ids.ts';
import { type OrderGateway } from '../../src/domain/ports.ts';
import { dictionaryPath, loadDictionary } from '../../src/fix/dictionary/jspurefix.ts';
import { makeMemoryStore } from '../../src/fix/runtime/memory-store.ts';
import { type Clock, epochMs } from '../../src/lib/time.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { makeMetrics } from '../../src/observability/metrics.ts';
import { DEPS, limitsOf, SESSION, text } from './bench.ts';
import { type LimitCase } from './limit-cases.ts';

/** How orders reach the engine. */
export type Channel = 'FIX' | 'library';

const dictionary = (() => {
  let loaded: ReturnType<typeof loadDictionary> | undefined;
  return () => {
    loaded ??= loadDictionary(dictionaryPath('FATHOM-FIX44.xml'));
    if (!loaded.ok) throw new Error(loaded.error);
    return loaded.value;
  };
})();

const desk1 = (): ClientSessionConfig => {
  const loaded = loadConfig({
    path: 'config/demo.json',
    env: {},
    overrides: { 'engine.dataDir': 'var/never-made' },
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  const found = loaded.value.config.sessions.find((one) => one.role === 'client');
  if (found?.role !== 'client') throw new Error('the demo has no client');
  return { ...found, staleOrders: { ...found.staleOrders, ageMsMax: 0 } };
};

/**
 * Core, loop, client sessions and library, with one limit; `view` is the market that it sees.
 */
export const makeLimitEngine = (channel: Channel, limit: LimitKey | undefined, one: LimitCase) => {
  const time = { at: systemClock.wall() as number };
  const clock: Clock = { wall: () => epochMs(time.at), monotonic: systemClock.monotonic };
  const own = `client:${channel === 'FIX' ? 'desk1' : 'library'}` as ScopeKey;
  const book = new LimitBook(
    limitsOf({
      'client:desk1': {},
      ...(limit === undefined ? {} : { [one.scope ?? own]: { [limit]: one.limit } }),
      withoutReferencePrice: one.withoutReferencePrice ?? 'allow',
    }),
  );
  const instruments = new Map(
    [...DEPS.instruments].map(([symbol, spec], at) => [
      symbol,
      { ...spec, ...(at === 0 ? one.instrument : {}) },
    ]),
  );
  const contractTypeOf = (symbol: TradingSymbol) => instruments.get(symbol)?.contractType;
  const core = {
    limits: book,
    usage: new RiskKeeper({ book, contractTypeOf }),
    positions: new PositionKeeper(contractTypeOf, new Set(['grid'])),
  };
  const manager = makeOrderManager({ ...DEPS, ...core, instruments });
  const view = { market: (): MarketView => ({}), mid: (): string | undefined => undefined };
  const metrics = makeMetrics({ engine: 'test' });
  const emitter = new EngineEmitter();
  const readers = {
    executionLog: { append: () => undefined },
    accountOf: () => SESSION,
    records: { tradingSession: SESSION, contractTypeOf },
    ...{ emitter, metrics, logger: silentLogger },
  } as unknown as Readers;
  let seq = 0;
  let msgSeqNum = 1;
  const sent = () => {
    msgSeqNum += 1;
    const epoch = loop.state.routes.get(SESSION)?.epoch ?? 1;
    return { sent: true, epoch, msgSeqNum } as const;
  };
  const gateway: OrderGateway = {
    ...{
      session: SESSION,
      sendNewOrder: sent,
      sendCancel: sent,
      sendReplace: sent,
      sendMassCancel: sent,
    },
  };
  const runner = new EffectRunner({
    gateway: () => gateway,
    restGateway: () => undefined,
    tell: makeTellClient({
      sessionOf: (client) => sessions.sessionOf(client),
      onUndelivered: () => undefined,
    }),
    wantsPendingNew: () => true,
    timers: { set: () => ({ cancel: () => undefined }) },
    askVenue: () => undefined,
    onTimer: () => undefined,
  });
  const loop = new EngineLoop(emptyState(), {
    decider: {
      ...manager,
      evolve: (state, fact) => {
        const after = manager.evolve(state, fact);
        core.positions.note(after, fact);
        core.usage.note(after, fact);
        return after;
      },
    },
    journal: {
      appendFact: () => (seq += 1),
      commit: () => Promise.resolve(),
      pendingBytes: () => 0,
    },
    clock,
    pendingCommitBytesMax: 1_000_000,
    stamp: (body) => {
      if (body.type !== 'PlaceOrder') return body;
      const mid = view.mid();
      return {
        ...body,
        market: view.market(),
        ...(mid === undefined
          ? {}
          : { reference: { type: 'Price', px: text(mid), source: 'mid' } as const }),
      };
    },
    runEffect: runner.run,
    onDurable: (facts) => publishFacts(facts, loop.state, readers),
    onHalt: (cause) => {
      throw cause;
    },
  });
  const sessions = makeClientSessions({
    clients: [desk1()],
    dictionary: dictionary(),
    storeOf: () => makeMemoryStore(),
    logOf: () => undefined,
    ...{ clock, timers: systemTimers },
    submit: (body) => loop.submit(body),
    orderRefusal: () => undefined,
    books: () => loop.state,
    onNotice: () => undefined,
    positions: () => [],
    isArchived: () => false,
  });
  const limits = makeLimitsView({ core, loop, clock, accounts: [], marks: () => ({}) });
  const engine = new Engine({
    ...{ loop, emitter, metrics, limits },
    accounts: [{ account: SESSION, session: SESSION }],
    sessions: () => [],
    clientPorts: new Map(),
    renewCertificates: () => undefined,
    ...{ book: () => undefined, account: () => undefined, positions: () => [] },
    stop: () => sessions.close(),
    kill: { list: () => [] },
    isUsed: () => false,
  } as unknown as EngineParts);
  const listen = () => sessions.listen();
  return { engine, loop, time, view, listen, close: () => engine.stop() };
};
