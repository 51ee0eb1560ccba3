import { type Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load/load-config.ts';
import { type InputBody } from '../../src/core/input.ts';
import { type EngineState } from '../../src/core/state.ts';
import { type Core, makeCore } from '../../src/app/loop/decider.ts';
import { EffectRunner } from '../../src/app/loop/effect-runner.ts';
import { EngineLoop, type RecordedFact } from '../../src/app/loop/engine-loop.ts';
import { executionRecordsOf, type RecordContext } from '../../src/app/loop/execution-records.ts';
import { archiveLost, makeFactJournal, recoverEngine } from '../../src/app/loop/recovery.ts';
import { type EngineStorage, openEngineStorage } from '../../src/app/loop/storage.ts';
import { startHousekeeping } from '../../src/app/operator/housekeeping.ts';
import { type Setup } from '../../src/app/sessions/open-sessions.ts';
import {
  type ClientName,
  type ClientOrderID,
  type ClOrdID,
  type DecimalText,
  type SessionName,
  type TradingSymbol,
  type VenueExecID,
  type VenueOrderID,
} from '../../src/domain/ids.ts';
import { type OrderTerms } from '../../src/domain/order.ts';
import { type VenueExecutionReport } from '../../src/domain/venue-report.ts';
import { type SessionStore } from '../../src/fix/session/model/session-types.ts';
import { makeRedactor } from '../../src/lib/redaction/redactor.ts';
import { type Logger } from '../../src/observability/logger.ts';
import { makeMetrics } from '../../src/observability/metrics.ts';
import { VirtualTime } from './virtual-time.ts';

const CLIENT = 'fix:desk1' as ClientName;
const SYMBOL = 'PF_XBTUSD' as TradingSymbol;
const EPOCH = 1;
const text = (value: number): DecimalText => String(value) as DecimalText;

/** A configuration with everything that a fast engine uses, over the demo's. */
export const fastConfig = (dataDir: string, more: Record<string, unknown> = {}): Config => {
  const engine = { name: 'fast', dataDir, durability: 'process' };
  const loaded = loadConfig({
    path: {
      engine,
      venue: { kind: 'simulator-embedded', environment: 'demo' },
      sessions: {
        trading: {
          ...{ role: 'trading', senderCompID: 'F', targetCompID: 'K', clientID: '1' },
          cancelOrdersOnDisconnect: true,
        },
        desk1: {
          ...{ role: 'client', senderCompID: 'FATHOM', targetCompID: 'DESK1' },
          listen: { host: '127.0.0.1', port: 0 },
        },
      },
      instruments: {
        [SYMBOL]: { contractType: 'linear', tickSize: '1', qtyStep: '1', qtyMin: '1' },
      },
      risk: { orderQtyMax: '100', notionalMax: '100000000', withoutReferencePrice: 'allow' },
      fixLog: { enabled: false },
      ...more,
    },
    env: {},
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return loaded.value.config;
};

/**
 * An engine without sockets on a virtual clock: core, journal, sessions' stores, execution log,
 * archive of closed orders, snapshots, and everything that looks after them. Venue and client are
 * functions that write what their sessions would.
 */
export class FastEngine {
  readonly time: VirtualTime;
  readonly loop: EngineLoop;
  readonly stored: EngineStorage;
  readonly core: Core;
  readonly lines: readonly string[];
  /** Facts that were read at the start. */
  readonly factsBefore: number;
  /** Does not say that it has its reports. */
  isClientSilent = false;
  readonly #venue: SessionStore;
  readonly #client: SessionStore;
  readonly #housekeeping: { readonly stop: () => Promise<void> };
  readonly #reports: VenueExecutionReport[] = [];
  /** Orders that were placed, over all runs. */
  #placed: number;
  #isFilling = true;

  private constructor(
    parts: Pick<FastEngine, 'time' | 'stored' | 'core' | 'lines'> & {
      readonly setup: Setup;
      readonly recovered: Extract<Awaited<ReturnType<typeof recoverEngine>>, { ok: true }>['value'];
    },
  ) {
    const { time, stored, core, lines, setup, recovered } = parts;
    this.time = time;
    this.stored = stored;
    this.core = core;
    this.lines = lines;
    this.factsBefore = recovered.factCount;
    this.#venue = recovered.stores.open('trading', time.wall());
    this.#client = recovered.stores.open('desk1', time.wall());
    this.#placed = recovered.state.ordersMade;
    const runner = new EffectRunner({
      gateway: (session) => ({
        session,
        sendNewOrder: ({ clOrdID, terms }) => this.#send(clOrdID, terms),
        sendCancel: ({ clOrdID, origClOrdID }) => this.#sendCancel(clOrdID, origClOrdID),
        sendReplace: () => ({ sent: false, reason: 'not here' }),
        sendMassCancel: () => ({ sent: false, reason: 'not here' }),
      }),
      restGateway: () => undefined,
      tell: (_client, message) => {
        this.#client.saveOutbound(this.#client.nextSenderMsgSeqNum(), frame(message.fields));
      },
      wantsPendingNew: () => false,
      askVenue: () => undefined,
      timers: time,
      onTimer: (name) => this.loop.submit({ type: 'TimerFired', name }),
    });
    this.loop = new EngineLoop(recovered.state, {
      decider: core.decider,
      journal: makeFactJournal(stored.opened.journal),
      clock: time,
      pendingCommitBytesMax: 1_000_000_000,
      recall: stored.closedOrders.recall,
      runEffect: runner.run,
      onDurable: (facts) => {
        for (const fact of facts) stored.executionLog.append(executionRecordsOf(fact, CONTEXT));
      },
      onHalt: (cause) => {
        throw cause;
      },
    });
    const session = 'trading' as SessionName;
    const epoch = (recovered.state.routes.get(session)?.epoch ?? 0) + 1;
    this.loop.submit({ type: 'EngineStarted', idPrefix: 'FAST' });
    this.loop.submit({ type: 'RouteUp', session, epoch, reset: false });
    this.loop.submit({ type: 'RouteSynchronized', session, epoch });
    this.#housekeeping = startHousekeeping(setup, stored, { loop: this.loop, core, recovered });
  }

  /** Rejects with the reason of a start that is refused. */
  static async open(config: Config, time = new VirtualTime()): Promise<FastEngine> {
    const lines: string[] = [];
    const logger = loggerInto(lines);
    const metrics = makeMetrics({ engine: 'fast' });
    const deps = { clock: time, timers: time, logger, metrics, redactor: makeRedactor([]) };
    const stored = await openEngineStorage(config, deps);
    if (!stored.ok) throw new Error(stored.error);
    const trading = config.sessions.find((session) => session.role === 'trading')!;
    const core = makeCore(config, [trading], {
      randomBytes: (count) => new Uint8Array(count).fill(7),
      hasOrderRoom: () => true,
      cancelRoom: () => ({ cancels: 1_000, cancelAfterMs: 0, massCancelAfterMs: 0 }),
    });
    const republish = {
      afterSeq: stored.value.executionLog.lastSeq(),
      tell: (fact: RecordedFact) => {
        stored.value.executionLog.append(executionRecordsOf(fact, CONTEXT));
      },
    };
    const recovered = await recoverEngine(stored.value.opened, core, republish, {
      ...{ clock: time, logger, timers: IMMEDIATE },
    });
    const lost = recovered.ok ? archiveLost(recovered.value.state, stored.value) : recovered.error;
    if (!recovered.ok || lost !== undefined) {
      await stored.value.opened.journal.close();
      throw new Error(lost);
    }
    const setup = { config, deps, metrics } as unknown as Setup;
    const parts = { time, stored: stored.value, core, lines, setup, recovered: recovered.value };
    return new FastEngine(parts);
  }

  get state(): EngineState {
    return this.loop.state;
  }

  /**
   * One simulated second with so many orders, each answered by the venue to its end. One in
   * `cancelEach` rests until its client cancels it.
   */
  async second(
    orders: number,
    { cancelEach = 8, areFilled = true }: { cancelEach?: number; areFilled?: boolean } = {},
  ): Promise<void> {
    for (let n = 0; n < orders; n += 1) {
      this.#placed += 1;
      const isCanceled = this.#placed % cancelEach === 0;
      this.#isFilling = areFilled && !isCanceled;
      this.#place(`C${this.#placed}`);
      this.deliver();
      if (isCanceled) {
        this.#cancel(`C${this.#placed}`);
        this.deliver();
      }
    }
    if (!this.isClientSilent) this.#client.confirm(this.#client.nextSenderMsgSeqNum() - 1);
    await this.time.advance(1_000, nextTurn);
    await nextTurn();
  }

  submit(body: InputBody): void {
    this.loop.submit(body);
  }

  /** What the venue has said, in its order. */
  deliver(): void {
    for (const report of this.#reports.splice(0)) {
      this.#venue.setNextTargetMsgSeqNum(this.#venue.nextTargetMsgSeqNum() + 1);
      const source = {
        ...{ channel: 'fix' as const, session: 'trading' as SessionName, epoch: EPOCH },
        ...{ possDup: false, possResend: false },
      } as const;
      this.loop.submit({ type: 'VenueReported', report, source });
    }
  }

  /** Messages that the client was sent, from a number on. */
  sentToClient(from: number, to: number): readonly string[] {
    return [...this.#client.outbound(from, to)].map(({ bytes }) => bytes.toString('latin1'));
  }

  get clientSender(): number {
    return this.#client.nextSenderMsgSeqNum();
  }

  async stop(): Promise<void> {
    await this.loop.settled();
    await this.#housekeeping.stop();
    this.stored.executionLog.close();
    this.stored.fixLogs.close();
    await this.stored.closedOrders.close();
    await this.stored.opened.journal.close();
  }

  #place(clientOrderID: string): void {
    this.loop.submit({
      type: 'PlaceOrder',
      request: {
        client: CLIENT,
        clientOrderID: clientOrderID as ClientOrderID,
        terms: TERMS,
        possResend: false,
      },
    });
  }

  #cancel(origClientOrderID: string): void {
    this.loop.submit({
      type: 'CancelOrder',
      request: {
        client: CLIENT,
        clientOrderID: `${origClientOrderID}-c` as ClientOrderID,
        origClientOrderID: origClientOrderID as ClientOrderID,
      },
    });
  }

  #send(clOrdID: ClOrdID, terms: OrderTerms) {
    const ids = { venueOrderID: `V-${clOrdID}` as VenueOrderID, clOrdID };
    const open = { cumQty: text(0), leavesQty: terms.orderQty };
    this.#report(`N-${clOrdID}`, { ...ids, ...open, execType: 'New', ordStatus: 'New' });
    if (this.#isFilling) {
      const trade = { lastQty: terms.orderQty, lastPx: text(100 + (this.#placed % 50)) };
      const sums = { cumQty: terms.orderQty, leavesQty: text(0) };
      this.#report(`T-${clOrdID}`, {
        ...{ ...ids, ...sums, ...trade, execType: 'Trade', ordStatus: 'Filled' },
      });
    }
    return this.#sent([clOrdID, JSON.stringify(terms)]);
  }

  #sendCancel(clOrdID: ClOrdID, origClOrdID: ClOrdID) {
    const ids = { venueOrderID: `V-${origClOrdID}` as VenueOrderID, clOrdID, origClOrdID };
    const sums = { cumQty: text(0), leavesQty: text(0) };
    this.#report(`C-${clOrdID}`, { ...ids, ...sums, execType: 'Canceled', ordStatus: 'Canceled' });
    return this.#sent([clOrdID, origClOrdID]);
  }

  #sent(fields: readonly string[]) {
    const msgSeqNum = this.#venue.nextSenderMsgSeqNum();
    this.#venue.saveOutbound(msgSeqNum, frame(fields.map((value, tag) => [tag + 11, value])));
    return { sent: true, epoch: EPOCH, msgSeqNum } as const;
  }

  #report(
    execID: string,
    report: Omit<VenueExecutionReport, 'type' | 'execID' | 'symbol' | 'side'>,
  ): void {
    const { symbol, side } = TERMS;
    const id = execID as VenueExecID;
    this.#reports.push({ type: 'ExecutionReport', execID: id, symbol, side, ...report });
  }
}

const TERMS: OrderTerms = {
  ...{ symbol: SYMBOL, side: 'Buy', ordType: 'Limit', timeInForce: 'GTC' },
  ...{ orderQty: text(1), price: text(150), postOnly: false, reduceOnly: false },
};

const CONTEXT: RecordContext = {
  tradingSession: 'trading' as SessionName,
  contractTypeOf: () => 'linear',
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const IMMEDIATE = {
  set: (_ms: number, fire: () => void) => {
    setImmediate(fire);
    return { cancel: () => undefined };
  },
};

const frame = (fields: readonly (readonly [number, unknown])[]): Buffer =>
  Buffer.from(
    `8=FIX.4.4\x0135=8\x01${fields.map(([tag, value]) => `${tag}=${String(value)}`).join('\x01')}\x01`,
    'latin1',
  );

const loggerInto = (lines: string[]): Logger => {
  const note = (line: string, fields?: { readonly code?: string }): void => {
    if (lines.length < 1_000) lines.push(`${fields?.code ?? ''}: ${line}`);
  };
  return {
    ...{ info: note, warn: note, error: note, debug: () => undefined },
    close: () => Promise.resolve(),
  } as unknown as Logger;
};
