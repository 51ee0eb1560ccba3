import { type Clock, epochMs, type EpochMs, type Timers } from '../lib/time.ts';
import { type BackgroundMarket } from './market/background-market.ts';
import { type ExchangeCommand } from './exchange/model/commands.ts';
import { type ExchangeEvent } from './exchange/model/events.ts';
import { type Exchange } from './exchange/exchange.ts';

/** Later than this, the next tick finds it. */
const DUE_MS_MAX = 1_000;

type EventListener = (event: ExchangeEvent) => void;
/** Everything that one command caused, in order, once every EventListener has had it. */
type BatchListener = (events: readonly ExchangeEvent[]) => void;

/**
 * Is told of everything that moves the exchange before it moves; `seq` is the number of its last
 * event.
 */
interface CommandLog {
  readonly command: (command: ExchangeCommand, at: EpochMs, seq: number) => void;
  /** A step of the background market, with the tick after it. */
  readonly step: (at: EpochMs, seq: number) => void;
}

interface Waiting {
  readonly command: ExchangeCommand;
  /** Of the background step that it belongs to, which is written down as a whole. */
  readonly stepAt?: EpochMs;
}

/**
 * The exchange in real time: commands of every channel go through `submit`, one after another, and
 * every event goes to every listener in the order in which it happened. Between commands a tick
 * does what time alone makes due, and moves the background market.
 */
export class VenueRuntime {
  readonly #exchange: Exchange;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #log: CommandLog | undefined;
  readonly #listeners: EventListener[] = [];
  readonly #batchListeners: BatchListener[] = [];
  readonly #waiting: Waiting[] = [];
  #running = false;
  #isReplaying = false;
  #due: { readonly at: number; readonly timer: { readonly cancel: () => void } } | undefined;
  #timer: { readonly cancel: () => void } | undefined;

  constructor(exchange: Exchange, clock: Clock, timers: Timers, log?: CommandLog) {
    this.#exchange = exchange;
    this.#clock = clock;
    this.#timers = timers;
    this.#log = log;
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
    if (this.#isReplaying) return;
    this.#waiting.push({ command });
    this.#run();
  }

  /** Ticks every `everyMs` from now on, with a step of the background market when there is one. */
  start(everyMs: number, background: BackgroundMarket | undefined): void {
    const tick = (): void => {
      if (background === undefined) this.submit({ type: 'Tick' });
      else this.#step(background);
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

  /**
   * While `tell` tells what was, whoever submits is not heard: what came of it stands in the log by
   * itself.
   */
  replaying<T>(tell: () => T): T {
    this.#isReplaying = true;
    try {
      return tell();
    } finally {
      this.#isReplaying = false;
    }
  }

  /**
   * What the log says was done at `at`: once more, without writing it down. False when the exchange
   * is not where it was then.
   */
  replay(commands: readonly ExchangeCommand[], at: EpochMs, seq: number): boolean {
    if (this.#exchange.venue.seq !== seq) return false;
    for (const command of commands) this.#perform(command, at);
    return true;
  }

  #step(background: BackgroundMarket): void {
    const stepAt = epochMs(this.#clock.wall());
    this.#log?.step(stepAt, this.#exchange.venue.seq);
    for (const command of stepCommands(background, stepAt)) this.#waiting.push({ command, stepAt });
    this.#run();
  }

  #run(): void {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        const at = next.stepAt ?? this.#clock.wall();
        if (next.stepAt === undefined && this.#isWorthWriting(next.command, at)) {
          this.#log?.command(next.command, at, this.#exchange.venue.seq);
        }
        this.#perform(next.command, at);
      }
    } finally {
      this.#running = false;
    }
    this.#armDue();
  }

  /** A tick at which nothing is due changes nothing. */
  #isWorthWriting(command: ExchangeCommand, at: EpochMs): boolean {
    return command.type !== 'Tick' || this.#exchange.nextDueAt() <= at;
  }

  #perform(command: ExchangeCommand, at: EpochMs): void {
    const events = this.#exchange.handle(command, at);
    for (const event of events) {
      for (const listener of this.#listeners) listener(event);
    }
    if (events.length > 0) for (const listener of this.#batchListeners) listener(events);
  }

  /**
   * What time makes due between ticks (a held order is released after 20 ms) happens on its own
   * time.
   */
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

/** One step of a background market, and what time makes due after it. */
export const stepCommands = (
  background: BackgroundMarket,
  at: EpochMs,
): readonly ExchangeCommand[] => [...background.step(at), { type: 'Tick' }];
