import {
  isJsonObject,
  type JsonObject,
  JsonNumber,
  parseLosslessJson,
} from '../../../../lib/lossless-json.ts';
import { type ExchangeEvent } from '../../../exchange/model/events.ts';
import { failure, type RestAnswer, success } from '../answer.ts';
import {
  type Answerer,
  answerPrepared,
  costs,
  type ServedEndpoint,
  type Prepared,
  type RestCall,
  type RestVenue,
  V3,
} from '../endpoints/endpoint.ts';
import { type OrderInstruction } from '../exchange-client.ts';
import { defined } from '../../../../lib/defined.ts';
import {
  cancelOutcome,
  editOutcome,
  type OrderOutcome,
  placementOutcome,
  toBatchStatus,
} from './order-answer.ts';
import {
  readCancel,
  readEdit,
  orderedBy,
  type Orderer,
  type OrderParams,
  type ParamsRefusal,
  readDeadline,
  readSend,
} from './order-request.ts';
import { busy, isKnown, ordererOf } from './order-endpoints.ts';

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
  readonly named: { readonly order_id: string | undefined; readonly cliOrdId: string | undefined };
  readonly command: OrderInstruction | undefined;
  readonly refusal: ParamsRefusal | undefined;
}

const READERS = { send: readSend, edit: readEdit, cancel: readCancel } as const;
const isKind = (text: string | undefined): text is Item['kind'] =>
  text !== undefined && Object.hasOwn(READERS, text);

const readItem = (params: OrderParams, orderer: Orderer, venue: RestVenue): Item => {
  const kind = params.get('order');
  const tag = params.get('order_tag');
  const named = {
    order_id: params.get('order_id') ?? params.get('orderId'),
    cliOrdId: params.get('cliOrdId'),
  };
  if (!isKind(kind) || (kind === 'send' && tag === undefined)) {
    const refusal = { error: 'requiredArgumentMissing' };
    return { kind: 'send', tag, named, command: undefined, refusal };
  }
  const read = READERS[kind](params);
  if (!read.ok) return { kind, tag, named, command: undefined, refusal: read.error };
  const { value } = read;
  const isStranger = value.type === 'PlaceOrder' && !isKnown(venue, value.symbol);
  return isStranger
    ? { kind, tag, named, command: undefined, refusal: { error: 'invalidArgument: symbol' } }
    : { kind, tag, named, command: orderedBy(value, orderer), refusal: undefined };
};

/**
 * A batch has no `error` per element, only a status word ([rest 3.5], "other status words"). The
 * word of each argument is inferred; every one of them means that nothing was done.
 */
const STATUS_OF_ARGUMENT: Readonly<Record<string, string>> = {
  'invalidArgument: symbol': 'marketInactive',
  'invalidArgument: size': 'invalidSize',
  'invalidArgument: qtyMode': 'invalidSize',
  'invalidArgument: limitPrice': 'invalidPrice',
  'invalidArgument: stopPrice': 'invalidPrice',
  'invalidArgument: triggerSignal': 'invalidPrice',
  'invalidArgument: trailingStopMaxDeviation': 'invalidPrice',
  'invalidArgument: trailingStopDeviationUnit': 'invalidPrice',
  'invalidArgument: reduceOnly': 'invalidOrderType',
  'invalidArgument: processBefore': 'wouldProcessAfterSpecifiedTime',
};

/** An id that is not a UUID matches no order. */
const NO_SUCH_ORDER = { send: 'notFound', edit: 'orderForEditNotFound', cancel: 'notFound' };

const wordOf = ({ kind, refusal }: Item): string => {
  if (refusal === undefined) return '';
  if ('status' in refusal) return refusal.status;
  if (refusal.error === 'invalidArgument: order_id') return NO_SUCH_ORDER[kind];
  return STATUS_OF_ARGUMENT[refusal.error] ?? refusal.error;
};

/**
 * A missing argument is answered without tag and ids, a refused send with its tag only (recorded,
 * [rest 2.1]).
 */
const refusedItem = (item: Item): JsonObject => {
  const { kind, tag, named } = item;
  const status = wordOf(item);
  if (status === 'requiredArgumentMissing') return { status, orderEvents: [] };
  const ids = kind === 'send' ? {} : named;
  return defined({ status, order_tag: tag, ...ids, orderEvents: [] });
};

const answerBatch =
  (instructions: readonly JsonObject[]): Answerer =>
  async (call, venue) => {
    const deadline = call.fields.get('processBefore') ?? call.fields.get('ProcessBefore');
    const orderer = ordererOf(call, venue);
    const items = instructions.map((instruction) =>
      readItem(paramsOf(instruction, deadline), orderer, venue),
    );
    const commands = items.flatMap(({ command }) => (command === undefined ? [] : [command]));
    const answers = await venue.exchange.askBatch(orderer.account, commands);
    if (answers === undefined) return busy(call);
    let next = 0;
    const batchStatus = items.map((item) => {
      if (item.command === undefined) return refusedItem(item);
      const outcome = itemOutcome(item.command, answers[next] ?? [], call);
      next += 1;
      return toBatchStatus(outcome, item.tag, item.kind);
    });
    return success(venue.now(), { batchStatus });
  };

const prepareBatch = ({ fields, at }: Pick<RestCall, 'fields' | 'at'>): RestAnswer | Prepared => {
  if (!fields.has('json')) return failure(at, 'requiredArgumentMissing');
  if (readDeadline(fields) === 'invalid') return failure(at, 'invalidArgument: processBefore');
  const instructions = readBatch(fields.get('json'));
  if (instructions === undefined) return failure(at, 'Json Parse Error');
  if (instructions.length > INSTRUCTIONS_MAX) return failure(at, 'invalidArgument: batchOrder');
  return { cost: 9 + instructions.length, answer: answerBatch(instructions) };
};

export const batchorder: ServedEndpoint = {
  id: 'batchorder',
  method: 'POST',
  paths: [`${V3}/batchorder`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(10),
  prepare: prepareBatch,
  answer: answerPrepared(prepareBatch),
};

/** An element that was not found comes back under the id that the client gave. */
const itemOutcome = (
  command: OrderInstruction,
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
