import { type ClOrdID, type TradingSymbol, type VenueOrderID } from '../../../domain/ids.ts';
import { epochMs, type EpochMs } from '../../../lib/time.ts';
import { classifyReply, type Outcome } from '../../outcome/rest-outcome.ts';
import { type OrderAnswer, toBatchAnswers, toOrderAnswer } from './order-answer.ts';
import {
  type BatchInstruction,
  type EditInstruction,
  faultOfInstruction,
  type OrderTarget,
  type SendInstruction,
  toBatchJson,
  toCancelParams,
  toEditParams,
  toSendParams,
} from './order-params.ts';
import {
  cancelAllStatus,
  type ListedOrder,
  listedOrder,
  type RestOrderState,
  orderState,
} from './order-readers.ts';
import { field, list, type Reader, type Shape, shape, text, time } from '../../json/readers.ts';
import { type RawClient } from '../raw-client.ts';
import { enveloped, type Read, readReply, serverTimeOf } from '../reading.ts';
import { notSent, type Reply } from '../reply.ts';
import { type CallOptions } from '../transport.ts';
import { type VenueClock } from '../venue-clock.ts';

interface RestOrderSettings {
  /**
   * `processBefore` = venue time + this; the only thing that turns "not found" into proof
   * [rest 3.6].
   */
  readonly processWithinMs: number;
  /** A priced order older than this is refused instead of waiting in a line. */
  readonly orderAgeMsMax: number;
  /** Cancels and look-ups may wait this long for budget and connection. */
  readonly safetyAgeMsMax: number;
  /** At most 40 instructions a batch [rest 9 row 9]. */
  readonly batchSizeMax: number;
  readonly algoID?: string;
}

const DEFAULT_REST_ORDERS: RestOrderSettings = {
  processWithinMs: 2_000,
  orderAgeMsMax: 500,
  safetyAgeMsMax: 5_000,
  batchSizeMax: 40,
};

export interface RestOrderDeps {
  readonly client: RawClient;
  readonly venueClock: VenueClock;
  readonly settings?: RestOrderSettings;
}

interface RestSendAnswer extends OrderAnswer {
  /** The deadline that went with the request; absent when nothing was sent. */
  readonly processBefore?: EpochMs;
}

export interface CancelAllAnswer {
  readonly outcome: Outcome;
  /** Absent when the answer could not be read. */
  readonly status?: Shape<typeof cancelAllStatus>;
  readonly isComplete: boolean;
}

/** The venue's state of the dead man's switch; disarmed without `triggerAt`. */
interface SwitchState {
  readonly currentTime: EpochMs;
  readonly triggerAt?: EpochMs;
}

/**
 * Orders over REST, in the vocabulary of the engine. Each call that creates or amends goes out at
 * most once, and its outcome says what is proven. Source: [rest 2.1, 3, 4].
 */
export interface RestOrderCalls {
  readonly sendOrder: (order: Omit<SendInstruction, 'type'>) => Promise<RestSendAnswer>;
  readonly editOrder: (edit: Omit<EditInstruction, 'type'>) => Promise<RestSendAnswer>;
  readonly cancelOrder: (target: OrderTarget) => Promise<OrderAnswer>;
  /** Everything, or one market; triggers included, held orders become IOC and are not listed. */
  readonly cancelAllOrders: (symbol?: TradingSymbol) => Promise<CancelAllAnswer>;
  /** Arms the account-wide switch; 0 disarms. */
  readonly cancelAllOrdersAfter: (timeoutSeconds: number) => Read<SwitchState>;
  readonly sendBatch: (
    instructions: readonly BatchInstruction[],
  ) => Promise<readonly RestSendAnswer[]>;
  /** One answer per target, in their order; at most `batchSizeMax`. */
  readonly cancelBatch: (targets: readonly OrderTarget[]) => Promise<readonly OrderAnswer[]>;
  readonly openOrders: (options?: CallOptions) => Read<readonly ListedOrder[]>;
  /** Open orders and those that ended within the last 5 seconds; unknown ids are left out. */
  readonly orderStates: (ids: {
    readonly venueOrderIDs?: readonly VenueOrderID[];
    readonly clOrdIDs?: readonly ClOrdID[];
  }) => Read<readonly RestOrderState[]>;
}

export const makeRestOrderCalls = (deps: RestOrderDeps): RestOrderCalls => {
  const { client, venueClock, settings = DEFAULT_REST_ORDERS } = deps;
  const algoId = settings.algoID;
  const young: CallOptions = { startWithinMs: settings.orderAgeMsMax };
  const safe: CallOptions = { purpose: 'safety', startWithinMs: settings.safetyAgeMsMax };
  const seen = <R extends Reply>(reply: R): R => {
    sampleClock(venueClock, reply);
    return reply;
  };
  const deadline = (): Deadline => deadlineOf(venueClock, settings.processWithinMs);

  return {
    sendOrder: async (order) => {
      const instruction: SendInstruction = { type: 'send', ...order };
      const { at, iso, refusal } = checked(deadline(), [instruction], false);
      if (refusal !== undefined) return toOrderAnswer(refusal, 'send');
      const params = { processBefore: iso, ...toSendParams(instruction), algoId };
      return {
        ...toOrderAnswer(seen(await client.sendorder(params, young)), 'send'),
        processBefore: at,
      };
    },
    editOrder: async (edit) => {
      const instruction: EditInstruction = { type: 'edit', ...edit };
      const { at, iso, refusal } = checked(deadline(), [instruction], false);
      if (refusal !== undefined) return toOrderAnswer(refusal, 'edit');
      const params = { processBefore: iso, ...toEditParams(instruction), algoId };
      return {
        ...toOrderAnswer(seen(await client.editorder(params, young)), 'edit'),
        processBefore: at,
      };
    },
    // No processBefore: a cancel that comes late is still a cancel [rest 2.1].
    cancelOrder: async (target) =>
      toOrderAnswer(
        seen(await client.cancelorder({ ...toCancelParams(target), algoId }, safe)),
        'cancel',
      ),
    cancelAllOrders: async (symbol) =>
      toCancelAllAnswer(seen(await client.cancelallorders({ symbol, algoId }, safe))),
    cancelAllOrdersAfter: async (timeoutSeconds) => {
      const reply = await client.cancelallordersafter({ timeout: timeoutSeconds, algoId }, safe);
      return readReply(seen(reply), switchState, 'cancelallordersafter');
    },
    sendBatch: async (instructions) => {
      const { at, iso, refusal } = checked(deadline(), instructions, true, settings.batchSizeMax);
      if (refusal !== undefined) return toBatchAnswers(refusal, instructions);
      const params = { processBefore: iso, json: toBatchJson(instructions), algoId };
      const answers = toBatchAnswers(seen(await client.batchorder(params, young)), instructions);
      return answers.map((answer) => ({ ...answer, processBefore: at }));
    },
    cancelBatch: async (targets) => {
      const cancels = targets.map((target) => ({ type: 'cancel', target }) as const);
      if (cancels.length > settings.batchSizeMax || cancels.length === 0)
        return toBatchAnswers(notSent('InvalidParams', `${cancels.length} cancels`), cancels);
      const params = { json: toBatchJson(cancels), algoId };
      return toBatchAnswers(seen(await client.batchorder(params, safe)), cancels);
    },
    openOrders: async (options) =>
      readReply(
        seen(await client.openorders({}, options ?? safe)),
        enveloped('openOrders', list(listedOrder)),
        'openorders',
      ),
    orderStates: async ({ venueOrderIDs, clOrdIDs }) =>
      readReply(
        seen(await client.ordersStatus({ orderIds: venueOrderIDs, cliOrdIds: clOrdIDs }, safe)),
        enveloped('orders', list(orderState)),
        'orders-status',
      ),
  };
};

interface Deadline {
  readonly at: EpochMs;
  readonly iso: string;
  readonly refusal?: Reply;
}

/** Refuses to send while the venue's clock is unknown: a deadline would prove nothing [rest 4]. */
const deadlineOf = (venueClock: VenueClock, withinMs: number): Deadline => {
  const now = venueClock.now();
  const at = epochMs((now ?? 0) + withinMs);
  const iso = new Date(at).toISOString();
  const refusal = notSent('ClockUnknown', "no fresh sample of the venue's clock");
  return now === undefined ? { at, iso, refusal } : { at, iso };
};

const checked = (
  deadline: Deadline,
  instructions: readonly BatchInstruction[],
  isBatch: boolean,
  sizeMax = 1,
): Deadline => {
  if (deadline.refusal !== undefined) return deadline;
  const faults = instructions.map((instruction) => faultOfInstruction(instruction, isBatch));
  const fault = faults.find((text) => text !== undefined);
  if (fault !== undefined) return { ...deadline, refusal: notSent('InvalidParams', fault) };
  return instructions.length > sizeMax || instructions.length === 0
    ? { ...deadline, refusal: notSent('InvalidParams', `${instructions.length} instructions`) }
    : deadline;
};

const sampleClock = (venueClock: VenueClock, reply: Reply): void => {
  const serverTime = reply.type === 'Answered' ? serverTimeOf(reply.json) : undefined;
  if (serverTime !== undefined && reply.type === 'Answered')
    venueClock.sample(serverTime, reply.latencyMs);
};

const switchPayload = enveloped(
  'status',
  shape({ currentTime: field('currentTime', time), triggerTime: field('triggerTime', text()) }),
);

const switchState: Reader<SwitchState> = (value, path, notes) => {
  const state = switchPayload(value, path, notes);
  if (state === undefined) return undefined;
  // '0' when disarmed [rest 2.1].
  if (state.triggerTime === '0') return { currentTime: state.currentTime };
  const triggerAt = time(state.triggerTime, `${path}.triggerTime`, notes);
  return triggerAt === undefined ? undefined : { currentTime: state.currentTime, triggerAt };
};

const toCancelAllAnswer = (reply: Reply): CancelAllAnswer => {
  const outcome = classifyReply(reply, 'cancelAll');
  const reading = readReply(reply, enveloped('cancelStatus', cancelAllStatus), 'cancelallorders');
  if (!reading.ok) return { outcome, isComplete: false };
  return { outcome, status: reading.value.value, isComplete: reading.value.isComplete };
};
