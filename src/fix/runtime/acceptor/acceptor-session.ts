import { defined } from '../../../lib/defined.ts';
import { type Socket } from 'node:net';
import { type AcceptedSession, type AcceptorOptions } from './acceptor.ts';
import { makeSettings } from '../../session/model/settings.ts';
import { LogonTrial, type TurnedAway } from './logon-trial.ts';
import { SessionVerbs } from '../session-verbs.ts';
import { type AttachedSocket, attachSocket } from '../socket.ts';
import { makeValidate } from '../../session/session-validate.ts';

/**
 * Time from a report to the TestRequest(1) that asks whether it arrived; its answer confirms every
 * report before it.
 */
const CONFIRM_AFTER_MS = 10_000;

/** A session that waits to be connected to. */
export class AcceptorSession extends SessionVerbs {
  readonly #options: AcceptorOptions;
  readonly #trial: LogonTrial;
  readonly #allowsAddress: AcceptedSession['allowsAddress'];
  #isEnabled = false;
  #isResetDue = false;
  #attached: AttachedSocket | undefined;
  #confirmation: { readonly cancel: () => void } | undefined;

  constructor(session: AcceptedSession, options: AcceptorOptions) {
    const settings = makeSettings({ ...session.settings, role: 'acceptor' });
    const dictionary = session.dictionary ?? options.dictionary;
    const common = {
      settings,
      application: session.application,
      dictionary,
      clock: options.clock,
      validate: session.validate ?? makeValidate(dictionary, settings),
      ...defined({ frameBytesMax: session.frameBytesMax, log: session.log }),
    };
    const trial = new LogonTrial(common);
    super(
      {
        ...common,
        checkLogon: trial.checkLogon,
        store: session.store,
        ...defined({ redeliver: session.redeliver, unsentBytesMax: options.unsentBytesMax }),
      },
      options,
    );
    this.#options = options;
    this.#trial = trial;
    this.#allowsAddress = session.allowsAddress;
  }

  /**
   * Takes a connection over, or returns why not. Only a Logon that the session accepts may use its
   * numbers, and end a connection that is up.
   */
  accept(socket: Socket, first: Buffer): TurnedAway | undefined {
    const refusal = this.#addressRefusal(socket.remoteAddress ?? '');
    if (refusal !== undefined) return { text: refusal };
    const { id } = this.host.settings;
    const { nextTarget } = this.host.state;
    const isTaken = this.#attached !== undefined;
    const turnedAway = this.#trial.refusalOf(first, { nextTarget, isTaken });
    if (turnedAway !== undefined) {
      return { ...turnedAway, text: `session ${id}: Logon refused: ${turnedAway.text}` };
    }
    this.#attached?.cut('evicted by a new connection');
    const attached = attachSocket(this.host, socket, this.#options, {
      first,
      onClosed: () => this.#onClosed(),
    });
    if (!attached.isOver()) this.#attached = attached;
    return undefined;
  }

  start(): void {
    this.open();
  }

  override stop(text?: string): Promise<void> {
    this.#isEnabled = false;
    return super.stop(text);
  }

  /** At once, or after a Logout when the peer is connected: it has to begin at 1 as well. */
  reset(): void {
    if (this.#attached === undefined) {
      this.host.event({ type: 'ResetAsked' });
      return;
    }
    this.#isResetDue = true;
    this.logout('sequence reset');
  }

  /** The operator's last word counts: a reset that was asked for before would undo it. */
  override setNextSenderMsgSeqNum(value: number): boolean {
    const isSet = super.setNextSenderMsgSeqNum(value);
    if (isSet) this.#isResetDue = false;
    return isSet;
  }

  override setNextTargetMsgSeqNum(value: number): boolean {
    const isSet = super.setNextTargetMsgSeqNum(value);
    if (isSet) this.#isResetDue = false;
    return isSet;
  }

  protected override open(): void {
    this.#isEnabled = true;
  }

  protected override get isConnected(): boolean {
    return this.#attached !== undefined;
  }

  protected override afterStep(): void {
    super.afterStep();
    if (this.#confirmation !== undefined || !this.host.isUnconfirmed) return;
    this.#confirmation = this.#options.timers.set(CONFIRM_AFTER_MS, () => {
      this.#confirmation = undefined;
      if (this.host.isUnconfirmed) this.host.event({ type: 'TestRequestAsked' });
    });
  }

  /** Reasons to refuse that do not depend on the Logon. */
  #addressRefusal(address: string): string | undefined {
    const { id } = this.host.settings;
    if (this.#allowsAddress?.(address) === false) {
      return `session ${id} may not be reached from ${address}`;
    }
    if (!this.#isEnabled) return `session ${id} is not open`;
    if (this.host.state.haltText !== undefined) {
      return `session ${id} is halted: ${this.host.state.haltText}`;
    }
    return this.#attached !== undefined && this.#options.onSecondConnection !== 'evict-old'
      ? `session ${id} is connected already`
      : undefined;
  }

  #onClosed(): void {
    this.#attached = undefined;
    this.#confirmation?.cancel();
    this.#confirmation = undefined;
    if (this.#isResetDue) this.host.event({ type: 'ResetAsked' });
    this.#isResetDue = false;
    this.host.sayEnd(this.#isEnabled ? 'it waits for the next Logon' : 'it accepts no Logon now');
    this.settleStops();
  }
}
