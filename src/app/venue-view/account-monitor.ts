import { defined } from '../../lib/defined.ts';
import { type Config } from '../../config/config.ts';
import { type ControlHandler } from '../../control/control-handler.ts';
import { type InputBody } from '../../core/input.ts';
import { type EngineState } from '../../core/state.ts';
import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';
import { AccountReconciler } from '../../kraken/account/account-reconciler.ts';
import { type AccountBudgets } from '../../kraken/rate-budget.ts';
import { makeRestAccountGateway } from '../../kraken/rest/account/account-gateway.ts';
import { makeRestHistoryGateway } from '../../kraken/rest/history/history-gateway.ts';
import { makeRestOrderCalls } from '../../kraken/rest/orders/order-calls.ts';
import { makeRawClient } from '../../kraken/rest/raw-client.ts';
import { makeVenueClock } from '../../kraken/rest/venue-clock.ts';
import { socketOptionsOf } from '../../kraken/websocket/connection/feed-driver.ts';
import { ok } from '../../lib/result.ts';
import { type Secret } from '../../lib/secret.ts';
import { type TimeDeps } from '../../lib/time.ts';
import {
  DifferenceWatch,
  orderDifferences,
  ordersWithoutReport,
  type AccountDifference,
} from './differences.ts';
import { type AccountSnapshot, snapshotOf } from './account-snapshot.ts';
import { type RecordedFact } from '../loop/engine-loop.ts';
import { type FeedNoticeSink, makeFeedNotices } from './feed-notices.ts';
import { PositionWatch } from './position-watch.ts';
import { restSettingsOf, socketSettingsOf } from './rest-access.ts';

export interface AccountMonitorDeps extends FeedNoticeSink, TimeDeps {
  readonly random: () => number;
  /** The rate budgets of a key, shared by all its users. */
  readonly budgetsOf: (apiKey: Secret) => AccountBudgets;
  /** Our orders, to compare with the venue's view. */
  readonly books: () => EngineState;
  readonly submit: (body: InputBody) => void;
  readonly onHealth: (isReady: boolean) => void;
}

/**
 * The account as the venue sees it, compared with our books. For people only: it changes no order.
 */
export interface AccountMonitor {
  readonly handlers: Readonly<Record<string, ControlHandler>>;
  readonly snapshot: () => AccountSnapshot;
  readonly start: () => void;
  /** Takes durable facts, to sum our executions. */
  readonly onFacts: (facts: readonly RecordedFact[]) => void;
  readonly stop: () => Promise<void>;
}

/** Longest interval between two comparisons of books and view. */
const LOOK_INTERVAL_MS_MAX = 1_000;
const ORDERS_ASKED_MAX = 10_000;

/** `undefined` without `webSocket.url` and `rest.credentials`, which the private feeds need. */
export const makeAccountMonitor = (
  config: Config,
  deps: AccountMonitorDeps,
): AccountMonitor | undefined => {
  const { rest, webSocket } = config;
  if (webSocket.url === undefined || rest?.credentials === undefined) return undefined;
  const credential = rest.credentials;
  const { clock, timers, random } = deps;
  const budgets = deps.budgetsOf(credential.apiKey);
  const raw = makeRawClient(restSettingsOf(rest, credential), { clock, timers, random, budgets });
  const tell = makeFeedNotices('private', deps);
  const { pollIntervalMs, settleMs, fillsLookBackMs, alertAfterMs } = webSocket.account;
  const told = new DifferenceWatch(alertAfterMs);
  const reconciler = new AccountReconciler(
    {
      pollIntervalMs,
      settleMs,
      fillsLookBackMs,
      url: webSocket.url,
      credential,
      socketOptions: socketOptionsOf(socketSettingsOf(config)),
      stepOf: stepsOf(config),
    },
    {
      clock,
      timers,
      random,
      readers: {
        account: makeRestAccountGateway(raw.client),
        orders: makeRestOrderCalls({ client: raw.client, venueClock: makeVenueClock(clock) }),
        history: makeRestHistoryGateway(raw.client),
      },
      onNotice: tell.notice,
      onOutput: tell.output,
      onAlarm: (code, text) => {
        if (!told.isNews(`${code} ${text}`)) return;
        deps.submit({ type: 'VenueViewAlerted', severity: 'critical', code, text });
      },
      onHealth: (isReady) => {
        tell.health(isReady);
        deps.onHealth(isReady);
      },
    },
  );
  const comparison = new Comparison(reconciler, told, config, deps);
  const snapshot = (): AccountSnapshot => snapshotOf(reconciler, comparison.differences, clock);
  return {
    handlers: { 'account.view': () => ok(snapshot()) },
    snapshot,
    start: () => {
      tell.health(false);
      reconciler.start();
      comparison.start();
    },
    onFacts: (facts) => comparison.onFacts(facts),
    stop: async () => {
      comparison.stop();
      const isReconcilerStopped = reconciler.stop();
      await raw.close();
      await isReconcilerStopped;
    },
  };
};

const stepsOf = ({ instruments }: Config) => {
  const steps = new Map(instruments.map(({ symbol, qtyStep }) => [symbol, qtyStep]));
  return (symbol: TradingSymbol): DecimalText | undefined => steps.get(symbol);
};

/** Compares books and view at intervals. */
class Comparison {
  readonly #reconciler: AccountReconciler;
  readonly #told: DifferenceWatch;
  readonly #deps: AccountMonitorDeps;
  readonly #positions: PositionWatch;
  readonly #intervalMs: number;
  readonly #alertAfterMs: number;
  readonly #withoutReportSince = new Map<string, number>();
  #found: readonly AccountDifference[] = [];
  #timer: { readonly cancel: () => void } | undefined;

  constructor(
    reconciler: AccountReconciler,
    told: DifferenceWatch,
    { webSocket: { account } }: Config,
    deps: AccountMonitorDeps,
  ) {
    this.#reconciler = reconciler;
    this.#told = told;
    this.#deps = deps;
    this.#alertAfterMs = account.alertAfterMs;
    this.#positions = new PositionWatch(account.alertAfterMs);
    this.#intervalMs = Math.min(LOOK_INTERVAL_MS_MAX, Math.ceil(account.alertAfterMs / 4));
  }

  /** Differences at the last comparison, lasting or not. */
  get differences(): readonly AccountDifference[] {
    return this.#found;
  }

  start(): void {
    for (const order of this.#deps.books().orders.values()) this.#positions.note(order);
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  onFacts(facts: readonly RecordedFact[]): void {
    const { orders } = this.#deps.books();
    for (const { fact } of facts) {
      const order = 'orderID' in fact && fact.orderID ? orders.get(fact.orderID) : undefined;
      if (order !== undefined) this.#positions.note(order);
    }
  }

  #arm(): void {
    this.#timer = this.#deps.timers.set(this.#intervalMs, () => {
      this.#look();
      this.#arm();
    });
  }

  #look(): void {
    const at = this.#deps.clock.monotonic();
    const { state } = this.#reconciler;
    this.#found = orderDifferences(this.#deps.books(), state);
    const due = [...this.#told.look(this.#found, at)];
    if (this.#reconciler.health().isReady) {
      const { alerts, isOpen } = this.#positions.look(state.positions, at);
      due.push(...alerts);
      if (isOpen) this.#reconciler.ask({ type: 'Positions' });
      this.#askForReports(at);
    }
    for (const { code, text, orderID } of due)
      this.#deps.submit({
        type: 'VenueViewAlerted',
        severity: 'critical',
        code,
        text,
        ...defined({ orderID }),
      });
  }

  /** Asks REST once about each order that no feed and no poll has reported for a while. */
  #askForReports(at: number): void {
    const silent = new Set<string>();
    for (const venueOrderID of ordersWithoutReport(this.#deps.books(), this.#reconciler.state)) {
      silent.add(venueOrderID);
      const since = this.#withoutReportSince.get(venueOrderID);
      if (since !== undefined && at - since >= this.#alertAfterMs) {
        this.#withoutReportSince.set(venueOrderID, Number.POSITIVE_INFINITY);
        this.#reconciler.ask({ type: 'Order', venueOrderID });
      } else if (since === undefined && silent.size <= ORDERS_ASKED_MAX)
        this.#withoutReportSince.set(venueOrderID, at);
    }
    for (const id of this.#withoutReportSince.keys())
      if (!silent.has(id)) this.#withoutReportSince.delete(id);
  }
}
