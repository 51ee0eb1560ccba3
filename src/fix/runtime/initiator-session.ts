import { type Socket } from 'node:net';
import { type Result } from '../../lib/result.ts';
import { type Clock, type Timers } from '../../lib/time.ts';
import { type FixDictionary } from '../dictionary/dictionary.ts';
import {
  addressText,
  type ConnectFailure,
  type ConnectionSettings,
  openConnection,
} from './connector.ts';
import { type OutboundMessage } from '../codec/fix-message.ts';
import {
  type ConnectionOutcome,
  nextReconnect,
  RECONNECT_START,
  type ReconnectState,
} from '../session/reconnect.ts';
import {
  type FixSession,
  type SendRefusal,
  type SessionApplication,
  type SessionStore,
  type SessionView,
} from '../session/model/session-types.ts';
import { makeSettings, type SessionOptions } from '../session/model/settings.ts';
import { SessionHost, type SessionLog } from './session-host.ts';
import { attachSocket } from './socket.ts';
import { SessionTicker } from './ticker.ts';
import { makeValidate } from '../session/session-validate.ts';

export interface InitiatorOptions {
  readonly settings: SessionOptions;
  readonly application: SessionApplication;
  readonly store: SessionStore;
  readonly dictionary: FixDictionary;
  readonly clock: Clock;
  readonly timers: Timers;
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

export const SLOW_CONSUMER_MS = 30_000;

/** A session that connects: to a venue, or to any FIX acceptor. */
export const makeInitiator = (options: InitiatorOptions): FixSession =>
  new InitiatorSession(options);

class InitiatorSession implements FixSession {
  readonly #options: InitiatorOptions;
  readonly #host: SessionHost;
  readonly #ticker: SessionTicker;
  /** The owner wants the session up. */
  #isWanted = false;
  #attempt: AbortController | undefined;
  #isConnected = false;
  #retry: { readonly cancel: () => void } | undefined;
  #reconnect: ReconnectState = RECONNECT_START;
  #outcome: ConnectionOutcome = 'failed';
  #isRetryingAtOnce = false;
  /** Addresses that took a connection and gave no Logon, since a Logon was last answered. */
  readonly #withoutLogon = new Set<string>();
  readonly #stopped: (() => void)[] = [];

  constructor(options: InitiatorOptions) {
    this.#options = options;
    const settings = makeSettings({ ...options.settings, role: 'initiator' });
    this.#host = new SessionHost({
      settings,
      application: options.application,
      onOutcome: (outcome) => {
        this.#outcome = outcome;
      },
      store: options.store,
      dictionary: options.dictionary,
      clock: options.clock,
      validate: makeValidate(options.dictionary, settings),
      ...(options.log && { log: options.log }),
      ...(options.unsentBytesMax !== undefined && { unsentBytesMax: options.unsentBytesMax }),
      ...(options.frameBytesMax !== undefined && { frameBytesMax: options.frameBytesMax }),
      onStepped: () => {
        this.#ticker.arm(this.#host.deadline);
      },
    });
    this.#ticker = new SessionTicker(options, () => {
      this.#host.tick();
    });
  }

  send(message: OutboundMessage): Result<{ readonly msgSeqNum: number }, SendRefusal> {
    const sent = this.#host.send(message);
    this.#ticker.arm(this.#host.deadline);
    return sent;
  }

  view(): SessionView {
    const view = this.#host.view();
    return this.#attempt !== undefined && !this.#isConnected && view.phase === 'Disconnected'
      ? { ...view, phase: 'Connecting' }
      : view;
  }

  start(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#connect();
  }

  stop(text?: string): Promise<void> {
    this.logout(text);
    if (!this.#isConnected) return Promise.resolve();
    return new Promise((resolve) => {
      this.#stopped.push(resolve);
    });
  }

  cut(text: string): Promise<void> {
    this.#host.event({ type: 'CutAsked', text });
    return this.stop(text);
  }

  logon(): void {
    this.#host.event({ type: 'ResumeAsked' });
    this.#isWanted = true;
    this.#connect();
  }

  logout(text?: string): void {
    this.#isWanted = false;
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#attempt?.abort();
    this.#host.event({ type: 'LogoutAsked', text });
  }

  setNextSenderMsgSeqNum(value: number): boolean {
    if (!isSeqNum(value)) return false;
    this.#host.event({ type: 'SetNextSender', value });
    return true;
  }

  setNextTargetMsgSeqNum(value: number): boolean {
    if (!isSeqNum(value)) return false;
    this.#host.event({ type: 'SetNextTarget', value });
    return true;
  }

  reset(): void {
    this.#host.event({ type: 'ResetAtLogonAsked' });
    if (!this.#isConnected) return;
    this.#isRetryingAtOnce = true;
    this.#host.event({ type: 'LogoutAsked', text: 'sequence reset' });
  }

  sendTestRequest(): void {
    this.#host.event({ type: 'TestRequestAsked' });
  }

  #connect(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
    if (this.#isConnected || this.#attempt !== undefined) return;
    if (this.#host.state.haltText !== undefined) return;
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
    const { clock, timers, slowConsumerMs = SLOW_CONSUMER_MS } = this.#options;
    this.#isConnected = true;
    this.#outcome = 'failed';
    const deps = { clock, timers, slowConsumerMs };
    const address = addressText(socket.remoteAddress, socket.remotePort);
    attachSocket(this.#host, socket, deps, {
      onClosed: () => {
        this.#isConnected = false;
        // A host counts as good when it answers the Logon, not when it takes the connection.
        if (this.#outcome !== 'failed' || this.#withoutLogon.has(address))
          this.#withoutLogon.clear();
        if (this.#outcome === 'failed') this.#withoutLogon.add(address);
        for (const resolve of this.#stopped.splice(0)) resolve();
        this.#retryLater(this.#outcome);
      },
    });
  }

  #onConnectFailed(failure: ConnectFailure): void {
    const { application, clock, log } = this.#options;
    const notice = {
      at: clock.wall(),
      severity: failure.kind === 'Certificate' ? 'error' : 'warn',
      code: `CONNECT_${failure.kind.toUpperCase()}`,
      text: failure.text,
    } as const;
    log?.event(`${notice.code}: ${notice.text}`);
    application.onEvent?.(notice);
    this.#retryLater(failure.kind === 'Certificate' ? 'refused' : 'failed');
  }

  #retryLater(outcome: ConnectionOutcome): void {
    if (!this.#isWanted || this.#host.state.haltText !== undefined) return;
    const { reconnect } = this.#host.settings;
    const next = nextReconnect(reconnect, this.#reconnect, outcome, this.#options.random());
    this.#reconnect = next.state;
    const delayMs = this.#isRetryingAtOnce ? 0 : next.delayMs;
    this.#isRetryingAtOnce = false;
    this.#retry = this.#options.timers.set(delayMs, () => {
      this.#connect();
    });
  }
}

export const isSeqNum = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;
