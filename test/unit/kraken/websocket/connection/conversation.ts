import {
  DEFAULT_FEED_LIMITS,
  type FeedInput,
  type FeedLimits,
  type FeedOptions,
  type FeedOutput,
} from '../../../../../src/kraken/websocket/connection/feed-types.ts';
import { FeedMachine } from '../../../../../src/kraken/websocket/connection/feed-machine.ts';
import { type FeedStepper } from '../../../../../src/kraken/websocket/connection/feed-driver.ts';
import { monotonicMs } from '../../../../../src/lib/time.ts';

/** A request that the machine sent, as JSON. */
export type Request = Readonly<Record<string, unknown>>;

/**
 * Plays the venue by hand: gives a machine its inputs at times of the test's choice and keeps what
 * it answers.
 */
export class Conversation<T extends FeedStepper = FeedMachine> {
  readonly machine: T;
  now = 0;
  outputs: FeedOutput[] = [];

  constructor(machine: T) {
    this.machine = machine;
  }

  give(input: FeedInput): this {
    this.outputs.push(...this.machine.step(input, monotonicMs(this.now)));
    return this;
  }

  frame(frame: object | string): this {
    const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
    return this.give({ type: 'FrameReceived', text });
  }

  /** Lets time pass, waking the machine whenever it asked to be woken. */
  pass(ms: number): this {
    const end = this.now + ms;
    for (let wakeAt = this.machine.nextWakeAt(); wakeAt !== undefined;) {
      if (wakeAt > end) break;
      this.now = Math.max(this.now, wakeAt);
      this.give({ type: 'Woken' });
      const next = this.machine.nextWakeAt();
      if (next !== undefined && next <= this.now)
        throw new Error(`asks to be woken at once: ${next}`);
      wakeAt = next;
    }
    this.now = end;
    return this;
  }

  /** Start, open, greeting. */
  connect(): this {
    return this.give({ type: 'Start' }).greet();
  }

  greet(): this {
    return this.give({ type: 'Opened' }).frame({ event: 'info', version: 1 });
  }

  /** What was sent since the last call. */
  sent(): Request[] {
    return this.take()
      .filter((output) => output.type === 'SendText')
      .map(({ text }) => JSON.parse(text) as Request);
  }

  take(): FeedOutput[] {
    const outputs = this.outputs;
    this.outputs = [];
    return outputs;
  }

  codes(): string[] {
    return this.take().flatMap((output) => (output.type === 'Notice' ? [output.code] : []));
  }

  types(): string[] {
    return this.take().map(({ type }) => type);
  }
}

export const CREDENTIAL = {
  apiKey: 'KEY',
  sign: (challenge: string): string => `signed:${challenge}`,
};

export const makeConversation = (
  options: Omit<FeedOptions, 'random' | 'limits'> & { readonly limits?: Partial<FeedLimits> },
): Conversation =>
  new Conversation(
    new FeedMachine({
      ...options,
      limits: { ...DEFAULT_FEED_LIMITS, ...options.limits },
      random: () => 0.5,
    }),
  );
