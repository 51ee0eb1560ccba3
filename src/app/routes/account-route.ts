import { type TradingSessionConfig } from '../../config/config.ts';
import { type SetDeadManSwitch } from '../../core/effect.ts';
import { type InputBody } from '../../core/input.ts';
import {
  isRestInvolved,
  routePhaseOf,
  type RouteSurvey,
  routingOf,
} from '../../core/route-phase.ts';
import { type EngineState } from '../../core/state.ts';
import { type RateBudget } from '../../kraken/rate-budget.ts';
import { type RestOrderCalls } from '../../kraken/rest/orders/order-calls.ts';
import { type VenueClock } from '../../kraken/rest/venue-clock.ts';
import { defined } from '../../lib/defined.ts';
import { type MonotonicMs, type TimeDeps } from '../../lib/time.ts';
import { isPlanned } from '../sessions/schedules.ts';
import { type AccountMonitor } from '../venue-view/account-monitor.ts';
import { DeadManSwitchKeeper } from './dead-man-switch.ts';

/** What an account needs to trade by REST. */
export interface RestAccess {
  readonly calls: Pick<RestOrderCalls, 'cancelAllOrdersAfter' | 'openOrders'>;
  readonly venueClock: VenueClock;
  readonly budget: Pick<RateBudget, 'available'>;
  readonly close: () => Promise<void>;
}

export interface AccountRouteDeps extends TimeDeps {
  readonly config: TradingSessionConfig;
  /** `undefined`: the account has no REST key. */
  readonly rest: RestAccess | undefined;
  /** `undefined`: the private feeds are not used. */
  readonly monitor: Pick<AccountMonitor, 'snapshot' | 'reconcile'> | undefined;
  readonly books: () => EngineState;
  readonly submit: (body: InputBody) => void;
}

const LOOK_MS = 250;
/** Steps of one look: each may open the next one. */
const STEPS_MAX = 6;
/** Between two queries that show whether REST answers. */
const PROBE_MS = 5_000;
const RETRY_MS = 1_000;
/** Queries in a row that must have been answered. */
const PROBES = 2;
/** Between two comparisons of books and venue before a hand back. */
const ROUND_MS = 2_000;

/**
 * Watches one account between FIX and REST for the core: tells it what REST and the feeds are like
 * whenever it may go a step further. It decides nothing.
 */
export class AccountRoute {
  readonly #deps: AccountRouteDeps;
  readonly #switch: DeadManSwitchKeeper | undefined;
  #timer: { readonly cancel: () => void } | undefined;
  #isStopped = false;
  /** Queries answered in a row. */
  #answered = 0;
  #probeDue: MonotonicMs | undefined;
  #isProbing = false;
  #roundsAgreed = 0;
  #roundDue: MonotonicMs | undefined;
  #isComparing = false;
  /** Counts the times that FIX came into step: a comparison of an earlier one says nothing. */
  #inStepSince: number | undefined;

  constructor(deps: AccountRouteDeps) {
    this.#deps = deps;
    const { rest, clock, timers, submit, config } = deps;
    this.#switch =
      rest &&
      new DeadManSwitchKeeper({ calls: rest.calls, clock, timers, submit, session: config.name });
  }

  start(): void {
    this.#timer ??= this.#deps.timers.set(LOOK_MS, this.#onTimer);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#switch?.stop();
    await this.#deps.rest?.close();
  }

  setDeadManSwitch({ want, timeoutSeconds }: SetDeadManSwitch): void {
    this.#switch?.set(want, timeoutSeconds);
  }

  /** What the core would see now. */
  survey(): RouteSurvey {
    const { clock, config, monitor, rest } = this.#deps;
    return {
      ...defined({ clockSkewMs: rest?.venueClock.offsetMs() }),
      isRestAnswering: this.#answered >= PROBES,
      restPoints: rest?.budget.available(clock.monotonic(), 'ordinary') ?? 0,
      areFeedsUp: monitor?.snapshot().health.isReady ?? false,
      roundsAgreed: this.#roundsAgreed,
      isPlanned: isPlanned(config, clock.wall()),
    };
  }

  readonly #onTimer = (): void => {
    this.#timer = this.#deps.timers.set(LOOK_MS, this.#onTimer);
    this.#look();
  };

  #look(): void {
    const { books, config, submit } = this.#deps;
    if (!this.#isConcerned()) {
      this.#answered = 0;
      this.#roundsAgreed = 0;
      return;
    }
    this.#probe();
    this.#compare();
    for (let step = 0; step < STEPS_MAX; step += 1) {
      const before = routingOf(books().routes.get(config.name));
      submit({ type: 'LookAtRoute', session: config.name, survey: this.survey() });
      const after = routingOf(books().routes.get(config.name));
      if (after.phase === before.phase) return;
    }
  }

  /** FIX takes no orders, and something else than FIX itself may change that. */
  #isConcerned(): boolean {
    const { books, config } = this.#deps;
    const route = books().routes.get(config.name);
    switch (routePhaseOf(route)) {
      case 'FIX_ACTIVE':
      case 'FIX_SUSPECT':
      case 'FIX_RECOVERING':
      case 'HALTED':
        return false;
      case 'DOWN_FENCED':
        return config.routing.fallback !== 'off';
      default:
        return true;
    }
  }

  #probe(): void {
    const { clock, rest } = this.#deps;
    const now = clock.monotonic();
    if (rest === undefined || this.#isProbing) return;
    if (this.#probeDue !== undefined && now < this.#probeDue) return;
    this.#isProbing = true;
    void rest.calls.openOrders().then((answer) => {
      this.#isProbing = false;
      this.#answered = answer.ok ? this.#answered + 1 : 0;
      const isSure = this.#answered >= PROBES;
      this.#probeDue = (clock.monotonic() + (isSure ? PROBE_MS : RETRY_MS)) as MonotonicMs;
    });
  }

  /** Books and venue are held against each other while FIX is in step and REST has the orders. */
  #compare(): void {
    const { books, clock, config, monitor } = this.#deps;
    const routing = routingOf(books().routes.get(config.name));
    const { inStepSince } = routing;
    if (inStepSince !== this.#inStepSince) this.#roundsAgreed = 0;
    this.#inStepSince = inStepSince;
    if (inStepSince === undefined || !isRestInvolved(routing)) return;
    const now = clock.monotonic();
    if (monitor === undefined || this.#isComparing) return;
    if (this.#roundDue !== undefined && now < this.#roundDue) return;
    this.#isComparing = true;
    void monitor.reconcile().then(({ agrees }) => {
      this.#isComparing = false;
      this.#roundDue = (clock.monotonic() + ROUND_MS) as MonotonicMs;
      if (this.#isStopped || inStepSince !== this.#inStepSince) return;
      this.#roundsAgreed = agrees ? this.#roundsAgreed + 1 : 0;
    });
  }
}
