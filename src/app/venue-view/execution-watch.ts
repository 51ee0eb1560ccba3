import { isClosedStatus } from '../../core/evolve/lifecycle.ts';
import { routeOfOrder } from '../../core/evolve/order-route.ts';
import {
  type ExternalOrder,
  type InputBody,
  type SeenFill,
  type SeenRestOrder,
} from '../../core/input.ts';
import { isInOpening } from '../../core/decide/reports/external-order.ts';
import { type EngineState, EXTERNAL } from '../../core/state.ts';
import { type ClOrdID, type SessionName } from '../../domain/ids.ts';
import { type OrderTerms, type OrdType } from '../../domain/order.ts';
import { type ReportSource, type VenueFill } from '../../domain/venue-report.ts';
import { defined } from '../../lib/defined.ts';
import { type MonotonicMs } from '../../lib/time.ts';
import { type ToldFill } from '../../kraken/websocket/views/fill-view.ts';
import { type Fill, type OpenOrder } from '../../kraken/websocket/events/private-events.ts';
import { type OrderState, sumOf } from '../../kraken/websocket/views/order-state.ts';
import { type PrivateState } from '../../kraken/websocket/views/private-state.ts';

/** Fills that wait for their FIX report; of more the oldest are told at once. */
const WAITING_MAX = 10_000;
/** Facts of one input. */
const TOLD_PER_LOOK_MAX = 500;

interface Waiting {
  readonly fill: Fill;
  readonly channel: 'websocket' | 'rest';
  readonly since: MonotonicMs;
}

interface Settings {
  readonly session: SessionName;
  /** How long the venue and the books may differ before it is alerted. */
  readonly lastsMs: number;
}

/**
 * Hands the fills and orders of the private feeds and REST to the core: at once, so that a fill is
 * linked to the execution that FIX has reported, and again until it is linked, booked or put aside.
 * Orders that we did not send are handed on once they have lasted. Decides nothing.
 */
export class ExecutionWatch {
  readonly #settings: Settings;
  readonly #waiting = new Map<string, Waiting>();
  readonly #externalSince = new Map<string, MonotonicMs>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Inputs for the core, in order. `told`: fills that are new, or have more than before. */
  look(
    books: EngineState,
    view: PrivateState,
    told: readonly ToldFill[],
    at: MonotonicMs,
  ): readonly InputBody[] {
    const fresh: Waiting[] = told.map(({ fill, channel }) => ({ fill, channel, since: at }));
    for (const one of fresh) {
      const { fillID } = one.fill;
      const since = this.#waiting.get(fillID)?.since ?? at;
      this.#waiting.set(fillID, { ...one, since });
    }
    return [
      ...this.#fillInputs(books, view, at),
      ...this.#restInputs(books, view),
      ...this.#orderInputs(books, view, at),
    ];
  }

  /** Fills that are neither linked nor booked, for people. */
  get waiting(): number {
    return this.#waiting.size;
  }

  #fillInputs(books: EngineState, view: PrivateState, at: MonotonicMs): readonly InputBody[] {
    const byChannel = { websocket: [] as SeenFill[], rest: [] as SeenFill[] };
    let count = 0;
    for (const [fillID, { fill, channel, since }] of this.#waiting) {
      if (count >= TOLD_PER_LOOK_MAX) break;
      count += 1;
      const isTold = books.execIDByFill.has(fillID) || books.quarantine.has(`fill:${fillID}`);
      const isOver = this.#waiting.size > WAITING_MAX;
      const isLasting = isOver || at - since >= this.#lastsMs(books, fill);
      byChannel[channel].push({ fill: toVenueFill(fill, view), isLasting });
      // What it brings beside its id is told with it; an opening position waits for its own fact.
      if (isTold || this.#isSettled(books, fill, isLasting)) this.#waiting.delete(fillID);
    }
    return (['websocket', 'rest'] as const).flatMap((channel): readonly InputBody[] => {
      const fills = byChannel[channel];
      return fills.length === 0
        ? []
        : [{ type: 'VenueFillsSeen', fills, source: this.#source(channel) }];
    });
  }

  /**
   * A fill of ours is booked without FIX after the alert that it is missing; one of an order that
   * was placed elsewhere is in no race with a report, and before the alert about the position.
   */
  #lastsMs(books: EngineState, { venueOrderID, clOrdID }: Fill): number {
    const request = clOrdID === undefined ? undefined : books.requests.get(clOrdID as ClOrdID);
    const orderID = books.orderIDByVenueOrderID.get(venueOrderID);
    const known = orderID ?? (request?.kind === 'new' ? request.orderID : undefined);
    const order = known === undefined ? undefined : books.orders.get(known);
    // FIX owes no report of it.
    if (order !== undefined && routeOfOrder(order) === 'REST') return 0;
    return this.#settings.lastsMs * (known !== undefined || request !== undefined ? 1.5 : 0.5);
  }

  /** It will be decided by this look for good. */
  #isSettled(books: EngineState, fill: Fill, isLasting: boolean): boolean {
    if (!isLasting) return false;
    const { session } = this.#settings;
    const orderID = books.orderIDByVenueOrderID.get(fill.venueOrderID);
    const client = orderID === undefined ? EXTERNAL : books.orders.get(orderID)?.client;
    // Its fate hangs on the opening positions, which are not noted yet.
    if (client === EXTERNAL && !books.openings.has(session)) return false;
    return client !== EXTERNAL || isInOpening(books, session, fill.at) || isLasting;
  }

  #orderInputs(books: EngineState, view: PrivateState, at: MonotonicMs): readonly InputBody[] {
    const orders: ExternalOrder[] = [];
    const found = new Set<string>();
    for (const theirs of view.orders.all()) {
      if (orders.length >= TOLD_PER_LOOK_MAX) break;
      const { venueOrderID } = theirs;
      const known = books.orderIDByVenueOrderID.get(venueOrderID);
      if (known !== undefined) {
        if (books.orders.get(known)?.client === EXTERNAL) orders.push(...toExternal(theirs));
        continue;
      }
      if (!theirs.isOpen || isOurs(books, theirs)) continue;
      found.add(venueOrderID);
      if (this.#hasLasted(venueOrderID, at)) orders.push(...toExternal(theirs));
    }
    for (const id of this.#externalSince.keys()) {
      if (!found.has(id)) this.#externalSince.delete(id);
    }
    const source = this.#source('websocket');
    return orders.length === 0 ? [] : [{ type: 'ExternalOrdersSeen', orders, source }];
  }

  #restInputs(books: EngineState, view: PrivateState): readonly InputBody[] {
    const orders: SeenRestOrder[] = [];
    for (const theirs of view.orders.all()) {
      if (orders.length >= TOLD_PER_LOOK_MAX) break;
      orders.push(...toRestOrder(books, theirs));
    }
    const source = this.#source('websocket');
    return orders.length === 0 ? [] : [{ type: 'RestOrdersSeen', orders, source }];
  }

  #hasLasted(venueOrderID: string, at: MonotonicMs): boolean {
    const since = this.#externalSince.get(venueOrderID) ?? at;
    this.#externalSince.set(venueOrderID, since);
    return at - since >= this.#settings.lastsMs / 2;
  }

  #source(channel: 'websocket' | 'rest'): ReportSource {
    const { session } = this.#settings;
    return { channel, session, epoch: 0, possDup: false, possResend: false };
  }
}

/** Ours by REST, when it is not what the books say and no call about it is under way. */
const toRestOrder = (books: EngineState, theirs: OrderState): readonly SeenRestOrder[] => {
  const { venueOrderID, clOrdID, isOpen, cumQty, cause } = theirs;
  const request = clOrdID === undefined ? undefined : books.requests.get(clOrdID as ClOrdID);
  const byClOrdID = request?.kind === 'new' ? request.orderID : undefined;
  const orderID = books.orderIDByVenueOrderID.get(venueOrderID) ?? byClOrdID;
  const order = orderID === undefined ? undefined : books.orders.get(orderID);
  if (order === undefined || routeOfOrder(order) !== 'REST') return [];
  const isCalling = order.pending.some((pending) => books.restRequests.has(pending.clOrdID));
  const isNews = isOpen ? order.attempt?.answered === false : !isClosedStatus(order.base);
  if (isCalling || !isNews) return [];
  return [{ venueOrderID, isOpen, cumQty, ...defined({ clOrdID, cause }) }];
};

const isOurs = (books: EngineState, { clOrdID }: OrderState): boolean =>
  clOrdID !== undefined && books.requests.has(clOrdID as never);

const toVenueFill = (fill: Fill, view: PrivateState): VenueFill => {
  const { fillID, venueOrderID, clOrdID, symbol, side, lastQty, lastPx, at } = fill;
  const { fee, feeCurrency, liquidity } = fill;
  return {
    ...{ type: 'Fill', fillID, venueOrderID, symbol, side, lastQty, lastPx, at },
    ...defined({ clOrdID, fee, feeCurrency }),
    ...(liquidity === 'Forced' ? {} : { liquidity }),
    ...defined({ venueCumQty: view.orders.get(venueOrderID)?.cumQty }),
  };
};

/** Without a body nothing of its terms is known: it waits for one. */
const toExternal = (theirs: OrderState): readonly ExternalOrder[] => {
  const { venueOrderID, clOrdID, body, cumQty } = theirs;
  if (body === undefined) return [];
  const unknown = body.kind === 'Unknown' ? 'its order type is not known' : undefined;
  return [
    {
      venueOrderID,
      terms: toTerms(body),
      cumQty,
      leavesQty: theirs.isOpen ? body.leavesQty : ('0' as ExternalOrder['leavesQty']),
      ordStatus: statusOf(theirs),
      ...defined({ clOrdID, unknown }),
    },
  ];
};

const statusOf = ({ isOpen, cause, cumQty }: OrderState): ExternalOrder['ordStatus'] => {
  if (isOpen) return cumQty === '0' ? 'New' : 'PartiallyFilled';
  if (cause === 'Filled' || cause === 'Expired' || cause === 'Rejected') return cause;
  return 'Canceled';
};

const toTerms = (body: OpenOrder): OrderTerms => {
  const { symbol, side, limitPx: price, stopPx, isReduceOnly: reduceOnly } = body;
  const triggerSignal =
    body.triggerSignal === 'Index' || body.triggerSignal === 'Last'
      ? body.triggerSignal
      : undefined;
  return {
    ...{ symbol, side, ordType: ordTypeOf(body), timeInForce: 'GTC', postOnly: false, reduceOnly },
    orderQty: sumOf(body.leavesQty, body.cumQty),
    ...defined({ price, stopPx, triggerSignal }),
  };
};

const ordTypeOf = ({ kind, limitPx }: OpenOrder): OrdType => {
  switch (kind) {
    case 'Stop':
      return limitPx === undefined ? 'Stop' : 'StopLimit';
    case 'TakeProfit':
      return limitPx === undefined ? 'TakeProfit' : 'TakeProfitLimit';
    case 'TrailingStop':
      return 'TrailingStop';
    default:
      return limitPx === undefined ? 'Market' : 'Limit';
  }
};
