import { defined } from '../../lib/defined.ts';
import { type Config, type KeyPair } from '../../config/config.ts';
import { type InputBody } from '../../core/input.ts';
import { FundingLedger } from '../../core/positions/funding-ledger.ts';
import { type KeptPosition, type PositionKeeper } from '../../core/positions/position-keeper.ts';
import { type PositionContext } from '../../core/positions/position-view.ts';
import { type EngineState } from '../../core/state.ts';
import { ZERO_TEXT } from '../../domain/decimal-text.ts';
import { type DecimalText, type SessionName, type TradingSymbol } from '../../domain/ids.ts';
import { AccountReconciler } from '../../kraken/account/account-reconciler.ts';
import { type AccountBudgets } from '../../kraken/rate-budget.ts';
import { makeRestAccountGateway } from '../../kraken/rest/account/account-gateway.ts';
import { makeRestHistoryGateway } from '../../kraken/rest/history/history-gateway.ts';
import { makeRestOrderCalls } from '../../kraken/rest/orders/order-calls.ts';
import { makeRawClient } from '../../kraken/rest/raw-client.ts';
import { makeVenueClock } from '../../kraken/rest/venue-clock.ts';
import { socketOptionsOf } from '../../kraken/websocket/connection/feed-driver.ts';
import { type PrivateState } from '../../kraken/websocket/views/private-state.ts';
import { type Secret } from '../../lib/secret.ts';
import { type Clock, type MonotonicMs, type TimeDeps } from '../../lib/time.ts';
import {
  DifferenceWatch,
  orderDifferences,
  ordersWithoutReport,
  type AccountDifference,
} from './differences.ts';
import { type AccountSnapshot, snapshotOf } from './account-snapshot.ts';
import { type FeedNoticeSink, makeFeedNotices } from './feed-notices.ts';
import { noteFunding } from './account-funding.ts';
import { ExecutionWatch } from './execution-watch.ts';
import { PositionWatch } from './position-watch.ts';
import { reconcile, type ReconcileReport } from '../reconciliation/reconcile.ts';
import { type PositionView } from '../../core/positions/position-view.ts';
import { type Fill } from '../../kraken/websocket/events/private-events.ts';
import { restSettingsOf, socketSettingsOf } from './rest-access.ts';

export interface AccountMonitorDeps extends FeedNoticeSink, TimeDeps {
  readonly random: () => number;
  /** The rate budgets of a key, shared by all its users. */
  readonly budgetsOf: (apiKey: Secret) => AccountBudgets;
  /** Our orders and positions, to compare with the venue's view. */
  readonly books: () => EngineState;
  readonly keeper: PositionKeeper;
  /** The session whose account it is. */
  readonly session: SessionName;
  /** `private`, or with the account's name where there are several. */
  readonly feed: string;
  readonly submit: (body: InputBody) => void;
  /** Of the account, with the venue's own quantities beside them. */
  readonly positions: () => readonly PositionView[];
  /** Whether an order that left memory has this fill. */
  readonly hasArchivedFill: (fill: Fill) => boolean;
  readonly onHealth: (isReady: boolean) => void;
}

/**
 * The account as the venue sees it, compared with our books. For people only: it changes no order.
 */
export interface AccountMonitor {
  readonly snapshot: () => AccountSnapshot;
  /** The books of this account held against the venue. */
  readonly reconcile: () => Promise<ReconcileReport>;
  /** The private feeds are up, with their snapshots. */
  readonly isReady: () => boolean;
  /** What the private feeds show; `undefined` while they are not current. */
  readonly feeds: () => PrivateState | undefined;
  /** What it knows beside our positions. */
  readonly beside: Pick<PositionContext, 'venueQtyOf' | 'fundingOf'>;
  /** Mark price of a position that the venue shows; `undefined`: its view is not current. */
  readonly markPxOf: (symbol: TradingSymbol) => DecimalText | undefined;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

/** Longest interval between two comparisons of books and view. */
const LOOK_INTERVAL_MS_MAX = 1_000;
const ORDERS_ASKED_MAX = 10_000;
/** How long a difference may last before a reconciliation calls it one. */
const SETTLE_MS = { min: 2_000, max: 20_000 } as const;

/** `undefined` without `webSocket.url` and the account's key, which the private feeds need. */
export const makeAccountMonitor = (
  config: Config,
  credential: KeyPair | undefined,
  deps: AccountMonitorDeps,
): AccountMonitor | undefined => {
  const { rest, webSocket } = config;
  if (webSocket.url === undefined || rest === undefined || credential === undefined)
    return undefined;
  const { clock, timers, random } = deps;
  const budgets = deps.budgetsOf(credential.apiKey);
  const raw = makeRawClient(restSettingsOf(rest, credential), { clock, timers, random, budgets });
  const tell = makeFeedNotices(deps.feed, deps);
  const { pollIntervalMs, settleMs, fillsLookBackMs, alertAfterMs } = webSocket.account;
  const told = new DifferenceWatch(alertAfterMs);
  const funding = new FundingLedger();
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
      ...{ clock, timers, random, readers: readersOf(raw, clock) },
      onNotice: tell.notice,
      onOutput: (output) => {
        noteFunding(funding, output);
        tell.output(output);
      },
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
  let isStopped = false;
  const snapshot = (): AccountSnapshot => snapshotOf(reconciler, comparison.differences, clock);
  return {
    reconcile: () => {
      const { hasArchivedFill: isArchived, books, positions, session } = deps;
      const settleMs = Math.min(Math.max(2 * alertAfterMs, SETTLE_MS.min), SETTLE_MS.max);
      const parts = { books, positions, session, isArchived, clock, timers, settleMs };
      return reconcile({ reconciler, ...parts, isStopped: () => isStopped });
    },
    isReady: () => reconciler.health().isReady,
    snapshot,
    feeds: () => (reconciler.health().isReady ? reconciler.state : undefined),
    ...besideOf(reconciler, funding, deps),
    start: () => {
      tell.health(false);
      reconciler.start();
      comparison.start();
    },
    stop: async () => {
      isStopped = true;
      comparison.stop();
      const isReconcilerStopped = reconciler.stop();
      await raw.close();
      await isReconcilerStopped;
    },
  };
};

const readersOf = ({ client }: ReturnType<typeof makeRawClient>, clock: Clock) => ({
  account: makeRestAccountGateway(client),
  orders: makeRestOrderCalls({ client, venueClock: makeVenueClock(clock) }),
  history: makeRestHistoryGateway(client),
});

const besideOf = (
  reconciler: AccountReconciler,
  funding: FundingLedger,
  { books, session }: Pick<AccountMonitorDeps, 'books' | 'session'>,
): Pick<AccountMonitor, 'beside' | 'markPxOf'> => {
  const isCurrent = (): boolean =>
    reconciler.health().isReady && reconciler.state.positions.at !== undefined;
  return {
    beside: {
      venueQtyOf: (symbol) =>
        isCurrent() && reconciler.state.positions.isKnown(symbol)
          ? (reconciler.state.positions.get(symbol)?.qty ?? ZERO_TEXT)
          : undefined,
      fundingOf: (symbol) => funding.of(symbol, books().openings.get(session)?.at),
    },
    markPxOf: (symbol) =>
      isCurrent() ? reconciler.state.positions.get(symbol)?.markPx : undefined,
  };
};

const stepsOf = ({ instruments }: Config) => {
  const steps = new Map(instruments.map(({ symbol, qtyStep }) => [symbol, qtyStep]));
  return (symbol: TradingSymbol): DecimalText | undefined => steps.get(symbol);
};

const ofAccount = (kept: readonly KeptPosition[], session: SessionName): readonly KeptPosition[] =>
  kept.filter(({ owner }) => owner.type === 'account' && owner.account === session);

/** Whether an order or a report of the account may hold a fill that is not booked yet. */
const isUnsure = ({ doubts, orders, quarantine }: EngineState, session: SessionName): boolean =>
  [...doubts.keys()].some((orderID) => orders.get(orderID)?.session === session) ||
  [...quarantine.values()].some(({ source }) => source.session === session);

/** Compares books and view at intervals. */
class Comparison {
  readonly #reconciler: AccountReconciler;
  readonly #told: DifferenceWatch;
  readonly #deps: AccountMonitorDeps;
  readonly #positions: PositionWatch;
  readonly #executions: ExecutionWatch;
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
    this.#executions = new ExecutionWatch({
      session: deps.session,
      lastsMs: account.alertAfterMs,
    });
    this.#intervalMs = Math.min(LOOK_INTERVAL_MS_MAX, Math.ceil(account.alertAfterMs / 4));
  }

  /** Differences at the last comparison, lasting or not. */
  get differences(): readonly AccountDifference[] {
    return this.#found;
  }

  start(): void {
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
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
    const told = state.fills.takeTold();
    for (const body of this.#executions.look(this.#deps.books(), state, told, at)) {
      this.#deps.submit(body);
    }
    this.#found = orderDifferences(this.#deps.books(), state, this.#deps.session);
    const due = [...this.#told.look(this.#found, at)];
    if (this.#reconciler.health().isReady) {
      due.push(...this.#lookAtPositions(at));
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

  #lookAtPositions(at: MonotonicMs): readonly AccountDifference[] {
    const { books, keeper, session, submit } = this.#deps;
    const state = books();
    const { alerts, isOpen, opening } = this.#positions.look(
      {
        theirs: this.#reconciler.state.positions,
        ours: ofAccount(keeper.all(state, 'account'), session),
        isNoted: state.openings.has(session),
      },
      at,
    );
    if (isOpen) this.#reconciler.ask({ type: 'Positions' });
    // A fill that is still on its way would be taken for a position from before.
    const isInStep = state.routes.get(session)?.phase === 'Active' && !isUnsure(state, session);
    if (opening !== undefined && isInStep)
      submit({
        type: 'OpeningPositionsSeen',
        ...{ session, positions: opening },
        ...defined({ fillsUntil: this.#reconciler.state.fills.latest(1)[0]?.at }),
      });
    return alerts;
  }

  /** Asks REST once about each order that no feed and no poll has reported for a while. */
  #askForReports(at: number): void {
    const silent = new Set<string>();
    const { books, session } = this.#deps;
    for (const venueOrderID of ordersWithoutReport(books(), this.#reconciler.state, session)) {
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
