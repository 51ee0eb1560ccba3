import { type InputBody } from '../../core/input.ts';
import { type ClOrdID, type SessionName, type TradingSymbol } from '../../domain/ids.ts';
import { type OrderTerms } from '../../domain/order.ts';
import { type RestOrderGateway, type RestOutcome, type TakeAnswer } from '../../domain/ports.ts';
import { type BudgetPurpose, type RateBudget } from '../../kraken/rate-budget.ts';
import { type OrderAnswer } from '../../kraken/rest/orders/order-answer.ts';
import { type RestOrderCalls } from '../../kraken/rest/orders/order-calls.ts';
import {
  type EditInstruction,
  type OrderTarget,
  type RestOrderTerms,
  type SendInstruction,
} from '../../kraken/rest/orders/order-params.ts';
import { approximateBytes } from '../../lib/bounded-queue.ts';
import { defined } from '../../lib/defined.ts';
import { type Clock } from '../../lib/time.ts';
import { toCancelAllOutcome, toRestOutcome } from './rest-outcomes.ts';

interface RestOrderGatewayDeps {
  readonly calls: Pick<
    RestOrderCalls,
    'sendOrder' | 'editOrder' | 'cancelOrder' | 'cancelAllOrders' | 'sendBatch' | 'cancelBatch'
  >;
  /** Of the account's key, shared with everything else that calls with it. */
  readonly budget: Pick<RateBudget, 'peek'>;
  readonly clock: Clock;
  readonly submit: (body: InputBody) => void;
  readonly limits?: InFlightLimits;
  /** No proxy stands between us and the venue; so when left out. */
  readonly isDirect?: boolean;
}

/** Requests that were taken and are not answered yet. */
interface InFlightLimits {
  readonly requestsMax: number;
  readonly bytesMax: number;
  /** Of these, orders and edits: the rest is for cancels. */
  readonly ordersMax: number;
}

const DEFAULT_IN_FLIGHT: InFlightLimits = {
  requestsMax: 1_024,
  bytesMax: 4_194_304,
  ordersMax: 128,
};

type Taken =
  | { readonly type: 'send'; readonly clOrdID: ClOrdID; readonly send: SendInstruction }
  | { readonly type: 'edit'; readonly clOrdID: ClOrdID; readonly edit: EditInstruction }
  | { readonly type: 'cancel'; readonly clOrdID: ClOrdID; readonly target: OrderTarget }
  | { readonly type: 'cancelAll'; readonly clOrdID: ClOrdID; readonly symbol?: TradingSymbol };

/** Units of the venue's price list [rest 5]. */
const COST: Readonly<Record<Taken['type'], number>> = {
  send: 10,
  edit: 10,
  cancel: 10,
  cancelAll: 25,
};

/** At most this many instructions in one batch [rest 9 row 9]. */
const BATCH_MAX = 40;
/** A batch costs 9 points and one per cancel; single ones are repeated when they are lost. */
const CANCELS_IN_BATCH_MIN = 3;

/**
 * Orders of one account by REST. A request is taken within the turn that decided it, and called
 * once its intent is durable: a call has no bytes in the journal's commit, as FIX has. Whatever
 * becomes of a call comes back as one RestAnswered. An order or an edit is called at most once.
 */
export const makeRestOrderGateway = (
  session: SessionName,
  deps: RestOrderGatewayDeps,
): RestOrderGateway => {
  const requests = new RestRequests(session, deps);
  return {
    session,
    sendNewOrder: ({ clOrdID, terms }) =>
      requests.take({
        ...{ type: 'send', clOrdID },
        send: { type: 'send', clOrdID, terms: toRestTerms(terms) },
      }),
    sendCancel: ({ clOrdID, origClOrdID, venueOrderID }) => {
      const target = venueOrderID === undefined ? { clOrdID: origClOrdID } : { venueOrderID };
      return requests.take({ type: 'cancel', clOrdID, target });
    },
    sendReplace: ({ clOrdID, venueOrderID, terms }) =>
      requests.take({ type: 'edit', clOrdID, edit: toEdit(terms, { venueOrderID }) }),
    sendMassCancel: ({ clOrdID, symbol }) =>
      requests.take({ type: 'cancelAll', clOrdID, ...defined({ symbol }) }),
    release: (clOrdIDs) => {
      requests.release(clOrdIDs);
    },
    idle: () => requests.idle(),
  };
};

/** The whole order as it is to be: the quantity is the total, fills included. */
const toEdit = (terms: OrderTerms, target: OrderTarget): EditInstruction => {
  const { orderQty, price, stopPx, trailing } = toRestTerms(terms);
  return { type: 'edit', target, orderQty, ...defined({ price, stopPx, trailing }) };
};

/**
 * As FIX means it: the last price fires a trigger unless another is named, and StopPx(99) of a
 * trailing stop is a distance, not a level [fix 4.5, 5.2].
 */
const toRestTerms = (terms: OrderTerms): RestOrderTerms => {
  const { stopPx, ...rest } = terms;
  if (stopPx === undefined) return terms;
  const { ordType, triggerSignal = 'Last' } = terms;
  return ordType === 'TrailingStop'
    ? { ...rest, triggerSignal, trailing: { maxDeviation: stopPx, unit: 'QUOTE_CURRENCY' } }
    : { ...terms, triggerSignal };
};

class RestRequests {
  readonly #session: SessionName;
  readonly #deps: RestOrderGatewayDeps;
  readonly #limits: InFlightLimits;
  /** Wait for their intents to be durable. */
  readonly #taken = new Map<ClOrdID, Taken>();
  readonly #calls = new Set<Promise<void>>();
  #inFlight = 0;
  #ordersInFlight = 0;
  #bytes = 0;

  constructor(session: SessionName, deps: RestOrderGatewayDeps) {
    this.#session = session;
    this.#deps = deps;
    this.#limits = deps.limits ?? DEFAULT_IN_FLIGHT;
  }

  take(request: Taken): TakeAnswer {
    const { requestsMax, bytesMax, ordersMax } = this.#limits;
    const isOrder = isOrderOf(request);
    const bytes = this.#bytes + approximateBytes(request);
    const isFull = this.#inFlight >= requestsMax || bytes > bytesMax;
    if (isFull || (isOrder && this.#ordersInFlight >= ordersMax))
      return { sent: false, reason: 'BUSY' };
    if (!this.#hasBudget(request)) return { sent: false, reason: 'RATE_LIMITED' };
    this.#count(request, 1);
    this.#taken.set(request.clOrdID, request);
    return { sent: true };
  }

  release(clOrdIDs: readonly ClOrdID[]): void {
    const due = clOrdIDs.flatMap((clOrdID) => this.#taken.get(clOrdID) ?? []);
    for (const { clOrdID } of due) this.#taken.delete(clOrdID);
    this.#callSends(due.filter((request) => request.type === 'send'));
    this.#callCancels(due.filter((request) => request.type === 'cancel'));
    for (const request of due) {
      if (request.type === 'edit') {
        this.#call([request], async () => [
          this.#outcomeOf(await this.#deps.calls.editOrder(request.edit)),
        ]);
      } else if (request.type === 'cancelAll') {
        this.#call([request], async () => [
          toCancelAllOutcome(await this.#deps.calls.cancelAllOrders(request.symbol)),
        ]);
      }
    }
  }

  /** Resolves when no call is under way. */
  async idle(): Promise<void> {
    while (this.#calls.size > 0) await Promise.all(this.#calls);
  }

  /** Orders that became durable together go in one call, where a batch can express them. */
  #callSends(sends: readonly Extract<Taken, { type: 'send' }>[]): void {
    const batchable = sends.filter(({ send }) => isBatchable(send.terms));
    const inBatch = batchable.length > 1 ? batchable : [];
    for (const part of partsOf(inBatch)) {
      this.#call(part, async () =>
        (await this.#deps.calls.sendBatch(part.map(({ send }) => send))).map((answer) =>
          this.#outcomeOf(answer),
        ),
      );
    }
    for (const request of sends) {
      if (inBatch.includes(request)) continue;
      const { clOrdID, terms } = request.send;
      this.#call([request], async () => [
        this.#outcomeOf(await this.#deps.calls.sendOrder({ clOrdID, terms })),
      ]);
    }
  }

  #callCancels(cancels: readonly Extract<Taken, { type: 'cancel' }>[]): void {
    const isBatch = cancels.length >= CANCELS_IN_BATCH_MIN;
    for (const part of isBatch ? partsOf(cancels) : cancels.map((cancel) => [cancel])) {
      this.#call(part, () => this.#cancelAllOf(part.map(({ target }) => target)));
    }
  }

  /** What a batch leaves open is asked once more by itself: a cancel is safe to repeat. */
  async #cancelAllOf(targets: readonly OrderTarget[]): Promise<readonly RestOutcome[]> {
    const { calls } = this.#deps;
    const [first] = targets;
    if (first !== undefined && targets.length === 1) {
      return [this.#outcomeOf(await calls.cancelOrder(first))];
    }
    const answers = await calls.cancelBatch(targets);
    return Promise.all(
      answers.map(async (answer, n) => {
        const { type } = answer.outcome;
        const target = targets[n];
        const isOpen = type === 'Unknown' || type === 'NotSent';
        if (!isOpen || target === undefined) return this.#outcomeOf(answer);
        return this.#outcomeOf(await calls.cancelOrder(target));
      }),
    );
  }

  #outcomeOf(answer: OrderAnswer): RestOutcome {
    return toRestOutcome(answer, { isDirect: this.#deps.isDirect ?? true });
  }

  /** Exactly one answer for each request, whatever happens. */
  #call(requests: readonly Taken[], run: () => Promise<readonly RestOutcome[]>): void {
    const call = this.#answered(requests, run).finally(() => this.#calls.delete(call));
    this.#calls.add(call);
  }

  async #answered(
    requests: readonly Taken[],
    run: () => Promise<readonly RestOutcome[]>,
  ): Promise<void> {
    let outcomes: readonly RestOutcome[] = [];
    let failure = 'the call gave no answer';
    try {
      outcomes = await run();
    } catch (cause) {
      failure = cause instanceof Error ? cause.message : String(cause);
    }
    for (const [n, request] of requests.entries()) {
      this.#count(request, -1);
      const outcome = outcomes[n] ?? { type: 'Unknown', text: failure };
      const { clOrdID } = request;
      this.#deps.submit({ type: 'RestAnswered', clOrdID, session: this.#session, outcome });
    }
  }

  #hasBudget({ type }: Taken): boolean {
    const purpose: BudgetPurpose = type === 'send' || type === 'edit' ? 'ordinary' : 'safety';
    // What was taken before in this turn has not paid yet.
    const waiting = [...this.#taken.values()].reduce((sum, other) => sum + COST[other.type], 0);
    const { budget, clock } = this.#deps;
    return budget.peek(waiting + COST[type], purpose, clock.monotonic()).type === 'Granted';
  }

  #count(request: Taken, change: 1 | -1): void {
    this.#inFlight += change;
    this.#bytes += change * approximateBytes(request);
    if (isOrderOf(request)) this.#ordersInFlight += change;
  }
}

const isOrderOf = ({ type }: Taken): boolean => type === 'send' || type === 'edit';

/** A market stop has no price, which batches ask for [rest 9 row 10]. */
const isBatchable = ({ stopPx, price }: RestOrderTerms): boolean =>
  stopPx === undefined || price !== undefined;

const partsOf = <T>(all: readonly T[]): readonly (readonly T[])[] => {
  const parts: (readonly T[])[] = [];
  for (let from = 0; from < all.length; from += BATCH_MAX) {
    parts.push(all.slice(from, from + BATCH_MAX));
  }
  return parts;
};
