import { type EventOf, type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type FillView, type OrderView, type TradeView } from '../../../exchange/model/views.ts';
import { type OrderError, type OrderType } from '../../../exchange/model/vocabulary.ts';
import { type FeedSettings } from '../connection/feed-settings.ts';
import { toldType, wireReason } from './order-frame.ts';

/** A message to one account, in the order of the wire. */
type PrivateNews = OrderNews | FillNews;

export interface OrderNews {
  readonly type: 'order';
  readonly account: string;
  readonly order: OrderView;
  readonly isCancel: boolean;
  readonly reason: string;
  readonly shape: 'body' | 'id-only';
  /** Sent on `open_orders_verbose` only. */
  readonly isVerboseOnly: boolean;
}

export interface FillNews {
  readonly type: 'fill';
  readonly account: string;
  readonly trade: TradeView;
  readonly fill: FillView;
  readonly takerOrderType: OrderType;
}

/**
 * Turns events into messages of the order and fill feeds, in the recorded sequence [websocket 9]: a
 * maker's order before its fill, a crossing edit's fills before its order, nothing about an order
 * that never rested.
 */
export class PrivateReporter {
  readonly #settings: FeedSettings;
  /** Orders that the order feeds have shown as open. */
  readonly #shown = new Set<string>();

  constructor(settings: FeedSettings, open: Iterable<OrderView> = []) {
    this.#settings = settings;
    for (const { orderId } of open) this.#shown.add(orderId);
  }

  report(events: readonly ExchangeEvent[]): readonly PrivateNews[] {
    const news: PrivateNews[] = [];
    events.forEach((event, index) => {
      news.push(...this.#tell(event, events, index));
    });
    const { immediatePartialFill, crossingEdit } = this.#settings;
    return immediatePartialFill === 'order-first' || crossingEdit === 'order-first'
      ? this.#ordersFirst(news)
      : news;
  }

  #tell(
    event: ExchangeEvent,
    events: readonly ExchangeEvent[],
    index: number,
  ): readonly PrivateNews[] {
    switch (event.type) {
      case 'OrderBooked':
        return this.#booked(event);
      case 'OrderEdited':
        return this.#edited(event, events.slice(index + 1));
      case 'Trade':
        return [...this.#makerTraded(event), ...this.#takerTraded(event)];
      case 'TradeBusted':
      case 'TradeCorrected':
        return this.#tradeChanged(event);
      case 'OrderCanceled':
        return this.#canceled(event);
      case 'OrderRejected':
        return this.#rejected(event);
      case 'OrderReduced':
        return [this.#open(event.order, 'edited_by_user')];
      case 'TriggerFired':
        return this.#gone(event.order, this.#triggerReason(event, events.slice(index + 1)));
      case 'TriggerUpdated':
        return [this.#open(event.order, 'trailing_stop_price_updated')];
      default:
        return [];
    }
  }

  #booked({ order, reason }: EventOf<'OrderBooked'>): readonly PrivateNews[] {
    if (order.owner !== 'background') this.#shown.add(order.orderId);
    if (reason === 'limitFromStop') return [this.#open(order, 'limit_order_from_stop')];
    if (reason === 'edit') return [this.#open(order, 'edited_by_user')];
    const { immediatePartialFillReason } = this.#settings;
    return [
      this.#open(
        order,
        order.filled === '0' ? 'new_placed_order_by_user' : immediatePartialFillReason,
      ),
    ];
  }

  /** Reports a crossing edit by its fills, then by the state of the order after them. */
  #edited(
    { order }: EventOf<'OrderEdited'>,
    later: readonly ExchangeEvent[],
  ): readonly OrderNews[] {
    const crosses = later.some(
      (event) => event.type === 'Trade' && event.taker.order.orderId === order.orderId,
    );
    return crosses ? [] : [this.#open(order, 'edited_by_user')];
  }

  #makerTraded({ trade, maker, taker }: EventOf<'Trade'>): readonly PrivateNews[] {
    const fill = fillNews(trade, maker, toldType(taker.order));
    const order = this.#filled(maker.order);
    if (order === undefined) return [fill];
    return this.#settings.makerFill === 'order-first' ? [order, fill] : [fill, order];
  }

  #takerTraded({ trade, taker }: EventOf<'Trade'>): readonly PrivateNews[] {
    const fill = fillNews(trade, taker, toldType(taker.order));
    // A partial fill of an edited order is reported when the rest is booked again.
    const order = taker.order.remaining === '0' ? this.#filled(taker.order) : undefined;
    return order === undefined ? [fill] : [fill, order];
  }

  /** The fill feed does not report it; a resting order is reported with its new open quantity. */
  #tradeChanged(event: EventOf<'TradeBusted' | 'TradeCorrected'>): readonly OrderNews[] {
    return [event.maker.fill, event.taker.fill]
      .filter(({ order, orderPrior }) => order.filled !== orderPrior.filled && this.#rests(order))
      .map(({ order }) => this.#open(order, 'partial_fill'));
  }

  #rests({ orderId, status }: OrderView): boolean {
    return status === 'Open' && this.#shown.has(orderId);
  }

  #filled(order: OrderView): OrderNews | undefined {
    if (!this.#shown.has(order.orderId)) return undefined;
    if (order.remaining !== '0') return this.#open(order, 'partial_fill');
    this.#shown.delete(order.orderId);
    return orderNews(order, {
      isCancel: true,
      reason: 'full_fill',
      shape: this.#settings.fullFillShape,
    });
  }

  #canceled({ order, reason }: EventOf<'OrderCanceled'>): readonly OrderNews[] {
    if (this.#shown.has(order.orderId)) return this.#gone(order, wireReason(reason));
    return this.#settings.iocRemainder === 'terminal'
      ? [orderNews(order, { isCancel: true, reason: wireReason(reason), shape: 'body' })]
      : [];
  }

  #gone(order: OrderView, reason: string): readonly OrderNews[] {
    this.#shown.delete(order.orderId);
    return [orderNews(order, { isCancel: true, reason, shape: this.#settings.cancelShape })];
  }

  #rejected({ order, reason }: EventOf<'OrderRejected'>): readonly OrderNews[] {
    if (order === undefined || reason !== 'POST_WOULD_EXECUTE') return [];
    const { postReject, postRejectReason } = this.#settings;
    const isVerboseOnly = postReject === 'body-on-verbose';
    const shape = isVerboseOnly ? 'body' : 'id-only';
    const news = orderNews(order, { isCancel: true, reason: postRejectReason, shape });
    return [{ ...news, isVerboseOnly }];
  }

  #triggerReason({ order }: EventOf<'TriggerFired'>, later: readonly ExchangeEvent[]): string {
    const failed = later.find(
      (event): event is EventOf<'TriggerFailed'> =>
        event.type === 'TriggerFailed' && event.order.orderId === order.orderId,
    );
    return failed === undefined ? 'stop_order_triggered' : failureReason(failed.reason);
  }

  #open(order: OrderView, reason: string): OrderNews {
    return orderNews(order, { isCancel: false, reason, shape: 'body' });
  }

  /**
   * Applies the `order-first` switches: the messages about an order come before the fills of the
   * same command.
   */
  #ordersFirst(news: readonly PrivateNews[]): readonly PrivateNews[] {
    const ordered: PrivateNews[] = [];
    for (const each of news) {
      const at =
        each.type === 'order' && this.#goesFirst(each)
          ? ordered.findIndex((other) => isTakerFillOf(other, each.order.orderId))
          : -1;
      if (at === -1) ordered.push(each);
      else ordered.splice(at, 0, each);
    }
    return ordered;
  }

  #goesFirst({ reason }: OrderNews): boolean {
    const { immediatePartialFill, crossingEdit, immediatePartialFillReason } = this.#settings;
    const isEdit = reason === 'edited_by_user' || reason === 'full_fill';
    return isEdit
      ? crossingEdit === 'order-first'
      : immediatePartialFill === 'order-first' && reason === immediatePartialFillReason;
  }
}

const isTakerFillOf = (news: PrivateNews, orderId: string): boolean =>
  news.type === 'fill' && news.fill.order.orderId === orderId && news.fill.fillType !== 'maker';

const orderNews = (
  order: OrderView,
  end: Pick<OrderNews, 'isCancel' | 'reason' | 'shape'>,
): OrderNews => ({ type: 'order', account: order.account, order, isVerboseOnly: false, ...end });

const fillNews = (trade: TradeView, fill: FillView, takerOrderType: OrderType): FillNews => ({
  type: 'fill',
  account: fill.account,
  trade,
  fill,
  takerOrderType,
});

/** The feed's reason of a trigger that fired and whose order was refused. */
const failureReason = (error: OrderError): string => {
  switch (error) {
    case 'INSUFFICIENT_MARGIN':
      return 'not_enough_margin';
    case 'IOC_WOULD_NOT_EXECUTE':
      return 'ioc_order_failed_because_it_would_not_be_executed';
    case 'MARKET_SUSPENDED':
    case 'MARKET_INACTIVE':
      return 'market_inactive';
    default:
      return error.toLowerCase();
  }
};
