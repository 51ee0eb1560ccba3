import { failure, failures, type RestAnswer, success } from '../answer.ts';
import {
  accountOf,
  type Answerer,
  answerPrepared,
  costs,
  type ServedEndpoint,
  type RestCall,
  type RestVenue,
  V3,
} from '../endpoints/endpoint.ts';
import {
  cancelOutcome,
  editOutcome,
  placementOutcome,
  toEditStatus,
  toSendStatus,
} from './order-answer.ts';
import {
  readCancel,
  readEdit,
  type Orderer,
  type ParamsRefusal,
  orderedBy,
  readSend,
} from './order-request.ts';

export const ordererOf = (call: RestCall, venue: RestVenue): Orderer => ({
  account: accountOf(call),
  algoId: call.algoId,
  skewMs: venue.skewMs(),
});

/** Whether a call may touch the order that it names: one of REST always. */
const isReached = (
  { queries, options, now }: RestVenue,
  { account, orderId, cliOrdId }: { account: string; orderId?: string; cliOrdId?: string },
  reaching: readonly (typeof options.fixOrders)[],
): boolean => {
  if (reaching.includes(options.fixOrders)) return true;
  const order =
    orderId === undefined
      ? queries.openOrders(account).find((open) => open.cliOrdId === cliOrdId)
      : queries.order(orderId, now());
  return order === undefined || order.owner === 'rest';
};

/** The answer when too many requests wait for the engine. */
export const busy = (call: RestCall): RestAnswer => failure(call.at, 'Unavailable');

export const isKnown = (venue: RestVenue, symbol: string): boolean =>
  venue.queries.hasInstrument(symbol);

const POINTS = 10;

/**
 * An endpoint for a command of one order. Its parameters are read once, and refused before the
 * signature is checked.
 */
const orderEndpoint = (
  id: string,
  prepare: (call: Omit<RestCall, 'key'>) => RestAnswer | Answerer,
): ServedEndpoint => {
  const withCost: NonNullable<ServedEndpoint['prepare']> = (call) => {
    const prepared = prepare(call);
    return typeof prepared === 'function' ? { cost: POINTS, answer: prepared } : prepared;
  };
  return {
    id,
    method: 'POST',
    paths: [`${V3}/${id}`],
    service: 'derivatives',
    access: 'general-full',
    cost: costs(POINTS),
    prepare: withCost,
    answer: answerPrepared(withCost),
  };
};

/**
 * A refusal with a status word is answered in the status object, after authentication. Every other
 * refusal is an `error` of the envelope, answered at once.
 */
const refuseParams = (
  { at }: Pick<RestCall, 'at'>,
  member: string,
  refusal: ParamsRefusal,
): RestAnswer | Answerer =>
  'error' in refusal
    ? failure(at, refusal.error)
    : () => success(at, { [member]: { status: refusal.status } });

export const sendorder = orderEndpoint('sendorder', ({ fields, at }) => {
  const read = readSend(fields);
  if (!read.ok) return refuseParams({ at }, 'sendStatus', read.error);
  return async (call, venue) => {
    if (!isKnown(venue, read.value.symbol)) return failure(call.at, 'invalidArgument: symbol');
    const events = await venue.exchange.ask(orderedBy(read.value, ordererOf(call, venue)));
    if (events === undefined) return busy(call);
    const outcome = placementOutcome(events);
    if (outcome.status === 'accountInactive') return failure(call.at, 'accountInactive');
    return success(venue.now(), { sendStatus: toSendStatus(outcome) });
  };
});

export const editorder = orderEndpoint('editorder', ({ fields, at }) => {
  const read = readEdit(fields);
  if (!read.ok) {
    // Recorded: a malformed order id is answered with the other envelope, and with a name that is
    // not its own.
    return 'error' in read.error && read.error.error === 'invalidArgument: order_id'
      ? failures(at, 400, { code: 11, message: 'Argument invalid: symbol' })
      : refuseParams({ at }, 'editStatus', read.error);
  }
  return async (call, venue) => {
    const command = orderedBy(read.value, ordererOf(call, venue));
    const events = isReached(venue, command, ['all']) ? await venue.exchange.ask(command) : [];
    if (events === undefined) return busy(call);
    return success(venue.now(), {
      editStatus: toEditStatus(editOutcome(events, command, call.at)),
    });
  };
});

export const cancelorder = orderEndpoint('cancelorder', ({ fields, at }) => {
  const read = readCancel(fields);
  if (!read.ok) return refuseParams({ at }, 'cancelStatus', read.error);
  return async (call, venue) => {
    const command = orderedBy(read.value, ordererOf(call, venue));
    const isFound = isReached(venue, command, ['all', 'cancel']);
    const events = isFound ? await venue.exchange.ask(command) : [];
    if (events === undefined) return busy(call);
    return success(venue.now(), { cancelStatus: toSendStatus(cancelOutcome(events, call.at)) });
  };
});
