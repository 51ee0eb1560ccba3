import { type Clock, type MonotonicMs, type TimeDeps, type Timers } from '../../lib/time.ts';

/** A timer that fires later than this shows that the process was stalled. */
const STALL_MS = 250;
/** What setTimeout(0) becomes; a fresh turn of the event loop reads the sockets before it fires. */
const NEXT_TURN_MS = 1;

/**
 * One timer for all deadlines of a session. After a stall of the event loop it lets the sockets be
 * read first: what the peer has sent meanwhile must count before its silence is judged.
 */
export class SessionTicker {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #tick: () => void;
  #armed: { readonly at: MonotonicMs; readonly cancel: () => void } | undefined;

  constructor(deps: TimeDeps, tick: () => void) {
    this.#clock = deps.clock;
    this.#timers = deps.timers;
    this.#tick = tick;
  }

  /** A timer that is set for earlier stays: the deadline is checked again when it fires. */
  arm(deadline: MonotonicMs | undefined): void {
    if (deadline === undefined) {
      this.#armed?.cancel();
      this.#armed = undefined;
      return;
    }
    if (this.#armed !== undefined && this.#armed.at <= deadline) return;
    this.#armed?.cancel();
    const afterMs = Math.max(Math.ceil(deadline - this.#clock.monotonic()), NEXT_TURN_MS);
    const { cancel } = this.#timers.set(afterMs, () => this.#fire(deadline));
    this.#armed = { at: deadline, cancel };
  }

  #fire(deadline: MonotonicMs): void {
    if (this.#clock.monotonic() - deadline <= STALL_MS) {
      this.#armed = undefined;
      this.#tick();
      return;
    }
    const { cancel } = this.#timers.set(NEXT_TURN_MS, () => {
      this.#armed = undefined;
      this.#tick();
    });
    this.#armed = { at: deadline, cancel };
  }
}
