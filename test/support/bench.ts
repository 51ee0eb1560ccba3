import {
  type ClOrdID,
  type ClientName,
  type ClientOrderID,
  type DecimalText,
  type SessionName,
  type TradingSymbol,
  type VenueExecID,
  type VenueOrderID,
} from '../../src/domain/ids.ts';
import { type Instrument } from '../../src/domain/instrument.ts';
import { type OrderRequest, type OrderTerms } from '../../src/domain/order.ts';
import { type ReportSource, type VenueExecutionReport } from '../../src/domain/venue-report.ts';
import { type Effect } from '../../src/core/effect.ts';
import { type Fact, type FactType } from '../../src/core/fact.ts';
import { type InputBody } from '../../src/core/input.ts';
import {
  makeOrderManager,
  type OrderManager,
  type OrderManagerDeps,
} from '../../src/core/order-manager.ts';
import { ENGINE_SCOPE, type ScopeKey } from '../../src/core/limit.ts';
import { PositionKeeper } from '../../src/core/positions/position-keeper.ts';
import {
  type ConfiguredLimits,
  LimitBook,
  type LimitTexts,
} from '../../src/core/risk/limits/limit-book.ts';
import { RiskKeeper } from '../../src/core/risk/risk-keeper.ts';
import { emptyState, type EngineState, type Order } from '../../src/core/state.ts';
import { ok } from '../../src/lib/result.ts';
import { epochMs, type EpochMs } from '../../src/lib/time.ts';

export const SESSION = 'TRD' as SessionName;
export const CLIENT = 'fix:DESK1' as ClientName;
export const PF_XBTUSD = 'PF_XBTUSD' as TradingSymbol;
export const PI_XBTUSD = 'PI_XBTUSD' as TradingSymbol;
export const START_MS = epochMs(1_795_348_800_000);

export const text = (value: string): DecimalText => value as DecimalText;

export const LINEAR: Instrument = {
  symbol: PF_XBTUSD,
  contractType: 'linear',
  tickSize: text('0.5'),
  qtyStep: text('1'),
  qtyMin: text('1'),
  status: 'Online',
};
export const INVERSE: Instrument = {
  ...LINEAR,
  symbol: PI_XBTUSD,
  contractType: 'inverse',
};

/** ClOrdIDs with a counter inside, so that tests can name them: `c(1)`, `c(2)`. */
export const c = (n: number): ClOrdID =>
  `00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as ClOrdID;

const counterOf = (id: ClOrdID | undefined): number =>
  id === undefined ? 0 : Number(id.slice(24));

/** Limits by scope; what is not said is as wide as the tests need. */
export type TestLimits = Partial<Omit<ConfiguredLimits, 'byScope'>> &
  Readonly<Partial<Record<ScopeKey, LimitTexts>>>;

const WIDE: LimitTexts = {
  orderQtyMax: '1000000',
  notionalMax: '1000000000000',
  openOrdersMax: '10000',
};

/** Every scope that the tests' orders have, with these limits. */
export const limitsOf = ({
  withoutReferencePrice = 'allow',
  executionsWindowMs = 60_000,
  venueUnits = { order: 10, cancel: 10 },
  changes = { holdMsMax: 86_400_000, proposalMsMax: 3_600_000 },
  ...scopes
}: TestLimits = {}): ConfiguredLimits => {
  const byScope = new Map<ScopeKey, LimitTexts>([
    ...(
      [ENGINE_SCOPE, `account:${SESSION}`, 'instrument:PF_XBTUSD', 'instrument:PI_XBTUSD'] as const
    ).map((scope) => [scope, {}] as const),
    ...(['client:DESK1', 'client:library', 'account:fund', 'strategy:grid'] as const).map(
      (scope) => [scope, {}] as const,
    ),
    ...(Object.entries(scopes) as [ScopeKey, LimitTexts][]),
  ]);
  byScope.set(ENGINE_SCOPE, { ...WIDE, ...byScope.get(ENGINE_SCOPE) });
  return { byScope, withoutReferencePrice, executionsWindowMs, venueUnits, changes };
};

/** What a test may change of the core; the rest is made for each bench. */
export type BenchDeps = Omit<OrderManagerDeps, 'limits' | 'usage' | 'positions'> & {
  readonly limits: ConfiguredLimits;
};

export const DEPS: BenchDeps = {
  limits: limitsOf(),
  instruments: new Map([
    [PF_XBTUSD, LINEAR],
    [PI_XBTUSD, INVERSE],
  ]),
  nextClOrdID: (last) => ok(c(counterOf(last) + 1)),
  accounts: [{ name: 'main', session: SESSION, cancelOnDisconnect: false }],
  ackTimeoutMs: 2_000,
  massCancelTimeoutMs: 3_000,
  hasOrderRoom: () => true,
  cancelRoom: () => ({ cancels: 1_000, cancelAfterMs: 0, massCancelAfterMs: 0 }),
};

export const TERMS: OrderTerms = {
  symbol: PF_XBTUSD,
  side: 'Buy',
  ordType: 'Limit',
  timeInForce: 'GTC',
  orderQty: text('10'),
  price: text('100'),
  postOnly: false,
  reduceOnly: false,
};

const orderRequest = (
  clientOrderID: string,
  terms: Partial<OrderTerms> = {},
  rest: Partial<OrderRequest> = {},
): OrderRequest => ({
  client: CLIENT,
  clientOrderID: clientOrderID as ClientOrderID,
  terms: { ...TERMS, ...terms },
  possResend: false,
  ...rest,
});

export const place = (
  clientOrderID: string,
  terms: Partial<OrderTerms> = {},
  rest: Partial<OrderRequest> = {},
): InputBody => ({ type: 'PlaceOrder', request: orderRequest(clientOrderID, terms, rest) });

export const cancel = (clientOrderID: string, origClientOrderID: string): InputBody => ({
  type: 'CancelOrder',
  request: {
    client: CLIENT,
    clientOrderID: clientOrderID as ClientOrderID,
    origClientOrderID: origClientOrderID as ClientOrderID,
  },
});

type Replace = Extract<InputBody, { type: 'ReplaceOrder' }>;

/** `Y` replaces `X`; every other word of the request may be given. */
export const replace = (
  clientOrderID: string,
  origClientOrderID: string,
  request: Partial<Replace['request']> = {},
  rest: Partial<Omit<Replace, 'type' | 'request'>> = {},
): InputBody => ({
  type: 'ReplaceOrder',
  policy: 'cancelThenNew',
  ...rest,
  request: {
    client: CLIENT,
    clientOrderID: clientOrderID as ClientOrderID,
    origClientOrderID: origClientOrderID as ClientOrderID,
    unchanged: {},
    ...request,
  },
});

export const SOURCE: ReportSource = {
  channel: 'fix',
  session: SESSION,
  epoch: 1,
  possDup: false,
  possResend: false,
};

export const executionReport = (report: Partial<VenueExecutionReport>): VenueExecutionReport => ({
  type: 'ExecutionReport',
  execID: 'X1' as VenueExecID,
  venueOrderID: 'V1' as VenueOrderID,
  execType: 'New',
  ordStatus: 'New',
  symbol: PF_XBTUSD,
  side: 'Buy',
  cumQty: text('0'),
  leavesQty: text('10'),
  ...report,
});

export type Send = Extract<
  Effect,
  { type: 'SendNewOrder' | 'SendCancel' | 'SendReplace' | 'SendMassCancel' }
>;

/**
 * The engine's loop without its adapters: decide, keep the facts, evolve, collect the effects. A
 * Send is answered by RequestSent with the next MsgSeqNum(34), as the effect runner does, unless
 * the link is held.
 */
export class Bench {
  readonly manager: OrderManager;
  readonly deps: OrderManagerDeps;
  /** Everything since the beginning, as the journal has it. */
  readonly journal: Fact[] = [];
  /** Since `ready`, for the assertions. */
  readonly facts: Fact[] = [];
  readonly effects: Effect[] = [];
  state: EngineState = emptyState();
  at: EpochMs = START_MS;
  msgSeqNum = 1;
  epoch = 0;
  /**
   * What the adapter does with a Send: writes it, proves that it did not, or dies before it
   * answers.
   */
  adapter: 'writes' | 'refuses' | 'dies' = 'writes';
  /** Sees what was written, with its number. */
  onSent: (effect: Send, msgSeqNum: number) => void = () => undefined;
  /** What is decided instead of an input, when orders leave memory. */
  recall: (state: EngineState, body: InputBody) => readonly InputBody[] = (_state, body) => [body];
  /** Sees the books before each fact. */
  beforeFact: (state: EngineState, fact: Fact) => void = () => undefined;
  #execIDs = 0;

  constructor(deps: Partial<BenchDeps> = {}) {
    const { limits: configured, instruments, ...rest } = { ...DEPS, ...deps };
    const limits = new LimitBook(configured);
    const contractTypeOf = (symbol: TradingSymbol) => instruments.get(symbol)?.contractType;
    this.deps = {
      ...rest,
      ...{ limits, instruments },
      usage: new RiskKeeper({ book: limits, contractTypeOf }),
      positions: new PositionKeeper(contractTypeOf, new Set(['grid'])),
    };
    this.manager = makeOrderManager(this.deps);
  }

  /** A run with an open route. */
  static ready(deps: Partial<BenchDeps> = {}): Bench {
    const bench = new Bench(deps);
    bench.input({ type: 'EngineStarted' });
    bench.logOn();
    bench.input({ type: 'RouteSynchronized', session: SESSION, epoch: bench.epoch });
    bench.facts.length = 0;
    bench.effects.length = 0;
    return bench;
  }

  logOn(reset = false): void {
    this.epoch += 1;
    if (reset) this.msgSeqNum = 1;
    this.input({ type: 'RouteUp', session: SESSION, epoch: this.epoch, reset });
  }

  cut(): readonly Fact[] {
    return this.input({ type: 'RouteDown', session: SESSION, epoch: this.epoch, reason: 'cut' });
  }

  askResend(beginSeqNo: number): readonly Fact[] {
    return this.input({
      type: 'VenueAskedResend',
      session: SESSION,
      epoch: this.epoch,
      beginSeqNo,
    });
  }

  /** The engine dies here and starts again from its journal. */
  restarted(deps: Partial<BenchDeps> = {}): Bench {
    const bench = new Bench(deps);
    for (const fact of this.journal) bench.#replay(fact);
    bench.at = this.at;
    bench.msgSeqNum = this.msgSeqNum;
    bench.epoch = this.epoch;
    bench.onSent = this.onSent;
    bench.recall = this.recall;
    bench.input({ type: 'EngineStarted' });
    return bench;
  }

  synchronize(): readonly Fact[] {
    return this.input({ type: 'RouteSynchronized', session: SESSION, epoch: this.epoch });
  }

  /**
   * One input and, like the loop, the answers to the Sends that it caused. Returns the facts of all
   * of them.
   */
  input(body: InputBody): readonly Fact[] {
    return this.recall(this.state, body).flatMap((each) => this.#decide(each));
  }

  #decide(body: InputBody): readonly Fact[] {
    this.at = epochMs(this.at + 1);
    const facts = this.manager.decide(this.state, { at: this.at, body });
    const effects = facts.flatMap((fact) => this.apply(fact));
    const answers = effects.flatMap((effect) => this.#answer(effect));
    return [...facts, ...answers];
  }

  apply(fact: Fact): readonly Effect[] {
    this.journal.push(fact);
    this.facts.push(fact);
    this.beforeFact(this.state, fact);
    this.state = this.manager.evolve(this.state, fact);
    this.#follow(fact);
    const effects = this.manager.effectsOf(this.state, fact);
    this.effects.push(...effects);
    return effects;
  }

  report(
    report: Partial<VenueExecutionReport>,
    source: Partial<ReportSource> = {},
  ): readonly Fact[] {
    this.#execIDs += 1;
    const execID = `X${this.#execIDs}` as VenueExecID;
    const full = executionReport({ execID, ...report });
    return this.input({ type: 'VenueReported', report: full, source: { ...SOURCE, ...source } });
  }

  /** The order that a client named so. */
  order(clientOrderID: string): Order {
    const ids = this.state.orderIDByClientOrderID.get(CLIENT);
    const orderID = ids?.get(clientOrderID as ClientOrderID);
    return this.state.orders.get(orderID!)!;
  }

  effectsOfType<T extends Effect['type']>(type: T): Extract<Effect, { type: T }>[] {
    return this.effects.filter(
      (effect): effect is Extract<Effect, { type: T }> => effect.type === type,
    );
  }

  factsOfType<T extends FactType>(type: T): Extract<Fact, { type: T }>[] {
    return this.facts.filter((fact): fact is Extract<Fact, { type: T }> => fact.type === type);
  }

  alerts(): string[] {
    return this.effectsOfType('Alert').map(({ code }) => code);
  }

  #follow(fact: Fact): void {
    this.deps.positions.note(this.state, fact);
    this.deps.usage.note(this.state, fact);
  }

  /** A fact through JSON, as the journal keeps it. */
  #replay(fact: Fact): void {
    this.journal.push(fact);
    this.state = this.manager.evolve(this.state, JSON.parse(JSON.stringify(fact)) as Fact);
    this.#follow(fact);
  }

  #answer(effect: Effect): readonly Fact[] {
    if (
      effect.type !== 'SendNewOrder' &&
      effect.type !== 'SendCancel' &&
      effect.type !== 'SendReplace' &&
      effect.type !== 'SendMassCancel'
    ) {
      return [];
    }
    const { clOrdID } = effect;
    if (this.adapter === 'dies') return [];
    if (effect.route === 'REST' && this.adapter === 'writes') {
      this.onSent(effect, 0);
      return this.input({ type: 'RequestSent', route: 'REST', clOrdID, session: SESSION });
    }
    if (this.adapter === 'refuses') {
      return this.input({ type: 'RequestNotSent', clOrdID, reason: 'session is not logged on' });
    }
    this.msgSeqNum += 1;
    const { epoch, msgSeqNum } = this;
    this.onSent(effect, msgSeqNum);
    return this.input({ type: 'RequestSent', clOrdID, session: SESSION, epoch, msgSeqNum });
  }
}

/** The state as plain values, for comparison. */
export const plain = (state: EngineState): unknown =>
  JSON.parse(
    JSON.stringify(state, (_, value: unknown) => {
      if (value instanceof Map) return { map: [...(value as Map<unknown, unknown>)] };
      return value instanceof Set ? { set: [...(value as Set<unknown>)] } : value;
    }),
  ) as unknown;

/** A replay: the facts through JSON, as the journal keeps them, into new books. */
export const replayed = (facts: readonly Fact[], manager: OrderManager): EngineState =>
  facts
    .map((fact) => JSON.parse(JSON.stringify(fact)) as Fact)
    .reduce((state, fact) => manager.evolve(state, fact), emptyState());
