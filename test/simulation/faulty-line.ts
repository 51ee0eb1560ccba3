import { type BookPort } from '../../src/domain/book.ts';
import { type SimRandom } from '../unit/kraken/websocket/sim-random.ts';
import { type SimulatedVenue } from './simulated-venue.ts';

/** Chances of one frame to be lost or to come twice, and of the line to break before it. */
export interface LineFaults {
  readonly lose: number;
  readonly duplicate: number;
  readonly cut: number;
}
export const NO_FAULTS: LineFaults = { lose: 0, duplicate: 0, cut: 0 };

/** A line from the venue to one of our feeds, which loses, doubles and breaks. */
export abstract class FaultyLine<Input> {
  readonly counts = { frames: 0, lost: 0, doubled: 0, cuts: 0 };
  faults = NO_FAULTS;
  readonly venue: SimulatedVenue;
  readonly #random: SimRandom;
  readonly #inbox: Input[] = [];
  #isBusy = false;
  /** When to be up again. */
  #upAt: number | undefined;

  constructor(venue: SimulatedVenue, random: SimRandom) {
    this.venue = venue;
    this.#random = random;
  }

  abstract readonly books: BookPort;
  protected abstract step(input: Input): void;
  protected abstract wakeAt(): number | undefined;
  protected abstract readonly woken: Input;
  protected abstract goDown(): void;
  protected abstract comeUp(): void;

  /** Everything due until the venue's time. */
  catchUp(): void {
    if (this.#upAt !== undefined && this.#upAt <= this.venue.now) {
      this.#upAt = undefined;
      this.comeUp();
    }
    for (let tries = 0; tries < 1_000; tries++) {
      const at = this.wakeAt();
      if (at === undefined || at > this.venue.now) return;
      this.give(this.woken);
    }
    throw new Error(`time stands still at ${this.venue.now} ms`);
  }

  cut(): void {
    if (this.#upAt !== undefined) return;
    this.counts.cuts += 1;
    this.#inbox.length = 0;
    this.#upAt = this.venue.now + 1_000;
    this.goDown();
  }

  protected give(input: Input): void {
    this.#inbox.push(input);
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift())
      this.step(next);
    this.#isBusy = false;
  }

  protected deliver(input: Input, isBook: boolean): void {
    if (this.#upAt !== undefined) return;
    if (!isBook) {
      this.give(input);
      return;
    }
    this.counts.frames += 1;
    const { lose, duplicate, cut } = this.faults;
    if (this.#random.chance(cut)) this.cut();
    else if (this.#random.chance(lose)) this.counts.lost += 1;
    else {
      this.give(input);
      if (!this.#random.chance(duplicate)) return;
      this.counts.doubled += 1;
      this.give(input);
    }
  }
}
