import { type Clock, epochMs, type EpochMs, type Timers } from '../lib/time.ts';
import { type BackgroundMarket } from './market/background-market.ts';
import { type ExchangeCommand } from './exchange/model/commands.ts';
import { type ExchangeEvent } from './exchange/model/events.ts';
import { type Exchange } from './exchange/exchange.ts';

/** What is due later than this is left to the next tick. */
const DUE_MS_MAX = 1_000;

type EventListener = (event: ExchangeEvent) => void;
/** Takes all events of one command, in order, after every EventListener has had them. */
type BatchListener = (events: readonly ExchangeEvent[]) => void;

/** Records every command before the exchange performs it. `seq` is the number of its last event. */
interface CommandLog {
  readonly command: (command: ExchangeCommand, at: EpochMs, seq: number) => void;
  /** A step of the background market, with the tick after it. */
  readonly step: (at: EpochMs, seq: number) => void;
}

interface Waiting {
  readonly command: ExchangeCommand;
  /** Time of the background step that the command belongs to. A step is recorded as one. */
  readonly stepAt?: EpochMs;
}

/**
 * Runs the exchange in real time. Commands of every channel go through `submit`, one after another,
 * and every listener gets every event in order. Between commands, ticks perform what is due and
 * move the background market.
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

  /** For listeners that need all events of a command at once. */
  subscribeBatch(listener: BatchListener): void {
    this.#batchListeners.push(listener);
  }

  /**
   * Performs a command. One that a listener submits waits until every listener has had the events
   * before it.
   */
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
   * Runs `tell`, which replays a log. Commands that listeners submit meanwhile are ignored, since
   * the log has them.
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
   * Performs recorded commands again, without recording them. False when the exchange is not in the
   * state of that time.
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
   * Arms a timer for what is due before the next tick, such as a held order's release after 20 ms.
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

/** The commands of one step of a background market, and the tick after it. */
export const stepCommands = (
  background: BackgroundMarket,
  at: EpochMs,
): readonly ExchangeCommand[] => [...background.step(at), { type: 'Tick' }];
