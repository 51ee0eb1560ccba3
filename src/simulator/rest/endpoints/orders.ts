import {
  isJsonObject,
  type JsonObject,
  JsonNumber,
  parseLosslessJson,
} from '../../../lib/lossless-json.ts';
import { failure, failures, type RestAnswer, success } from '../answer.ts';
import { accountOf, costs, type Endpoint, type RestCall, type RestVenue } from '../endpoint.ts';
import { type DeskInstruction } from '../engine-desk.ts';
import { type ExchangeEvent } from '../../exchange/events.ts';
import {
  cancelOutcome,
  editOutcome,
  type OrderOutcome,
  placementOutcome,
  toBatchStatus,
  toEditStatus,
  toSendStatus,
} from '../order-answer.ts';
import { readCancel, readEdit, readNamed } from '../order-change-request.ts';
import {
  type Orderer,
  type OrderParams,
  type ParamsRefusal,
  readDeadline,
  readSend,
  SEND_REQUIRED,
} from '../order-request.ts';
import { V3 } from './paths.ts';

const NOBODY: Orderer = { account: '', algoId: undefined, skewMs: 0 };

const ordererOf = (call: RestCall, venue: RestVenue): Orderer => ({
  account: accountOf(call),
  algoId: call.algoId,
  skewMs: venue.skewMs(),
});

/** Too many requests wait in front of the engine. */
const busy = (call: RestCall): RestAnswer => failure(call.at, 'Unavailable');

const isKnown = (venue: RestVenue, symbol: string): boolean =>
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

const INSTRUCTIONS_MAX = 500;

/** The instructions of a batch; `undefined` when the document is none. */
const readBatch = (json: string | undefined): readonly JsonObject[] | undefined => {
  const document = parseLosslessJson(json ?? '');
  if (!document.ok || !isJsonObject(document.value)) return undefined;
  const list = document.value['batchOrder'];
  if (!Array.isArray(list)) return undefined;
  const instructions = (list as readonly unknown[]).filter(
    (each): each is JsonObject => typeof each === 'object' && each !== null && !Array.isArray(each),
  );
  return instructions.length === list.length ? instructions : undefined;
};

/** Numbers keep their digits: `0.001` and `"0.001"` mean the same. */
const paramsOf = (instruction: JsonObject, deadline: string | undefined): OrderParams => ({
  get: (name) => {
    const value = instruction[name] ?? (name === 'processBefore' ? deadline : undefined);
    if (value instanceof JsonNumber) return value.text;
    if (typeof value === 'boolean') return String(value);
    return typeof value === 'string' && value !== '' ? value : undefined;
  },
});

interface Item {
  readonly kind: 'send' | 'edit' | 'cancel';
  readonly tag: string | undefined;
  readonly command: DeskInstruction | undefined;
  readonly refusal: ParamsRefusal | undefined;
}

const READERS = { send: readSend, edit: readEdit, cancel: readCancel } as const;
const isKind = (text: string | undefined): text is Item['kind'] =>
  text !== undefined && Object.hasOwn(READERS, text);

const readItem = (params: OrderParams, orderer: Orderer, venue: RestVenue): Item => {
  const kind = params.get('order');
  const tag = params.get('order_tag');
  if (!isKind(kind) || (kind === 'send' && tag === undefined)) {
    const refusal = { error: 'requiredArgumentMissing' };
    return { kind: 'send', tag: undefined, command: undefined, refusal };
  }
  const read = READERS[kind](params, orderer);
  if (!read.ok) return { kind, tag, command: undefined, refusal: read.error };
  const { value } = read;
  const isStranger = value.type === 'PlaceOrder' && !isKnown(venue, value.symbol);
  return isStranger
    ? { kind, tag, command: undefined, refusal: { error: 'invalidArgument: symbol' } }
    : { kind, tag, command: value, refusal: undefined };
};

/** Errors of the envelope have no place in a batch: its elements have status words (rest 3.5, "other status words"). */
const STATUS_OF_ARGUMENT: Readonly<Record<string, string>> = {
  'invalidArgument: symbol': 'marketInactive',
  'invalidArgument: size': 'invalidSize',
  'invalidArgument: limitPrice': 'invalidPrice',
  'invalidArgument: stopPrice': 'invalidPrice',
};

const wordOf = (refusal: ParamsRefusal): string =>
  'error' in refusal ? (STATUS_OF_ARGUMENT[refusal.error] ?? refusal.error) : refusal.status;

/** An argument that is missing brings back neither tag nor ids (recorded, rest 2.1). */
const refusedItem = ({ tag, refusal }: Item): JsonObject => {
  const word = refusal === undefined ? '' : wordOf(refusal);
  return word === 'requiredArgumentMissing' || tag === undefined
    ? { status: word, orderEvents: [] }
    : { status: word, order_tag: tag, orderEvents: [] };
};

export const batchorder: Endpoint = {
  id: 'batchorder',
  method: 'POST',
  paths: [`${V3}/batchorder`],
  service: 'derivatives',
  access: 'general-full',
  cost: (fields) => 9 + (readBatch(fields.get('json'))?.length ?? 1),
  check: ({ fields, at }) => {
    if (!fields.has('json')) return failure(at, 'requiredArgumentMissing');
    const instructions = readBatch(fields.get('json'));
    if (instructions === undefined) return failure(at, 'Json Parse Error');
    return instructions.length > INSTRUCTIONS_MAX
      ? failure(at, 'invalidArgument: batchOrder')
      : undefined;
  },
  answer: async (call, venue) => {
    const deadline = call.fields.get('processBefore') ?? call.fields.get('ProcessBefore');
    const orderer = ordererOf(call, venue);
    const items = (readBatch(call.fields.get('json')) ?? []).map((instruction) =>
      readItem(paramsOf(instruction, deadline), orderer, venue),
    );
    const commands = items.flatMap(({ command }) => (command === undefined ? [] : [command]));
    const answers = await venue.desk.askBatch(orderer.account, commands);
    if (answers === undefined) return busy(call);
    let next = 0;
    const batchStatus = items.map((item) => {
      if (item.command === undefined) return refusedItem(item);
      const outcome = itemOutcome(item.command, answers[next] ?? [], call);
      next += 1;
      return toBatchStatus(outcome, item.tag, item.kind);
    });
    return success(venue.now(), { batchStatus });
  },
};

/** An element that was not found comes back under the id that the client gave. */
const itemOutcome = (
  command: DeskInstruction,
  events: readonly ExchangeEvent[],
  { at }: RestCall,
): OrderOutcome => {
  switch (command.type) {
    case 'PlaceOrder':
      return placementOutcome(events);
    case 'EditOrder':
      return editOutcome(events, command, at);
    case 'CancelOrder': {
      const outcome = cancelOutcome(events, at);
      return outcome.orderId !== undefined
        ? outcome
        : { ...outcome, orderId: command.orderId, cliOrdId: command.cliOrdId };
    }
  }
};
