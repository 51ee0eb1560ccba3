import { invariant } from '../../lib/invariant.ts';
import { Prng } from '../../lib/prng.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type FaultOf, isRestFault, type RestFault, type WaitingKind } from './fault.ts';

/** A fault that waits for a request, a frame or a cancel. */
export interface WaitingFault {
  readonly id: number;
  readonly fault: FaultOf<WaitingKind>;
  /** `undefined`: until it is used up or lifted. */
  readonly until: EpochMs | undefined;
  timesLeft: number;
  met: number;
}

interface MetRequest {
  readonly endpoint: string;
  readonly account: string | undefined;
  readonly at: EpochMs;
}

const WAITING_MAX = 1_000;
const CHANCE_STEPS = 1_000_000;

/**
 * The waiting faults, oldest first. Chance is seeded, so the same requests meet the same faults.
 */
export class FaultRegistry {
  readonly #prng: Prng;
  #waiting: readonly WaitingFault[] = [];
  #made = 0;

  constructor(seed: number) {
    this.#prng = new Prng(seed);
  }

  /** The number of the fault; `undefined` when too many wait. */
  put(fault: FaultOf<WaitingKind>, at: EpochMs): number | undefined {
    if (this.#waiting.length >= WAITING_MAX) return undefined;
    this.#made += 1;
    const isLimited = fault.forMs !== undefined || fault.chance !== undefined;
    const waiting: WaitingFault = {
      id: this.#made,
      fault,
      until: fault.forMs === undefined ? undefined : ((at + fault.forMs) as EpochMs),
      timesLeft: fault.times ?? (isLimited ? Number.POSITIVE_INFINITY : 1),
      met: 0,
    };
    this.#waiting = [...this.#waiting, waiting];
    return waiting.id;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  lift(id?: number): void {
    this.#waiting = id === undefined ? [] : this.#waiting.filter((each) => each.id !== id);
  }

  waiting(at: EpochMs): readonly WaitingFault[] {
    this.#expire(at);
    return this.#waiting;
  }

  /** Every fault that meets this request, each of them used once. */
  meet(request: MetRequest): readonly RestFault[] {
    return this.draw(
      (fault): fault is RestFault => isRestFault(fault) && matches(fault, request),
      request.at,
    );
  }

  /** Every fault that `isMet` accepts, each of them used once. */
  draw<T extends FaultOf<WaitingKind>>(
    isMet: (fault: FaultOf<WaitingKind>) => fault is T,
    at: EpochMs,
  ): readonly T[] {
    if (this.#waiting.length === 0) return NONE;
    this.#expire(at);
    const met: T[] = [];
    for (const waiting of this.#waiting) {
      const { fault } = waiting;
      if (!isMet(fault) || !this.#isLucky(fault)) continue;
      invariant(waiting.timesLeft > 0, 'a fault that is used up waits no more');
      waiting.timesLeft -= 1;
      waiting.met += 1;
      met.push(fault);
    }
    this.#waiting = this.#waiting.filter(({ timesLeft }) => timesLeft > 0);
    return met;
  }

  #isLucky({ chance }: FaultOf<WaitingKind>): boolean {
    return (
      chance === undefined || this.#prng.chance(Math.round(chance * CHANCE_STEPS), CHANCE_STEPS)
    );
  }

  #expire(at: EpochMs): void {
    this.#waiting = this.#waiting.filter(({ until }) => until === undefined || at < until);
  }
}

const NONE: readonly never[] = [];

const matches = (fault: RestFault, { endpoint, account }: MetRequest): boolean =>
  fault.endpoints?.includes(endpoint) !== false &&
  (fault.account === undefined || fault.account === account);
