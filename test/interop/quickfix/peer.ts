import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Readable, type Writable } from 'node:stream';
import { promisify } from 'node:util';
import { stockDictionaryPath } from '../../../src/fix/dictionary/jspurefix.ts';
import { type Certificate } from '../../../src/simulator/certificate.ts';
import { until } from '../../support/until.ts';

/** What the program in peer.cpp says, one line of JSON each. */
export interface PeerEvent {
  readonly event:
    | 'started'
    | 'stopped'
    | 'logon'
    | 'logout'
    | 'logout-text'
    | 'reject'
    | 'resend-request'
    | 'order'
    | 'report'
    | 'cancel-reject'
    | 'mass-cancel-report'
    | 'sent';
  readonly text?: string;
  readonly clOrdID?: string;
  readonly execType?: string;
  readonly execID?: string;
  readonly possDup?: boolean;
  readonly origClOrdID?: string;
  readonly ordStatus?: string;
  readonly orderQty?: string;
  readonly price?: string;
  readonly leavesQty?: string;
  /** CxlRejResponseTo(434), CxlRejReason(102). */
  readonly responseTo?: string;
  readonly reason?: string;
  /** MassCancelResponse(531), TotalAffectedOrders(533). */
  readonly response?: string;
  readonly affected?: string;
}

export interface PeerOptions {
  readonly role: 'acceptor' | 'initiator';
  /** Where it listens, or where it connects to. */
  readonly port: number;
  /** TLS when given: its own certificate, or the one it trusts. */
  readonly certificate?: Certificate | undefined;
  /**
   * Its store, logs and certificate files; a second peer with the same folder continues where the
   * first stopped.
   */
  readonly dir: string;
  readonly senderCompID: string;
  readonly targetCompID: string;
  /** More settings of the session, as QuickFIX names them. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Fields that it adds to its Logon(A): `553=key|554=signature`. */
  readonly logonFields?: string;
}

const SOURCE = join(import.meta.dirname, 'peer.cpp');
const HEADER = '/usr/include/quickfix/Session.h';
const INSTALL =
  'the interop suite compiles a program against QuickFIX C++: apt-get install libquickfix-dev libssl-dev g++ openssl';
const STOP_MS = 10_000;
/** The compiler is slow on a small machine. */
export const COMPILE_MS_MAX = 180_000;

let compiled: Promise<string> | undefined;

/** The program made of peer.cpp: compiled once, removed when the test run ends. */
export const compilePeer = (): Promise<string> => {
  compiled ??= compile();
  return compiled;
};

const compile = async (): Promise<string> => {
  if (!existsSync(HEADER)) throw new Error(`QuickFIX is not installed (${HEADER}): ${INSTALL}`);
  const dir = mkdtempSync(join(tmpdir(), 'fathom-quickfix-'));
  process.once('exit', () => {
    rmSync(dir, { recursive: true, force: true });
  });
  const program = join(dir, 'peer');
  const libraries = ['-lquickfix', '-lssl', '-lcrypto', '-lpthread'];
  const flags = ['-std=c++14', '-O1', '-Wno-deprecated', '-o', program, SOURCE, ...libraries];
  try {
    await promisify(execFile)('g++', flags, { maxBuffer: 16 * 1024 * 1024 });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${INSTALL}\n${said}`, { cause });
  }
  return program;
};

/** QuickFIX C++ in a process of its own, with its file store. */
export class QuickfixPeer {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly events: PeerEvent[] = [];
  #stderr = '';

  private constructor(program: string, options: PeerOptions) {
    const settings = join(options.dir, 'session.cfg');
    mkdirSync(options.dir, { recursive: true });
    writeFileSync(settings, settingsOf(options));
    this.#process = spawn(program, [options.role, settings], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, PEER_LOGON_FIELDS: options.logonFields ?? '' },
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      // QuickFIX prints warnings of its own.
      if (line.startsWith('{')) this.events.push(JSON.parse(line) as PeerEvent);
    });
    this.#process.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString('latin1');
    });
    this.#process.stdin.on('error', () => undefined);
  }

  static async start(program: string, options: PeerOptions): Promise<QuickfixPeer> {
    const peer = new QuickfixPeer(program, options);
    try {
      await peer.until('the peer starts', () => peer.count('started') > 0);
    } catch (error) {
      await peer.stop();
      throw error;
    }
    return peer;
  }

  count(event: PeerEvent['event']): number {
    return this.of(event).length;
  }

  of(event: PeerEvent['event']): readonly PeerEvent[] {
    return this.events.filter((one) => one.event === event);
  }

  /** One of the commands that peer.cpp lists. */
  command(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  /** As `until`, with what the program printed when it does not come true. */
  async until(what: string, condition: () => boolean, timeoutMs = 40_000): Promise<void> {
    const isOver = (): boolean => condition() || this.#process.exitCode !== null;
    const said = (): string => `${this.#stderr} ${JSON.stringify(this.events.slice(-5))}`;
    await until(isOver, what, timeoutMs).catch((cause: unknown) => {
      throw new Error(`${String(cause)}; QuickFIX: ${said()}`);
    });
    if (!condition()) throw new Error(`QuickFIX ended while waiting: ${what}; ${said()}`);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => {
      this.#process.once('exit', () => {
        resolve();
      });
    });
    const killing = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MS);
    this.command('stop');
    await exited;
    clearTimeout(killing);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const exited = new Promise<void>((resolve) => {
      this.#process.once('exit', () => {
        resolve();
      });
    });
    this.#process.kill('SIGKILL');
    await exited;
  }
}

const settingsOf = (options: PeerOptions): string => {
  const { role, port, dir, senderCompID, targetCompID } = options;
  const place =
    role === 'acceptor'
      ? { SocketAcceptPort: String(port), SocketReuseAddress: 'Y' }
      : { SocketConnectHost: '127.0.0.1', SocketConnectPort: String(port), ReconnectInterval: '1' };
  const defaults = {
    ConnectionType: role,
    FileStorePath: join(dir, 'store'),
    FileLogPath: join(dir, 'log'),
    StartTime: '00:00:00',
    EndTime: '00:00:00',
    HeartBtInt: '30',
    SocketNodelay: 'Y',
    DataDictionary: stockDictionaryPath('FIX.4.4'),
    BeginString: 'FIX.4.4',
    SenderCompID: senderCompID,
    TargetCompID: targetCompID,
    ...place,
    ...tlsOf(options),
  };
  const merged = Object.entries({ ...defaults, ...options.settings });
  const isSession = (key: string): boolean =>
    ['BeginString', 'SenderCompID', 'TargetCompID'].includes(key);
  const lines = (wanted: boolean): string =>
    merged
      .filter(([key]) => isSession(key) === wanted)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n');
  return `[DEFAULT]\n${lines(false)}\n[SESSION]\n${lines(true)}\n`;
};

const tlsOf = ({ role, certificate, dir }: PeerOptions): Readonly<Record<string, string>> => {
  if (certificate === undefined) return {};
  const cert = join(dir, 'cert.pem');
  const key = join(dir, 'key.pem');
  writeFileSync(cert, certificate.cert);
  if (role === 'initiator') {
    return { PeerTls: 'Y', CertificationAuthoritiesFile: cert, CertificateVerifyLevel: '2' };
  }
  writeFileSync(key, certificate.key, { mode: 0o600 });
  return {
    PeerTls: 'Y',
    ServerCertificateFile: cert,
    ServerCertificateKeyFile: key,
    // Without authorities it does not start, although it asks clients for no certificate.
    CertificationAuthoritiesFile: cert,
    CertificateVerifyLevel: '0',
  };
};

/** A port that was free a moment ago: QuickFIX can't be asked which one it took. */
export const freePort = async (): Promise<number> => {
  const { createServer } = await import('node:net');
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port'));
        else resolve(address.port);
      });
    });
  });
};
