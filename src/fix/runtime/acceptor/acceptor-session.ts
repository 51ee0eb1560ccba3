import { type Socket } from 'node:net';
import { type Result } from '../../../lib/result.ts';
import { type AcceptedSession, type AcceptorOptions } from './acceptor.ts';
import { type OutboundMessage } from '../../codec/fix-message.ts';
import {
  type FixSession,
  type SendRefusal,
  type SessionView,
} from '../../session/model/session-types.ts';
import { makeSettings } from '../../session/model/settings.ts';
import { LogonTrial, type TurnedAway } from './logon-trial.ts';
import { isSeqNum, SLOW_CONSUMER_MS } from '../initiator-session.ts';
import { SessionHost } from '../session-host.ts';
import { type AttachedSocket, attachSocket } from '../socket.ts';
import { SessionTicker } from '../ticker.ts';
import { makeValidate } from '../../session/session-validate.ts';

/**
 * A TestRequest(1) so long after a report asks whether all have arrived; one serves every report
 * before it.
 */
const CONFIRM_AFTER_MS = 10_000;

/** A session that waits to be connected to. */
export class AcceptorSession implements FixSession {
  readonly #options: AcceptorOptions;
  readonly #host: SessionHost;
  readonly #ticker: SessionTicker;
  readonly #trial: LogonTrial;
  readonly #allowsAddress: AcceptedSession['allowsAddress'];
  #isEnabled = false;
  #isResetDue = false;
  #attached: AttachedSocket | undefined;
  #confirmation: { readonly cancel: () => void } | undefined;
  readonly #stopped: (() => void)[] = [];

  constructor(session: AcceptedSession, options: AcceptorOptions) {
    this.#options = options;
    this.#allowsAddress = session.allowsAddress;
    const settings = makeSettings({ ...session.settings, role: 'acceptor' });
    const dictionary = session.dictionary ?? options.dictionary;
    const common = {
      settings,
      application: session.application,
      dictionary,
      clock: options.clock,
      validate: session.validate ?? makeValidate(dictionary, settings),
      ...(session.frameBytesMax !== undefined && { frameBytesMax: session.frameBytesMax }),
    };
    const trial = new LogonTrial({ ...common, ...(session.log && { log: session.log }) });
    this.#trial = trial;
    this.#host = new SessionHost({
      ...common,
      checkLogon: trial.checkLogon,
      store: session.store,
      ...(session.log && { log: session.log }),
      ...(session.redeliver && { redeliver: session.redeliver }),
      ...(options.unsentBytesMax !== undefined && { unsentBytesMax: options.unsentBytesMax }),
      onStepped: () => {
        this.#afterStep();
      },
    });
    this.#ticker = new SessionTicker(options, () => {
      this.#host.tick();
    });
  }

  /**
   * Takes a connection over; or says why not. Only a Logon that is accepted gets this far: it alone
   * may use the session's place and its numbers, and end a connection that is up.
   */
  accept(socket: Socket, first: Buffer): TurnedAway | undefined {
    const refusal = this.#addressRefusal(socket.remoteAddress ?? '');
    if (refusal !== undefined) return { text: refusal };
    const { id } = this.#host.settings;
    const { nextTarget } = this.#host.state;
    const isTaken = this.#attached !== undefined;
    const turnedAway = this.#trial.refusalOf(first, { nextTarget, isTaken });
    if (turnedAway !== undefined) {
      return { ...turnedAway, text: `session ${id}: Logon refused: ${turnedAway.text}` };
    }
    this.#attached?.cut('evicted by a new connection');
    const { clock, timers, slowConsumerMs = SLOW_CONSUMER_MS } = this.#options;
    const attached = attachSocket(
      this.#host,
      socket,
      { clock, timers, slowConsumerMs },
      {
        first,
        onClosed: () => {
          this.#onClosed();
        },
      },
    );
    if (!attached.isOver()) this.#attached = attached;
    return undefined;
  }

  send(message: OutboundMessage): Result<{ readonly msgSeqNum: number }, SendRefusal> {
    const sent = this.#host.send(message);
    this.#afterStep();
    return sent;
  }

  view(): SessionView {
    return this.#host.view();
  }

  start(): void {
    this.#isEnabled = true;
  }

  stop(text?: string): Promise<void> {
    this.logout(text);
    this.#isEnabled = false;
    if (this.#attached === undefined) return Promise.resolve();
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
    this.#isEnabled = true;
  }

  logout(text?: string): void {
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

  /** At once, or after a Logout when the peer is connected: it has to begin at 1 as well. */
  reset(): void {
    if (this.#attached === undefined) {
      this.#host.event({ type: 'ResetAsked' });
      return;
    }
    this.#isResetDue = true;
    this.logout('sequence reset');
  }

  sendTestRequest(): void {
    this.#host.event({ type: 'TestRequestAsked' });
  }

  #afterStep(): void {
    this.#ticker.arm(this.#host.deadline);
    if (this.#confirmation !== undefined || !this.#host.isUnconfirmed) return;
    this.#confirmation = this.#options.timers.set(CONFIRM_AFTER_MS, () => {
      this.#confirmation = undefined;
      if (this.#host.isUnconfirmed) this.#host.event({ type: 'TestRequestAsked' });
    });
  }

  /** What needs no look at the Logon. */
  #addressRefusal(address: string): string | undefined {
    const { id } = this.#host.settings;
    if (this.#allowsAddress?.(address) === false) {
      return `session ${id} may not be reached from ${address}`;
    }
    if (!this.#isEnabled) return `session ${id} is not open`;
    if (this.#host.state.haltText !== undefined) {
      return `session ${id} is halted: ${this.#host.state.haltText}`;
    }
    return this.#attached !== undefined && this.#options.onSecondConnection !== 'evict-old'
      ? `session ${id} is connected already`
      : undefined;
  }

  #onClosed(): void {
    this.#attached = undefined;
    this.#confirmation?.cancel();
    this.#confirmation = undefined;
    if (this.#isResetDue) this.#host.event({ type: 'ResetAsked' });
    this.#isResetDue = false;
    for (const resolve of this.#stopped.splice(0)) resolve();
  }
}
