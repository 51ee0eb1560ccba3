import { defined } from '../../../lib/defined.ts';
import { type Clock } from '../../../lib/time.ts';
import { type FixMessage } from '../../codec/fix-message.ts';
import { DECODER_LIMITS, FrameDecoder } from '../../codec/frame-decoder.ts';
import { type FixDictionary } from '../../dictionary/dictionary.ts';
import { FrameEncoder } from '../../codec/frame-encoder.ts';
import { type FirstFrame } from './first-frame.ts';
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

/** A connection that a session refuses. */
export interface TurnedAway {
  readonly text: string;
  /** The frames that answer it; closed without an answer when left out. */
  readonly answer?: Buffer;
}

/** Refused Logons of a session that its logs take: a stranger must not fill them. */
const TOLD_MAX = 20;
const TOLD_WINDOW_MS = 10_000;

/**
 * Checks a Logon(A) before its session sees it: only a Logon that the session would accept may use
 * its numbers or end its connection. The check runs on a state of its own, so the numbers and the
 * store of the session do not move. The Logout(5) that refuses the Logon is therefore number 1, or
 * 2 after a Reject(3).
 */
export class LogonTrial {
  readonly #options: LogonTrialOptions;
  /** The Logon that was just let through, until the session itself asks about it. */
  #passed: Buffer | undefined;
  /** Refused Logons since a moment. */
  #told: { readonly since: number; count: number } | undefined;

  constructor(options: LogonTrialOptions) {
    this.#options = options;
  }

  /**
   * The session's own check: asks the application once for each Logon, since a nonce may be used
   * once only.
   */
  readonly checkLogon: NonNullable<SessionApplication['checkLogon']> = (message, at) => {
    const isPassed = this.#passed?.equals(message.raw) === true;
    this.#passed = undefined;
    return isPassed ? undefined : this.#options.application.checkLogon?.(message, at);
  };

  /**
   * `first`: the first bytes of the connection. `session`: its next expected number, and whether it
   * has a connection. A peer whose credentials are right and whose number is wrong is passed on to
   * a session without a connection, which refuses it under a number of its own.
   */
  refusalOf(
    first: Buffer,
    session: {
      readonly nextTarget: number;
      readonly isTaken: boolean;
    },
  ): TurnedAway | undefined {
    const { settings, dictionary, frameBytesMax, application, validate, clock } = this.#options;
    const limits = { ...DECODER_LIMITS, ...defined({ frameBytesMax }) };
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
    const answer = this.#answerOf(message, tried.effects);
    const text = tried.state.connection?.end?.text ?? 'the first message is no Logon';
    return { text, ...(answer.length > 0 && { answer }) };
  }

  /**
   * Refuses a Logon because the session takes none now. Who would be let in learns why, by
   * Logout(5); a stranger gets no answer.
   */
  closedRefusal({ message, bytes }: FirstFrame, nextTarget: number, why: string): TurnedAway {
    const refusal = this.refusalOf(bytes, { nextTarget, isTaken: false });
    return refusal === undefined
      ? this.refuse(message, why, { isAnswered: true })
      : { text: refusal.text };
  }

  /**
   * Refuses a Logon by a reason that is none of the Logon's own. It is in the session's log, with
   * the Logout(5) that answers it, within bounds.
   */
  refuse(
    logon: FixMessage,
    text: string,
    { isAnswered }: { readonly isAnswered: boolean },
  ): TurnedAway {
    // It may have been let through, and is not passed on to the session after all.
    this.#passed = undefined;
    const answer = isAnswered ? this.#logoutOf(text) : undefined;
    if (this.#mayTell()) {
      const { log } = this.#options;
      log?.inbound(logon.raw);
      log?.event(`LOGON_REFUSED: ${text}`);
      if (answer !== undefined) log?.outbound(answer);
    }
    return { text, ...defined({ answer }) };
  }

  #logoutOf(text: string): Buffer {
    const fields = [[58, text]] as const;
    return this.#encoded([
      { type: 'Send', msgSeqNum: 1, msgType: '5', fields, header: [], isStoredOnly: false },
    ]);
  }

  /** Reports a refused Logon to the owner and the log. */
  #tell(message: FixMessage, effects: readonly SessionEffect[]): void {
    this.#options.log?.inbound(message.raw);
    for (const effect of effects) {
      if (effect.type === 'Notice') tellNotice(effect.notice, this.#options);
    }
  }

  #answerOf(message: FixMessage, effects: readonly SessionEffect[]): Buffer {
    const answer = this.#encoded(effects);
    if (!this.#mayTell()) return answer;
    this.#tell(message, effects);
    if (answer.length > 0) this.#options.log?.outbound(answer);
    return answer;
  }

  /** The rest is in the listener's line with the number of what it turned away. */
  #mayTell(): boolean {
    const now = this.#options.clock.monotonic();
    if (this.#told === undefined || now - this.#told.since >= TOLD_WINDOW_MS) {
      this.#told = { since: now, count: 0 };
    }
    this.#told.count += 1;
    return this.#told.count <= TOLD_MAX;
  }

  #encoded(effects: readonly SessionEffect[]): Buffer {
    const { settings, clock } = this.#options;
    const encoder = new FrameEncoder();
    const at = clock.wall();
    return Buffer.concat(
      effects.flatMap((effect) => {
        if (effect.type !== 'Send') return [];
        const encoded = encoder.encode(headerOf(effect, settings, at), effect.fields);
        return encoded.ok ? [Buffer.from(encoded.value)] : [];
      }),
    );
  }
}
