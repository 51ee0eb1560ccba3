import { type Clock } from '../lib/time.ts';
import { DECODER_LIMITS, type FixDictionary, FrameDecoder, FrameEncoder } from './codec.ts';
import { type SessionEffect } from './session/effect.ts';
import { type SessionApplication } from './session/session-types.ts';
import { type SessionConfig, type SessionSettings } from './session/settings.ts';
import { initialState } from './session/state.ts';
import { step } from './session/step.ts';
import { headerOf } from './session-effects.ts';

export interface LogonTrialOptions {
  readonly settings: SessionSettings;
  readonly application: SessionApplication;
  readonly dictionary: FixDictionary;
  readonly validate: NonNullable<SessionConfig['validate']>;
  readonly clock: Clock;
  readonly frameBytesMax?: number;
}

/** A connection that a session does not take. */
export interface TurnedAway {
  readonly text: string;
  /** What it is told; nothing when left out. */
  readonly answer?: Buffer;
}

/**
 * Hears a Logon(A) while its session is up with somebody else: only one that the session would accept may end that connection. It
 * is played to a session of its own, so that neither the numbers nor the store of the real one move; the Logout(5) that
 * refuses it is therefore number 1, or 2 after a Reject(3).
 */
export class LogonTrial {
  readonly #options: LogonTrialOptions;
  /** The Logon that was just let through, until the session itself asks about it. */
  #passed: Buffer | undefined;

  constructor(options: LogonTrialOptions) {
    this.#options = options;
  }

  /** For the session: asks the application, once for each Logon, since a nonce is good once only. */
  readonly checkLogon: NonNullable<SessionApplication['checkLogon']> = (message, at) => {
    const isPassed = this.#passed?.equals(message.raw) === true;
    this.#passed = undefined;
    return isPassed ? undefined : this.#options.application.checkLogon?.(message, at);
  };

  /** `first`: the first bytes of the connection; `nextTarget`: the number that the session expects now. */
  refusalOf(first: Buffer, nextTarget: number): TurnedAway | undefined {
    const { settings, dictionary, frameBytesMax, application, validate, clock } = this.#options;
    const limits = { ...DECODER_LIMITS, ...(frameBytesMax !== undefined && { frameBytesMax }) };
    const decoder = new FrameDecoder(dictionary, limits);
    decoder.push(first);
    const decoded = decoder.next();
    if (decoded?.type !== 'Message') return { text: 'the first message is garbled' };
    const config: SessionConfig = {
      settings,
      validate,
      checkLogon: (message, at) => application.checkLogon?.(message, at),
    };
    const moment = { at: clock.wall(), mono: clock.monotonic() };
    const fresh = initialState({ nextSender: 1, nextTarget });
    const { state } = step(fresh, { type: 'Connected', ...moment }, config);
    const { message } = decoded;
    const tried = step(state, { type: 'Received', message, ...moment }, config);
    if (tried.state.connection?.isLoggedOn === true) {
      this.#passed = message.raw;
      return undefined;
    }
    const answer = this.#framesOf(tried.effects);
    const text = tried.state.connection?.end?.text ?? 'the first message is no Logon';
    return { text, ...(answer.length > 0 && { answer }) };
  }

  #framesOf(effects: readonly SessionEffect[]): Buffer {
    const { settings, clock } = this.#options;
    const encoder = new FrameEncoder();
    const at = clock.wall();
    const frames = effects.flatMap((effect) => {
      if (effect.type !== 'Send') return [];
      const encoded = encoder.encode(headerOf(effect, settings, at), effect.fields);
      return encoded.ok ? [Buffer.from(encoded.value)] : [];
    });
    return Buffer.concat(frames);
  }
}
