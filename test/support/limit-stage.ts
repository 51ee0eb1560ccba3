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
import { type InputBody, type MarketView } from '../../src/core/input.ts';
import { type LimitKey, type ScopeKey } from '../../src/core/limit.ts';
import { makeOrderManager } from '../../src/core/order-manager.ts';
import { PositionKeeper } from '../../src/core/positions/position-keeper.ts';
import { LimitBook } from '../../src/core/risk/limits/limit-book.ts';
import { RiskKeeper } from '../../src/core/risk/risk-keeper.ts';
import { emptyState } from '../../src/core/state.ts';
import { type ClientName, type TradingSymbol, type VenueExecID } from '../../src/domain/ids.ts';
import { type OrderTerms } from '../../src/domain/order.ts';
import { type OrderGateway } from '../../src/domain/ports.ts';
import { dictionaryPath, loadDictionary } from '../../src/fix/dictionary/jspurefix.ts';
import { makeMemoryStore } from '../../src/fix/runtime/memory-store.ts';
import { type Clock, epochMs, toUtcTimestamp } from '../../src/lib/time.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { makeMetrics } from '../../src/observability/metrics.ts';
import { DEPS, limitsOf, SESSION, SOURCE, TERMS, text } from './bench.ts';
import { type Act, type LimitCase } from './limit-cases.ts';
import { RawFixClient } from './raw-fix-client.ts';

/** What became of the last act. */
export interface Answer {
  /** Reason code; `undefined` when it was accepted. */
  readonly code: string | undefined;
  readonly text: string | undefined;
  /** OrdRejReason(103) or CxlRejReason(102). */
  readonly reason: string | undefined;
}

type Channel = 'FIX' | 'library';
type OrderAct = Extract<Act, { act: 'order' }>;

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
 * Core, loop, client sessions and library of an engine, without files and without a venue: time,
 * market and the venue's answers are the test's. A FIX client speaks to it in bytes.
 */
export class LimitStage {
  readonly engine: Engine;
  readonly #channel: Channel;
  readonly #loop: EngineLoop;
  readonly #close: () => Promise<void>;
  readonly #client: RawFixClient | undefined;
  readonly #time: { at: number };
  #market: MarketView = {};
  #mid: string | undefined;
  #ids = 0;
  #epoch = 1;
  #lastID = '';

  private constructor(
    made: ReturnType<typeof build>,
    channel: Channel,
    client: RawFixClient | undefined,
  ) {
    this.engine = made.engine;
    this.#loop = made.loop;
    this.#time = made.time;
    this.#close = made.close;
    this.#client = client;
    this.#channel = channel;
    made.view.market = () => this.#market;
    made.view.mid = () => this.#mid;
  }

  static async open(
    channel: Channel,
    limit: LimitKey | undefined,
    one: LimitCase,
  ): Promise<LimitStage> {
    const made = build(channel, limit, one);
    const ports = await made.listen();
    const client =
      channel === 'FIX'
        ? new RawFixClient(ports.get('desk1') ?? 0, { sender: 'DESK1', target: 'FATHOM' })
        : undefined;
    await client?.logon();
    const stage = new LimitStage(made, channel, client);
    stage.#submit({ type: 'EngineStarted' });
    stage.#upAgain();
    return stage;
  }

  async close(): Promise<void> {
    this.#client?.close();
    await this.#close();
  }

  /** Every act in its turn; the answer is the last one's. */
  async play(acts: readonly Act[]): Promise<Answer> {
    let answer: Answer = { code: undefined, text: undefined, reason: undefined };
    for (const act of acts) answer = await this.#do(act);
    return answer;
  }

  /** Value of fathom_risk_rejects_total{code}. */
  async rejects(code: string): Promise<number> {
    const found = new RegExp(
      `^fathom_risk_rejects_total\\{[^}]*code="${code}"[^}]*\\} (\\d+)`,
      'm',
    );
    return Number(found.exec(await this.engine.metrics())?.[1]);
  }

  async #do(act: Act): Promise<Answer> {
    switch (act.act) {
      case 'wait':
        this.#time.at += act.ms;
        break;
      case 'market':
        this.#market = act.market;
        this.#mid = act.mid;
        break;
      case 'route':
        if (act.is === 'up again') this.#upAgain();
        else
          this.#submit({
            ...{ type: 'RouteDown', session: SESSION, epoch: this.#epoch, reason: 'cut' },
          });
        break;
      case 'kill':
        this.#submit({
          ...{ type: 'SetKillSwitch', state: 'CANCEL_ONLY' },
          scope: { type: 'instrument', symbol: act.symbol as TradingSymbol },
          ...{ by: 'operator:ann', reason: 'test', withExternal: false },
        } as InputBody);
        break;
      case 'order':
        return this.#order(act);
      case 'cancel':
        return this.#cancel();
    }
    return { code: undefined, text: undefined, reason: undefined };
  }

  async #order(act: OrderAct): Promise<Answer> {
    this.#ids += 1;
    const id = act.id ?? `A${this.#ids}`;
    const { price, ...unpriced } = { ...TERMS, ...act.terms };
    const terms = unpriced.ordType === 'Market' ? unpriced : { ...unpriced, price };
    const answer =
      this.#channel === 'FIX'
        ? await this.#overFix(id, terms as OrderTerms, act)
        : await this.#overLibrary(id, terms as OrderTerms, act);
    if (answer.code !== undefined) return answer;
    this.#lastID = id;
    if (act.unanswered !== true) this.#venueTakes(id, act.filled === true);
    await this.#loop.settled();
    return answer;
  }

  async #overLibrary(id: string, terms: OrderTerms, act: OrderAct): Promise<Answer> {
    let reason: string | undefined;
    const listen = (report: { ordRejReason?: number }): void => {
      reason = report.ordRejReason?.toString();
    };
    this.engine.on('execution', listen);
    const { account, strategy } = act;
    const ack = await this.engine.submit({
      clientOrderID: id,
      ...terms,
      ...(account === undefined ? {} : { account }),
      ...(strategy === undefined ? {} : { strategy }),
    });
    this.engine.off('execution', listen);
    return { code: ack.code, text: ack.text, reason };
  }

  async #overFix(id: string, terms: OrderTerms, act: OrderAct): Promise<Answer> {
    const { client } = { client: this.#connected };
    const fields: readonly (readonly [number, string | undefined])[] = [
      ...([
        [11, id],
        [55, terms.symbol],
        [54, terms.side === 'Buy' ? '1' : '2'],
      ] as const),
      ...([
        [60, this.#now()],
        [38, terms.orderQty],
      ] as const),
      ...([
        [40, terms.ordType === 'Market' ? '1' : '2'],
        [44, terms.price],
      ] as const),
      [59, terms.timeInForce === 'IOC' ? '3' : '1'],
      [18, [terms.postOnly && '6', terms.reduceOnly && 'E'].filter(Boolean).join(' ') || undefined],
      ...([
        [1, act.account],
        [583, act.strategy],
      ] as const),
    ];
    const body = fields.flatMap(([tag, value]) => (value === undefined ? [] : [`${tag}=${value}`]));
    const before = client.received.length;
    client.send('D', body.join('|'));
    const report = await client.expect(
      ({ type, get }) => type === '8' && get(11) === id && ['A', '8'].includes(get(150) ?? ''),
      `the answer to ${id}`,
      before,
    );
    return report.get('150') === 'A' ? NO_REASON : answerOf(report, '103');
  }

  async #cancel(): Promise<Answer> {
    this.#ids += 1;
    const id = `C${this.#ids}`;
    if (this.#channel === 'library') {
      let refused: Answer = NO_REASON;
      const listen = (reject: { code: string; text: string; cxlRejReason: number }): void => {
        const { code, text: said, cxlRejReason } = reject;
        refused = { code, text: said, reason: String(cxlRejReason) };
      };
      this.engine.on('cancelReject', listen);
      await this.engine.cancel({ clientOrderID: id, origClientOrderID: this.#lastID });
      this.engine.off('cancelReject', listen);
      return refused;
    }
    const client = this.#connected;
    client.send('F', `11=${id}|41=${this.#lastID}|55=PF_XBTUSD|54=1|60=${this.#now()}`);
    const report = await client.expect(
      ({ type, get }) => ['8', '9'].includes(type) && get(11) === id,
      `the answer to ${id}`,
    );
    return report.get('35') === '8' ? NO_REASON : answerOf(report, '102');
  }

  #venueTakes(id: string, isFilled: boolean): void {
    const { orders, orderIDByClientOrderID } = this.engine.state;
    const client = (this.#channel === 'FIX' ? 'fix:desk1' : 'library') as ClientName;
    const orderID = orderIDByClientOrderID.get(client)?.get(id as never);
    const order = orderID === undefined ? undefined : orders.get(orderID);
    if (order?.venueClOrdID === undefined) throw new Error(`${id} is not at the venue`);
    const { terms, venueClOrdID: clOrdID } = order;
    const report = {
      type: 'ExecutionReport',
      ...{ clOrdID, venueOrderID: `V-${id}`, symbol: terms.symbol, side: terms.side },
    } as const;
    const say = (more: object): void => {
      this.#ids += 1;
      const execID = `X${this.#ids}` as VenueExecID;
      this.#submit({
        type: 'VenueReported',
        report: { ...report, execID, ...more } as never,
        source: { ...SOURCE, epoch: this.#epoch },
      });
    };
    const zero = text('0');
    say({ execType: 'New', ordStatus: 'New', cumQty: zero, leavesQty: terms.orderQty });
    if (!isFilled) return;
    const sums = { cumQty: terms.orderQty, leavesQty: zero };
    const trade = { lastQty: terms.orderQty, lastPx: terms.price };
    say({ execType: 'Trade', ordStatus: 'Filled', ...sums, ...trade });
  }

  #upAgain(): void {
    this.#epoch += 1;
    this.#submit({ type: 'RouteUp', session: SESSION, epoch: this.#epoch, reset: false });
    this.#submit({ type: 'RouteSynchronized', session: SESSION, epoch: this.#epoch });
  }

  #submit(body: InputBody): void {
    this.#loop.submit(body);
  }

  #now(): string {
    return toUtcTimestamp(epochMs(this.#time.at));
  }

  get #connected(): RawFixClient {
    if (this.#client === undefined) throw new Error('no FIX client');
    return this.#client;
  }
}

const NO_REASON: Answer = { code: undefined, text: undefined, reason: undefined };

const answerOf = (report: ReadonlyMap<string, string>, tag: string): Answer => ({
  code: report.get('20002'),
  text: report.get('58'),
  reason: report.get(tag),
});

const build = (channel: Channel, limit: LimitKey | undefined, one: LimitCase) => {
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
    tell: makeTellClient({
      sessionOf: (client) => sessions.sessionOf(client),
      onUndelivered: () => undefined,
    }),
    wantsPendingNew: () => true,
    timers: { set: () => ({ cancel: () => undefined }) },
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
    hasRoom: () => true,
    books: () => loop.state,
    onNotice: () => undefined,
    positions: () => [],
    isArchived: () => false,
  });
  const limits = makeLimitsView({ core, loop, clock, marks: () => ({}) });
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
