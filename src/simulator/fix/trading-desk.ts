import { type FixMessage, type OutboundMessage } from '../../fix/fix-message.ts';
import { type FixSession, type SessionApplication } from '../../fix/session/session-types.ts';
import { type Decimal, decimal } from '../../lib/decimal.ts';
import { type Result } from '../../lib/result.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type ExchangeCommand, type OrderCommand } from '../exchange/commands.ts';
import {
  type EventOf,
  type ExchangeEvent,
  type FillView,
  type OrderView,
  type TradeView,
} from '../exchange/events.ts';
import { execIDOf } from './exec-id.ts';
import { SeatMemory } from './seat-memory.ts';
import { tradeChangeReport } from './trade-change-report.ts';
import {
  canceledReport,
  cancelText,
  type FixOrder,
  fixOrderOf,
  formatReject,
  newReport,
  ruleRefusal,
  tradeReport,
  triggeredReport,
  unknownOrder,
  unsupportedMessage,
} from './trading-reports.ts';
import {
  type FormatRefusal,
  parseCancel,
  parseMassCancel,
  parseNewOrder,
  type Requester,
} from './trading-requests.ts';

export interface TradingDeskDeps {
  readonly submit: (command: ExchangeCommand) => void;
  readonly now: () => EpochMs;
  /** Real AvgPx(6) on fills instead of production's 0.0. */
  readonly realAvgPx: boolean;
  /** ExecIDs go on from here, so that a restarted simulator repeats none. */
  readonly execIDStart: bigint;
}

export interface TradingClient {
  readonly compID: string;
  readonly account: string;
}

/** One CompID's seat: its session, its orders, and what its last Logon asked for. */
interface Seat {
  readonly who: Requester;
  session: Pick<FixSession, 'send'> | undefined;
  cancelsOnDisconnect: boolean;
  readonly memory: SeatMemory;
}

/** The order entry side of the FIX gateway: D, F, q in; execution reports and refusals out, as the venue reference, FIX 11, wants. */
export class TradingDesk {
  readonly #deps: TradingDeskDeps;
  readonly #seatByOwner = new Map<string, Seat>();
  #execCounter: bigint;

  constructor(deps: TradingDeskDeps) {
    this.#deps = deps;
    this.#execCounter = deps.execIDStart;
  }

  /** The application of this client's session; `attach` it to the session made with it. */
  seat(client: TradingClient): {
    readonly application: Pick<SessionApplication, 'onLoggedOn' | 'onLoggedOut' | 'onMessage'>;
    readonly attach: (session: Pick<FixSession, 'send'>) => void;
  } {
    const owner = `fix:${client.compID}`;
    const seat: Seat = {
      who: { account: client.account, owner },
      session: undefined,
      cancelsOnDisconnect: true,
      memory: new SeatMemory(),
    };
    this.#seatByOwner.set(owner, seat);
    return {
      attach: (session) => {
        seat.session = session;
      },
      application: {
        onLoggedOn: ({ logon }) => {
          // Inverted flag, on by default: only 8674=1 keeps orders (venue reference, FIX 1.10).
          seat.cancelsOnDisconnect = logon.get(8674) !== '1';
        },
        onLoggedOut: ({ cause }) => {
          // A completed Logout is no trigger by the text; everything else is an abnormal loss.
          const polite = cause === 'LogoutByPeer' || cause === 'LogoutByUs';
          if (seat.cancelsOnDisconnect && !polite) this.#cancelAll(seat);
        },
        onMessage: (message) => {
          this.#onMessage(seat, message);
        },
      },
    };
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
      case 'TriggerFired':
        this.#triggered(event);
        break;
      default:
        break;
    }
  }

  #onMessage(seat: Seat, message: FixMessage): void {
    switch (message.msgType) {
      case 'D':
        this.#placeOrder(seat, message);
        break;
      case 'F':
        this.#cancel(seat, message, parseCancel(message, seat.who, this.#deps.now()));
        break;
      case 'q':
        this.#cancel(seat, message, parseMassCancel(message, seat.who, this.#deps.now()));
        break;
      case '3':
        break;
      default:
        seat.session?.send(unsupportedMessage(message));
    }
  }

  #placeOrder(seat: Seat, message: FixMessage): void {
    const command = parseNewOrder(message, seat.who, this.#deps.now());
    if (!command.ok) {
      seat.session?.send(formatReject(message, command.error));
      return;
    }
    const order = fixOrderOf(message);
    if (seat.memory.order(order.clOrdID) !== undefined) {
      seat.session?.send(ruleRefusal(order.clOrdID, 'CLIENT_ORDER_ID_IN_USE'));
      return;
    }
    seat.memory.keep(order);
    this.#deps.submit(command.value);
  }

  #cancel(seat: Seat, message: FixMessage, command: Result<OrderCommand, FormatRefusal>): void {
    if (!command.ok) {
      seat.session?.send(formatReject(message, command.error));
      return;
    }
    seat.memory.askCancel(message.get(11) ?? '');
    this.#deps.submit(command.value);
  }

  #cancelAll(seat: Seat): void {
    this.#deps.submit({ type: 'CancelOrders', ...seat.who });
  }

  #accepted(event: EventOf<'OrderAccepted'>): void {
    this.#report(event.order, (context) => newReport({ ...context, at: event.at }));
  }

  #rejected(event: EventOf<'OrderRejected'>): void {
    const seat = this.#seatByOwner.get(event.owner);
    if (event.cliOrdId === undefined) return;
    seat?.memory.end(event.cliOrdId);
    seat?.session?.send(ruleRefusal(event.cliOrdId, event.reason));
  }

  #traded(event: EventOf<'Trade'>, fill: FillView): void {
    this.#report(fill.order, (context, seat) => {
      const grossTradeAmt = context.order.grossTradeAmt.plus(grossOf(event.trade));
      const order = { ...context.order, grossTradeAmt };
      seat.memory.keep(order);
      seat.memory.reported(fill.fillId, context.execID);
      if (fill.order.status === 'Filled') seat.memory.end(order.clOrdID);
      const { realAvgPx } = this.#deps;
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
        const { realAvgPx } = this.#deps;
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

  #triggered(event: EventOf<'TriggerFired'>): void {
    this.#report(event.order, (context, seat) => {
      const limit = context.order.price !== undefined;
      const order = { ...context.order, ordType: limit ? '2' : '1' };
      seat.memory.keep(order);
      return triggeredReport({ ...context, order, triggerPrice: event.triggerPrice, at: event.at });
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
    const seat = this.#seatByOwner.get(view.owner);
    if (seat === undefined || view.cliOrdId === undefined) return;
    const order = seat.memory.order(view.cliOrdId);
    if (order === undefined) return;
    this.#execCounter += 1n;
    seat.session?.send(make({ view, order, execID: execIDOf(this.#execCounter) }, seat));
  }
}

const grossOf = ({ size, price }: TradeView): Decimal => decimal(size).times(decimal(price));
