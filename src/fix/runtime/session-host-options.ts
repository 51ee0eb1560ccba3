import { type Clock } from '../../lib/time.ts';
import { type FixDictionary } from '../dictionary/dictionary.ts';
import { type SessionApplication, type SessionStore } from '../session/model/session-types.ts';
import { type SessionConfig, type SessionSettings } from '../session/model/settings.ts';

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
  /**
   * Unsent bytes beyond which the peer is too slow: an application message is refused, or, where
   * messages are stored for later, the connection is cut and the peer gets them by its
   * ResendRequest(2). A message of the session layer cuts it in any case.
   */
  readonly unsentBytesMax?: number;
  /**
   * MsgType(35) of messages that a reset of the numbers must not lose: sent again with
   * PossResend(97)=Y.
   */
  readonly redeliver?: readonly string[];
  /** Unsent bytes beyond which a resend waits. */
  readonly replayBytesMax?: number;
  /** What became of the connection, before the owner hears of it. */
  readonly onOutcome?: (outcome: 'logged-on' | 'refused') => void;
  /** After every event: deadlines may have moved, the connection may be gone. */
  readonly onStepped?: () => void;
}
