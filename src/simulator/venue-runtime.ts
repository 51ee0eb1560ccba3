import { type Clock, type Timers } from '../lib/time.ts';
import { type BackgroundMarket } from './background-market.ts';
import { type ExchangeCommand } from './exchange/commands.ts';
import { type ExchangeEvent } from './exchange/events.ts';
import { type Exchange } from './exchange/exchange.ts';

/** Later than this, the next tick finds it. */
const DUE_MS_MAX = 1_000;

export type EventListener = (event: ExchangeEvent) => void;
/** Everything that one command caused, in order, once every EventListener has had it. */
export type BatchListener = (events: readonly ExchangeEvent[]) => void;

/**
 * The exchange in real time: commands of every channel go through `submit`, one after another, and every event goes to every
 * listener in the order in which it happened. Between commands a tick does what time alone makes due, and moves the background market.
 */
export class VenueRuntime {
  readonly #exchange: Exchange;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #listeners: EventListener[] = [];
  readonly #batchListeners: BatchListener[] = [];
  readonly #waiting: ExchangeCommand[] = [];
  #running = false;
  #due: { readonly at: number; readonly timer: { readonly cancel: () => void } } | undefined;
  #timer: { readonly cancel: () => void } | undefined;

  constructor(exchange: Exchange, clock: Clock, timers: Timers) {
    this.#exchange = exchange;
    this.#clock = clock;
    this.#timers = timers;
  }

  subscribe(listener: EventListener): void {
    this.#listeners.push(listener);
  }

  /** For those who need to look ahead, or say one thing about many events. */
  subscribeBatch(listener: BatchListener): void {
    this.#batchListeners.push(listener);
  }

  /** A listener that submits is served after the events before it were told to everyone. */
  submit(command: ExchangeCommand): void {
    this.#waiting.push(command);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        const events = this.#exchange.handle(next, this.#clock.wall());
        for (const event of events) {
          for (const listener of this.#listeners) listener(event);
        }
        if (events.length > 0) for (const listener of this.#batchListeners) listener(events);
      }
    } finally {
      this.#running = false;
    }
    this.#armDue();
  }

  /** Ticks every `everyMs` from now on, with a step of the background market when there is one. */
  start(everyMs: number, background: BackgroundMarket | undefined): void {
    const tick = (): void => {
      for (const command of background?.step(this.#clock.wall()) ?? []) this.submit(command);
      this.submit({ type: 'Tick' });
      this.#timer = this.#timers.set(everyMs, tick);
    };
    tick();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#due?.timer.cancel();
    this.#due = undefined;
  }

  /** What time makes due between ticks (a held order is released after 20 ms) happens on its own time. */
  #armDue(): void {
    const at = this.#exchange.nextDueAt();
    if (at === this.#due?.at) return;
    this.#due?.timer.cancel();
    this.#due = undefined;
    const afterMs = at - this.#clock.wall();
    if (this.#timer === undefined || !(afterMs < DUE_MS_MAX)) return;
    const fire = (): void => {
      this.#due = undefined;
      this.submit({ type: 'Tick' });
    };
    this.#due = { at, timer: this.#timers.set(Math.max(1, afterMs), fire) };
  }
}
