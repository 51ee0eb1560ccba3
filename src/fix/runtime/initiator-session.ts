import { defined } from '../../lib/defined.ts';
import { type Socket } from 'node:net';
import { type Result } from '../../lib/result.ts';
import { type EpochMs, epochMs, type MonotonicMs, type TimeDeps } from '../../lib/time.ts';
import { type FixDictionary } from '../dictionary/dictionary.ts';
import {
  addressText,
  type ConnectFailure,
  type ConnectionSettings,
  openConnection,
} from './connector.ts';
import {
  type ConnectionOutcome,
  nextReconnect,
  RECONNECT_START,
  type ReconnectState,
} from '../session/reconnect.ts';
import {
  type FixSession,
  type SessionApplication,
  type SessionStore,
  type SessionView,
} from '../session/model/session-types.ts';
import { makeSettings, type SessionOptions } from '../session/model/settings.ts';
import { type SessionLog } from './session-host.ts';
import { SessionVerbs } from './session-verbs.ts';
import { attachSocket } from './socket.ts';
import { makeValidate } from '../session/session-validate.ts';

export interface InitiatorOptions extends TimeDeps {
  readonly settings: SessionOptions;
  readonly application: SessionApplication;
  readonly store: SessionStore;
  readonly dictionary: FixDictionary;
  /** In [0, 1), for the jitter of reconnects. */
  readonly random: () => number;
  readonly log?: SessionLog;
  readonly connection: ConnectionSettings;
  /** Longest frame that is taken from the peer, in bytes. */
  readonly frameBytesMax?: number;
  /** Opens connections otherwise than by `connection`: through a tunnel, in a test. */
  readonly open?: (signal: AbortSignal) => Promise<Result<Socket, ConnectFailure>>;
  readonly unsentBytesMax?: number;
  readonly slowConsumerMs?: number;
}

/** A session that connects: to a venue, or to any FIX acceptor. */
export const makeInitiator = (options: InitiatorOptions): FixSession =>
  new InitiatorSession(options);

/** How a connection went, so far. */
interface Outcome {
  last: ConnectionOutcome;
  loggedOnAt?: MonotonicMs | undefined;
}

class InitiatorSession extends SessionVerbs {
  readonly #options: InitiatorOptions;
  /** The owner has started the session and not stopped it. */
  #isWanted = false;
  #attempt: AbortController | undefined;
  #isConnected = false;
  #retry: { readonly cancel: () => void } | undefined;
  #nextAttemptAt: EpochMs | undefined;
  #reconnect: ReconnectState = RECONNECT_START;
  readonly #outcome: Outcome;
  #isRetryingAtOnce = false;
  /** Addresses that took a connection and gave no Logon, since a Logon was last answered. */
  readonly #withoutLogon = new Set<string>();

  constructor(options: InitiatorOptions) {
    const settings = makeSettings({ ...options.settings, role: 'initiator' });
    const { application, store, dictionary, clock, log, unsentBytesMax, frameBytesMax } = options;
    const outcome: Outcome = { last: 'failed' };
    super(
      {
        ...{ settings, application, store, dictionary, clock },
        validate: makeValidate(dictionary, settings),
        onOutcome: (last) => {
          outcome.last = last;
          if (last === 'logged-on') outcome.loggedOnAt = clock.monotonic();
        },
        ...defined({ log, unsentBytesMax, frameBytesMax }),
      },
      options,
    );
    this.#options = options;
    this.#outcome = outcome;
  }

  override view(): SessionView {
    const nextAttemptAt = this.#retry === undefined ? undefined : this.#nextAttemptAt;
    const view = { ...super.view(), ...defined({ nextAttemptAt }) };
    return this.#attempt !== undefined && !this.#isConnected && view.phase === 'Disconnected'
      ? { ...view, phase: 'Connecting' }
      : view;
  }

  start(): void {
    if (!this.#isWanted) this.open();
  }

  override logout(text?: string): void {
    this.#isWanted = false;
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#attempt?.abort();
    super.logout(text);
  }

  reset({ isCut }: { readonly isCut: boolean } = { isCut: false }): void {
    this.host.event({ type: 'ResetAtLogonAsked' });
    if (!this.#isConnected) return;
    this.#isRetryingAtOnce = true;
    this.host.event({ type: isCut ? 'CutAsked' : 'LogoutAsked', text: 'sequence reset' });
  }

  protected override open(): void {
    this.#isWanted = true;
    this.#connect();
  }

  protected override get isConnected(): boolean {
    return this.#isConnected;
  }

  #connect(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
    if (this.#isConnected || this.#attempt !== undefined) return;
    if (this.host.state.haltText !== undefined) return;
    const attempt = new AbortController();
    this.#attempt = attempt;
    const { connection, timers } = this.#options;
    const { signal } = attempt;
    const opening =
      this.#options.open?.(signal) ??
      openConnection(connection, { timers, signal, lastResort: this.#withoutLogon });
    void opening.then((opened) => {
      this.#attempt = undefined;
      if (attempt.signal.aborted || !this.#isWanted) {
        if (opened.ok) opened.value.destroy();
        if (this.#isWanted) this.#connect();
      } else if (opened.ok) {
        this.#onConnected(opened.value);
      } else {
        this.#onConnectFailed(opened.error);
      }
    });
  }

  #onConnected(socket: Socket): void {
    this.#isConnected = true;
    this.#outcome.last = 'failed';
    this.#outcome.loggedOnAt = undefined;
    const address = addressText(socket.remoteAddress, socket.remotePort);
    attachSocket(this.host, socket, this.#options, {
      onClosed: () => {
        this.#isConnected = false;
        // A host counts as good when it answers the Logon, not when it takes the connection.
        if (this.#outcome.last !== 'failed' || this.#withoutLogon.has(address))
          this.#withoutLogon.clear();
        if (this.#outcome.last === 'failed') this.#withoutLogon.add(address);
        this.host.sayEnd(this.#retryLater(this.#outcome.last));
        this.settleStops();
      },
    });
  }

  #onConnectFailed({ kind, text }: ConnectFailure): void {
    const next = this.#retryLater(kind === 'Certificate' ? 'refused' : 'failed');
    const severity = kind === 'Certificate' ? 'error' : 'warn';
    this.host.sayAttemptFailed({ severity, code: `CONNECT_${kind.toUpperCase()}`, text }, next);
  }

  /** Says what comes next, for the log. */
  #retryLater(outcome: ConnectionOutcome): string {
    if (this.host.state.haltText !== undefined) return 'halted until an operator logs it on again';
    if (!this.#isWanted) return 'it stays away until it is logged on again';
    const { reconnect } = this.host.settings;
    const { clock, random, timers } = this.#options;
    const { loggedOnAt } = this.#outcome;
    const lastedMs = loggedOnAt === undefined ? 0 : clock.monotonic() - loggedOnAt;
    const next = nextReconnect(reconnect, this.#reconnect, { outcome, lastedMs }, random());
    this.#reconnect = next.state;
    const delayMs = this.#isRetryingAtOnce ? 0 : next.delayMs;
    this.#isRetryingAtOnce = false;
    this.#nextAttemptAt = epochMs(clock.wall() + delayMs);
    this.#retry = timers.set(delayMs, () => this.#connect());
    return `next attempt in ${(delayMs / 1_000).toFixed(1)} s`;
  }
}
