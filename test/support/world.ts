import { expect } from 'chai';
import { type ClosedOrders } from '../../src/app/retention/closed-orders.ts';
import { isClosed } from '../../src/core/evolve/order-status.ts';
import { archiveClosed, recallAll } from './archiving.ts';
import { Bench, cancel, place, plain, replayed } from './bench.ts';
import { TinyVenue, type Chance } from './tiny-venue.ts';

/** The core, a venue, and a link that breaks; engine deaths included. */
export class World {
  readonly #venue: TinyVenue;
  readonly #randoms: readonly number[];
  #next = 0;
  #names = 0;
  #isUp = true;
  /** ExecID(17) of every trade that was published, over all runs of the engine. */
  readonly #published: string[] = [];

  constructor(randoms: readonly number[]) {
    this.#randoms = randoms;
    const chance: Chance = (below) => (below < 1 ? 0 : this.#random() % below);
    this.#venue = new TinyVenue(Bench.ready(), chance);
  }

  act(action: number): void {
    const { bench } = this.#venue;
    if (action < 25) this.#place();
    else if (action < 40) this.#cancel();
    else if (action < 60) this.#venue.receive(1 + (this.#random() % 3));
    else if (action < 72) this.#venue.trade();
    else if (action < 87) this.#deliver(1 + (this.#random() % 4));
    else if (action < 90) this.#fireTimers();
    else if (action < 92) this.#placeAndDie();
    else if (action < 94) this.#die();
    else if (action < 97) this.#cut();
    else this.#reconnect();
    expect(bench.state.quarantine.size).to.equal(0);
  }

  /** Faults off: everything under way arrives, twice over, because cancels may be asked again. */
  settle(): void {
    for (let n = 0; n < 3; n += 1) {
      this.#reconnect();
      this.#venue.receive(Number.POSITIVE_INFINITY);
      this.#deliver(Number.POSITIVE_INFINITY);
    }
    expect(this.#venue.isQuiet).to.equal(true);
  }

  /** Closed orders leave memory. */
  archiveClosed(archive: ClosedOrders): void {
    archiveClosed(this.#venue.bench, archive);
  }

  /** Those that left memory come back. */
  recallAll(archive: ClosedOrders): void {
    recallAll(
      this.#venue.bench,
      archive,
      this.#venue.orders.map(({ clOrdID }) => clOrdID),
    );
  }

  checkAlways(): void {
    const { journal, state } = this.#venue.bench;
    // I2: one attempt per parent; I7: nothing that creates an order is ever repeated.
    const attempts = journal.filter(({ type }) => type === 'AttemptIntended');
    const parents = new Set(attempts.map((fact) => ('orderID' in fact ? fact.orderID : undefined)));
    expect(parents.size).to.equal(attempts.length);
    expect(new Set(this.#venue.orders.map(({ clOrdID }) => clOrdID)).size).to.equal(
      this.#venue.orders.length,
    );
    // I5: the sum of executions is the truth.
    for (const order of state.orders.values()) expect(order.cumQty).to.equal(order.executedQty);
  }

  checkEnd(): void {
    const { bench, orders, executions } = this.#venue;
    const { state } = bench;
    for (const { clOrdID, cumQty, isOpen } of orders) {
      const request = state.requests.get(clOrdID);
      const order = request?.kind === 'new' ? state.orders.get(request.orderID) : undefined;
      expect(order?.cumQty).to.equal(String(cumQty));
      expect(order !== undefined && isClosed(order)).to.equal(!isOpen);
    }
    const live = orders.filter(({ isOpen }) => isOpen);
    expect(state.openOrderIDs.size).to.equal(live.length);
    expect(state.doubts.size).to.equal(0);
    expect([...state.executions.keys()].sort()).to.deep.equal([...executions.keys()].sort());
    this.#collectPublished();
    expect(this.#published.sort(), 'I11: each execution is published once').to.deep.equal(
      [...executions.keys()].sort(),
    );
    expect(plain(replayed(bench.journal, bench.manager))).to.deep.equal(plain(state));
  }

  #place(): void {
    this.#names += 1;
    this.#venue.bench.input(place(`A${this.#names}`));
  }

  #cancel(): void {
    if (this.#names === 0) return;
    const orig = `A${1 + (this.#random() % this.#names)}`;
    this.#names += 1;
    this.#venue.bench.input(cancel(`A${this.#names}`, orig));
  }

  #deliver(countMax: number): void {
    if (this.#isUp) this.#venue.deliver(countMax);
  }

  /** I3: time alone closes and rejects nothing. */
  #fireTimers(): void {
    const { bench } = this.#venue;
    const before = [...bench.state.orders.values()].map(({ base }) => base);
    for (const clOrdID of bench.state.requests.keys()) {
      bench.input({ type: 'TimerFired', name: `ack:${clOrdID}` });
    }
    expect([...bench.state.orders.values()].map(({ base }) => base)).to.deep.equal(before);
  }

  #placeAndDie(): void {
    this.#venue.bench.adapter = 'dies';
    this.#place();
    this.#die();
  }

  #die(): void {
    this.#collectPublished();
    this.#venue.kill();
    this.#isUp = false;
  }

  #cut(): void {
    this.#venue.cut();
    this.#isUp = false;
  }

  #reconnect(): void {
    if (this.#isUp) this.#cut();
    this.#venue.reconnect();
    this.#isUp = true;
  }

  #collectPublished(): void {
    for (const { report } of this.#venue.bench.effectsOfType('ReportExecution')) {
      if (report.execType === 'Trade') this.#published.push(String(report.venueExecID));
    }
    this.#venue.bench.effects.length = 0;
  }

  #random(): number {
    this.#next += 1;
    return this.#randoms[this.#next % this.#randoms.length]! + this.#next;
  }
}
