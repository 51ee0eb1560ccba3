import { invariant } from '../lib/invariant.ts';
import { err, type Result } from '../lib/result.ts';
import { type Clock, type EpochMs, type MonotonicMs } from '../lib/time.ts';
import { DECODER_LIMITS, type FixDictionary, FrameDecoder, FrameEncoder } from './codec.ts';
import { type FixMessage, type OutboundMessage } from './fix-message.ts';
import { type SendEffect, type SessionEffect } from './session/effect.ts';
import { type EventBody, type Moment } from './session/event.ts';
import { sendApplication } from './session/send.ts';
import {
  type SendRefusal,
  type SessionApplication,
  type SessionStore,
  type SessionView,
} from './session/session-types.ts';
import { type SessionConfig, type SessionSettings } from './session/settings.ts';
import { initialState, isReady, type SessionState } from './session/state.ts';
import { step } from './session/step.ts';
import { nextDeadline } from './session/timers.ts';
import { callOwner, headerOf } from './session-effects.ts';
import { SessionOutbox, type Transport } from './session-outbox.ts';
import { makeReplay, type ReplayRange } from './session-replay.ts';

/** Where a session writes what it hears and says; called for every frame. */
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
  /** Unsent bytes beyond which an application message is refused. */
  readonly unsentBytesMax?: number;
  /** Unsent bytes beyond which a resend waits. */
  readonly replayBytesMax?: number;
  /** What became of the connection, before the owner hears of it. */
  readonly onOutcome?: (outcome: 'logged-on' | 'refused') => void;
  /** After every event: deadlines may have moved, the connection may be gone. */
  readonly onStepped?: () => void;
}

const UNSENT_BYTES_MAX = 16 * 1024 * 1024;
const REPLAY_BYTES_MAX = 256 * 1024;
/** Resends that wait for the peer to read; a peer that asks for more has the answer coming. */
const REPLAYS_MAX = 8;

/**
 * Runs the pure session: gives it events, carries out its effects on the store, the outbox and the owner. Knows no socket and no
 * timer, so tests and simulations drive it as the drivers do.
 */
export class SessionHost {
  readonly #options: HostOptions;
  readonly #config: SessionConfig;
  readonly #decoder: FrameDecoder;
  readonly #encoder = new FrameEncoder();
  readonly #outbox: SessionOutbox;
  #state: SessionState;
  #transport: Transport | undefined;
  #lastReceivedAt: EpochMs | undefined;
  #lastSentAt: EpochMs | undefined;

  constructor(options: HostOptions) {
    const { settings, application, store } = options;
    this.#options = options;
    this.#config = {
      settings,
      logonFields: (logon) => application.logonFields?.(logon) ?? [],
      checkLogon: options.checkLogon ?? ((message, at) => application.checkLogon?.(message, at)),
      ...(options.validate && { validate: options.validate }),
    };
    this.#decoder = new FrameDecoder(
      options.dictionary,
      options.frameBytesMax === undefined
        ? undefined
        : { ...DECODER_LIMITS, frameBytesMax: options.frameBytesMax },
    );
    this.#state = initialState({
      nextSender: store.nextSenderMsgSeqNum(),
      nextTarget: store.nextTargetMsgSeqNum(),
    });
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

  get settings(): SessionSettings {
    return this.#config.settings;
  }

  /** When to call `tick`. */
  get deadline(): MonotonicMs | undefined {
    return nextDeadline(this.#state, this.#config.settings);
  }

  connected(transport: Transport): void {
    invariant(this.#transport === undefined, 'a session has one connection at a time');
    this.#transport = transport;
    this.#decoder.reset();
    this.#outbox.attach(transport);
    this.event({ type: 'Connected' });
  }

  /** Bytes off the socket; every whole frame in them is processed before this returns. */
  received(chunk: Buffer): void {
    if (this.#transport === undefined) return;
    this.#lastReceivedAt = this.#options.clock.wall();
    this.#decoder.push(chunk);
    let decoded = this.#decoder.next();
    // A long message takes many reads: its pieces are signs of life as well.
    if (decoded === undefined) this.#step({ type: 'BytesReceived' });
    for (; decoded !== undefined; decoded = this.#decoder.next()) {
      if (decoded.type === 'Garbled') {
        this.#options.log?.inbound(decoded.bytes);
        this.#step({ type: 'Garbled', reason: decoded.reason });
      } else {
        this.#received(decoded.message);
      }
    }
    this.#options.onStepped?.();
  }

  disconnected(text: string): void {
    this.#transport = undefined;
    this.#outbox.detach();
    this.event({ type: 'Disconnected', text });
  }

  /** The socket has taken what it was given. */
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
    this.#options.onStepped?.();
  }

  send(message: OutboundMessage): Result<{ readonly msgSeqNum: number }, SendRefusal> {
    if (this.#outbox.unsentBytes > (this.#options.unsentBytesMax ?? UNSENT_BYTES_MAX)) {
      return err('Backpressure');
    }
    const moment = this.#now();
    const sent = sendApplication(this.#state, message, this.#config, moment);
    if (!sent.result.ok) return sent.result;
    const frames: Buffer[] = [];
    for (const effect of sent.effects) {
      if (effect.type !== 'Send') continue;
      const encoded = this.#encode(effect, moment.at);
      // The step's outcome is dropped: no number is used.
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
    const { phase, nextSender, nextTarget, epoch } = this.#state;
    return {
      id: this.settings.id,
      role: this.settings.role,
      phase,
      nextSenderMsgSeqNum: nextSender,
      nextTargetMsgSeqNum: nextTarget,
      epoch,
      lastReceivedAt: this.#lastReceivedAt,
      lastSentAt: this.#lastSentAt,
      peer: this.#transport?.peer,
    };
  }

  #now(): Moment {
    const { clock } = this.#options;
    return { at: clock.wall(), mono: clock.monotonic() };
  }

  #step(event: EventBody): void {
    const moment = this.#now();
    const stepped = step(this.#state, { ...event, ...moment }, this.#config);
    this.#state = stepped.state;
    for (const effect of stepped.effects) this.#perform(effect, moment.at);
  }

  #received(message: FixMessage): void {
    this.#options.log?.inbound(message.raw);
    this.#step({ type: 'Received', message });
    while (isReady(this.#state)) this.#step({ type: 'Drain' });
  }

  #perform(effect: SessionEffect, at: EpochMs): void {
    const { store } = this.#options;
    switch (effect.type) {
      case 'Send':
        this.#sendOwn(effect, at);
        return;
      case 'Replay':
        this.#replay(effect);
        return;
      case 'ResetStore':
        store.reset(at);
        return;
      case 'StoreNextSender':
        store.setNextSenderMsgSeqNum(effect.value);
        return;
      case 'StoreNextTarget':
        store.setNextTargetMsgSeqNum(effect.value);
        return;
      case 'Disconnect':
        this.#outbox.close();
        return;
      default:
        callOwner(effect, this.#options);
    }
  }

  #sendOwn(effect: SendEffect, at: EpochMs): void {
    const encoded = this.#encode(effect, at);
    invariant(encoded.ok, `the session layer can encode its own MsgType(35) ${effect.msgType}`);
    this.#save(effect, encoded.value, at);
  }

  #save(effect: SendEffect, frame: Buffer, at: EpochMs): void {
    this.#options.store.saveOutbound(effect.msgSeqNum, frame);
    if (effect.isStoredOnly) {
      this.#outbox.commitOnly();
      return;
    }
    this.#lastSentAt = at;
    this.#outbox.push(frame);
  }

  #encode(effect: SendEffect, at: EpochMs): ReturnType<FrameEncoder['encode']> {
    return this.#encoder.encode(headerOf(effect, this.settings, at), effect.fields);
  }

  #isEncodable(message: OutboundMessage, at: EpochMs): boolean {
    const { msgType, fields, header = [] } = message;
    const msgSeqNum = this.#state.nextSender;
    return this.#encode(
      { type: 'Send', msgSeqNum, msgType, fields, header, isStoredOnly: true },
      at,
    ).ok;
  }

  #replay(range: ReplayRange): void {
    if (this.#outbox.replays >= REPLAYS_MAX) {
      this.#options.log?.event(`RESEND_DROPPED: ${REPLAYS_MAX} resends are waiting`);
      return;
    }
    this.#outbox.push(makeReplay({ ...this.#options, encoder: this.#encoder }, range));
  }
}
