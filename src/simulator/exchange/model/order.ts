import { type EpochMs } from '../../../lib/time.ts';
import { type OrderView, type TriggerView } from './views.ts';
import { stepsToText } from './instruments/grid.ts';
import { type Account } from './account.ts';
import { type Money, moneyToText } from './money.ts';
import { type Level } from './order-book.ts';
import { type Market } from './market.ts';
import {
  type DeviationUnit,
  type OrderStatus,
  type OrderType,
  type Side,
  type TriggerSide,
  type TriggerSignal,
} from './vocabulary.ts';

/** The trigger of a stp, take_profit or trailing_stop that waits. */
export interface Trigger {
  stopTicks: number;
  side: TriggerSide;
  readonly signal: TriggerSignal;
  trailing: { deviation: Money; unit: DeviationUnit; best: Money } | undefined;
  /**
   * Limit relative to the trigger price; the limit is fixed when the trigger is placed or moved.
   */
  readonly limitOffset: { readonly value: Money; readonly unit: DeviationUnit } | undefined;
}

interface OrderFields {
  readonly orderId: string;
  readonly holder: Account;
  readonly owner: string;
  readonly cliOrdId: string | undefined;
  readonly market: Market;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly lots: number;
  /** 0 when it has no limit (a market trigger). */
  readonly ticks: number;
  readonly reduceOnly: boolean;
  readonly at: EpochMs;
}

/** One live order. Mutable, owned by the exchange; events and queries show it by `toView` only. */
export class Order {
  readonly orderId: string;
  readonly holder: Account;
  readonly owner: string;
  cliOrdId: string | undefined;
  readonly market: Market;
  readonly side: Side;
  orderType: OrderType;
  lots: number;
  filled = 0;
  ticks: number;
  readonly reduceOnly: boolean;
  readonly placedAt: EpochMs;
  updatedAt: EpochMs;
  status: OrderStatus = 'Open';
  algoId: string | undefined = undefined;
  trigger: Trigger | undefined = undefined;
  triggeredBy: string | undefined = undefined;
  /** For a trigger with a limit: it becomes a post-only order. */
  postOnly = false;
  /** For a trigger with a limit: it becomes an order that does not rest. */
  immediate = false;
  /** True once maker protection held the order and released it. */
  released = false;
  /** Grows with every entry into the book; it decides who is first at a price. */
  turn = 0;
  /** Intrusive list of its price level. */
  level: Level | undefined = undefined;
  prev: Order | undefined = undefined;
  next: Order | undefined = undefined;

  constructor(fields: OrderFields) {
    this.orderId = fields.orderId;
    this.holder = fields.holder;
    this.owner = fields.owner;
    this.cliOrdId = fields.cliOrdId;
    this.market = fields.market;
    this.side = fields.side;
    this.orderType = fields.orderType;
    this.lots = fields.lots;
    this.ticks = fields.ticks;
    this.reduceOnly = fields.reduceOnly;
    this.placedAt = fields.at;
    this.updatedAt = fields.at;
  }

  get leaves(): number {
    return this.lots - this.filled;
  }
}

export const toView = (order: Order): OrderView => {
  const { priceGrid, sizeGrid } = order.market.instrument;
  return {
    orderId: order.orderId,
    account: order.holder.uid,
    owner: order.owner,
    cliOrdId: order.cliOrdId,
    symbol: order.market.instrument.symbol,
    side: order.side,
    orderType: order.orderType,
    status: order.status,
    size: stepsToText(order.lots, sizeGrid),
    filled: stepsToText(order.filled, sizeGrid),
    remaining: stepsToText(order.leaves, sizeGrid),
    limitPrice: order.ticks === 0 ? undefined : stepsToText(order.ticks, priceGrid),
    reduceOnly: order.reduceOnly,
    placedAt: order.placedAt,
    updatedAt: order.updatedAt,
    algoId: order.algoId,
    trigger: order.trigger === undefined ? undefined : triggerView(order.trigger, order),
    triggeredBy: order.triggeredBy,
  };
};

const triggerView = (trigger: Trigger, order: Order): TriggerView => ({
  stopPrice: stepsToText(trigger.stopTicks, order.market.instrument.priceGrid),
  side: trigger.side,
  signal: trigger.signal,
  trailingStop:
    trigger.trailing === undefined
      ? undefined
      : { maxDeviation: moneyToText(trigger.trailing.deviation), unit: trigger.trailing.unit },
});
