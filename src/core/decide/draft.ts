import {
  type ClOrdID,
  type ExecID,
  type MassCancelID,
  type OrderID,
  type VenueExecID,
} from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { ok, type Result } from '../../lib/result.ts';
import { type EpochMs } from '../../lib/time.ts';
import { evolveOrder, executionsAfter, newOrder } from '../evolve/evolve-order.ts';
import { type AlertRaised, type Fact } from '../fact.ts';
import { makeID } from '../made-id.ts';
import { type EngineState, type Execution, type Order } from '../state.ts';

export type NextClOrdID = (
  last: ClOrdID | undefined,
  at: EpochMs,
) => Result<ClOrdID, 'CLOCK_BEHIND'>;

/**
 * The facts of one decision while it is made. Later steps of the decision see the orders,
 * executions and counters as the earlier facts leave them, although the books change only when the
 * whole decision is journaled.
 */
export class Draft {
  readonly state: EngineState;
  readonly at: EpochMs;
  readonly facts: Fact[] = [];
  readonly #orders = new Map<OrderID, Order>();
  readonly #executions = new Map<VenueExecID, Execution>();
  readonly #rootExecIDs = new Map<VenueExecID, VenueExecID>();
  readonly #seenExecIDs = new Set<VenueExecID>();
  readonly #execIDByFill = new Map<string, VenueExecID>();
  #ordersMade: number;
  #execIDsMade: number;
  #massCancelsMade: number;
  #lastClOrdID: ClOrdID | undefined;

  constructor(state: EngineState, at: EpochMs) {
    this.state = state;
    this.at = at;
    this.#ordersMade = state.ordersMade;
    this.#execIDsMade = state.execIDsMade;
    this.#massCancelsMade = state.massCancelsMade;
    this.#lastClOrdID = state.lastClOrdID;
  }

  newOrderID(): OrderID {
    this.#ordersMade += 1;
    return makeID('F', this.state.idPrefix, this.#ordersMade) as OrderID;
  }

  newExecID(): ExecID {
    this.#execIDsMade += 1;
    return makeID('E', this.state.idPrefix, this.#execIDsMade) as ExecID;
  }

  newMassCancelID(): MassCancelID {
    this.#massCancelsMade += 1;
    return makeID('M', this.state.idPrefix, this.#massCancelsMade) as MassCancelID;
  }

  newClOrdID(next: NextClOrdID): Result<ClOrdID, 'CLOCK_BEHIND'> {
    const made = next(this.#lastClOrdID, this.at);
    if (!made.ok) return made;
    this.#lastClOrdID = made.value;
    return ok(made.value);
  }

  /** Orders made so far, those of this decision included. */
  get ordersMade(): number {
    return this.#ordersMade;
  }

  order(orderID: OrderID): Order | undefined {
    return this.#orders.get(orderID) ?? this.state.orders.get(orderID);
  }

  /** The first execution of the chain that an ExecID belongs to. */
  rootExecution(venueExecID: VenueExecID): Execution | undefined {
    const root =
      this.#rootExecIDs.get(venueExecID) ?? this.state.rootExecIDs.get(venueExecID) ?? venueExecID;
    return this.#executions.get(root) ?? this.state.executions.get(root);
  }

  /** The execution that a fill of feeds, REST or history was linked to. */
  executionOfFill(fillID: string): Execution | undefined {
    const root = this.#execIDByFill.get(fillID) ?? this.state.execIDByFill.get(fillID);
    return root === undefined ? undefined : this.rootExecution(root);
  }

  /** The executions of an order, oldest first, busted ones included. */
  executionsOf(orderID: OrderID): readonly Execution[] {
    const ids = new Set(this.state.namesByOrderID.get(orderID)?.venueExecIDs);
    for (const [id, execution] of this.#executions) if (execution.orderID === orderID) ids.add(id);
    // Every ExecID(17) of a chain leads to its first execution.
    return [...new Set([...ids].flatMap((id) => this.rootExecution(id) ?? []))];
  }

  hasSeen(venueExecID: VenueExecID): boolean {
    return this.#seenExecIDs.has(venueExecID) || this.state.seenExecIDs.has(venueExecID);
  }

  alert(severity: AlertRaised['severity'], code: string, detail: string, orderID?: OrderID): void {
    this.facts.push({
      type: 'AlertRaised',
      at: this.at,
      severity,
      code,
      text: `${code}: ${detail}${this.#whose(orderID)}`,
      ...defined({ orderID }),
    });
  }

  /** What an operator looks for: whose order it is, by the client's own id. */
  #whose(orderID: OrderID | undefined): string {
    const order = orderID === undefined ? undefined : this.order(orderID);
    if (order === undefined) return '';
    const { client, clientOrderID, terms } = order;
    return ` (${client}, ClOrdID(11) ${clientOrderID}, ${terms.symbol})`;
  }

  add(fact: Fact): void {
    this.facts.push(fact);
    if ('venueExecID' in fact) this.#seenExecIDs.add(fact.venueExecID);
    if (fact.type === 'OrderFilled' && fact.fillID !== undefined) {
      this.#execIDByFill.set(fact.fillID, fact.venueExecID);
    }
    if (fact.type === 'ExecutionLinked' && fact.fillID !== undefined) {
      this.#execIDByFill.set(fact.fillID, fact.rootExecID);
    }
    if (
      fact.type === 'OrderAccepted' ||
      fact.type === 'OrderRefused' ||
      fact.type === 'ExternalOrderAdopted'
    ) {
      this.#orders.set(fact.orderID, newOrder(fact));
    } else if ('orderID' in fact) {
      this.#change(fact.orderID, fact);
    }
  }

  #change(orderID: OrderID, fact: Fact): void {
    const order = this.order(orderID);
    if (order === undefined) return;
    const corrected = 'rootExecID' in fact ? this.rootExecution(fact.rootExecID) : undefined;
    this.#orders.set(orderID, evolveOrder(order, fact, corrected));
    for (const [id, execution] of executionsAfter(fact, corrected)) {
      this.#executions.set(id, execution);
    }
    if ('rootExecID' in fact && fact.venueExecID !== undefined) {
      this.#rootExecIDs.set(fact.venueExecID, fact.rootExecID);
    }
  }
}
