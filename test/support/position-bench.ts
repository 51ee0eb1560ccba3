import { contractTypeByName } from '../../src/core/positions/position-view.ts';
import { PositionKeeper } from '../../src/core/positions/position-keeper.ts';
import {
  type PositionContext,
  type PositionView,
  positionViews,
} from '../../src/core/positions/position-view.ts';
import { type Fact } from '../../src/core/fact.ts';
import { type EngineState, type Order } from '../../src/core/state.ts';
import { type ClosedOrders } from '../../src/app/retention/closed-orders.ts';
import {
  type ClOrdID,
  type TradingSymbol,
  type VenueExecID,
  type VenueOrderID,
} from '../../src/domain/ids.ts';
import { type OrderRequest, type Side } from '../../src/domain/order.ts';
import { archiveClosed } from './archiving.ts';
import { Bench, INVERSE, LINEAR, PF_XBTUSD, PI_XBTUSD, place, SESSION, text } from './bench.ts';

const PF_ETHUSD = 'PF_ETHUSD' as TradingSymbol;

/** One execution as the venue reports it. */
export interface Trade {
  readonly symbol: TradingSymbol;
  readonly side: Side;
  readonly qty: string;
  readonly px: string;
  readonly fee?: string;
  readonly feeCurrency?: string;
}

const NOTHING_BESIDE: PositionContext = {
  markOf: () => ({ none: 'no mark price' }),
  venueQtyOf: () => undefined,
  fundingOf: () => undefined,
};

/** The order core with positions beside it, as the engine's loop drives them. */
export class PositionBench {
  readonly bench: Bench;
  readonly keeper = new PositionKeeper(contractTypeByName);
  readonly #noted: { count: number } = { count: 0 };
  readonly #trades: { readonly trade: Trade; readonly order: string; execID: string }[] = [];
  #execIDs = 0;
  /** What a report names, also once the order left memory. */
  readonly #known = new Map<string, Order>();

  constructor() {
    const fine = { tickSize: text('0.01'), qtyStep: text('0.0001'), qtyMin: text('0.0001') };
    this.bench = Bench.ready({
      instruments: new Map([
        [PF_XBTUSD, { ...LINEAR, ...fine }],
        [PI_XBTUSD, { ...INVERSE, tickSize: text('0.01') }],
        [PF_ETHUSD, { ...LINEAR, ...fine, symbol: PF_ETHUSD }],
      ]),
    });
    this.bench.beforeFact = (state, fact) => {
      this.keeper.noteBefore(state, fact);
    };
    this.#follow();
  }

  /** Every closed order leaves memory. */
  archiveClosed(archive: ClosedOrders): void {
    archiveClosed(this.bench, archive);
    this.#follow();
  }

  /** An order of exactly this size, and its one execution; the answer names it later. */
  trade(trade: Trade, rest: Partial<OrderRequest> = {}): number {
    const at = this.#trades.length;
    const order = `T${at}`;
    const qty = text(trade.qty);
    const { symbol, side } = trade;
    this.bench.input(place(order, { symbol, side, orderQty: qty, price: text(trade.px) }, rest));
    const execID = this.#report(order, {
      execType: 'Trade',
      ordStatus: 'Filled',
      lastQty: qty,
      lastPx: text(trade.px),
      cumQty: qty,
      leavesQty: text('0'),
      ...(trade.fee === undefined ? {} : { fee: text(trade.fee) }),
      ...(trade.feeCurrency === undefined ? {} : { feeCurrency: trade.feeCurrency }),
    });
    this.#trades.push({ trade, order, execID });
    this.#follow();
    return at;
  }

  bust(at: number): void {
    const { order, execID } = this.#trades[at]!;
    this.#report(order, {
      ...{ execType: 'TradeCancel', ordStatus: 'New', execRefID: execID as VenueExecID },
      ...{ cumQty: text('0'), leavesQty: text('0') },
    });
    this.#follow();
  }

  correct(at: number, qty: string, px: string): void {
    const known = this.#trades[at]!;
    known.execID = this.#report(known.order, {
      ...{ execType: 'TradeCorrect', ordStatus: 'Filled', execRefID: known.execID as VenueExecID },
      ...{ lastQty: text(qty), lastPx: text(px), cumQty: text(qty), leavesQty: text('0') },
    });
    this.#follow();
  }

  /** What the account held before. */
  opened(symbol: TradingSymbol, qty: string, entryPx?: string): void {
    const position = { symbol, qty: text(qty) };
    this.bench.input({
      type: 'OpeningPositionsSeen',
      session: SESSION,
      positions: [entryPx === undefined ? position : { ...position, entryPx: text(entryPx) }],
    });
    this.#follow();
  }

  views(context: Partial<PositionContext> = {}): readonly PositionView[] {
    return viewsOf(this.keeper, this.bench.state, context);
  }

  view(symbol: TradingSymbol, context: Partial<PositionContext> = {}): PositionView {
    return this.views(context).find((one) => one.symbol === symbol)!;
  }

  /** The same positions from the journal alone. */
  replayed(): { readonly keeper: PositionKeeper; readonly state: EngineState } {
    const keeper = new PositionKeeper(contractTypeByName);
    const fresh = new Bench();
    for (const fact of this.bench.journal) {
      const read = JSON.parse(JSON.stringify(fact)) as Fact;
      keeper.noteBefore(fresh.state, read);
      fresh.state = fresh.manager.evolve(fresh.state, read);
      keeper.note(fresh.state, read);
    }
    return { keeper, state: fresh.state };
  }

  #report(order: string, report: Parameters<Bench['report']>[0]): string {
    this.#execIDs += 1;
    const execID = `P${this.#execIDs}`;
    const inMemory = this.#inMemory(order);
    if (inMemory !== undefined) this.#known.set(order, inMemory);
    const { venueClOrdID, terms } = this.#known.get(order)!;
    const clOrdID = venueClOrdID as ClOrdID;
    const venueOrderID = `V-${order}` as VenueOrderID;
    const { symbol, side } = terms;
    this.bench.report({
      ...{ execID: execID as VenueExecID, venueOrderID, clOrdID, symbol, side },
      ...report,
    });
    return execID;
  }

  #inMemory(order: string): Order | undefined {
    return this.bench.order(order);
  }

  #follow(): void {
    const { journal, state } = this.bench;
    for (const fact of journal.slice(this.#noted.count)) this.keeper.note(state, fact);
    this.#noted.count = journal.length;
  }
}

const viewsOf = (
  keeper: PositionKeeper,
  state: EngineState,
  context: Partial<PositionContext> = {},
  owner: 'account' | 'client' = 'account',
): readonly PositionView[] =>
  positionViews(keeper.all(state, owner), state, { ...NOTHING_BESIDE, ...context });
