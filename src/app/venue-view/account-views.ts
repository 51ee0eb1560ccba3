import { type ControlError } from '../../control/control-message.ts';
import { type Fact } from '../../core/fact.ts';
import { type DecimalText, type SessionName, type TradingSymbol } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type AccountMonitor } from './account-monitor.ts';
import { type AccountSnapshot } from './account-snapshot.ts';
import {
  type KeptReport,
  type KeptReports,
  type ReportLine,
} from '../reconciliation/kept-reports.ts';
import { type Reconciliations } from '../reconciliation/reconciliations.ts';

interface WatchedAccount {
  readonly account: string;
  readonly session: SessionName;
  /** `undefined`: the private feeds are not used for it. */
  readonly monitor: AccountMonitor | undefined;
  readonly reconciliations: Reconciliations | undefined;
}

const REPORTS_LISTED = { usual: 20, max: 500 } as const;

/** An account with the private feeds. */
interface Watched {
  readonly account: string;
  readonly monitor: AccountMonitor;
  readonly reconciliations: Reconciliations;
}

/** The engine's accounts, each with its own view of the venue. At least one. */
export class AccountViews {
  readonly #accounts: readonly WatchedAccount[];
  readonly #kept: KeptReports;

  constructor(accounts: readonly WatchedAccount[], kept: KeptReports) {
    this.#accounts = accounts;
    this.#kept = kept;
  }

  of(session: SessionName): AccountMonitor | undefined {
    return this.#accounts.find((one) => one.session === session)?.monitor;
  }

  /** The account of a session; the session's own name when it has left the configuration. */
  nameOf(session: SessionName): string {
    return this.#accounts.find((one) => one.session === session)?.account ?? session;
  }

  /** The session that an order with this Account(1) goes to. */
  sessionFor(account: string | undefined): SessionName | undefined {
    const [first, second] = this.#accounts;
    return second === undefined ? first?.session : this.#named(account)?.session;
  }

  snapshot(name?: string): AccountSnapshot | undefined {
    return (name === undefined ? this.#accounts[0] : this.#named(name))?.monitor?.snapshot();
  }

  /** The answer to `account.view`; with several accounts one must be named. */
  view(name: unknown): Result<AccountSnapshot & { readonly account: string }, ControlError> {
    const found = this.#watched(name);
    if (!found.ok) return found;
    const { account, monitor } = found.value;
    return ok({ account, ...monitor.snapshot() });
  }

  /** The answer to `reconcile.run`; with several accounts one must be named. */
  async reconcile(name: unknown): Promise<Result<KeptReport, ControlError>> {
    const found = this.#watched(name);
    if (!found.ok) return found;
    try {
      return ok(await found.value.reconciliations.run('operator'));
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      return err({ code: 'RECONCILIATION_NOT_KEPT', message });
    }
  }

  /** The answer to `reconcile.list`: the newest reports of all accounts, or of one. */
  async listReports(args: {
    readonly account?: unknown;
    readonly limit?: unknown;
  }): Promise<Result<{ readonly reports: readonly ReportLine[] }, ControlError>> {
    const { account, limit = REPORTS_LISTED.usual } = args;
    if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1)
      return err({ code: 'BAD_ARGUMENT', message: 'limit: must be a whole number from 1' });
    const named = account === undefined ? undefined : this.#named(account);
    if (account !== undefined && named === undefined) return err(this.#unknown(account));
    const most = Math.min(limit, REPORTS_LISTED.max);
    return ok({ reports: await this.#kept.list(most, named?.account) });
  }

  /** The answer to `reconcile.show`. */
  async showReport(id: unknown): Promise<Result<KeptReport, ControlError>> {
    const found = typeof id === 'string' ? await this.#kept.read(id) : undefined;
    if (found === undefined) {
      const shown = typeof id === 'string' ? id : JSON.stringify(id);
      return err({ code: 'UNKNOWN_REPORT', message: `no report ${shown} is kept` });
    }
    return typeof found === 'string'
      ? err({ code: 'REPORT_UNREADABLE', message: found })
      : ok(found);
  }

  #watched(name: unknown): Result<Watched, ControlError> {
    const [first, second] = this.#accounts;
    const found = second === undefined ? first : this.#named(name);
    if (found === undefined) return err(this.#unknown(name));
    const { account, monitor, reconciliations } = found;
    return monitor === undefined || reconciliations === undefined
      ? err(NO_ACCOUNT_VIEW)
      : ok({ account, monitor, reconciliations });
  }

  #unknown(name: unknown): ControlError {
    const names = this.#accounts.map(({ account }) => account).join(', ');
    const code = name === undefined ? 'ACCOUNT_REQUIRED' : 'UNKNOWN_ACCOUNT';
    const shown = typeof name === 'string' ? name : JSON.stringify(name);
    const what = name === undefined ? 'name one of the accounts' : `${shown} is none of`;
    return { code, message: `${what} ${names}` };
  }

  onFact(fact: Fact): void {
    for (const { reconciliations } of this.#accounts) reconciliations?.onFact(fact);
  }

  /** The venue's mark price, from whichever account has a position. */
  markPxOf(symbol: TradingSymbol): DecimalText | undefined {
    for (const { monitor } of this.#accounts) {
      const px = monitor?.markPxOf(symbol);
      if (px !== undefined) return px;
    }
    return undefined;
  }

  start(): void {
    for (const { monitor, reconciliations } of this.#accounts) {
      monitor?.start();
      reconciliations?.start();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#accounts.map(async ({ monitor, reconciliations }) => {
        // The monitor's end is what a reconciliation under way waits for.
        const ended = reconciliations?.stop();
        await monitor?.stop();
        await ended;
      }),
    );
  }

  #named(name: unknown): WatchedAccount | undefined {
    return this.#accounts.find(({ account }) => account === name);
  }
}

const NO_ACCOUNT_VIEW = {
  code: 'ACCOUNT_VIEW_OFF',
  message:
    'the private feeds need webSocket.url and the account’s key (rest.credentials, with several accounts restCredentials of its trading session) in the configuration',
};
