import { type Clock } from '../../../lib/time.ts';
import { type FixMessage } from '../../codec/fix-message.ts';
import { DECODER_LIMITS, FrameDecoder } from '../../codec/frame-decoder.ts';
import { type FixDictionary } from '../../dictionary/dictionary.ts';
import { FrameEncoder } from '../../codec/frame-encoder.ts';
import { type SessionEffect } from '../../session/model/effect.ts';
import { type SessionApplication } from '../../session/model/session-types.ts';
import { type SessionConfig, type SessionSettings } from '../../session/model/settings.ts';
import { initialState } from '../../session/model/state.ts';
import { step } from '../../session/step.ts';
import { type SessionLog } from '../session-host.ts';
import { headerOf, tellNotice } from '../session-effects.ts';

export interface LogonTrialOptions {
  readonly settings: SessionSettings;
  readonly application: SessionApplication;
  readonly dictionary: FixDictionary;
  readonly validate: NonNullable<SessionConfig['validate']>;
  readonly clock: Clock;
  readonly frameBytesMax?: number;
  readonly log?: SessionLog;
}

/** A connection that a session does not take. */
export interface TurnedAway {
  readonly text: string;
  /** What it is told; nothing when left out. */
  readonly answer?: Buffer;
}

/**
 * Hears a Logon(A) before its session does: only one that the session would accept may take its
 * place and its numbers. It is played to a session of its own, so that neither the numbers nor the
 * store of the real one move: the Logout(5) that refuses it is therefore number 1, or 2 after a
 * Reject(3).
 */
export class LogonTrial {
  readonly #options: LogonTrialOptions;
  /** The Logon that was just let through, until the session itself asks about it. */
  #passed: Buffer | undefined;

  constructor(options: LogonTrialOptions) {
    this.#options = options;
  }

  /**
   * For the session: asks the application, once for each Logon, since a nonce is good once only.
   */
  readonly checkLogon: NonNullable<SessionApplication['checkLogon']> = (message, at) => {
    const isPassed = this.#passed?.equals(message.raw) === true;
    this.#passed = undefined;
    return isPassed ? undefined : this.#options.application.checkLogon?.(message, at);
  };

  /**
   * `first`: the first bytes of the connection; `session`: its next expected number, and whether
   * somebody else is connected. A peer that has shown who it is and is refused for its number gets
   * through to a free session, which tells it so under a number of its own.
   */
  refusalOf(
    first: Buffer,
    session: {
      readonly nextTarget: number;
      readonly isTaken: boolean;
    },
  ): TurnedAway | undefined {
    const { settings, dictionary, frameBytesMax, application, validate, clock } = this.#options;
    const limits = { ...DECODER_LIMITS, ...(frameBytesMax !== undefined && { frameBytesMax }) };
    const decoder = new FrameDecoder(dictionary, limits);
    decoder.push(first);
    const decoded = decoder.next();
    if (decoded?.type !== 'Message') return { text: 'the first message is garbled' };
    const peer = { isKnown: false };
    const config: SessionConfig = {
      settings,
      validate,
      checkLogon: (message, at) => {
        const refusal = application.checkLogon?.(message, at);
        peer.isKnown = refusal === undefined;
        return refusal;
      },
    };
    const moment = { at: clock.wall(), mono: clock.monotonic() };
    const fresh = initialState({ nextSender: 1, nextTarget: session.nextTarget });
    const { state } = step(fresh, { type: 'Connected', ...moment }, config);
    const { message } = decoded;
    const tried = step(state, { type: 'Received', message, ...moment }, config);
    const isAccepted = tried.state.connection?.isLoggedOn === true;
    if (isAccepted || (peer.isKnown && !session.isTaken)) {
      this.#passed = message.raw;
      return undefined;
    }
    this.#tell(message, tried.effects);
    const answer = this.#framesOf(tried.effects);
    const text = tried.state.connection?.end?.text ?? 'the first message is no Logon';
    return { text, ...(answer.length > 0 && { answer }) };
  }

  /** What the owner and the log are told of a Logon that is refused. */
  #tell(message: FixMessage, effects: readonly SessionEffect[]): void {
    this.#options.log?.inbound(message.raw);
    for (const effect of effects) {
      if (effect.type === 'Notice') tellNotice(effect.notice, this.#options);
    }
  }

  #framesOf(effects: readonly SessionEffect[]): Buffer {
    const { settings, clock, log } = this.#options;
    const encoder = new FrameEncoder();
    const at = clock.wall();
    const frames = effects.flatMap((effect) => {
      if (effect.type !== 'Send') return [];
      const encoded = encoder.encode(headerOf(effect, settings, at), effect.fields);
      return encoded.ok ? [Buffer.from(encoded.value)] : [];
    });
    for (const frame of frames) log?.outbound(frame);
    return Buffer.concat(frames);
  }
}
