import { defined } from '../../lib/defined.ts';
import { invariant } from '../../lib/invariant.ts';
import { err, type Result } from '../../lib/result.ts';
import { type EpochMs, type MonotonicMs, type Clock } from '../../lib/time.ts';
import { FrameEncoder } from '../codec/frame-encoder.ts';
import { type FixMessage, type OutboundMessage } from '../codec/fix-message.ts';
import { type SendEffect, type SessionEffect } from '../session/model/effect.ts';
import { type EventBody, type Moment, type SessionEvent } from '../session/model/event.ts';
import { sendApplication } from '../session/send.ts';
import {
  type LoggedOn,
  type SendRefusal,
  type SessionNotice,
  type SessionView,
  type SessionApplication,
  type SessionStore,
} from '../session/model/session-types.ts';
import { type SessionConfig, type SessionSettings } from '../session/model/settings.ts';
import { initialState, isReady, type SessionState, viewOf } from '../session/model/state.ts';
import { step } from '../session/step.ts';
import { nextDeadline } from '../session/timers.ts';
import { callOwner, headerOf, tellNotice } from './session-effects.ts';
import { SessionOutbox, type SessionTransport } from './outbox.ts';
import { Redelivery, redeliveryNotice } from './redelivery.ts';
import { Replay } from './replay.ts';
import { type ResendRange } from './resend-ranges.ts';
import { loggedOnNotice, PeerClock, SessionStanding } from './session-standing.ts';
import { FrameInbox } from '../codec/frame-inbox.ts';
import { type FixDictionary } from '../dictionary/dictionary.ts';

/** Log of a session; called for every frame that is received or sent. */
export interface SessionLog {
  readonly inbound: (bytes: Buffer) => void;
  readonly outbound: (bytes: Buffer) => void;
  readonly event: (text: string) => void;
}

export interface HostOptions {
  readonly settings: SessionSettings;
  readonly application: SessionApplication;
  readonly store: SessionStore;
  readonly dictionary: FixDictionary;
  readonly clock: Clock;
  readonly log?: SessionLog;
  /** What the dictionary finds wrong with a message; makers of sessions fill it in. */
  readonly validate?: SessionConfig['validate'];
  /** Instead of asking the application itself. */
  readonly checkLogon?: SessionConfig['checkLogon'];
  /** Longest frame that is taken from the peer; a longer one is garbled. */
  readonly frameBytesMax?: number;
  /**
   * Unsent bytes beyond which the peer is too slow: an application message is refused, or, where
   * messages are stored for later, the connection is cut and the peer gets them by its
   * ResendRequest(2). A message of the session layer cuts it in any case.
   */
  readonly unsentBytesMax?: number;
  /**
   * MsgType(35) of messages that a reset of the numbers must not lose: they are sent again with
   * PossResend(97)=Y.
   */
  readonly redeliver?: readonly string[];
  /** Unsent bytes beyond which a resend waits. */
  readonly replayBytesMax?: number;
  /** Called with the outcome of the connection, before the owner is. */
  readonly onOutcome?: (outcome: 'logged-on' | 'refused') => void;
  /** After every event: deadlines may have moved, the connection may be gone. */
  readonly onStepped?: () => void;
}

const LOGOUT = '5';
const SENDING_TIME = 52;
const UNSENT_BYTES_MAX = 16 * 1024 * 1024;
const REPLAY_BYTES_MAX = 256 * 1024;
/** Small frames cost more memory than they have bytes. */
const UNSENT_FRAMES_MAX = 100_000;

/**
 * Runs the pure session: gives it events, carries out its effects on the store, the outbox and the
 * owner. Has no socket and no timer, so tests and simulations run it as the sessions do.
 */
export class SessionHost {
  readonly #options: HostOptions;
  readonly #config: SessionConfig;
  readonly #inbox: FrameInbox;
  readonly #encoder = new FrameEncoder();
  readonly #outbox: SessionOutbox;
  readonly #redelivery: Redelivery | undefined;
  readonly #standing: SessionStanding;
  #state: SessionState;
  #transport: SessionTransport | undefined;
  /** Resends of this connection. */
  #replay: Replay | undefined;
  #lastReceivedAt: EpochMs | undefined;
  #lastSentAt: EpochMs | undefined;
  readonly #peerClock = new PeerClock();

  constructor(options: HostOptions) {
    const { settings, application, store } = options;
    this.#options = options;
    this.#standing = new SessionStanding(options.clock.wall());
    this.#config = {
      settings,
      logonFields: (logon) => application.logonFields?.(logon) ?? [],
      checkLogon: options.checkLogon ?? ((message, at) => application.checkLogon?.(message, at)),
      ...defined({ validate: options.validate }),
    };
    this.#inbox = new FrameInbox(options.dictionary, options.frameBytesMax);
    this.#state = initialState({
      nextSender: store.nextSenderMsgSeqNum(),
      nextTarget: store.nextTargetMsgSeqNum(),
    });
    this.#redelivery =
      options.redeliver && new Redelivery({ store, msgTypes: new Set(options.redeliver) });
    this.#outbox = new SessionOutbox({
      store,
      replayBytesMax: options.replayBytesMax ?? REPLAY_BYTES_MAX,
      onWrite: (frame) => options.log?.outbound(frame),
      onReplayWritten: () => {
        this.#step({ type: 'BytesSent' });
      },
      onFailure: (error) => {
        this.halt(`the store cannot be written: ${String(error)}`);
      },
    });
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Logged on with a peer that has not confirmed the last reports. */
  get isUnconfirmed(): boolean {
    return this.#state.phase === 'LoggedOn' && this.#redelivery?.isUnconfirmed === true;
  }

  get settings(): SessionSettings {
    return this.#config.settings;
  }

  /** When to call `tick`. */
  get deadline(): MonotonicMs | undefined {
    return nextDeadline(this.#state, this.#config.settings);
  }

  connected(transport: SessionTransport): void {
    invariant(this.#transport === undefined, 'a session has one connection at a time');
    this.#transport = transport;
    this.#peerClock.clear();
    this.#inbox.reset();
    this.#replay = undefined;
    this.#outbox.attach(transport);
    this.#redelivery?.onConnected();
    this.event({ type: 'Connected' });
  }

  /** Bytes off the socket; every whole frame in them is processed before this returns. */
  received(chunk: Buffer): void {
    if (this.#transport === undefined) return;
    this.#inbox.push(chunk);
    for (let next = this.#inbox.next(); next !== undefined; next = this.#inbox.next()) {
      if (next.type === 'Garbled') {
        this.#options.log?.inbound(next.bytes);
        this.#step({ type: 'Garbled', reason: next.reason, tooLong: next.tooLong });
      } else {
        this.#received(next.message);
      }
    }
    const isPending = this.#inbox.pendingChange();
    if (isPending !== undefined) this.#step({ type: 'PartialFrame', isPending });
    this.#options.onStepped?.();
  }

  disconnected(text: string): void {
    this.#transport = undefined;
    this.#outbox.detach();
    this.event({ type: 'Disconnected', text });
  }

  /** The socket's buffer is empty. */
  drained(): void {
    this.#outbox.pump();
  }

  tick(): void {
    this.event({ type: 'Tick' });
  }

  halt(text: string): void {
    this.event({ type: 'HaltAsked', text });
  }

  event(event: EventBody): void {
    this.#step(event);
    // The number that an operator sets may be that of a queued message.
    this.#drain();
    this.#options.onStepped?.();
  }

  send(message: OutboundMessage): Result<{ readonly msgSeqNum: number }, SendRefusal> {
    if (this.settings.sendWhenLoggedOff === 'refuse' && this.#isPeerSlow()) {
      return err('Backpressure');
    }
    const moment = this.#now();
    const sent = sendApplication(this.#state, message, this.#config, moment);
    if (!sent.result.ok) return sent.result;
    const frames: Buffer[] = [];
    for (const effect of sent.effects) {
      if (effect.type !== 'Send') continue;
      const encoded = this.#encode(effect, moment.at);
      // The step's outcome is dropped, so no number is used.
      if (!encoded.ok) return err('InvalidValue');
      frames.push(encoded.value);
    }
    if (sent.effects.length === 0 && !this.#isEncodable(message, moment.at)) {
      return err('InvalidValue');
    }
    this.#state = sent.state;
    for (const [index, effect] of sent.effects.entries()) {
      const frame = frames[index];
      if (effect.type === 'Send' && frame !== undefined) this.#save(effect, frame, moment.at);
    }
    return sent.result;
  }

  view(): SessionView {
    return viewOf(this.#state, this.settings, {
      lastReceivedAt: this.#lastReceivedAt,
      lastSentAt: this.#lastSentAt,
      peer: this.#transport?.peer,
      ...this.#peerClock.view(),
      ...this.#standing.view(),
    });
  }

  /** How long written bytes have waited for the operating system to take any, in ms. */
  stalledForMs(): number {
    return this.#transport?.stalledForMs?.() ?? 0;
  }

  /** Tells how the last connection ended, once. `next`: what comes now, `next attempt in 2 s`. */
  sayEnd(next: string): void {
    const notice = this.#standing.takeEnd(next);
    if (notice !== undefined) tellNotice(notice, this.#options);
  }

  /** An attempt that came to no connection; `next` as in `sayEnd`. */
  sayAttemptFailed({ text, ...failure }: Omit<SessionNotice, 'at'>, next: string): void {
    this.#standing.onAttemptFailed(text);
    const at = this.#options.clock.wall();
    tellNotice({ ...failure, at, text: `${text}; ${next}` }, this.#options);
  }

  #now(): Moment {
    const { clock } = this.#options;
    return { at: clock.wall(), mono: clock.monotonic() };
  }

  #step(event: EventBody): void {
    this.#stepWith({ ...event, ...this.#now() });
  }

  #stepWith(event: SessionEvent): void {
    const { at } = event;
    const stepped = step(this.#state, event, this.#config);
    this.#state = stepped.state;
    this.#standing.onStep(stepped.state, at);
    for (const effect of stepped.effects) this.#perform(effect, at);
    this.#redeliver(at);
  }

  /** In the turn of the reset: both are in one commit, and no crash separates them. */
  #redeliver(at: EpochMs): void {
    const due = this.#redelivery?.take();
    if (due === undefined) return;
    const first = this.#state.nextSender;
    for (const message of due.messages) this.send(message);
    tellNotice(redeliveryNotice(due, first, at), this.#options);
  }

  #received(message: FixMessage): void {
    const { at, mono } = this.#now();
    this.#lastReceivedAt = at;
    this.#peerClock.note(message.get(SENDING_TIME), at);
    this.#options.log?.inbound(message.raw);
    if (this.#state.connection?.isLoggedOn === true) this.#redelivery?.onReceived(message);
    this.#stepWith({ type: 'Received', message, at, mono });
    this.#drain();
  }

  #drain(): void {
    while (isReady(this.#state)) this.#step({ type: 'Drain' });
  }

  #perform(effect: SessionEffect, at: EpochMs): void {
    const { store } = this.#options;
    switch (effect.type) {
      case 'Send':
        this.#sendOwn(effect, at);
        return;
      case 'Replay':
        this.#resend(effect);
        return;
      case 'ResetStore':
        this.#redelivery?.onForgetting(1);
        store.reset(at);
        return;
      case 'StoreNextSender':
        this.#redelivery?.onForgetting(effect.value);
        store.setNextSenderMsgSeqNum(effect.value);
        return;
      case 'StoreNextTarget':
        store.setNextTargetMsgSeqNum(effect.value);
        return;
      case 'Disconnect':
        this.#outbox.close();
        return;
      case 'ResendRequested':
        this.#redelivery?.onResendRequested(effect.range.beginSeqNo);
        callOwner(effect, this.#options);
        return;
      case 'LoggedOn':
        this.#standing.onCall(effect);
        // The line comes before what the owner does with the session.
        tellNotice(this.#loggedOnNotice(effect.info), this.#options);
        callOwner(effect, this.#options);
        return;
      default:
        this.#standing.onCall(effect);
        callOwner(effect, this.#options);
    }
  }

  #loggedOnNotice({ reset, at }: LoggedOn): SessionNotice {
    const { targetCompID } = this.settings;
    return loggedOnNotice(this.#state, { peer: this.#transport?.peer, targetCompID, reset, at });
  }

  #sendOwn(effect: SendEffect, at: EpochMs): void {
    const encoded = this.#encode(effect, at);
    invariant(encoded.ok, `the session layer can encode its own MsgType(35) ${effect.msgType}`);
    this.#save(effect, encoded.value, at);
  }

  #save(effect: SendEffect, frame: Buffer, at: EpochMs): void {
    this.#options.store.saveOutbound(effect.msgSeqNum, frame);
    this.#redelivery?.onSaved(effect, { isResending: this.#replay?.isDone === false });
    if (effect.isStoredOnly) {
      this.#outbox.commitOnly();
      return;
    }
    this.#lastSentAt = at;
    if (this.#isPeerSlow() && !this.#outbox.isCut) this.#cutSlowPeer(at);
    this.#outbox.push(frame, { staysBehind: effect.msgType === LOGOUT });
  }

  #isPeerSlow(): boolean {
    const { unsentBytes, unsentFrames } = this.#outbox;
    const { unsentBytesMax = UNSENT_BYTES_MAX } = this.#options;
    return unsentBytes > unsentBytesMax || unsentFrames > UNSENT_FRAMES_MAX;
  }

  /**
   * Bounds memory when a peer does not read. The store has the messages, and the peer asks for them
   * when it reconnects.
   */
  #cutSlowPeer(at: EpochMs): void {
    const text = `slow consumer: ${this.#outbox.unsentBytes} bytes unsent`;
    tellNotice({ at, severity: 'warn', code: 'SLOW_CONSUMER', text }, this.#options);
    this.#outbox.cut(text);
  }

  #encode(effect: SendEffect, at: EpochMs): ReturnType<FrameEncoder['encode']> {
    return this.#encoder.encode(headerOf(effect, this.settings, at), effect.fields);
  }

  #isEncodable({ msgType, fields, header = [] }: OutboundMessage, at: EpochMs): boolean {
    const { nextSender: msgSeqNum } = this.#state;
    const isStoredOnly = true;
    return this.#encode({ type: 'Send', msgSeqNum, msgType, fields, header, isStoredOnly }, at).ok;
  }

  /** Requests that overlap are answered once, whatever their number. */
  #resend(range: ResendRange): void {
    if (this.#replay?.isDone === false) {
      this.#replay.add(range);
      return;
    }
    this.#replay = new Replay({ ...this.#options, encoder: this.#encoder }, range);
    this.#outbox.push(this.#replay);
  }
}
