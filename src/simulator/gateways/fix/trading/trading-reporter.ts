import { type OutboundMessage } from '../../../../fix/codec/fix-message.ts';
import { type Decimal, decimal } from '../../../../lib/decimal.ts';
import {
  type EventOf,
  type ExchangeEvent,
  type FillView,
  type OrderView,
  type TradeView,
} from '../../../exchange/model/events.ts';
import { cancelText, lateRefusalText } from './cancel-text.ts';
import { execIDOf } from './exec-id.ts';
import { tradeChangeReport } from './trade-change-report.ts';
import {
  canceledReport,
  type FixOrder,
  lateTradeReport,
  newReport,
  replacedReport,
  ruleRefusal,
  tradeReport,
  triggeredReport,
  unknownOrder,
} from './trading-reports.ts';
import { type Seat } from './client-session.ts';

export interface ReporterOptions {
  /** Real AvgPx(6) on fills instead of production's 0.0. */
  readonly realAvgPx: boolean;
  /** 150=D with 378=3 before each fill. */
  readonly lateTrades: boolean;
  /** ExecIDs go on from here, so that a restarted simulator repeats none. */
  readonly execIDStart: bigint;
}

/** Tells every seat what became of its orders: execution reports and refusals (venue reference, FIX 6). */
export class TradingReporter {
  readonly #realAvgPx: boolean;
  readonly #lateTrades: boolean;
  readonly #seatByOwner: ReadonlyMap<string, Seat>;
  #execCounter: bigint;

  constructor(options: ReporterOptions, seatByOwner: ReadonlyMap<string, Seat>) {
    const { realAvgPx, lateTrades, execIDStart } = options;
    this.#realAvgPx = realAvgPx;
    this.#lateTrades = lateTrades;
    this.#seatByOwner = seatByOwner;
    this.#execCounter = execIDStart;
  }

  // eslint-disable-next-line complexity -- one line per kind of event
  onEvent(event: ExchangeEvent): void {
    switch (event.type) {
      case 'OrderAccepted':
        this.#accepted(event);
        break;
      case 'OrderRejected':
        this.#rejected(event);
        break;
      case 'Trade':
        this.#traded(event, event.maker);
        this.#traded(event, event.taker);
        break;
      case 'TradeBusted':
      case 'TradeCorrected':
        this.#changed(event);
        break;
      case 'OrderCanceled':
        this.#canceled(event);
        break;
      case 'CancelRejected':
        this.#cancelRejected(event);
        break;
      case 'HeldOrderCanceled':
        this.#givenUp(event);
        break;
      case 'OrderEdited':
        this.#amended(event);
        break;
      case 'EditRejected':
        this.#amendRejected(event);
        break;
      case 'TriggerFired':
        this.#triggered(event);
        break;
      case 'TriggerFailed':
        this.#triggerFailed(event);
        break;
      default:
        break;
    }
  }

  #accepted(event: EventOf<'OrderAccepted'>): void {
    const known = this.#orderOf(event.order);
    // Born from a trigger that was told of by 150=D, or given up while it was held: no news.
    if (known === undefined || known.order.orderId !== undefined) return;
    const order = { ...known.order, orderId: event.order.orderId };
    known.seat.memory.keep(order);
    this.#report(event.order, (context) => newReport({ ...context, at: event.at }));
  }

  #rejected(event: EventOf<'OrderRejected'>): void {
    const seat = this.#seatByOwner.get(event.owner);
    if (event.cliOrdId === undefined) return;
    seat?.memory.end(event.cliOrdId);
    seat?.session?.send(ruleRefusal(event.cliOrdId, event.reason));
  }

  #traded(event: EventOf<'Trade'>, fill: FillView): void {
    const tradedOf = (order: FixOrder): FixOrder => ({
      ...order,
      grossTradeAmt: order.grossTradeAmt.plus(grossOf(event.trade)),
    });
    if (this.#lateTrades) {
      this.#report(fill.order, (context) =>
        lateTradeReport({ ...context, order: tradedOf(context.order), at: event.at }),
      );
    }
    this.#report(fill.order, (context, seat) => {
      const order = tradedOf(context.order);
      seat.memory.keep(order);
      seat.memory.reported(fill.fillId, context.execID);
      if (fill.order.status === 'Filled') seat.memory.end(order.clOrdID);
      const realAvgPx = this.#realAvgPx;
      return tradeReport({ ...context, order, fill, trade: event.trade, realAvgPx, at: event.at });
    });
  }

  #changed(event: EventOf<'TradeBusted' | 'TradeCorrected'>): void {
    const { trade, at } = event;
    const isBust = event.type === 'TradeBusted';
    const execType = isBust ? 'H' : 'G';
    const change = isBust ? grossOf(trade).neg() : grossOf(trade).minus(grossOf(event.old));
    for (const { fill } of [event.maker, event.taker]) {
      this.#report(fill.order, (context, seat) => {
        const grossTradeAmt = context.order.grossTradeAmt.plus(change);
        const order = { ...context.order, grossTradeAmt };
        seat.memory.keep(order);
        const execRefID = seat.memory.execIDOf(fill.fillId) ?? 'NONE';
        seat.memory.reported(fill.fillId, context.execID);
        const realAvgPx = this.#realAvgPx;
        const terms = { order, fill, trade, realAvgPx, at, execType, execRefID } as const;
        return tradeChangeReport({ ...context, ...terms });
      });
    }
  }

  #canceled(event: EventOf<'OrderCanceled'>): void {
    this.#report(event.order, (context, seat) => {
      const { requestId } = event;
      seat.memory.end(context.order.clOrdID);
      return canceledReport({
        ...context,
        at: event.at,
        requestClOrdID: seat.memory.hasAskedCancel(requestId) ? requestId : undefined,
        text: cancelText(event.reason),
      });
    });
  }

  #cancelRejected({ requestId }: EventOf<'CancelRejected'>): void {
    for (const seat of this.#seatByOwner.values()) {
      if (requestId === undefined || !seat.memory.hasAskedCancel(requestId)) continue;
      seat.session?.send(unknownOrder(requestId));
    }
  }

  /** A cancel of a held order is acknowledged, and is not the end: it is released as IOC and may still trade (FIX 5.5). */
  #givenUp(event: EventOf<'HeldOrderCanceled'>): void {
    const known = this.#orderOf(event.order);
    known?.seat.memory.keep({ ...known.order, orderId: event.order.orderId });
    this.#canceled({ ...event, type: 'OrderCanceled', reason: 'CANCELLED_BY_USER' });
  }

  #amended(event: EventOf<'OrderEdited'>): void {
    const { order: view, requestId = '', at } = event;
    const seat = this.#seatByOwner.get(view.owner);
    const before = seat?.memory.takeAmend(requestId);
    // Edits of other channels are not told of; the next report has the new terms (assumed).
    if (seat === undefined || before === undefined) return;
    const now = seat.memory.order(before.clOrdID) ?? before;
    const stopPx = view.trigger?.trailingStop?.maxDeviation ?? view.trigger?.stopPrice;
    seat.memory.keep({ ...now, clOrdID: requestId, stopPx: stopPx ?? now.stopPx });
    seat.memory.end(before.clOrdID);
    this.#report(view, (context) =>
      replacedReport({ ...context, at, origClOrdID: before.clOrdID }),
    );
  }

  #amendRejected({ requestId, reason }: EventOf<'EditRejected'>): void {
    for (const seat of this.#seatByOwner.values()) {
      if (seat.memory.takeAmend(requestId) === undefined || requestId === undefined) continue;
      const isUnknown = reason === 'ORDER_FOR_EDIT_NOT_FOUND';
      const refusal = isUnknown
        ? unknownOrder(requestId, 'G')
        : ruleRefusal(requestId, reason, 'G');
      seat.session?.send(refusal);
    }
  }

  #triggered(event: EventOf<'TriggerFired'>): void {
    this.#report(event.order, (context, seat) => {
      seat.memory.triggered(event.order.orderId, event.orderId);
      const limit = context.order.price !== undefined;
      const order = { ...context.order, ordType: limit ? '2' : '1' };
      seat.memory.keep(order);
      return triggeredReport({ ...context, order, triggerPrice: event.triggerPrice, at: event.at });
    });
  }

  /** What the trigger became was refused, and the order was acknowledged long ago: the end is a cancel that nobody asked for (FIX 6.1). */
  #triggerFailed(event: EventOf<'TriggerFailed'>): void {
    this.#report(event.order, (context, seat) => {
      seat.memory.end(context.order.clOrdID);
      return canceledReport({
        ...context,
        at: event.at,
        requestClOrdID: undefined,
        text: lateRefusalText(event.reason),
      });
    });
  }

  /** Sends what `make` makes of an order that came through a seat; orders of other channels are not FIX's business (FIX 10, row 40). */
  #report(
    view: OrderView,
    make: (
      context: { view: OrderView; order: FixOrder; execID: string },
      seat: Seat,
    ) => OutboundMessage,
  ): void {
    const known = this.#orderOf(view);
    if (known === undefined) return;
    const { seat, order } = known;
    this.#execCounter += 1n;
    seat.session?.send(make({ view, order, execID: execIDOf(this.#execCounter) }, seat));
  }

  #orderOf({ owner, cliOrdId }: OrderView): { seat: Seat; order: FixOrder } | undefined {
    const seat = this.#seatByOwner.get(owner);
    const order = cliOrdId === undefined ? undefined : seat?.memory.order(cliOrdId);
    return seat === undefined || order === undefined ? undefined : { seat, order };
  }
}

const grossOf = ({ size, price }: TradeView): Decimal => decimal(size).times(decimal(price));
