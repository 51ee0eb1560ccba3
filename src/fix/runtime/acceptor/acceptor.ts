import { defined } from '../../../lib/defined.ts';
import { type Socket } from 'node:net';
import { type SecureVersion, type TlsOptions } from 'node:tls';
import { type TimeDeps, type Timers } from '../../../lib/time.ts';
import { AcceptorSession } from './acceptor-session.ts';
import { type FirstFrame, readFirstFrame } from './first-frame.ts';
import { type FixDictionary } from '../../dictionary/dictionary.ts';
import { FixListener } from './listener.ts';
import { KEEP_ALIVE_MS } from '../socket.ts';
import { type FixMessage } from '../../codec/fix-message.ts';
import {
  type FixSession,
  type SessionApplication,
  type SessionStore,
} from '../../session/model/session-types.ts';
import { type SessionConfig, type SessionOptions } from '../../session/model/settings.ts';
import { type TurnedAway } from './logon-trial.ts';
import { type GuessAlert, LogonGuard } from './logon-guard.ts';
import { type SessionLog } from '../session-host.ts';

export interface TlsServerSettings extends TlsFiles {
  readonly requestCert?: boolean;
  readonly minVersion?: SecureVersion;
}

/** What `FixAcceptor.renewCertificates` may replace; PEM. */
export interface TlsFiles {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  /** Authorities of client certificates. */
  readonly ca?: string | Buffer;
}

/** The certificate that a client has shown, and that one of the authorities has signed. */
export interface PeerCertificate {
  /** Attributes of the distinguished name, each as `CN=desk1`. */
  readonly subject: readonly string[];
  /** SHA-256, as `AB:CD:…`. */
  readonly fingerprint: string;
}

/**
 * A second connection while the first is up: turn it away; let it take over once its Logon is
 * accepted; or let it take over if the first is silent, which a TestRequest(1) finds out.
 */
export type SecondConnection = 'refuse-new' | 'evict-old' | 'replace-silent';

/** One counterparty. SenderCompID(49) of its messages is our `targetCompID`. */
export interface AcceptedSession {
  readonly settings: Omit<SessionOptions, 'role'>;
  readonly application: SessionApplication;
  readonly store: SessionStore;
  /** The acceptor's when left out. */
  readonly dictionary?: FixDictionary;
  readonly log?: SessionLog;
  /**
   * What is wrong with the credentials of a Logon(A), or nothing. Guesses are limited by address
   * and by session, so nothing else may be refused here.
   */
  readonly authenticate?: (
    message: FixMessage,
    certificate: PeerCertificate | undefined,
  ) => string | undefined;
  /** The acceptor's when left out. */
  readonly onSecondConnection?: SecondConnection;
  /** Whether this counterparty may connect from an address; any address when left out. */
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

/** BeginString and CompIDs as a Logon has them. */
interface LogonIdentity {
  readonly beginString: string;
  readonly senderCompID: string;
  readonly targetCompID: string;
}

export interface AcceptorOptions extends TimeDeps {
  readonly listen: {
    readonly host: string;
    readonly port: number;
    readonly tls?: TlsServerSettings;
  };
  readonly sessions: readonly AcceptedSession[];
  /** Called for a session that is not in the list; its answer is kept. */
  readonly resolve?: (identity: LogonIdentity) => AcceptedSession | undefined;
  readonly dictionary: FixDictionary;
  /** `refuse-new` when left out. */
  readonly onSecondConnection?: SecondConnection;
  /** Connections that are not logged on: in total, and of one address. One more ends the oldest. */
  readonly pendingMax?: number;
  readonly pendingPerAddressMax?: number;
  /** From the connection to the end of the TLS handshake, and from there to the first message. */
  readonly logonTimeoutMs?: number;
  readonly unsentBytesMax?: number;
  readonly slowConsumerMs?: number;
  /** Unknown peers, garbled first messages, second connections. */
  readonly onTurnedAway?: (text: string) => void;
  /** Somebody tries credentials out. Called at the limit, and each time that the tries double. */
  readonly onGuessing?: (alert: GuessAlert) => void;
}

export interface FixAcceptor {
  readonly listen: () => Promise<{ readonly port: number }>;
  /** Accepts no further connections and cuts those that are not logged on; sessions go on. */
  readonly stopListening: () => void;
  /** Logs every session out, then closes. */
  readonly close: () => Promise<void>;
  /**
   * New connections are shown another certificate; those that are up go on. Throws when key and
   * certificate do not match, and keeps those it has.
   */
  readonly renewCertificates: (files: TlsFiles) => void;
  /**
   * Takes a connection that was accepted elsewhere: a tunnel, a test. `onLoggedOn`: a session took
   * it.
   */
  readonly accept: (socket: Socket, onLoggedOn?: () => void) => void;
  readonly session: (id: string) => FixSession | undefined;
  readonly sessions: () => readonly FixSession[];
}

const LOGON_TIMEOUT_MS = 10_000;
/** Time for the peer to close after our answer. */
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
  /** Connections without a session: not logged on yet, or refused and closing. */
  readonly #pending = new Set<Socket>();
  readonly #guard: LogonGuard;
  #isStopping = false;

  constructor(options: AcceptorOptions) {
    this.#options = options;
    const { listen, timers, logonTimeoutMs, pendingMax, pendingPerAddressMax } = options;
    this.#turnedAway = new TurnedAwayLog(timers, (text) => options.onTurnedAway?.(text));
    this.#guard = new LogonGuard(options.clock, (alert) => options.onGuessing?.(alert));
    this.#listener = new FixListener({
      host: listen.host,
      port: listen.port,
      timers,
      ...defined({
        tls: listen.tls && tlsOptions(listen.tls),
        pendingMax,
        pendingPerAddressMax,
        handshakeTimeoutMs: logonTimeoutMs,
      }),
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

  renewCertificates(files: TlsFiles): void {
    const { tls } = this.#options.listen;
    if (tls !== undefined) this.#listener.renew(tlsOptions({ ...tls, ...files }));
  }

  accept(socket: Socket, onLoggedOn?: () => void): void {
    const { dictionary, timers, logonTimeoutMs = LOGON_TIMEOUT_MS } = this.#options;
    if (this.#isStopping) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#sockets.add(socket);
    this.#pending.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#pending.delete(socket);
    });
    readFirstFrame(socket, { dictionary, timers, timeoutMs: logonTimeoutMs }, (read) => {
      if (!read.ok) {
        this.#turnAway(socket, { text: read.error });
        return;
      }
      this.#onFirstMessage(socket, read.value, () => {
        this.#pending.delete(socket);
        onLoggedOn?.();
      });
    });
  }

  session(id: string): FixSession | undefined {
    return this.#byID.get(id);
  }

  sessions(): readonly FixSession[] {
    return [...this.#byID.values()];
  }

  #add(session: AcceptedSession): AcceptorSession {
    const driver = new AcceptorSession(session, this.#options, this.#guard);
    const { id, senderCompID, targetCompID } = session.settings;
    this.#byID.set(id, driver);
    this.#byIdentity.set(keyOf(targetCompID, senderCompID), driver);
    driver.start();
    return driver;
  }

  /**
   * Refuses addresses that no session allows. The allowed addresses of one session are checked when
   * the Logon names it.
   */
  #allowsAddress(address: string): boolean {
    const { sessions, resolve } = this.#options;
    if (resolve !== undefined || sessions.length === 0) return true;
    return sessions.some(({ allowsAddress }) => allowsAddress?.(address) ?? true);
  }

  /** `onAdmitted`: a session took its Logon. */
  #onFirstMessage(socket: Socket, first: FirstFrame, onAdmitted: () => void): void {
    const { message } = first;
    const identity = {
      beginString: message.get(8) ?? '',
      senderCompID: message.get(49) ?? '',
      targetCompID: message.get(56) ?? '',
    };
    const session = this.#find(identity);
    if (session === undefined) {
      const { senderCompID, targetCompID } = identity;
      this.#turnAway(socket, { text: `no session for ${senderCompID} to ${targetCompID}` });
      return;
    }
    session.accept(socket, first, {
      onAdmitted,
      onTurnedAway: (turnedAway) => this.#turnAway(socket, turnedAway),
    });
  }

  #find(identity: LogonIdentity): AcceptorSession | undefined {
    const known = this.#byIdentity.get(keyOf(identity.senderCompID, identity.targetCompID));
    if (known !== undefined) return known;
    const resolved = this.#options.resolve?.(identity);
    return resolved === undefined ? undefined : this.#add(resolved);
  }

  /** Closes without an answer, as a rule: an unknown peer learns nothing. */
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
  ...defined({ ca: tls.ca }),
  requestCert: tls.requestCert ?? false,
  rejectUnauthorized: tls.requestCert ?? false,
  minVersion: tls.minVersion ?? 'TLSv1.3',
});

const TURNED_AWAY_WINDOW_MS = 10_000;
const TURNED_AWAY_LINES_MAX = 20;

/**
 * Reports refused connections, at most 20 in ten seconds. The rest is one line with their number,
 * so a flood fills no log.
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

  /** Reports what was held back. */
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
