import { type JsonObject, type JsonValue } from '../../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type EventOf, type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type OrderView } from '../../../exchange/model/views.ts';
import { defined } from '../../../../lib/defined.ts';
import { double, iso, plain, plainOrNull } from '../json.ts';
import { eventOrder, eventTrigger } from './order-json.ts';
import { STATUS_OF_ERROR, wireError } from './order-errors.ts';

/**
 * What the events of one request say about its order: the words of sendStatus, editStatus,
 * cancelStatus and batchStatus.
 */
export interface OrderOutcome {
  readonly status: string;
  readonly orderId: string | undefined;
  readonly cliOrdId: string | undefined;
  readonly receivedAt: EpochMs | undefined;
  /** `undefined`: the answer has no `orderEvents`. */
  readonly events: readonly JsonObject[] | undefined;
}

/** The outcome of a placement ([rest 3.4], "Sequences to expect on sendorder"). */
export const placementOutcome = (events: readonly ExchangeEvent[]): OrderOutcome => {
  const refused = events.find((event) => event.type === 'OrderRejected');
  if (refused !== undefined) return refusedPlacement(refused);
  const accepted = events.find(
    (event) => event.type === 'OrderAccepted' || event.type === 'OrderBooked',
  );
  const order = accepted?.order;
  const cut = accepted?.reducedQuantity;
  const own = events.flatMap((event) => placementEvent(event, order?.orderId, cut));
  const isSelfStopped = events.some(
    (event) =>
      event.type === 'OrderCanceled' &&
      event.order.orderId === order?.orderId &&
      event.reason === 'WOULD_EXECUTE_SELF_REASON',
  );
  return {
    status: isSelfStopped ? 'selfFill' : 'placed',
    orderId: order?.orderId,
    cliOrdId: order?.cliOrdId,
    receivedAt: order?.placedAt,
    events: own,
  };
};

const refusedPlacement = (event: EventOf<'OrderRejected'>): OrderOutcome => {
  const { order, reason, cliOrdId } = event;
  return {
    status: STATUS_OF_ERROR[reason],
    orderId: order?.orderId,
    cliOrdId,
    receivedAt: event.at,
    events: order === undefined ? undefined : [rejectEvent(order, wireError(reason))],
  };
};

const rejectEvent = (order: OrderView, reason: string): JsonObject => ({
  type: 'REJECT',
  uid: order.orderId,
  reason,
  ...(order.trigger === undefined
    ? { order: eventOrder(order) }
    : { orderTrigger: eventTrigger(order) }),
});

const placementEvent = (
  event: ExchangeEvent,
  orderId: string | undefined,
  cut: string | undefined,
): readonly JsonObject[] => {
  switch (event.type) {
    case 'Trade':
      return event.taker.order.orderId === orderId ? [executionEvent(event, { cut })] : [];
    case 'OrderBooked':
      return event.order.orderId === orderId ? [placeEvent(event)] : [];
    case 'OrderCanceled': {
      const isOwnRemainder = event.order.orderId === orderId;
      return isOwnRemainder && event.reason === 'WOULD_EXECUTE_SELF_REASON'
        ? [cancelEvent(event.order)]
        : [];
    }
    default:
      return [];
  }
};

const placeEvent = ({ order, reducedQuantity }: EventOf<'OrderBooked'>): JsonObject =>
  order.trigger === undefined
    ? { type: 'PLACE', order: eventOrder(order), reducedQuantity: plainOrNull(reducedQuantity) }
    : { orderTrigger: eventTrigger(order), type: 'PLACE' };

/**
 * `executionId` equals the fill's id everywhere; `cut`: size that reduce-only took off the taker
 * [rest 3.4].
 */
const executionEvent = (
  event: EventOf<'Trade'>,
  { cut, priorEdit }: { readonly cut: string | undefined; readonly priorEdit?: OrderView },
): JsonObject => ({
  type: 'EXECUTION',
  executionId: event.taker.fillId,
  price: double(event.trade.price),
  amount: plain(event.trade.size),
  orderPriorEdit: priorEdit === undefined ? null : eventOrder(priorEdit, 'double'),
  orderPriorExecution: eventOrder(event.taker.orderPrior, 'double'),
  takerReducedQuantity: plainOrNull(cut),
});

export const cancelEvent = (order: OrderView): JsonObject => ({
  uid: order.orderId,
  ...(order.trigger === undefined
    ? { order: eventOrder(order) }
    : { orderTrigger: eventTrigger(order) }),
  type: 'CANCEL',
});

/** The ids that the client gave in an edit or a cancel. */
interface NamedOrder {
  readonly orderId?: string;
  readonly cliOrdId?: string;
}

export const editOutcome = (
  events: readonly ExchangeEvent[],
  named: NamedOrder,
  at: EpochMs,
): OrderOutcome => {
  const edited = events.find((event) => event.type === 'OrderEdited');
  if (edited === undefined) {
    const refused = events.find((event) => event.type === 'EditRejected');
    return {
      status: refused === undefined ? 'orderForEditNotFound' : STATUS_OF_ERROR[refused.reason],
      orderId: refused?.orderId ?? named.orderId,
      cliOrdId: refused?.order?.cliOrdId ?? named.cliOrdId,
      receivedAt: at,
      events: [],
    };
  }
  const { orderId, cliOrdId } = edited.order;
  const trades = events.filter((event) => event.type === 'Trade');
  return {
    status: 'edited',
    orderId,
    cliOrdId,
    receivedAt: at,
    events: [
      editEvent(edited),
      ...trades
        .filter((trade) => trade.taker.order.orderId === orderId)
        .map((trade) =>
          executionEvent(trade, { cut: edited.reducedQuantity, priorEdit: edited.old }),
        ),
    ],
  };
};

const editEvent = ({ old, order, reducedQuantity }: EventOf<'OrderEdited'>): JsonObject => {
  const write = order.trigger === undefined ? eventOrder : eventTrigger;
  return {
    old: write(old),
    new: write(order),
    reducedQuantity: plainOrNull(reducedQuantity),
    type: 'EDIT',
  };
};

/**
 * `notFound` covers cancelled, gone and never existed; what filled within the venue's memory is
 * `filled` [rest 2.1].
 */
export const cancelOutcome = (events: readonly ExchangeEvent[], at: EpochMs): OrderOutcome => {
  for (const event of events) {
    if (event.type === 'OrderCanceled')
      return cancelled(event.order, [cancelEvent(event.order)], at);
    if (event.type === 'HeldOrderCanceled') return cancelled(event.order, [], at);
    if (event.type === 'CancelRejected') return refusedCancel(event);
  }
  return { ...NOT_FOUND, receivedAt: at };
};

const NOT_FOUND = {
  status: 'notFound',
  orderId: undefined,
  cliOrdId: undefined,
  events: undefined,
} as const;

const cancelled = (order: OrderView, events: readonly JsonObject[], at: EpochMs): OrderOutcome => ({
  status: 'cancelled',
  orderId: order.orderId,
  cliOrdId: order.cliOrdId,
  receivedAt: at,
  events,
});

const refusedCancel = (event: EventOf<'CancelRejected'>): OrderOutcome => {
  const receivedAt = event.at;
  if (event.reason === 'WOULD_PROCESS_AFTER_SPECIFIED_TIME') {
    return { ...NOT_FOUND, status: 'wouldProcessAfterSpecifiedTime', receivedAt };
  }
  if (event.order?.status !== 'Filled') return { ...NOT_FOUND, receivedAt };
  const { orderId, cliOrdId } = event.order;
  return { status: 'filled', orderId, cliOrdId, receivedAt, events: [] };
};

const received = (at: EpochMs | undefined): string | undefined =>
  at === undefined ? undefined : iso(at);

/** `order_id` spelling: sendStatus and cancelStatus. */
export const toSendStatus = (outcome: OrderOutcome): JsonObject =>
  defined({
    cliOrdId: outcome.cliOrdId,
    order_id: outcome.orderId,
    status: outcome.status,
    receivedTime: received(outcome.receivedAt),
    orderEvents: outcome.events,
  });

/** `orderId` spelling: editStatus ([rest 3.3], "three spellings"). */
export const toEditStatus = (outcome: OrderOutcome): JsonObject =>
  defined({
    status: outcome.status,
    orderId: outcome.orderId,
    cliOrdId: outcome.cliOrdId,
    receivedTime: received(outcome.receivedAt),
    orderEvents: outcome.events ?? [],
  });

/** Nothing rests and nothing was filled. */
const isRefused = ({ status, events }: OrderOutcome): boolean =>
  status !== 'placed' && (events ?? []).every((event) => event['type'] === 'REJECT');

const batchWord = (status: string): string =>
  status === 'clientOrderIdTooBig' ? 'clientOrderIdTooLong' : status;

/**
 * One element of batchStatus: a refused send comes back with its tag alone, without ids and events
 * (recorded, [rest 2.1]).
 */
export const toBatchStatus = (
  outcome: OrderOutcome,
  tag: string | undefined,
  kind: 'send' | 'edit' | 'cancel',
): JsonObject => {
  if (kind === 'send' && isRefused(outcome)) {
    return defined({ status: batchWord(outcome.status), order_tag: tag, orderEvents: [] });
  }
  const members: Record<string, JsonValue | undefined> = {
    status: batchWord(outcome.status),
    order_tag: tag,
    order_id: outcome.orderId,
    cliOrdId: outcome.cliOrdId,
    dateTimeReceived:
      kind === 'send' && outcome.orderId !== undefined ? received(outcome.receivedAt) : undefined,
    orderEvents: outcome.events ?? [],
  };
  return defined(members);
};
