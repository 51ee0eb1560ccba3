import { type OutboundMessage } from '../../../../fix/codec/fix-message.ts';
import { type Decimal, decimal } from '../../../../lib/decimal.ts';
import { type EventOf, type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type FillView } from '../../../exchange/model/views.ts';
import { type OrderView } from '../../../exchange/model/views.ts';
import { type TradeView } from '../../../exchange/model/views.ts';
import {
  tradeChangeReport,
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
import { type ClientSession } from './client-session.ts';
import { type CancelReason, type OrderError } from '../../../exchange/model/vocabulary.ts';

interface ReporterOptions {
  /** Real AvgPx(6) on fills instead of production's 0.0. */
  readonly realAvgPx: boolean;
  /** 150=D with 378=3 before each fill. */
  readonly lateTrades: boolean;
  /** ExecIDs go on from here, so that a restarted simulator repeats none. */
  readonly execIDStart: bigint;
}

/** Sends execution reports and refusals to the sessions that own the orders [fix 6]. */
export class TradingReporter {
  readonly #realAvgPx: boolean;
  readonly #lateTrades: boolean;
  readonly #clientSessionByOwner: ReadonlyMap<string, ClientSession>;
  #execCounter: bigint;

  constructor(options: ReporterOptions, clientSessionByOwner: ReadonlyMap<string, ClientSession>) {
    const { realAvgPx, lateTrades, execIDStart } = options;
    this.#realAvgPx = realAvgPx;
    this.#lateTrades = lateTrades;
    this.#clientSessionByOwner = clientSessionByOwner;
    this.#execCounter = execIDStart;
  }

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
    // A triggered order was reported by 150=D, and a canceled held order by 150=4: it has its
    // OrderID(37).
    if (known === undefined || known.order.orderId !== undefined) return;
    const order = { ...known.order, orderId: event.order.orderId };
    known.clientSession.memory.keep(order);
    this.#report(event.order, (context) => newReport({ ...context, at: event.at }));
  }

  #rejected(event: EventOf<'OrderRejected'>): void {
    const clientSession = this.#clientSessionByOwner.get(event.owner);
    if (event.cliOrdId === undefined) return;
    clientSession?.memory.end(event.cliOrdId);
    clientSession?.session?.send(ruleRefusal(event.cliOrdId, event.reason));
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
    this.#report(fill.order, (context, clientSession) => {
      const order = tradedOf(context.order);
      clientSession.memory.keep(order);
      clientSession.memory.reported(fill.fillId, context.execID);
      if (fill.order.status === 'Filled') clientSession.memory.end(order.clOrdID);
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
      this.#report(fill.order, (context, clientSession) => {
        const grossTradeAmt = context.order.grossTradeAmt.plus(change);
        const order = { ...context.order, grossTradeAmt };
        clientSession.memory.keep(order);
        const execRefID = clientSession.memory.execIDOf(fill.fillId) ?? 'NONE';
        clientSession.memory.reported(fill.fillId, context.execID);
        const realAvgPx = this.#realAvgPx;
        const terms = { order, fill, trade, realAvgPx, at, execType, execRefID } as const;
        return tradeChangeReport({ ...context, ...terms });
      });
    }
  }

  #canceled(event: EventOf<'OrderCanceled'>): void {
    this.#report(event.order, (context, clientSession) => {
      const { requestId } = event;
      clientSession.memory.end(context.order.clOrdID);
      return canceledReport({
        ...context,
        at: event.at,
        requestClOrdID: clientSession.memory.hasAskedCancel(requestId) ? requestId : undefined,
        text: cancelText(event.reason),
      });
    });
  }

  #cancelRejected({ requestId }: EventOf<'CancelRejected'>): void {
    for (const clientSession of this.#clientSessionByOwner.values()) {
      if (requestId === undefined || !clientSession.memory.hasAskedCancel(requestId)) continue;
      clientSession.session?.send(unknownOrder(requestId));
    }
  }

  /**
   * Acknowledges the cancel of a held order. The order is released as IOC and may still trade
   * [fix 5.5].
   */
  #givenUp(event: EventOf<'HeldOrderCanceled'>): void {
    const known = this.#orderOf(event.order);
    known?.clientSession.memory.keep({ ...known.order, orderId: event.order.orderId });
    this.#canceled({ ...event, type: 'OrderCanceled', reason: 'CANCELLED_BY_USER' });
  }

  #amended(event: EventOf<'OrderEdited'>): void {
    const { order: view, requestId = '', at } = event;
    const clientSession = this.#clientSessionByOwner.get(view.owner);
    const before = clientSession?.memory.takeAmend(requestId);
    // Edits of other channels are not reported; the next report has the new terms (assumed).
    if (clientSession === undefined || before === undefined) return;
    const now = clientSession.memory.order(before.clOrdID) ?? before;
    const stopPx = view.trigger?.trailingStop?.maxDeviation ?? view.trigger?.stopPrice;
    clientSession.memory.keep({ ...now, clOrdID: requestId, stopPx: stopPx ?? now.stopPx });
    clientSession.memory.end(before.clOrdID);
    this.#report(view, (context) =>
      replacedReport({ ...context, at, origClOrdID: before.clOrdID }),
    );
  }

  #amendRejected({ requestId, reason }: EventOf<'EditRejected'>): void {
    for (const clientSession of this.#clientSessionByOwner.values()) {
      if (clientSession.memory.takeAmend(requestId) === undefined || requestId === undefined)
        continue;
      const isUnknown = reason === 'ORDER_FOR_EDIT_NOT_FOUND';
      const refusal = isUnknown
        ? unknownOrder(requestId, 'G')
        : ruleRefusal(requestId, reason, 'G');
      clientSession.session?.send(refusal);
    }
  }

  #triggered(event: EventOf<'TriggerFired'>): void {
    this.#report(event.order, (context, clientSession) => {
      clientSession.memory.triggered(event.order.orderId, event.orderId);
      const limit = context.order.price !== undefined;
      const order = { ...context.order, ordType: limit ? '2' : '1' };
      clientSession.memory.keep(order);
      return triggeredReport({ ...context, order, triggerPrice: event.triggerPrice, at: event.at });
    });
  }

  /**
   * The order that the trigger placed was refused. The trigger was acknowledged before, so it ends
   * with an unsolicited cancel [fix 6.1].
   */
  #triggerFailed(event: EventOf<'TriggerFailed'>): void {
    this.#report(event.order, (context, clientSession) => {
      clientSession.memory.end(context.order.clOrdID);
      return canceledReport({
        ...context,
        at: event.at,
        requestClOrdID: undefined,
        text: lateRefusalText(event.reason),
      });
    });
  }

  /**
   * Sends the report that `make` builds, if a FIX session owns the order. FIX does not report
   * orders of other channels [fix 10 row 40].
   */
  #report(
    view: OrderView,
    make: (
      context: { view: OrderView; order: FixOrder; execID: string },
      clientSession: ClientSession,
    ) => OutboundMessage,
  ): void {
    const known = this.#orderOf(view);
    if (known === undefined) return;
    const { clientSession, order } = known;
    this.#execCounter += 1n;
    clientSession.session?.send(
      make({ view, order, execID: execIDOf(this.#execCounter) }, clientSession),
    );
  }

  #orderOf({
    owner,
    cliOrdId,
  }: OrderView): { clientSession: ClientSession; order: FixOrder } | undefined {
    const clientSession = this.#clientSessionByOwner.get(owner);
    const order = cliOrdId === undefined ? undefined : clientSession?.memory.order(cliOrdId);
    return clientSession === undefined || order === undefined
      ? undefined
      : { clientSession, order };
  }
}

const grossOf = ({ size, price }: TradeView): Decimal => decimal(size).times(decimal(price));

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * ExecID(17) in the gateway's shape, `<13 base32 letters>:<suffix>`, from a counter. Unique as long
 * as the counter does not repeat; opaque to clients [fix 6.2].
 */
const execIDOf = (counter: bigint): string => {
  let text = '';
  let rest = counter;
  for (let position = 0; position < 13; position++) {
    text = (BASE32[Number(rest & 31n)] ?? 'A') + text;
    rest >>= 5n;
  }
  return `${text}:TRD001`;
};

/** Text(58) on 150=4 where it differs from the engine's reason [fix 6.4]. */
const BY_REASON: Partial<Record<CancelReason, string>> = {
  CANCELLED_BY_USER: 'Order canceled by user',
  // The engine distinguishes an IOC that traded in part from one that did not trade at all; the
  // list of texts for 58 has one word for both.
  PARTIAL_FILL: 'IOC_WOULD_NOT_EXECUTE_REASON',
};

/** Text(58) of a refusal after the acknowledgement, which is reported as a cancel. */
const BY_REFUSAL: Partial<Record<OrderError, string>> = {
  POST_WOULD_EXECUTE: 'POST_WOULD_EXECUTE_REASON',
  IOC_WOULD_NOT_EXECUTE: 'IOC_WOULD_NOT_EXECUTE_REASON',
  WOULD_EXECUTE_SELF: 'WOULD_EXECUTE_SELF_REASON',
  INSUFFICIENT_MARGIN: 'NOT_ENOUGH_MARGIN',
  WOULD_CAUSE_LIQUIDATION: 'NOT_ENOUGH_MARGIN',
  MARKET_SUSPENDED: 'MARKET_INACTIVE',
};

const cancelText = (reason: CancelReason): string => BY_REASON[reason] ?? reason;

const lateRefusalText = (reason: OrderError): string => BY_REFUSAL[reason] ?? reason;
