import { decimalOf, decimalTextOf } from '../../../domain/decimal-text.ts';
import { type ClOrdID, type DecimalText, type VenueOrderID } from '../../../domain/ids.ts';
import { ZERO } from '../../../lib/decimal.ts';
import { isJsonObject, type JsonValue } from '../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../lib/time.ts';
import {
  type Call,
  classifyReply,
  classifyStatus,
  type Outcome,
} from '../../outcome/rest-outcome.ts';
import { defined } from '../../../lib/defined.ts';
import { isWholeBy, type Oddity } from '../../json/readers.ts';
import { type BatchInstruction, tagOf } from './order-params.ts';
import { type BatchLeg, batchLeg, type OrderEvent, orderStatus } from './order-readers.ts';
import { serverTimeOf } from '../reading.ts';
import { type Reply } from '../reply.ts';

/** What became of one order call or of one leg of a batch. */
export interface OrderAnswer {
  readonly outcome: Outcome;
  readonly venueOrderID?: VenueOrderID;
  readonly clOrdID?: ClOrdID;
  readonly receivedAt?: EpochMs;
  readonly serverTime?: EpochMs;
  readonly events: readonly OrderEvent[];
  /** Σ amount over the EXECUTION events: `placed` may mean filled already [rest 3.4]. */
  readonly executedQty: DecimalText;
  /** A PLACE event is among them. Without one nothing rests. */
  readonly isResting: boolean;
  /**
   * False: an event or a word of it could not be read, so `executedQty` and `isResting` prove
   * nothing.
   */
  readonly isComplete: boolean;
  readonly oddities: readonly Oddity[];
}

type SingleCall = Extract<Call, 'send' | 'edit' | 'cancel'>;

const STATUS_KEY: Readonly<Record<SingleCall, string>> = {
  send: 'sendStatus',
  edit: 'editStatus',
  cancel: 'cancelStatus',
};

/**
 * The answer to sendorder, editorder or cancelorder. Its fields are read whatever the verdict is.
 */
export const toOrderAnswer = (reply: Reply, call: SingleCall): OrderAnswer => {
  const outcome = classifyReply(reply, call);
  const json = reply.type === 'Answered' ? reply.json : undefined;
  const notes: Oddity[] = [];
  const status = isJsonObject(json) ? json[STATUS_KEY[call]] : undefined;
  const fields = status === undefined ? undefined : orderStatus(status, STATUS_KEY[call], notes);
  return {
    ...summarize(outcome, fields?.events, notes),
    ...defined({
      venueOrderID: fields?.order_id ?? fields?.orderId,
      clOrdID: fields?.clOrdID,
      receivedAt: fields?.receivedAt,
      serverTime: serverTimeOf(json),
    }),
  };
};

/**
 * One answer per instruction, in the order of the instructions. A result is matched by tag, order
 * id or client id, by its position only when the counts agree [rest 2.1]; a leg without a result is
 * Unknown.
 */
export const toBatchAnswers = (
  reply: Reply,
  instructions: readonly BatchInstruction[],
): readonly OrderAnswer[] => {
  const whole = classifyReply(reply, 'batch');
  if (whole.type !== 'Confirmed')
    return instructions.map(({ type }) => {
      // `notFound` means something else for a cancel than for a send.
      const outcome = whole.type === 'Refused' ? classifyReply(reply, type) : whole;
      return summarize(outcome, undefined, []);
    });
  const legs = readLegs(reply);
  const rest = new Set(legs);
  const claim = (leg: Leg | undefined): Leg | undefined => {
    if (leg !== undefined) rest.delete(leg);
    return leg;
  };
  const matched = instructions.map((instruction, index) =>
    claim([...rest].find((leg) => isAnswerTo(leg, instruction, index))),
  );
  return instructions.map((instruction, index) => {
    const positional = legs.length === instructions.length ? legs[index] : undefined;
    const isFree = positional !== undefined && rest.has(positional) && !hasKey(positional);
    const leg = matched[index] ?? (isFree ? claim(positional) : undefined);
    return toLegAnswer(leg, instruction);
  });
};

interface Leg {
  readonly json: JsonValue;
  readonly fields: BatchLeg | undefined;
  readonly notes: readonly Oddity[];
}

const readLegs = (reply: Reply): readonly Leg[] => {
  const json = reply.type === 'Answered' ? reply.json : undefined;
  const legs = isJsonObject(json) ? json['batchStatus'] : undefined;
  if (!Array.isArray(legs)) return [];
  return (legs as readonly JsonValue[]).map((leg) => {
    const notes: Oddity[] = [];
    return { json: leg, fields: batchLeg(leg, 'batchStatus', notes), notes };
  });
};

const hasKey = ({ fields }: Leg): boolean =>
  fields?.tag !== undefined || fields?.venueOrderID !== undefined || fields?.clOrdID !== undefined;

const isAnswerTo = ({ fields }: Leg, instruction: BatchInstruction, index: number): boolean => {
  if (fields === undefined) return false;
  if (instruction.type === 'send')
    return fields.tag === undefined
      ? fields.clOrdID === instruction.clOrdID
      : fields.tag === tagOf(index);
  // A tag belongs to a send, even when an edit names the same order.
  if (fields.tag !== undefined) return false;
  const { target } = instruction;
  return 'venueOrderID' in target
    ? fields.venueOrderID === target.venueOrderID
    : fields.clOrdID === target.clOrdID;
};

const toLegAnswer = (leg: Leg | undefined, instruction: BatchInstruction): OrderAnswer => {
  const fields = leg?.fields;
  const outcome = classifyStatus(leg?.json, instruction.type);
  return {
    ...summarize(outcome, fields?.events, leg?.notes ?? []),
    ...defined({
      venueOrderID: fields?.venueOrderID,
      clOrdID: fields?.clOrdID,
      receivedAt: fields?.receivedAt,
    }),
  };
};

type Summary = Pick<
  OrderAnswer,
  'outcome' | 'events' | 'executedQty' | 'isResting' | 'isComplete' | 'oddities'
>;

const summarize = (
  outcome: Outcome,
  events: readonly OrderEvent[] | undefined,
  oddities: readonly Oddity[],
): Summary => {
  const executed = (events ?? []).filter(({ type }) => type === 'EXECUTION');
  const sum = executed.reduce(
    (total, { lastQty }) => (lastQty === undefined ? total : total.plus(decimalOf(lastQty))),
    ZERO,
  );
  return {
    outcome,
    events: events ?? [],
    executedQty: decimalTextOf(sum),
    isResting: (events ?? []).some(({ type }) => type === 'PLACE'),
    isComplete: isWholeBy(oddities),
    oddities,
  };
};
