import { type EventOf, type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type FillView, type OrderView, type TradeView } from '../../../exchange/model/views.ts';
import { type IdSource } from '../../../exchange/model/id-source.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { AccountLog } from './account-log.ts';
import { type OrderHistoryEvent, OrderHistory } from './order-history.ts';
import { PagedLog } from './paged-log.ts';
import { rowLimitsOf } from '../../../row-limits.ts';

export interface ExecutionRecord {
  readonly uid: string;
  readonly trade: TradeView;
  readonly maker: FillView;
  readonly taker: FillView;
  readonly markPrice: string;
  /** The venue busted the trade: it is left out of every answer. */
  readonly busted?: boolean;
  /** Size that reduce-only took off the taker, if any. */
  readonly takerReducedQuantity: string | undefined;
}
/** One account's side of an execution. */
export interface OwnExecution {
  readonly account: string;
  readonly uid: string;
  readonly record: ExecutionRecord;
  readonly own: FillView;
}
export interface OrderRecord {
  readonly account: string;
  readonly uid: string;
  readonly symbol: string;
  readonly event: OrderHistoryEvent;
}
export interface PositionRecord {
  readonly account: string;
  readonly uid: string;
  readonly change: EventOf<'PositionChanged'>;
  readonly fillType: string | undefined;
}
interface PriceRecord {
  readonly symbol: string;
  readonly price: string;
}

/** The history service: the events of the exchange by account and by market [rest 2.12, 2.13]. */
export class HistoryStore {
  readonly executions: PagedLog<OwnExecution>;
  readonly orders: PagedLog<OrderRecord>;
  readonly triggers: PagedLog<OrderRecord>;
  readonly positions: PagedLog<PositionRecord>;
  readonly marketExecutions: PagedLog<ExecutionRecord>;
  readonly marketOrders: PagedLog<OrderRecord>;
  readonly prices: PagedLog<PriceRecord>;
  readonly accountLog: AccountLog;
  readonly #ids: IdSource;
  readonly #history: OrderHistory;
  readonly #without: ReadonlySet<string>;
  readonly #marks = new Map<string, string>();
  #lastFill: FillView | undefined;
  /** The latest order: the trades that follow are its, `cut` is what reduce-only took off it. */
  #taker: { readonly orderId: string; readonly cut: string | undefined } | undefined;
  #lagMs = 0;

  /** `without`: accounts that have no private history, e.g. the background market's. */
  constructor(ids: IdSource, without: readonly string[] = [], limits = rowLimitsOf()) {
    const { privateRows, publicRows } = limits;
    this.executions = new PagedLog(privateRows);
    this.orders = new PagedLog(privateRows);
    this.triggers = new PagedLog(privateRows);
    this.positions = new PagedLog(privateRows);
    this.marketExecutions = new PagedLog(publicRows);
    this.marketOrders = new PagedLog(publicRows);
    this.prices = new PagedLog(publicRows);
    this.#ids = ids;
    this.#without = new Set(without);
    this.accountLog = new AccountLog(ids, limits);
    this.#history = new OrderHistory((order, event) => {
      this.#addOrder(order, event);
    });
  }

  /** How far the service is behind trading. */
  setLagMs(lagMs: number): void {
    this.#lagMs = lagMs;
  }

  visibleUntil(at: EpochMs): number {
    return at - this.#lagMs;
  }

  markPrice(symbol: string): string | undefined {
    return this.#marks.get(symbol);
  }

  onEvent(event: ExchangeEvent): void {
    this.#history.onEvent(event);
    switch (event.type) {
      case 'PriceChanged':
        this.#marks.set(event.symbol, event.markPrice);
        this.prices.add(event.at, { symbol: event.symbol, price: event.markPrice });
        break;
      case 'OrderAccepted':
      case 'OrderEdited':
        this.#taker = { orderId: event.order.orderId, cut: event.reducedQuantity };
        break;
      case 'Trade':
        this.#addTrade(event);
        break;
      case 'TradeBusted':
      case 'TradeCorrected':
        this.#changeTrade(event);
        break;
      case 'PositionChanged':
        this.#addPosition(event);
        break;
      case 'AccountLogged':
        this.accountLog.addMoney(event.entry);
        break;
      default:
        break;
    }
  }

  #addTrade({ at, trade, maker, taker }: EventOf<'Trade'>): void {
    const markPrice = this.#marks.get(trade.symbol) ?? trade.price;
    const isCut = this.#taker?.orderId === taker.order.orderId;
    const takerReducedQuantity = isCut ? this.#taker?.cut : undefined;
    const record = { uid: trade.tradeId, trade, maker, taker, markPrice, takerReducedQuantity };
    this.marketExecutions.add(at, record);
    for (const own of [maker, taker]) {
      if (this.#without.has(own.account)) continue;
      this.#lastFill = own;
      this.executions.add(at, { account: own.account, uid: this.#ids.next(), record, own });
    }
  }

  /** Removes a busted trade from the lists of executions, and rewrites a corrected one. */
  #changeTrade(event: EventOf<'TradeBusted' | 'TradeCorrected'>): void {
    const { trade } = event;
    const [maker, taker] = [event.maker.fill, event.taker.fill];
    const busted = event.type === 'TradeBusted';
    const change = { trade, maker, taker, busted };
    const recordOf = (old: ExecutionRecord): ExecutionRecord => ({ ...old, ...change });
    this.marketExecutions.rewrite(1, (record) =>
      record.uid === trade.tradeId ? recordOf(record) : undefined,
    );
    this.executions.rewrite(2, (own) => {
      if (own.record.uid !== trade.tradeId) return undefined;
      const fill = own.own.fillId === maker.fillId ? maker : taker;
      return { ...own, own: fill, record: recordOf(own.record) };
    });
  }

  #addPosition(change: EventOf<'PositionChanged'>): void {
    const { account, at } = change;
    if (this.#without.has(account)) return;
    const isLastFill = this.#lastFill?.fillId === change.fillId;
    const fillType = isLastFill ? this.#lastFill?.fillType : undefined;
    this.positions.add(at, { account, uid: this.#ids.next(), change, fillType });
    this.accountLog.addPosition(change);
  }

  #addOrder(order: OrderView, event: OrderHistoryEvent): void {
    const { account, symbol } = order;
    const record = { account, uid: this.#ids.next(), symbol, event };
    const isTrigger = event.kind.startsWith('OrderTrigger');
    if (!isTrigger && PUBLIC_KINDS.has(event.kind)) this.marketOrders.add(event.at, record);
    if (this.#without.has(account)) return;
    (isTrigger ? this.triggers : this.orders).add(event.at, record);
  }
}

const PUBLIC_KINDS: ReadonlySet<string> = new Set([
  'OrderPlaced',
  'OrderUpdated',
  'OrderCancelled',
]);
