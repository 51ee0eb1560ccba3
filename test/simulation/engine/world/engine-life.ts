import { makeClientSessions } from '../../../../src/app/sessions/client-sessions.ts';
import { makeTellClient } from '../../../../src/app/sessions/tell-client.ts';
import {
  makeTradingSession,
  type TradingSession,
} from '../../../../src/app/sessions/trading-session.ts';
import { type Core, makeCore } from '../../../../src/app/loop/decider.ts';
import { EffectRunner } from '../../../../src/app/loop/effect-runner.ts';
import { EngineLoop, type RecordedFact } from '../../../../src/app/loop/engine-loop.ts';
import {
  makeFactJournal,
  recoverEngine,
  type RecoveredEngine,
} from '../../../../src/app/loop/recovery.ts';
import { type ClientSessionConfig, type Config } from '../../../../src/config/config.ts';
import { type TradingSessionConfig } from '../../../../src/config/config.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { type EngineState } from '../../../../src/core/state.ts';
import { type FixDictionary } from '../../../../src/fix/dictionary/dictionary.ts';
import { type ConnectFailure } from '../../../../src/fix/runtime/connector.ts';
import { type SessionStore } from '../../../../src/fix/session/model/session-types.ts';
import { type OpenedJournal, openJournal } from '../../../../src/journal/open-journal.ts';
import { type Prng } from '../../../../src/lib/prng.ts';
import { type Result } from '../../../../src/lib/result.ts';
import { type Socket } from 'node:net';
import { type Changes } from './changes.ts';
import { type SimDisk } from './sim-disk.ts';
import { type ProcessTime } from './sim-time.ts';
import { CREDENTIAL } from './venue-side.ts';

const SESSION = 'trading';
export const CLIENT_SESSION = 'desk1';

export interface LifeDeps {
  readonly config: Config;
  readonly dictionaries: { readonly venue: FixDictionary; readonly client: FixDictionary };
  readonly process: ProcessTime;
  readonly disk: SimDisk;
  readonly random: Prng;
  /** Deliberate bugs; none in a run that is to be right. */
  readonly changes: Changes;
  /** Connects to the venue. */
  readonly open: (signal: AbortSignal) => Promise<Result<Socket, ConnectFailure>>;
  /** The last record of the execution log, and what is written into it. */
  readonly loggedSeq: number;
  readonly onFacts: (facts: readonly RecordedFact[]) => void;
  readonly onDecided: (input: InputBody, facts: readonly unknown[], state: EngineState) => void;
  readonly onHalt: (cause: Error) => void;
  readonly onNotice: (text: string) => void;
}

/** What a start has read before anything runs. */
interface Read {
  readonly opened: OpenedJournal;
  readonly core: Core;
  readonly found: RecoveredEngine;
  /** The core asks the route for room, which is made after it. */
  readonly held: { route?: TradingSession };
}

/** One run of the engine's process: what `app/compose` puts together, on a simulated disk. */
export class EngineLife {
  readonly process: ProcessTime;
  readonly disk: SimDisk;
  readonly loop: EngineLoop;
  readonly core: Core;
  readonly route: TradingSession;
  /** The client's FIX session; its messages are what the client gets, sooner or later. */
  readonly clientStore: SessionStore;
  readonly opened: OpenedJournal;

  private constructor(deps: LifeDeps, { opened, core, found, held }: Read) {
    const { config, process, changes, dictionaries } = deps;
    this.process = process;
    this.disk = deps.disk;
    this.core = core;
    this.opened = opened;
    const trading = tradingOf(config);
    const clients = config.sessions.filter((s): s is ClientSessionConfig => s.role === 'client');
    const submit = (body: InputBody): void => {
      if (!process.isDead) this.loop.submit(body);
    };
    const stores = new Map<string, SessionStore>();
    const storeOf = (name: string): SessionStore => {
      const store = found.stores.open(name, process.wall());
      const used = changes.store?.(store, name) ?? store;
      stores.set(name, used);
      return used;
    };
    const sessions = makeClientSessions({
      ...{ clients, dictionary: dictionaries.client, storeOf, logOf: () => undefined },
      ...{ clock: process, timers: process, submit },
      orderRefusal: () => this.loop.orderRefusal,
      books: () => this.loop.state,
      positions: () => [],
      isArchived: () => false,
      onNotice: (_, { text }) => {
        deps.onNotice(text);
      },
    });
    this.route = makeTradingSession({
      config: trading,
      credential: CREDENTIAL,
      connection: { hosts: [], connectTimeoutMs: 5_000 },
      open: deps.open,
      dictionary: dictionaries.venue,
      store: storeOf(SESSION),
      log: undefined,
      epochsBefore: found.state.routes.get(trading.name)?.epoch ?? 0,
      ...{ clock: process, timers: process, submit, books: () => this.loop.state },
      random: () => deps.random.uint32() / 4_294_967_296,
      onNotice: ({ code, text }) => {
        deps.onNotice(`${code}: ${text}`);
      },
    });
    held.route = this.route;
    const gateway = changes.gateway?.(this.route.gateway) ?? this.route.gateway;
    const tell = makeTellClient({
      sessionOf: sessions.sessionOf,
      onUndelivered: (_, text) => {
        deps.onNotice(`UNDELIVERED: ${text}`);
      },
    });
    const runner = new EffectRunner({
      gateway: (name) => (name === trading.name ? gateway : undefined),
      restGateway: () => undefined,
      askVenue: () => undefined,
      tell,
      wantsPendingNew: sessions.wantsPendingNew,
      timers: process,
      onTimer: (name) => {
        submit({ type: 'TimerFired', name });
      },
    });
    const decider = changes.decider?.(core.decider) ?? core.decider;
    this.loop = new EngineLoop(found.state, {
      decider: {
        ...decider,
        decide: (state, input) => {
          const facts = decider.decide(state, input);
          deps.onDecided(input.body, facts, state);
          return facts;
        },
      },
      journal:
        changes.journal?.(makeFactJournal(opened.journal)) ?? makeFactJournal(opened.journal),
      clock: process,
      pendingCommitBytesMax: 1_000_000,
      runEffect: runner.run,
      onDurable: (facts) => {
        if (process.isDead) return;
        deps.onFacts(facts);
        changes.onDurable?.(facts, deps.onFacts);
      },
      onHalt: (cause) => {
        if (!process.isDead) deps.onHalt(cause);
      },
    });
    this.clientStore = stores.get(CLIENT_SESSION)!;
    const idPrefix = Math.floor(process.wall()).toString(36).toUpperCase();
    this.loop.submit({ type: 'EngineStarted', idPrefix });
    opened.journal.onFailure((cause) => {
      this.loop.halt(cause);
    });
    this.route.start();
  }

  /** Reads the journal and starts; the error says why it cannot. */
  static async boot(deps: LifeDeps): Promise<EngineLife | string> {
    const { config, process, disk, random, changes } = deps;
    const opened = await openJournal({
      ...{ storage: changes.disk?.(disk) ?? disk, clock: process, durability: 'disk' },
      segmentBytesMax: 262_144,
    });
    if (!opened.ok) return opened.error.message;
    const held: { route?: TradingSession } = {};
    const core = makeCore(config, [tradingOf(config)], {
      randomBytes: (count) => Uint8Array.from({ length: count }, () => random.below(256)),
      cancelRoom: () => held.route?.cancelRoom() ?? NO_ROOM,
      hasOrderRoom: () => held.route?.hasOrderRoom() ?? false,
    });
    const republish = {
      afterSeq: deps.loggedSeq,
      tell: (fact: RecordedFact) => {
        deps.onFacts([fact]);
      },
    };
    const used = changes.core?.(core) ?? core;
    const logger = { info: () => undefined };
    const recovered = await recoverEngine(opened.value, used, republish, {
      ...{ clock: process, timers: process, logger },
    });
    if (!recovered.ok) return recovered.error;
    const found = changes.recovered?.(recovered.value) ?? recovered.value;
    return new EngineLife(deps, { opened: opened.value, core: used, found, held });
  }
}

const NO_ROOM = { cancels: 0, cancelAfterMs: 60_000, massCancelAfterMs: undefined };

export const tradingOf = ({ sessions }: Config): TradingSessionConfig => {
  const found = sessions.find((one): one is TradingSessionConfig => one.role === 'trading');
  if (found === undefined) throw new Error('the configuration has a trading session');
  return found;
};
