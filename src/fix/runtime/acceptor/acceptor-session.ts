import { defined } from '../../../lib/defined.ts';
import { type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import {
  type AcceptedSession,
  type AcceptorOptions,
  type PeerCertificate,
  type SecondConnection,
} from './acceptor.ts';
import { type FirstFrame } from './first-frame.ts';
import { type LogonGuard } from './logon-guard.ts';
import { makeSettings } from '../../session/model/settings.ts';
import { LogonTrial, type TurnedAway } from './logon-trial.ts';
import { type FixMessage } from '../../codec/fix-message.ts';
import { SessionVerbs } from '../session-verbs.ts';
import { type AttachedSocket, attachSocket } from '../socket.ts';
import { makeValidate } from '../../session/session-validate.ts';

/**
 * Time from a report to the TestRequest(1) that asks whether it arrived; its answer confirms every
 * report before it.
 */
const CONFIRM_AFTER_MS = 10_000;

/** Time for the peer of a connection that is up to show that it lives. */
const PROBE_MS = 3_000;

/** What becomes of a connection that was given to a session. */
export interface Admission {
  /** The session accepts its Logon. */
  readonly onAdmitted: () => void;
  readonly onTurnedAway: (turnedAway: TurnedAway) => void;
}

/** A connection whose Logon is right and that waits for a silent one to be cut. */
interface Successor {
  readonly socket: Socket;
  readonly first: FirstFrame;
  readonly admission: Admission;
  /** When the connection that is up last received something, as the question went out. */
  readonly lastReceivedAt: number | undefined;
  readonly timer: { readonly cancel: () => void };
}

/** A session that waits to be connected to. */
export class AcceptorSession extends SessionVerbs {
  readonly #options: AcceptorOptions;
  readonly #trial: LogonTrial;
  readonly #session: Pick<AcceptedSession, 'allowsAddress' | 'authenticate'>;
  readonly #onSecondConnection: SecondConnection;
  readonly #guard: LogonGuard;
  #isEnabled = false;
  #isResetDue = false;
  #attached: AttachedSocket | undefined;
  #successor: Successor | undefined;
  #confirmation: { readonly cancel: () => void } | undefined;

  constructor(session: AcceptedSession, options: AcceptorOptions, guard: LogonGuard) {
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
    this.#session = session;
    this.#onSecondConnection =
      session.onSecondConnection ?? options.onSecondConnection ?? 'refuse-new';
    this.#guard = guard;
  }

  /**
   * Takes a connection over, or turns it away. Only a Logon that the session accepts may use its
   * numbers, and end a connection that is up.
   */
  accept(socket: Socket, first: FirstFrame, admission: Admission): void {
    const turnedAway = this.#refusalOf(socket, first);
    if (turnedAway !== undefined) {
      admission.onTurnedAway(turnedAway);
      return;
    }
    admission.onAdmitted();
    if (this.#attached === undefined) this.#attach(socket, first.bytes);
    else if (this.#onSecondConnection === 'evict-old') {
      this.#attached.cut('evicted by a new connection');
      this.#attach(socket, first.bytes);
    } else {
      this.#probe(socket, first, admission);
    }
  }

  start(): void {
    this.open();
  }

  override stop(text?: string): Promise<void> {
    this.#isEnabled = false;
    this.#refuseSuccessor('is not open');
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
    if (this.#successor !== undefined && this.#hasAnswered(this.#successor)) {
      this.#refuseSuccessor('is connected already');
    }
    if (this.#confirmation !== undefined || !this.host.isUnconfirmed) return;
    this.#confirmation = this.#options.timers.set(CONFIRM_AFTER_MS, () => {
      this.#confirmation = undefined;
      if (this.host.isUnconfirmed) this.host.event({ type: 'TestRequestAsked' });
    });
  }

  #refusalOf(socket: Socket, first: FirstFrame): TurnedAway | undefined {
    const { message, bytes } = first;
    const address = socket.remoteAddress ?? '';
    const refusal = this.#addressRefusal(address);
    if (refusal !== undefined) return this.#trial.refuse(message, refusal, { isAnswered: false });
    const { id } = this.host.settings;
    const isLogon = message.msgType === 'A';
    const wrong = isLogon ? this.#credentialRefusal(socket, message) : undefined;
    if (wrong !== undefined) return wrong;
    const { nextTarget, haltText } = this.host.state;
    const closed = closedText(this.#isEnabled, haltText);
    if (closed !== undefined) {
      const { text, answer } = this.#trial.closedRefusal(first, nextTarget, closed);
      const why = [text, haltText].join(' ').trim();
      return { text: `session ${id}: Logon refused: ${why}`, ...defined({ answer }) };
    }
    const isTaken = this.#attached !== undefined;
    const turnedAway = this.#trial.refusalOf(bytes, { nextTarget, isTaken });
    if (turnedAway !== undefined) {
      return { ...turnedAway, text: `session ${id}: Logon refused: ${turnedAway.text}` };
    }
    const isRefused = this.#onSecondConnection === 'refuse-new' || this.#successor !== undefined;
    return isTaken && isRefused ? this.#secondRefusal(message, 'is connected already') : undefined;
  }

  /** Reasons to refuse that do not depend on the Logon. */
  #addressRefusal(address: string): string | undefined {
    return this.#session.allowsAddress?.(address) === false
      ? `session ${this.host.settings.id} may not be reached from ${address}`
      : undefined;
  }

  #credentialRefusal(socket: Socket, message: FixMessage): TurnedAway | undefined {
    const { authenticate } = this.#session;
    if (authenticate === undefined) return undefined;
    const { id } = this.host.settings;
    const address = socket.remoteAddress ?? '';
    const certificate = certificateOf(socket);
    const shown = [...CREDENTIAL_TAGS.map((tag) => message.get(tag)), certificate?.fingerprint];
    const attempt = { address, session: id, credentials: JSON.stringify(shown) };
    const held = this.#guard.refusalOf(attempt)?.text;
    const problem = held ?? authenticate(message, certificate);
    if (problem === undefined) {
      this.#guard.onRight(attempt);
      return undefined;
    }
    if (held === undefined) this.#guard.onWrong(attempt);
    const text = `session ${id}: Logon refused from ${address}: ${problem}`;
    return { ...this.#trial.refuse(message, problem, { isAnswered: true }), text };
  }

  /**
   * Of a Logon that is right: its peer may know why it has to wait. Where a session has no
   * credentials, FIX session test case 1b holds: no answer.
   */
  #secondRefusal(logon: FixMessage, why: string): TurnedAway {
    const text = `session ${this.host.settings.id} ${why}`;
    const isAnswered = this.#session.authenticate !== undefined;
    return this.#trial.refuse(logon, text, { isAnswered });
  }

  #attach(socket: Socket, first: Buffer): void {
    const attached = attachSocket(this.host, socket, this.#options, {
      first,
      onClosed: () => this.#onClosed(),
    });
    if (!attached.isOver()) this.#attached = attached;
  }

  /** Asks the peer of the connection that is up whether it lives; a dead one is replaced. */
  #probe(socket: Socket, first: FirstFrame, admission: Admission): void {
    // What comes meanwhile waits in the operating system's buffer.
    socket.pause();
    const lastReceivedAt = this.host.state.connection?.lastReceivedAt;
    const timer = this.#options.timers.set(PROBE_MS, () => {
      this.#attached?.cut(`silent for ${PROBE_MS} ms while a new Logon waited: replaced`);
    });
    this.#successor = { socket, first, admission, lastReceivedAt, timer };
    this.host.event({ type: 'TestRequestAsked' });
  }

  #hasAnswered({ lastReceivedAt }: Successor): boolean {
    const { connection } = this.host.state;
    return connection !== undefined && connection.lastReceivedAt !== lastReceivedAt;
  }

  #refuseSuccessor(why: string): void {
    const successor = this.#takeSuccessor();
    if (successor === undefined) return;
    const { first, admission } = successor;
    admission.onTurnedAway(this.#secondRefusal(first.message, why));
  }

  #takeSuccessor(): Successor | undefined {
    const successor = this.#successor;
    this.#successor = undefined;
    successor?.timer.cancel();
    return successor;
  }

  #onClosed(): void {
    this.#attached = undefined;
    this.#confirmation?.cancel();
    this.#confirmation = undefined;
    if (this.#isResetDue) this.host.event({ type: 'ResetAsked' });
    this.#isResetDue = false;
    this.host.sayEnd(this.#isEnabled ? 'it waits for the next Logon' : 'it accepts no Logon now');
    this.settleStops();
    const successor = this.#takeSuccessor();
    if (successor === undefined || successor.socket.destroyed) return;
    this.#attach(successor.socket, successor.first.bytes);
    successor.socket.resume();
  }
}

/** Username(553), Password(554), RawData(96). */
const CREDENTIAL_TAGS = [553, 554, 96];

const certificateOf = (socket: Socket): PeerCertificate | undefined => {
  const found = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return found === undefined
    ? undefined
    : { subject: found.subject.split('\n'), fingerprint: found.fingerprint256 };
};

/** What a client with the right credentials is told; the reason of a halt is for operators. */
const closedText = (isEnabled: boolean, haltText: string | undefined): string | undefined => {
  if (haltText !== undefined) return 'the session is halted, ask its operator';
  return isEnabled ? undefined : 'the session is not open';
};
