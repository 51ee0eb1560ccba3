import { type TradingSessionConfig } from '../../config/config.ts';
import { type InputBody } from '../../core/input.ts';
import { routePhaseOf } from '../../core/route-phase.ts';
import { type EngineState } from '../../core/state.ts';
import { isClosedStatus } from '../../core/evolve/lifecycle.ts';
import { type ClOrdID } from '../../domain/ids.ts';
import { type FixSession } from '../../fix/session/model/session-types.ts';
import { type MonotonicMs, type TimeDeps } from '../../lib/time.ts';

export interface SilenceWatchDeps extends TimeDeps {
  readonly config: Pick<TradingSessionConfig, 'name' | 'routing'>;
  /** Silence after which the session sends a TestRequest(1). */
  readonly testRequestMs: number;
  readonly session: Pick<FixSession, 'view' | 'stalledForMs' | 'sendTestRequest'>;
  /** Of the connection, as the books count it. */
  readonly epoch: () => number;
  readonly books: () => EngineState;
  readonly submit: (body: InputBody) => void;
}

interface SentRequest {
  readonly clOrdID: ClOrdID;
  readonly at: MonotonicMs;
}

/** Only the oldest one without an answer counts; what is sent behind so many is not watched. */
const WATCHED_MAX = 10_000;
const LOOK_MS = { min: 25, max: 250 } as const;

/**
 * Sees that the venue has been silent for too long on a link that is up: a request without an
 * answer, bytes that the connection does not take, nothing received. The core then shuts the gate
 * for new orders until it answers. [routing 3]
 */
export class SilenceWatch {
  readonly #deps: SilenceWatchDeps;
  readonly #lookMs: number;
  #sent: SentRequest[] = [];
  #timer: { readonly cancel: () => void } | undefined;
  /** Seen once: what the venue has said by now is read before it counts. */
  #isSeenOnce = false;
  #lastReceivedAt: number | undefined;
  #receivedAt: MonotonicMs;

  constructor(deps: SilenceWatchDeps) {
    this.#deps = deps;
    this.#receivedAt = deps.clock.monotonic();
    const { ackSuspectMs } = deps.config.routing;
    this.#lookMs = Math.min(Math.max(ackSuspectMs / 8, LOOK_MS.min), LOOK_MS.max);
  }

  /** A request that the venue has to answer has its number. */
  readonly onSent = (clOrdID: ClOrdID): void => {
    if (this.#sent.length >= WATCHED_MAX) this.#forgetAnswered();
    if (this.#sent.length >= WATCHED_MAX) return;
    this.#sent.push({ clOrdID, at: this.#deps.clock.monotonic() });
  };

  start(): void {
    this.#timer ??= this.#deps.timers.set(this.#lookMs, this.#onTimer);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  readonly #onTimer = (): void => {
    // What came meanwhile is read before the next timer: a late look is no silence of the venue.
    const isConfirmedSoon = this.#look();
    this.#timer = this.#deps.timers.set(isConfirmedSoon ? 0 : this.#lookMs, this.#onTimer);
  };

  /** True when the venue seems silent and a second look has to confirm it. */
  #look(): boolean {
    const { books, config, epoch, session, submit } = this.#deps;
    const route = books().routes.get(config.name);
    const phase = routePhaseOf(route);
    const wasSeen = this.#isSeenOnce;
    this.#isSeenOnce = false;
    if (route?.phase !== 'Active') {
      this.#sent = [];
      return false;
    }
    const reason = this.#silence();
    const link = { session: config.name, epoch: epoch() };
    if (reason === undefined && phase === 'FIX_SUSPECT') submit({ type: 'TrustRoute', ...link });
    if (reason === undefined || phase !== 'FIX_ACTIVE') return false;
    if (!wasSeen) {
      this.#isSeenOnce = true;
      return true;
    }
    submit({ type: 'SuspectRoute', ...link, reason });
    session.sendTestRequest();
    return false;
  }

  #silence(): string | undefined {
    const { config, session, clock, testRequestMs } = this.#deps;
    const { ackSuspectMs, writeStallMs } = config.routing;
    const now = clock.monotonic();
    const stalledMs = session.stalledForMs();
    if (stalledMs >= writeStallMs)
      return `the connection takes no bytes for ${round(stalledMs)} ms`;
    const { lastReceivedAt, phase } = session.view();
    if (lastReceivedAt !== this.#lastReceivedAt || phase !== 'LoggedOn') {
      this.#lastReceivedAt = lastReceivedAt;
      this.#receivedAt = now;
    }
    const silentMs = now - this.#receivedAt;
    if (silentMs >= testRequestMs + ackSuspectMs)
      return `nothing was received for ${round(silentMs)} ms, a TestRequest(1) included`;
    const oldest = this.#oldestUnanswered(now - ackSuspectMs);
    return oldest === undefined
      ? undefined
      : `request ${oldest.clOrdID} has no answer after ${round(now - oldest.at)} ms`;
  }

  /** The oldest request that is due, unless one that was sent later is answered. */
  #oldestUnanswered(dueBefore: number): SentRequest | undefined {
    this.#forgetAnswered();
    const [oldest] = this.#sent;
    if (oldest === undefined || oldest.at > dueBefore) return undefined;
    const state = this.#deps.books();
    const later = this.#sent.findLastIndex(({ clOrdID }) => isAnswered(state, clOrdID));
    // The venue goes on: what it left out is a matter of those orders, not of the link.
    if (later !== -1) this.#sent.splice(0, later + 1);
    const [next] = this.#sent;
    return next === undefined || next.at > dueBefore ? undefined : next;
  }

  #forgetAnswered(): void {
    const state = this.#deps.books();
    const open = this.#sent.findIndex(({ clOrdID }) => !isAnswered(state, clOrdID));
    this.#sent = open === -1 ? [] : open === 0 ? this.#sent : this.#sent.slice(open);
  }
}

const round = (ms: number): number => Math.round(ms);

/** Also of a request whose order is closed, or has left memory: nothing is waited for. */
const isAnswered = ({ requests, orders }: EngineState, clOrdID: ClOrdID): boolean => {
  const request = requests.get(clOrdID);
  if (request === undefined || request.kind === 'massCancel') return true;
  const order = orders.get(request.orderID);
  if (order === undefined) return true;
  if (order.attempt?.clOrdID === clOrdID) {
    return order.attempt.answered || isClosedStatus(order.base);
  }
  return order.pending.find((one) => one.clOrdID === clOrdID)?.answered ?? true;
};
