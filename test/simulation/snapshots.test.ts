import { expect } from 'chai';
import { makeCore } from '../../src/app/loop/decider.ts';
import { type InputBody } from '../../src/core/input.ts';
import { type Fact, type FactType } from '../../src/core/fact.ts';
import { type KillScope } from '../../src/core/kill-scope.ts';
import { type LimitRequest } from '../../src/core/limit.ts';
import { emptyState, type EngineState, type Order } from '../../src/core/state.ts';
import {
  type ClientName,
  type ClientOrderID,
  type SessionName,
  type VenueExecID,
} from '../../src/domain/ids.ts';
import { type VenueExecutionReport } from '../../src/domain/venue-report.ts';
import { PieceReader, piecesOf } from '../../src/journal/snapshot/snapshot-codec.ts';
import { Prng } from '../../src/lib/prng.ts';
import { epochMs } from '../../src/lib/time.ts';
import { archiveClosed, temporaryArchive } from '../support/archiving.ts';
import {
  Bench,
  cancel,
  CLIENT,
  PF_XBTUSD,
  PI_XBTUSD,
  place,
  replace,
  text,
} from '../support/bench.ts';
import { fastConfig } from '../support/fast-engine.ts';
import { execID, v } from '../support/given.ts';
import { asked } from '../support/mass-cancels.ts';

/** More by FATHOM_SNAPSHOT_SEEDS=20; every cut by FATHOM_SNAPSHOT_STEP=1. */
const SEEDS = Number(process.env['FATHOM_SNAPSHOT_SEEDS'] ?? '3');
const STEP = Number(process.env['FATHOM_SNAPSHOT_STEP'] ?? '8');
const FIRST_SEED = Number(process.env['SEED'] ?? '20261130');
const ACTIONS = 220;

const BETA = 'beta' as SessionName;
const OPERATOR = 'operator:ann' as ClientName;

/** What a history must have had, so that the test says something. */
const WANTED: readonly FactType[] = [
  ...(['OrderFilled', 'OrderCanceled', 'OrderReplaced', 'ReplaceIntended'] as const),
  ...(['TradeCanceled', 'TradeCorrected', 'OrdersArchived', 'OrderRecalled'] as const),
  ...(['KillSwitchSet', 'KillReleaseProposed', 'KillSwitchReleased', 'LimitTightened'] as const),
  ...(['LimitChangeProposed'] as const),
  ...(['OrdersDoubted', 'MassCancelRequested', 'OpeningPositionsNoted', 'RouteLost'] as const),
];

/** Clients, the venue, operators and the archive, as a seed has it. */
class History {
  readonly bench = new Bench({
    accounts: [
      { name: 'main', session: 'TRD' as SessionName, cancelOnDisconnect: false },
      { name: 'second', session: BETA, cancelOnDisconnect: true },
    ],
  });
  readonly #random: Prng;
  readonly #archiving = temporaryArchive(() => undefined);
  /** Fills that a later report may bust or correct. */
  readonly #trades: { readonly order: Order; readonly id: VenueExecID }[] = [];
  #made = 0;

  constructor(seed: number) {
    this.#random = new Prng(seed);
    this.bench.input({ type: 'EngineStarted', idPrefix: 'S' });
    this.#connect();
    for (let n = 0; n < ACTIONS; n += 1) this.#act();
  }

  /** As the journal gives them back. */
  get facts(): readonly Fact[] {
    return JSON.parse(JSON.stringify(this.bench.journal)) as readonly Fact[];
  }

  remove(): Promise<void> {
    return this.#archiving.remove();
  }

  #act(): void {
    this.bench.at = epochMs(this.bench.at + this.#below(3_000));
    const n = this.#below(100);
    if (n < 26) this.#place();
    else if (n < 66) this.#venue();
    else if (n < 72) this.#cancel();
    else if (n < 79) this.#replace();
    else if (n < 84) this.#change();
    else if (n < 89) archiveClosed(this.bench, this.#archiving.archive);
    else this.#seldom();
  }

  #below(n: number): number {
    return this.#random.below(n);
  }

  #one<T>(of: readonly T[]): T | undefined {
    return of[this.#below(Math.max(1, of.length))];
  }

  #place(): void {
    this.#made += 1;
    const symbol = this.#below(2) === 0 ? PF_XBTUSD : PI_XBTUSD;
    const side = this.#below(2) === 0 ? 'Buy' : 'Sell';
    const orderQty = text(String(1 + this.#below(20)));
    const price = text(String(90 + this.#below(20)));
    const rest = {
      account: this.#below(3) === 0 ? 'second' : 'main',
      ...(this.#below(3) === 0 && { strategy: 'grid' }),
    };
    this.bench.input(place(`A${this.#made}`, { symbol, side, orderQty, price }, rest));
  }

  /** An order that may be told about: mostly open ones, at times one that left memory. */
  #orderOf(isOpen: boolean): Order | undefined {
    const { orders, openOrderIDs } = this.bench.state;
    const ids = isOpen ? [...openOrderIDs] : [...orders.keys()];
    const id = this.#one(ids);
    return id === undefined ? undefined : orders.get(id);
  }

  #venue(): void {
    const order = this.#orderOf(true);
    if (order?.venueClOrdID === undefined) return;
    const asks = order.pending[0];
    if (asks !== undefined && this.#below(3) > 0) {
      const isDone = this.#below(4) > 0;
      if (isDone) this.#say(order, { execType: 'Canceled', ordStatus: 'Canceled', ...ZERO_LEFT });
      else this.#reject(order);
      return;
    }
    const n = this.#below(10);
    if (n < 3) this.#say(order, { execType: 'New', ordStatus: 'New' });
    else if (n < 8) this.#trade(order);
    else if (n < 9) this.#say(order, { execType: 'Expired', ordStatus: 'Expired', ...ZERO_LEFT });
    else this.#say(order, { execType: 'Canceled', ordStatus: 'Canceled', ...ZERO_LEFT });
  }

  #say(order: Order, report: Partial<VenueExecutionReport>): void {
    const { cumQty, leavesQty, session, terms } = order;
    const request = order.pending[0];
    const isAnswer = report.execType === 'Canceled' && request !== undefined;
    this.bench.report(
      {
        venueOrderID: order.venueOrderID ?? v(order.venueClOrdID!),
        clOrdID: isAnswer ? request.clOrdID : order.venueClOrdID!,
        ...(isAnswer && { origClOrdID: order.venueClOrdID! }),
        ...{ symbol: terms.symbol, side: terms.side, cumQty, leavesQty },
        ...report,
      },
      { session },
    );
  }

  #reject(order: Order): void {
    const { session } = order;
    this.bench.input({
      type: 'VenueReported',
      report: {
        type: 'CancelReject',
        clOrdID: order.pending[0]!.clOrdID,
        origClOrdID: order.venueClOrdID!,
        venueOrderID: order.venueOrderID ?? v(order.venueClOrdID!),
        ordStatus: 'New',
        text: 'EOrder:Too late',
      } as never,
      source: { channel: 'fix', session, epoch: 1, possDup: false, possResend: false },
    });
  }

  #trade(order: Order): void {
    const left = Number(order.leavesQty);
    if (left <= 0) return;
    const qty = 1 + this.#below(left);
    const id = execID(`T${this.#made}-${this.bench.journal.length}`);
    const cumQty = text(String(Number(order.cumQty) + qty));
    const isWhole = qty === left;
    this.#say(order, {
      ...{ execID: id, execType: 'Trade', ordStatus: isWhole ? 'Filled' : 'PartiallyFilled' },
      ...{ lastQty: text(String(qty)), lastPx: text(String(90 + this.#below(20))) },
      ...{ cumQty, leavesQty: text(String(left - qty)) },
      ...(this.#below(2) === 0 && { fee: text('0.01'), feeCurrency: 'USD' }),
    });
    this.#trades.push({ order, id });
  }

  /** A bust or a correction of a fill, whose order may be gone from memory. */
  #change(): void {
    const trade = this.#one(this.#trades);
    if (trade === undefined) return;
    const isBust = this.#below(2) === 0;
    const order = this.bench.state.orders.get(trade.order.orderID) ?? trade.order;
    const cumQty = text(String(Math.max(0, Number(order.cumQty) - 1)));
    this.#say(order, {
      ...{ execRefID: trade.id, cumQty, ordStatus: 'PartiallyFilled' },
      execType: isBust ? 'TradeCancel' : 'TradeCorrect',
      ...(!isBust && { lastQty: text('1'), lastPx: text('95') }),
    });
  }

  #cancel(): void {
    const order = this.#orderOf(this.#below(4) > 0);
    if (order === undefined) return;
    this.#made += 1;
    this.bench.input(cancel(`C${this.#made}`, order.clientOrderID));
  }

  #replace(): void {
    const order = this.#orderOf(true);
    if (order === undefined) return;
    this.#made += 1;
    const orderQty = text(String(5 + this.#below(30)));
    const price = text(String(90 + this.#below(20)));
    this.bench.input(replace(`R${this.#made}`, order.clientOrderID, { orderQty, price }));
  }

  #seldom(): void {
    const n = this.#below(8);
    if (n === 0) this.#reconnect();
    else if (n === 1) this.bench.input(asked(`Q${this.bench.journal.length}`));
    else if (n === 2) this.#kill();
    else if (n < 5) this.#limit();
    else if (n === 5) this.#again();
    else if (n === 6) this.#opening();
    else this.#release();
  }

  #connect(): void {
    this.bench.epoch += 1;
    for (const session of ['TRD' as SessionName, BETA]) {
      const { epoch } = this.bench;
      this.bench.input({ type: 'RouteUp', session, epoch, reset: false });
      this.bench.input({ type: 'RouteSynchronized', session, epoch });
    }
  }

  #reconnect(): void {
    const { epoch } = this.bench;
    for (const session of ['TRD' as SessionName, BETA])
      this.bench.input({ type: 'RouteDown', session, epoch, reason: 'cut' });
    this.#connect();
  }

  #scope(): KillScope {
    return this.#one<KillScope>([
      { type: 'instrument', symbol: PF_XBTUSD },
      { type: 'account', account: 'second' },
      { type: 'client', client: CLIENT },
    ])!;
  }

  #kill(): void {
    const state = this.#one(['HALTED', 'CANCEL_ONLY', 'REDUCING'] as const)!;
    const scope = this.#scope();
    const why = { by: OPERATOR, reason: 'a test', withExternal: false };
    this.bench.input({ type: 'SetKillSwitch', scope, state, ...why });
    if (this.#below(2) === 0) this.#release();
  }

  #release(): void {
    for (const { scope } of this.bench.state.killSwitches.values())
      this.bench.input({ ...RELEASE, scope });
    for (const proposalID of [...this.bench.state.killProposals.keys()])
      this.bench.input({ type: 'ApproveKillRelease', proposalID, by: 'bob' as ClientName });
  }

  #limit(): void {
    const value = String(500 + this.#below(100_000));
    const one = { scope: 'engine', limit: 'orderQtyMax', value, by: 'ann', reason: 'a test' };
    const changes: readonly LimitRequest[] = [
      { kind: 'set', ...one },
      { kind: 'propose', ...one, value: '2000000', holdsMs: 60_000 },
      ...[...this.bench.state.limitProposals.keys()].map(
        (proposalID) => ({ kind: 'approve', proposalID, by: 'bob' }) as const,
      ),
    ];
    this.bench.input({ type: 'ChangeLimit', change: this.#one(changes)! });
  }

  /** A ClOrdID of before comes again; its order may have left memory. */
  #again(): void {
    const n = 1 + this.#below(Math.max(1, this.#made));
    this.bench.input(place(`A${n}` as ClientOrderID, {}, { account: 'main', possResend: true }));
  }

  #opening(): void {
    const positions = [{ symbol: PF_XBTUSD, qty: text('7'), entryPx: text('99') }];
    const body: InputBody = {
      ...{ type: 'OpeningPositionsSeen', session: 'TRD' as SessionName, positions },
    };
    this.bench.input(body);
  }
}

const ZERO_LEFT = { leavesQty: text('0') };
const RELEASE = {
  type: 'ReleaseKillSwitch',
  state: 'ACTIVE',
  by: OPERATOR,
  reason: 'a test',
} as const;

const CONFIG = fastConfig('/never-made', {
  risk: {
    ...{ orderQtyMax: '100000', notionalMax: '100000000', withoutReferencePrice: 'allow' },
    ...{ orderRateMax: 1_000, cancelRateMax: 1_000, executionsMax: 1_000 },
    ...{ duplicateWindowMs: 60_000, venueCostMax: 100_000, lossMax: '1000000' },
  },
});

const newCore = () =>
  makeCore(CONFIG, [CONFIG.sessions.find((session) => session.role === 'trading')!], {
    randomBytes: (count) => new Uint8Array(count),
    hasOrderRoom: () => true,
    cancelRoom: () => ({ cancels: 1_000, cancelAfterMs: 0, massCancelAfterMs: 0 }),
  });

const fold = (
  core: ReturnType<typeof newCore>,
  state: EngineState,
  facts: readonly Fact[],
): EngineState => facts.reduce((books, fact) => core.decider.evolve(books, fact), state);

describe('a snapshot and the facts after it', function () {
  this.timeout(120_000 + SEEDS * 20_000);

  const types = new Set<FactType>();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
    it(`make what all facts make, wherever the snapshot is, seed ${seed}`, async () => {
      const history = new History(seed);
      const { facts } = history;
      await history.remove();
      for (const { type } of facts) types.add(type);
      const whole = newCore();
      const all = [...piecesOf(whole.kept.state(fold(whole, emptyState(), facts)))];
      const passing = newCore();
      let books = emptyState();
      for (let cut = 0; cut < facts.length; cut += 1) {
        if (cut % STEP === 0) {
          const reader = new PieceReader();
          for (const piece of piecesOf(passing.kept.state(books))) reader.add(piece);
          const after = newCore();
          const end = fold(after, after.kept.restore(reader.state), facts.slice(cut));
          const pieces = [...piecesOf(after.kept.state(end))];
          expect(pieces, `SEED=${seed}, snapshot before fact ${cut}`).to.deep.equal(all);
        }
        books = fold(passing, books, facts.slice(cut, cut + 1));
      }
    });
  }

  it('had everything in these histories that an order can meet', () => {
    expect(WANTED.filter((type) => !types.has(type))).to.deep.equal([]);
  });
});
