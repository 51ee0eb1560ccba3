import { type Socket } from 'node:net';
import { type SecureVersion, type TlsOptions } from 'node:tls';
import { type Clock, type Timers } from '../../../lib/time.ts';
import { AcceptorSession } from './acceptor-session.ts';
import { readFirstFrame } from './first-frame.ts';
import { type FixDictionary } from '../../dictionary/dictionary.ts';
import { FixListener } from './listener.ts';
import { type FixMessage } from '../../codec/fix-message.ts';
import {
  type FixSession,
  type SessionApplication,
  type SessionStore,
} from '../../session/model/session-types.ts';
import { type SessionConfig, type SessionOptions } from '../../session/model/settings.ts';
import { type TurnedAway } from './logon-trial.ts';
import { type SessionLog } from '../session-host.ts';

export interface TlsServerSettings {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  /** Authorities of client certificates. */
  readonly ca?: string | Buffer;
  readonly requestCert?: boolean;
  readonly minVersion?: SecureVersion;
}

/** One counterparty. SenderCompID(49) of its messages is our `targetCompID`. */
export interface AcceptedSession {
  readonly settings: Omit<SessionOptions, 'role'>;
  readonly application: SessionApplication;
  readonly store: SessionStore;
  /** The acceptor's when left out. */
  readonly dictionary?: FixDictionary;
  readonly log?: SessionLog;
  /** From where this counterparty may connect; from anywhere when left out. */
  readonly allowsAddress?: (address: string) => boolean;
  /** Longest frame that is taken from it, in bytes. */
  readonly frameBytesMax?: number;
  /**
   * MsgType(35) of messages that a reset of the numbers must not lose: sent again with
   * PossResend(97)=Y.
   */
  readonly redeliver?: readonly string[];
  /** Instead of the dictionary's checks as the settings want them. */
  readonly validate?: NonNullable<SessionConfig['validate']>;
}

/** Whom a Logon is from and to, in its own words. */
interface LogonIdentity {
  readonly beginString: string;
  readonly senderCompID: string;
  readonly targetCompID: string;
}

export interface AcceptorOptions {
  readonly listen: {
    readonly host: string;
    readonly port: number;
    readonly tls?: TlsServerSettings;
  };
  readonly sessions: readonly AcceptedSession[];
  /** Asked for a session that is not in the list; what it answers is kept. */
  readonly resolve?: (identity: LogonIdentity) => AcceptedSession | undefined;
  readonly dictionary: FixDictionary;
  readonly clock: Clock;
  readonly timers: Timers;
  /**
   * A second connection while the first is up: turn it away, or let it take over once its Logon is
   * accepted.
   */
  readonly onSecondConnection?: 'refuse-new' | 'evict-old';
  /** Connections that are not logged on: in total, and of one address. One more ends the oldest. */
  readonly pendingMax?: number;
  readonly pendingPerAddressMax?: number;
  /** From the connection to the end of the TLS handshake, and from there to the first message. */
  readonly logonTimeoutMs?: number;
  readonly unsentBytesMax?: number;
  readonly slowConsumerMs?: number;
  /** Strangers, garbled first messages, second connections. */
  readonly onTurnedAway?: (text: string) => void;
}

export interface FixAcceptor {
  readonly listen: () => Promise<{ readonly port: number }>;
  /** Nobody comes in any more, and whoever is not logged on is cut; sessions go on. */
  readonly stopListening: () => void;
  /** Logs every session out, then closes. */
  readonly close: () => Promise<void>;
  /**
   * Takes a connection that somebody else has accepted: a tunnel, a test. `onLoggedOn`: it belongs
   * to a session now.
   */
  readonly accept: (socket: Socket, onLoggedOn?: () => void) => void;
  readonly session: (id: string) => FixSession | undefined;
  readonly sessions: () => readonly FixSession[];
}

const LOGON_TIMEOUT_MS = 10_000;
/** After our last word, how long the peer may take to leave. */
const LINGER_MS = 1_000;

/**
 * Listens for FIX sessions and gives each connection to the session that its first message names.
 */
export const makeAcceptor = (options: AcceptorOptions): FixAcceptor => new Acceptor(options);

class Acceptor implements FixAcceptor {
  readonly #options: AcceptorOptions;
  readonly #listener: FixListener;
  readonly #turnedAway: TurnedAwayLog;
  readonly #byIdentity = new Map<string, AcceptorSession>();
  readonly #byID = new Map<string, AcceptorSession>();
  readonly #sockets = new Set<Socket>();
  /** Those of no session yet, and those on their way out. */
  readonly #pending = new Set<Socket>();
  #isStopping = false;

  constructor(options: AcceptorOptions) {
    this.#options = options;
    const { listen, timers, logonTimeoutMs, pendingMax, pendingPerAddressMax } = options;
    this.#turnedAway = new TurnedAwayLog(timers, (text) => options.onTurnedAway?.(text));
    this.#listener = new FixListener({
      ...{ host: listen.host, port: listen.port, timers },
      ...(listen.tls && { tls: tlsOptions(listen.tls) }),
      ...(pendingMax !== undefined && { pendingMax }),
      ...(pendingPerAddressMax !== undefined && { pendingPerAddressMax }),
      ...(logonTimeoutMs !== undefined && { handshakeTimeoutMs: logonTimeoutMs }),
      allowsAddress: (address) => this.#allowsAddress(address),
      onConnection: (socket) => {
        this.accept(socket, () => this.#listener.settle(socket));
      },
      onTurnedAway: (text) => this.#turnedAway.add(text),
    });
    for (const session of options.sessions) this.#add(session);
  }

  async listen(): Promise<{ readonly port: number }> {
    return { port: await this.#listener.listen() };
  }

  stopListening(): void {
    this.#isStopping = true;
    this.#listener.stop();
    for (const socket of this.#pending) socket.destroy();
  }

  async close(): Promise<void> {
    this.stopListening();
    await Promise.all([...this.#byID.values()].map((session) => session.stop()));
    for (const socket of this.#sockets) socket.destroy();
    await this.#listener.close();
    this.#turnedAway.close();
  }

  accept(socket: Socket, onLoggedOn?: () => void): void {
    const { dictionary, timers, logonTimeoutMs = LOGON_TIMEOUT_MS } = this.#options;
    if (this.#isStopping) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    this.#pending.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#pending.delete(socket);
    });
    readFirstFrame(socket, { dictionary, timers, timeoutMs: logonTimeoutMs }, (read) => {
      if (!read.ok) this.#turnAway(socket, { text: read.error });
      else if (this.#onFirstMessage(socket, read.value.message, read.value.bytes)) {
        this.#pending.delete(socket);
        onLoggedOn?.();
      }
    });
  }

  session(id: string): FixSession | undefined {
    return this.#byID.get(id);
  }

  sessions(): readonly FixSession[] {
    return [...this.#byID.values()];
  }

  #add(session: AcceptedSession): AcceptorSession {
    const driver = new AcceptorSession(session, this.#options);
    const { id, senderCompID, targetCompID } = session.settings;
    this.#byID.set(id, driver);
    this.#byIdentity.set(keyOf(targetCompID, senderCompID), driver);
    driver.start();
    return driver;
  }

  /**
   * An address that no session takes has no business here; a session of its own is looked at when
   * it names itself.
   */
  #allowsAddress(address: string): boolean {
    const { sessions, resolve } = this.#options;
    if (resolve !== undefined || sessions.length === 0) return true;
    return sessions.some(({ allowsAddress }) => allowsAddress?.(address) ?? true);
  }

  /** Whether a session took it. */
  #onFirstMessage(socket: Socket, message: FixMessage, bytes: Buffer): boolean {
    const identity = {
      beginString: message.get(8) ?? '',
      senderCompID: message.get(49) ?? '',
      targetCompID: message.get(56) ?? '',
    };
    const session = this.#find(identity);
    if (session === undefined) {
      const { senderCompID, targetCompID } = identity;
      this.#turnAway(socket, { text: `no session for ${senderCompID} to ${targetCompID}` });
      return false;
    }
    const turnedAway = session.accept(socket, bytes);
    if (turnedAway !== undefined) this.#turnAway(socket, turnedAway);
    return turnedAway === undefined;
  }

  #find(identity: LogonIdentity): AcceptorSession | undefined {
    const known = this.#byIdentity.get(keyOf(identity.senderCompID, identity.targetCompID));
    if (known !== undefined) return known;
    const resolved = this.#options.resolve?.(identity);
    return resolved === undefined ? undefined : this.#add(resolved);
  }

  /** Without a word, as a rule: a stranger learns nothing. */
  #turnAway(socket: Socket, { text, answer }: TurnedAway): void {
    this.#turnedAway.add(text);
    socket.on('error', () => undefined);
    if (answer === undefined) {
      socket.destroy();
      return;
    }
    const linger = this.#options.timers.set(LINGER_MS, () => socket.destroy());
    socket.once('close', () => linger.cancel());
    // What is unread when a socket closes may cost the peer our answer.
    socket.resume();
    socket.write(answer);
    socket.end();
  }
}

const keyOf = (peer: string, own: string): string => `${peer}\u0001${own}`;

const tlsOptions = (tls: TlsServerSettings): TlsOptions => ({
  key: tls.key,
  cert: tls.cert,
  ...(tls.ca !== undefined && { ca: tls.ca }),
  requestCert: tls.requestCert ?? false,
  rejectUnauthorized: tls.requestCert ?? false,
  minVersion: tls.minVersion ?? 'TLSv1.3',
});

const TURNED_AWAY_WINDOW_MS = 10_000;
const TURNED_AWAY_LINES_MAX = 20;

/**
 * Tells who was turned away, but a flood of strangers fills no log: the rest of ten seconds is one
 * line with their number.
 */
class TurnedAwayLog {
  readonly #timers: Timers;
  readonly #tell: (text: string) => void;
  #window: { readonly cancel: () => void } | undefined;
  #lines = 0;

  constructor(timers: Timers, tell: (text: string) => void) {
    this.#timers = timers;
    this.#tell = tell;
  }

  add(text: string): void {
    this.#window ??= this.#timers.set(TURNED_AWAY_WINDOW_MS, () => {
      this.#window = undefined;
      this.#summarize();
    });
    this.#lines += 1;
    if (this.#lines <= TURNED_AWAY_LINES_MAX) this.#tell(text);
  }

  /** Tells what is untold. */
  close(): void {
    this.#window?.cancel();
    this.#window = undefined;
    this.#summarize();
  }

  #summarize(): void {
    const untold = this.#lines - TURNED_AWAY_LINES_MAX;
    this.#lines = 0;
    if (untold > 0)
      this.#tell(`${untold} more connections within ${TURNED_AWAY_WINDOW_MS / 1_000} s`);
  }
}
