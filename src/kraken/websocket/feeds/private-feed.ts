import { type MonotonicMs, monotonicMs } from '../../../lib/time.ts';
import {
  type FeedInput,
  type FeedOptions,
  type FeedOutput,
  type FeedStatus,
} from '../connection/feed-types.ts';
import { FeedMachine } from '../connection/feed-machine.ts';
import { type Finding } from '../events/finding.ts';
import { type FeedStepper } from '../connection/feed-driver.ts';
import { PrivateState, type PrivateStateOptions } from '../views/private-state.ts';

/** Interval of the check for overdue fills and order frames. */
const CHECK_INTERVAL_MS = 500;

/**
 * The feeds of one account: fills, orders, positions, balances, log, notifications and the
 * heartbeat.
 */
export const ACCOUNT_FEEDS = [
  'heartbeat',
  'fills',
  'open_orders_verbose',
  'open_positions',
  'balances',
  'account_log',
  'notifications_auth',
].map((feed) => ({ feed, products: [] }));

/**
 * A feed machine with the views of an account. What the views cannot prove is output as findings.
 * Pure.
 */
export class PrivateFeed implements FeedStepper {
  readonly state: PrivateState;
  readonly #machine: FeedMachine;
  #checkAt: MonotonicMs | undefined;

  constructor(options: FeedOptions & PrivateStateOptions) {
    this.#machine = new FeedMachine(options);
    this.state = new PrivateState(options);
  }

  status(): FeedStatus {
    return this.#machine.status();
  }

  /** Both snapshots, orders and fills, came on this connection. */
  get isReady(): boolean {
    return this.#machine.phase === 'Ready' && this.state.isReady;
  }

  /** Every subscription is Live. */
  get isAllLive(): boolean {
    return this.#machine.isAllLive;
  }

  step(input: FeedInput, at: MonotonicMs): readonly FeedOutput[] {
    const outputs = this.#digest(this.#machine.step(input, at), at);
    if (this.#checkAt !== undefined && at < this.#checkAt) return outputs;
    this.#checkAt = monotonicMs(at + CHECK_INTERVAL_MS);
    return [...outputs, ...this.#report(this.state.check(at), at)];
  }

  nextWakeAt(): MonotonicMs | undefined {
    const machineAt = this.#machine.nextWakeAt();
    if (machineAt === undefined || this.#checkAt === undefined) return machineAt;
    return this.#machine.phase === 'Ready'
      ? monotonicMs(Math.min(machineAt, this.#checkAt))
      : machineAt;
  }

  #digest(outputs: readonly FeedOutput[], at: MonotonicMs): readonly FeedOutput[] {
    return outputs.flatMap((output) => {
      if (output.type === 'ConnectionLost') this.state.connectionLost();
      if (output.type === 'Unreadable') return [output, ...unreadable(output.feed)];
      if (output.type !== 'Event') return [output];
      return [output, ...this.#report(this.state.apply(output.event, at), at)];
    });
  }

  #report(findings: readonly Finding[], at: MonotonicMs): readonly FeedOutput[] {
    return findings.flatMap((finding): readonly FeedOutput[] => {
      if (finding.type !== 'Resync') return [{ type: 'Finding', finding }];
      const { feed } = finding;
      return this.#digest(this.#machine.step({ type: 'Resync', feed, product: '' }, at), at);
    });
  }
}

/**
 * Findings for an unreadable frame of an order or fill feed, which may have reported any change.
 */
const unreadable = (feed: string): readonly FeedOutput[] => {
  if (feed.startsWith('fills'))
    return [{ type: 'Finding', finding: { type: 'CheckFills', reason: 'FrameIncomplete' } }];
  if (!feed.startsWith('open_orders')) return [];
  const finding = { type: 'CheckOpenOrders', reason: 'SnapshotIncomplete' } as const;
  return [{ type: 'Finding', finding }];
};
