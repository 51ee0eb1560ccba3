import { type ControlError } from '../../control/control-message.ts';
import { type DecimalText, type SessionName, type TradingSymbol } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type AccountMonitor } from './account-monitor.ts';
import { type AccountSnapshot } from './account-snapshot.ts';
import { type ReconcileReport } from './reconcile.ts';

interface WatchedAccount {
  readonly account: string;
  readonly session: SessionName;
  /** `undefined`: the private feeds are not used for it. */
  readonly monitor: AccountMonitor | undefined;
}

/** The engine's accounts, each with its own view of the venue. At least one. */
export class AccountViews {
  readonly #accounts: readonly WatchedAccount[];

  constructor(accounts: readonly WatchedAccount[]) {
    this.#accounts = accounts;
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
  async reconcile(
    name: unknown,
  ): Promise<Result<ReconcileReport & { readonly account: string }, ControlError>> {
    const found = this.#watched(name);
    if (!found.ok) return found;
    const { account, monitor } = found.value;
    return ok({ account, ...(await monitor.reconcile()) });
  }

  #watched(
    name: unknown,
  ): Result<{ readonly account: string; readonly monitor: AccountMonitor }, ControlError> {
    const [first, second] = this.#accounts;
    const found = second === undefined ? first : this.#named(name);
    if (found === undefined) {
      const names = this.#accounts.map(({ account }) => account).join(', ');
      const code = name === undefined ? 'ACCOUNT_REQUIRED' : 'UNKNOWN_ACCOUNT';
      const shown = typeof name === 'string' ? name : JSON.stringify(name);
      const what = name === undefined ? 'name one of the accounts' : `${shown} is none of`;
      return err({ code, message: `${what} ${names}` });
    }
    const { account, monitor } = found;
    return monitor === undefined ? err(NO_ACCOUNT_VIEW) : ok({ account, monitor });
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
    for (const { monitor } of this.#accounts) monitor?.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#accounts.flatMap(({ monitor }) => monitor?.stop() ?? []));
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
