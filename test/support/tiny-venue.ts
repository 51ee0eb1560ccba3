import { decimalOf, decimalTextOf } from '../../src/domain/decimal-text.ts';
import { type ClOrdID, type VenueExecID, type VenueOrderID } from '../../src/domain/ids.ts';
import { type VenueReport } from '../../src/domain/venue-report.ts';
import { executionReport, SOURCE, text, type Bench, type Send } from './bench.ts';

interface VenueOrder {
  readonly clOrdID: ClOrdID;
  readonly venueOrderID: VenueOrderID;
  readonly orderQty: number;
  cumQty: number;
  isOpen: boolean;
}

interface Sent {
  readonly effect: Send;
  readonly msgSeqNum: number;
}

/** Gives numbers from 0 up to, not including, `below`. */
export type Chance = (below: number) => number;

/**
 * A venue behind a link that loses what is under way when it breaks: the ground truth of the
 * property tests. It shares nothing with the core but the messages. Orders are never cancelled on
 * disconnect.
 */
export class TinyVenue {
  readonly orders: VenueOrder[] = [];
  /** Every execution that happened, by ExecID(17). */
  readonly executions = new Map<string, { readonly clOrdID: ClOrdID; readonly lastQty: number }>();
  readonly #chance: Chance;
  readonly #reports: VenueReport[] = [];
  #bench: Bench;
  #wire: Sent[] = [];
  #delivered = 0;
  #expectedSeqNum: number;
  #execIDs = 0;

  constructor(bench: Bench, chance: Chance) {
    this.#bench = bench;
    this.#chance = chance;
    this.#expectedSeqNum = bench.msgSeqNum + 1;
    bench.onSent = (effect, msgSeqNum) => {
      this.#wire.push({ effect, msgSeqNum });
    };
  }

  /** Takes what was sent, at most `countMax` messages. */
  receive(countMax: number): void {
    for (const { effect, msgSeqNum } of this.#wire.splice(0, countMax)) {
      if (msgSeqNum !== this.#expectedSeqNum) continue;
      this.#expectedSeqNum += 1;
      if (effect.type === 'SendNewOrder') this.#accept(effect);
      if (effect.type === 'SendCancel') this.#cancel(effect);
    }
  }

  /** Hands over what it has to say, at most `countMax` reports, each perhaps twice. */
  deliver(countMax: number): void {
    for (let n = 0; n < countMax && this.#delivered < this.#reports.length; n += 1) {
      const again = this.#chance(4) === 0 ? this.#chance(this.#delivered + 1) : this.#delivered;
      this.#say(again, true);
      this.#say(this.#delivered, false);
      this.#delivered += 1;
    }
  }

  trade(): void {
    const order = this.orders[this.#chance(this.orders.length)];
    if (order?.isOpen !== true) return;
    const lastQty = 1 + this.#chance(order.orderQty - order.cumQty);
    order.cumQty += lastQty;
    order.isOpen = order.cumQty < order.orderQty;
    const execID = this.#execID();
    this.executions.set(execID, { clOrdID: order.clOrdID, lastQty });
    this.#report(order, execID, {
      execType: 'Trade',
      ordStatus: order.isOpen ? 'PartiallyFilled' : 'Filled',
      lastQty: amount(lastQty),
      lastPx: text('100'),
    });
  }

  /** The link breaks: what neither side has taken by now is lost to the other. */
  cut(): void {
    this.#wire = [];
    this.#bench.cut();
  }

  /** The engine dies, its journal survives. */
  kill(): void {
    this.#wire = [];
    this.#bench = this.#bench.restarted();
  }

  get bench(): Bench {
    return this.#bench;
  }

  get isQuiet(): boolean {
    return this.#wire.length === 0 && this.#delivered === this.#reports.length;
  }

  /**
   * Logon without reset: the venue asks for what it missed and is gap-filled, replays, and the gate
   * opens.
   */
  reconnect(): void {
    const bench = this.#bench;
    bench.logOn();
    if (this.#expectedSeqNum <= bench.msgSeqNum) bench.askResend(this.#expectedSeqNum);
    this.#expectedSeqNum = bench.msgSeqNum + 1;
    this.deliver(this.#reports.length);
    bench.synchronize();
  }

  #accept({ clOrdID, terms }: Extract<Send, { type: 'SendNewOrder' }>): void {
    if (this.#chance(8) === 0) {
      const refused = { refMsgType: 'D', refID: clOrdID, reason: 0, text: 'POST_WOULD_EXECUTE' };
      this.#reports.push({ type: 'BusinessReject', ...refused });
      return;
    }
    const venueOrderID = `V${this.orders.length}` as VenueOrderID;
    const orderQty = Number(terms.orderQty);
    const order = { clOrdID, venueOrderID, orderQty, cumQty: 0, isOpen: true };
    this.orders.push(order);
    this.#report(order, this.#execID(), { execType: 'New', ordStatus: 'New' });
  }

  #cancel({ clOrdID, origClOrdID }: Extract<Send, { type: 'SendCancel' }>): void {
    const order = this.orders.find((candidate) => candidate.clOrdID === origClOrdID);
    if (order?.isOpen !== true) {
      const refused = {
        refMsgType: 'F',
        refID: clOrdID,
        reason: 101,
        text: 'EOrder:Unknown order',
      };
      this.#reports.push({ type: 'BusinessReject', ...refused });
      return;
    }
    order.isOpen = false;
    this.#report(order, this.#execID(), {
      execType: 'Canceled',
      ordStatus: 'Canceled',
      clOrdID,
      origClOrdID,
    });
  }

  #execID(): VenueExecID {
    this.#execIDs += 1;
    return `VX${this.#execIDs}` as VenueExecID;
  }

  #report(
    order: VenueOrder,
    execID: VenueExecID,
    more: Partial<ReturnType<typeof executionReport>>,
  ): void {
    const { clOrdID, venueOrderID, cumQty, orderQty, isOpen } = order;
    const sums = { cumQty: amount(cumQty), leavesQty: amount(isOpen ? orderQty - cumQty : 0) };
    this.#reports.push(executionReport({ execID, clOrdID, venueOrderID, ...sums, ...more }));
  }

  #say(at: number, possDup: boolean): void {
    const report = this.#reports[at];
    // A refusal has no ExecID: the session, not the core, keeps a second one away.
    if (report === undefined || (possDup && report.type !== 'ExecutionReport')) return;
    const source = { ...SOURCE, epoch: this.#bench.epoch, possDup };
    this.#bench.input({ type: 'VenueReported', report, source });
  }
}

const amount = (value: number): ReturnType<typeof text> =>
  decimalTextOf(decimalOf(text(String(value))));
