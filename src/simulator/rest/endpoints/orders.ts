import { failure, failures, type RestAnswer, success } from '../answer.ts';
import { accountOf, costs, type Endpoint, type RestCall, type RestVenue } from '../endpoint.ts';
import {
  cancelOutcome,
  editOutcome,
  placementOutcome,
  toEditStatus,
  toSendStatus,
} from '../order-answer.ts';
import { readCancel, readEdit, readNamed } from '../order-change-request.ts';
import {
  type Orderer,
  type ParamsRefusal,
  readDeadline,
  readSend,
  SEND_REQUIRED,
} from '../order-request.ts';
import { V3 } from './paths.ts';

const NOBODY: Orderer = { account: '', algoId: undefined, skewMs: 0 };

export const ordererOf = (call: RestCall, venue: RestVenue): Orderer => ({
  account: accountOf(call),
  algoId: call.algoId,
  skewMs: venue.skewMs(),
});

/** Too many requests wait in front of the engine. */
export const busy = (call: RestCall): RestAnswer => failure(call.at, 'Unavailable');

export const isKnown = (venue: RestVenue, symbol: string): boolean =>
  venue.queries.ticker(symbol) !== undefined;

export const sendorder: Endpoint = {
  id: 'sendorder',
  method: 'POST',
  paths: [`${V3}/sendorder`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(10),
  check: ({ fields, at }) => {
    const isMissing = SEND_REQUIRED.some((name) => !fields.has(name));
    if (isMissing) return failure(at, 'requiredArgumentMissing');
    const read = readSend(fields, NOBODY);
    return !read.ok && 'error' in read.error ? failure(at, read.error.error) : undefined;
  },
  answer: async (call, venue) => {
    const command = readSend(call.fields, ordererOf(call, venue));
    if (!command.ok) return refusedStatus(call, 'sendStatus', command.error);
    if (!isKnown(venue, command.value.symbol)) return failure(call.at, 'invalidArgument: symbol');
    const events = await venue.desk.ask(command.value);
    if (events === undefined) return busy(call);
    const outcome = placementOutcome(events);
    if (outcome.status === 'accountInactive') return failure(call.at, 'accountInactive');
    return success(venue.now(), { sendStatus: toSendStatus(outcome) });
  },
};

/** A word that names the refusal in the status object; everything else is an `error` of the envelope. */
const refusedStatus = (call: RestCall, member: string, refusal: ParamsRefusal): RestAnswer =>
  'error' in refusal
    ? failure(call.at, refusal.error)
    : success(call.at, { [member]: { status: refusal.status } });

export const editorder: Endpoint = {
  id: 'editorder',
  method: 'POST',
  paths: [`${V3}/editorder`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(10),
  check: ({ fields, at }) => {
    const read = readEdit(fields, NOBODY);
    if (read.ok || !('error' in read.error)) return undefined;
    // Recorded: a malformed order id is answered with the other envelope, and with a name that is not its own.
    return read.error.error === 'invalidArgument: order_id'
      ? failures(at, 400, { code: 11, message: 'Argument invalid: symbol' })
      : failure(at, read.error.error);
  },
  answer: async (call, venue) => {
    const command = readEdit(call.fields, ordererOf(call, venue));
    if (!command.ok) return refusedStatus(call, 'editStatus', command.error);
    const events = await venue.desk.ask(command.value);
    if (events === undefined) return busy(call);
    return success(venue.now(), {
      editStatus: toEditStatus(editOutcome(events, command.value, call.at)),
    });
  },
};

export const cancelorder: Endpoint = {
  id: 'cancelorder',
  method: 'POST',
  paths: [`${V3}/cancelorder`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(10),
  check: ({ fields, at }) => {
    const named = readNamed(fields);
    if (!named.ok && 'error' in named.error) return failure(at, named.error.error);
    return readDeadline(fields, 0) === 'invalid'
      ? failure(at, 'invalidArgument: processBefore')
      : undefined;
  },
  answer: async (call, venue) => {
    const command = readCancel(call.fields, ordererOf(call, venue));
    if (!command.ok) return refusedStatus(call, 'cancelStatus', command.error);
    const events = await venue.desk.ask(command.value);
    if (events === undefined) return busy(call);
    return success(venue.now(), { cancelStatus: toSendStatus(cancelOutcome(events, call.at)) });
  },
};
