import { type InputBody } from '../../core/input.ts';
import { type Fact } from '../../core/fact.ts';
import { type SessionName } from '../../domain/ids.ts';
import { type Clock, type Timers } from '../../lib/time.ts';
import { type Logger } from '../../observability/logger.ts';
import { type Metrics } from '../../observability/metrics.ts';
import {
  type KeptReport,
  type KeptReports,
  type ReconcileCause,
  reportID,
} from './kept-reports.ts';
import { type ReconcileReport } from './reconcile.ts';

export interface ReconciliationDeps {
  readonly account: string;
  readonly session: SessionName;
  /** The books of the account held against the venue, now. */
  readonly reconcile: () => Promise<ReconcileReport>;
  readonly isFeedReady: () => boolean;
  readonly kept: Pick<KeptReports, 'keep'>;
  /** Between the end of one and the next by schedule; 0: none by schedule. */
  readonly intervalMs: number;
  readonly submit: (body: InputBody) => void;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'reconciled'>;
}

/** After a route has opened: as long as the private feeds may take to come up as well. */
const FEED_WAIT_MS = 60_000;
const FEED_LOOK_MS = 250;
const DIFFERENCES_SHOWN = 3;
const REASONS_SHOWN = 5;

/**
 * Holds one account against the venue: once its route is open, after each reconnect, at intervals
 * and when an operator asks. One runs at a time. Each report is kept, and whatever is not at one is
 * an alert: it repairs nothing [routing 4].
 */
export class Reconciliations {
  readonly #deps: ReconciliationDeps;
  #running: Promise<KeptReport> | undefined;
  #next: Promise<KeptReport> | undefined;
  #timer: { readonly cancel: () => void } | undefined;
  #hasRun = false;
  #isStopped = false;

  constructor(deps: ReconciliationDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#arm();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running?.catch(() => undefined);
  }

  /** The route of the account is open: it is the first one of this run, or has come back. */
  onFact(fact: Fact): void {
    if (fact.type !== 'RouteOpened' || fact.session !== this.#deps.session) return;
    this.#begin(this.#hasRun ? 'reconnect' : 'start');
    this.#hasRun = true;
  }

  /**
   * Runs one, after the one that is under way; those that ask meanwhile get the same. Rejects when
   * the report could not be kept.
   */
  run(cause: ReconcileCause): Promise<KeptReport> {
    if (this.#running === undefined) return this.#runNow(cause);
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#runNow(cause);
      });
    return this.#next;
  }

  #begin(cause: ReconcileCause): void {
    if (this.#isStopped) return;
    this.run(cause).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      this.#alert('warning', 'RECONCILIATION_NOT_KEPT', `${cause}: ${why}`);
    });
  }

  #runNow(cause: ReconcileCause): Promise<KeptReport> {
    this.#timer?.cancel();
    this.#running = this.#perform(cause).finally(() => {
      this.#running = undefined;
      this.#arm();
    });
    return this.#running;
  }

  async #perform(cause: ReconcileCause): Promise<KeptReport> {
    const { account, reconcile, kept, metrics } = this.#deps;
    if (cause !== 'operator') await this.#feedReady();
    const found = await reconcile();
    const report: KeptReport = { id: reportID(found.at, cause, account), account, cause, ...found };
    // What was not waited for to its end says nothing.
    if (this.#isStopped) return report;
    metrics.reconciled(account, outcomeOf(found), found.differences.length);
    this.#tell(report);
    await kept.keep(report);
    return report;
  }

  /** Without the feeds the view is incomplete, and that is what the report says then. */
  async #feedReady(): Promise<void> {
    const { clock, timers, isFeedReady } = this.#deps;
    const until = clock.monotonic() + FEED_WAIT_MS;
    while (!isFeedReady() && !this.#isStopped && clock.monotonic() < until) {
      await new Promise<void>((resolve) => timers.set(FEED_LOOK_MS, resolve));
    }
  }

  #arm(): void {
    const { intervalMs, timers } = this.#deps;
    this.#timer?.cancel();
    if (intervalMs === 0 || this.#isStopped) return;
    this.#timer = timers.set(intervalMs, () => this.#begin('schedule'));
  }

  #tell({ id, account, cause, agrees, differences, incomplete }: KeptReport): void {
    const look = `; fathom reconcile show ${id}`;
    if (agrees) {
      this.#deps.logger.info(`account ${account} (${cause}): engine and venue agree${look}`, {
        code: 'RECONCILED',
      });
      return;
    }
    const texts = differences.map(({ text }) => text);
    if (texts.length > 0) {
      const others = texts.length - DIFFERENCES_SHOWN;
      const shown = [
        ...texts.slice(0, DIFFERENCES_SHOWN),
        ...(others > 0 ? [`${others} more`] : []),
      ].join('; ');
      const text = `account ${account} (${cause}), ${texts.length} differences: ${shown}${look}`;
      this.#alert('critical', 'RECONCILIATION_DIFFERS', text);
      return;
    }
    const text = `account ${account} (${cause}): ${incomplete.slice(0, REASONS_SHOWN).join('; ')}${look}`;
    this.#alert('warning', 'RECONCILIATION_INCOMPLETE', text);
  }

  #alert(severity: 'warning' | 'critical', code: string, text: string): void {
    if (this.#isStopped) return;
    this.#deps.submit({ type: 'VenueViewAlerted', severity, code, text });
  }
}

const outcomeOf = ({
  agrees,
  differences,
}: ReconcileReport): 'agrees' | 'differs' | 'incomplete' => {
  if (agrees) return 'agrees';
  return differences.length > 0 ? 'differs' : 'incomplete';
};
