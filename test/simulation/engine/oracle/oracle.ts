import { NO_SUMS } from '../../../../src/core/risk/risk-keeper.ts';
import { positionQtyOf, positionsOf, worstQty } from '../../../../src/core/risk/exposure.ts';
import { type Core } from '../../../../src/app/loop/decider.ts';
import { type RecordedFact } from '../../../../src/app/loop/engine-loop.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { ENGINE_SCOPE, type ScopeKey } from '../../../../src/core/limit.ts';
import { isFreezing } from '../../../../src/core/doubt-class.ts';
import { type EngineState, type Order } from '../../../../src/core/state.ts';
import { type OrderID, type TradingSymbol } from '../../../../src/domain/ids.ts';
import { type EngineLife } from '../world/engine-life.ts';
import { lotsOf, type VenueTruth } from './venue-truth.ts';
import { type Frame } from './wire-log.ts';

/** A client's order at the venue: everything that was sent for it. */
interface Parent {
  readonly orderID: string;
  /** The largest quantity that its client ever asked for, in lots. */
  qtyMax: number;
}

/** Facts that close, refuse or route an order anew: time alone may make none of them. */
const DECISIVE: ReadonlySet<string> = new Set([
  ...['OrderRejected', 'OrderCanceled', 'OrderExpired', 'OrderFilled', 'AttemptAbsent'],
  ...['AttemptIntended', 'ReplacementIntended', 'DoubtsSettled', 'OrderReplaced'],
]);

const ORDER_MESSAGES: ReadonlySet<string> = new Set(['D', 'F', 'G', 'q']);

/**
 * Watches a world while it runs. Every breach is a line that begins with the invariant's number in
 * routing.md.
 */
export class Oracle {
  readonly breaches: string[] = [];
  readonly truth: VenueTruth;
  readonly #parents = new Map<string, Parent>();
  readonly #sent = new Set<string>();
  readonly #now: () => number;
  readonly #hearsFills: boolean;

  /**
   * `hearsFills`: FIX tells of every fill in the end, so the worst case has to contain them all.
   */
  constructor(truth: VenueTruth, now: () => number, hearsFills: boolean) {
    this.truth = truth;
    this.#now = now;
    this.#hearsFills = hearsFills;
  }

  breach(text: string): void {
    if (this.breaches.length < 20) this.breaches.push(`${this.#now().toFixed(0)} ms: ${text}`);
  }

  get requestsSent(): number {
    return this.#sent.size;
  }

  /** Before the bytes are on the line. */
  onWritten(life: EngineLife, frame: Frame): void {
    if (!ORDER_MESSAGES.has(frame.msgType)) return;
    const clOrdID = frame.get(11) ?? '';
    const name = `35=${frame.msgType} 11=${clOrdID}`;
    if (life.loop.halted) this.breach(`F31 ${name} left a halted engine`);
    if (frame.get(43) === 'Y') this.breach(`I9 ${name} was sent as a duplicate`);
    if (this.#sent.has(clOrdID)) this.breach(`I7 ${name} was sent twice`);
    this.#sent.add(clOrdID);
    if (!life.disk.holds(`"clOrdID":"${clOrdID}"`))
      this.breach(`I1 ${name} left before its fact was durable`);
    if (!life.disk.holds(frame.bytes)) this.breach(`I1 ${name} left before its bytes were durable`);
    if (frame.msgType === 'D' || frame.msgType === 'G') this.#noteAttempt(life, clOrdID);
  }

  onDecided(input: InputBody, facts: readonly unknown[], state: EngineState): void {
    const types = (facts as readonly { readonly type: string }[]).map(({ type }) => type);
    if (input.type === 'TimerFired') {
      const decisive = types.find((type) => DECISIVE.has(type));
      if (decisive !== undefined) this.breach(`I3 timer ${input.name} made ${decisive}`);
    }
    for (const fact of facts as readonly RecordedFact['fact'][]) {
      if (fact.type !== 'AttemptIntended' && fact.type !== 'ReplacementIntended') continue;
      this.#checkGate(fact.orderID, state, input);
      this.#checkAttempt(fact, state);
    }
  }

  /** After everything that an event set off. */
  check(life: EngineLife | undefined): void {
    if (this.truth.changed.size === 0) return;
    for (const { clOrdIDs } of this.truth.changed) this.#checkParent(clOrdIDs[0] ?? '');
    this.truth.changed.clear();
    if (life !== undefined && this.#hearsFills) this.#checkWorstCase(life);
  }

  /** A new process: it knows everything that ever left. */
  onBooted(life: EngineLife): void {
    const { requests } = life.loop.state;
    for (const [clOrdID, { orderID }] of this.#parents) {
      const known = requests.get(clOrdID as never);
      const found = known !== undefined && 'orderID' in known ? known.orderID : undefined;
      if (found !== orderID)
        this.breach(`I1 after the restart ${clOrdID} is of ${found ?? 'nothing'}, not ${orderID}`);
    }
  }

  parentOf(clOrdID: string): string | undefined {
    return this.#parents.get(clOrdID)?.orderID;
  }

  #noteAttempt({ loop }: EngineLife, clOrdID: string): void {
    const request = loop.state.requests.get(clOrdID as never);
    const orderID = request !== undefined && 'orderID' in request ? request.orderID : undefined;
    const order = orderID === undefined ? undefined : loop.state.orders.get(orderID);
    if (order === undefined) {
      this.breach(`I1 ${clOrdID} is in no order of the books`);
      return;
    }
    const qtyMax = Math.max(...qtysOf(order).map((qty) => lotsOf(order.terms.symbol, qty)));
    const before = [...this.#parents.values()].find((one) => one.orderID === order.orderID);
    const parent = before ?? { orderID: order.orderID, qtyMax };
    parent.qtyMax = Math.max(parent.qtyMax, qtyMax);
    this.#parents.set(clOrdID, parent);
  }

  #checkParent(clOrdID: string): void {
    const parent = this.#parents.get(clOrdID);
    if (parent === undefined) {
      this.breach(`I1 the venue has an order ${clOrdID} that never left`);
      return;
    }
    let atRisk = 0;
    let open = 0;
    for (const order of this.truth.orders.values()) {
      if (this.parentOf(order.clOrdIDs[0] ?? '') !== parent.orderID) continue;
      atRisk += order.filled + (order.isOpen ? order.remaining : 0);
      open += order.isOpen ? 1 : 0;
    }
    if (open > 1) this.breach(`I2 ${parent.orderID} has ${open} orders open at the venue`);
    if (atRisk > parent.qtyMax)
      this.breach(`I2 ${parent.orderID} has ${atRisk} lots at risk of ${parent.qtyMax}`);
  }

  /** I8: what the books hold possible contains what the venue has. */
  #checkWorstCase(life: EngineLife): void {
    for (const [symbol, lots] of this.truth.positions) {
      const { long, short } = largestOpen(life.core, life.loop.state, symbol, ENGINE_SCOPE);
      if (lots > long || -lots > short)
        this.breach(
          `I8 ${symbol}: the venue holds ${lots}, the worst case is -${short} to ${long}`,
        );
    }
  }

  /** I2: a second attempt needs a verdict on the first, and the venue must have ended it. */
  #checkAttempt({ type, orderID }: { type: string; orderID: string }, state: EngineState): void {
    const before = state.orders.get(orderID as OrderID);
    if (type === 'AttemptIntended' && before?.attempt !== undefined)
      this.breach(`I2 ${orderID} is attempted again without a verdict`);
    for (const order of this.truth.orders.values()) {
      if (order.isOpen && this.parentOf(order.clOrdIDs[0] ?? '') === orderID)
        this.breach(`I2 ${orderID} is attempted again while the venue has ${order.venueOrderID}`);
    }
  }

  /** New orders pass an open route only, and no instrument that a doubt has frozen. */
  #checkGate(orderID: string, state: EngineState, input: InputBody): void {
    if (input.type !== 'PlaceOrder') return;
    const { symbol } = input.request.terms;
    const [route] = state.routes.values();
    if (route?.phase !== 'Active')
      this.breach(`section 3: ${orderID} passed, and the route is ${route?.phase ?? 'unknown'}`);
    for (const [doubted, doubt] of state.doubts) {
      if (isFreezing(doubt) && state.orders.get(doubted)?.terms.symbol === symbol)
        this.breach(`section 5: ${orderID} passed on ${symbol}, which ${doubted} has frozen`);
    }
  }
}

const qtysOf = (order: Order): readonly string[] => [
  order.termsAccepted.orderQty,
  order.terms.orderQty,
  ...order.pending.flatMap(({ replace }) => replace?.terms.orderQty ?? []),
];

/** The largest position of each side that the product's own risk check reckons with, in lots. */
const largestOpen = (
  { usage, positions }: Core,
  state: EngineState,
  symbol: string,
  scope: ScopeKey,
): { readonly long: number; readonly short: number } => {
  const held = positionQtyOf(positionsOf(scope, state, { positions }), symbol as TradingSymbol);
  const sums = usage.openSums(scope).get(symbol as TradingSymbol) ?? NO_SUMS;
  return {
    long: lotsOf(symbol, worstQty(held, sums, 'Buy').toFixed()),
    short: lotsOf(symbol, worstQty(held, sums, 'Sell').toFixed()),
  };
};
