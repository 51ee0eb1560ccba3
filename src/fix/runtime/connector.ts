import { defined } from '../../lib/defined.ts';
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureVersion } from 'node:tls';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Timers } from '../../lib/time.ts';
import { KEEP_ALIVE_MS } from './socket.ts';

interface TlsClientSettings {
  /**
   * Certificate authorities in PEM; the system's when left out. Read at each connect, so a getter
   * may renew them.
   */
  readonly ca?: string | Buffer;
  /** Name to verify and to send as SNI; the host's when left out. */
  readonly servername?: string;
  /** False only where an environment is known to have a wrong certificate. */
  readonly rejectUnauthorized?: boolean;
  readonly minVersion?: SecureVersion;
}

export interface ConnectionSettings {
  /** Tried in order, each with every address that its name has at that moment. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  /** Plain TCP when left out. */
  readonly tls?: TlsClientSettings;
  /** Per address, the TLS handshake included; and per look-up of a name. */
  readonly connectTimeoutMs: number;
  /** Addresses of a name, for tests. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

export interface ConnectFailure {
  /** `Certificate`: retry later only, the certificate will be the same. */
  readonly kind:
    'Dns' | 'Refused' | 'Timeout' | 'Certificate' | 'Tls' | 'Reset' | 'Stopped' | 'Other';
  readonly text: string;
}

interface Target {
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

export interface Attempt {
  readonly timers: Timers;
  readonly signal: AbortSignal;
  /**
   * Addresses as `addressText` writes them that took a connection and gave no Logon: tried last.
   */
  readonly lastResort: ReadonlySet<string>;
}

/** The key of an address in `Attempt.lastResort`. */
export const addressText = (address: string | undefined, port: number | undefined): string =>
  `${address ?? ''}|${port ?? ''}`;

/** Opens a connection to the first address that takes one. Names are resolved anew each time. */
export const openConnection = async (
  settings: ConnectionSettings,
  attempt: Attempt,
): Promise<Result<Socket, ConnectFailure>> => {
  const failures: ConnectFailure[] = [];
  const postponed: Target[] = [];
  for (const { host, port } of settings.hosts) {
    if (attempt.signal.aborted) return err(STOPPED);
    const addresses = await addressesOf(settings, host, attempt.timers);
    if (!addresses.ok) failures.push(addresses.error);
    const targets = addresses.ok ? addresses.value.map((address) => ({ host, address, port })) : [];
    const isLastResort = (target: Target): boolean =>
      attempt.lastResort.has(addressText(target.address, target.port));
    postponed.push(...targets.filter(isLastResort));
    const preferred = targets.filter((target) => !isLastResort(target));
    const opened = await openFirst(settings, attempt, preferred, failures);
    if (opened?.ok === true) return opened;
  }
  return (await openFirst(settings, attempt, postponed, failures)) ?? err(worstOf(failures));
};

const STOPPED: ConnectFailure = { kind: 'Stopped', text: 'stopped while connecting' };

/** The first of the targets that takes a connection; failures are added to the list. */
const openFirst = async (
  settings: ConnectionSettings,
  { timers, signal }: Attempt,
  targets: readonly Target[],
  failures: ConnectFailure[],
): Promise<Result<Socket, ConnectFailure> | undefined> => {
  for (const target of targets) {
    if (signal.aborted) return err(STOPPED);
    const opened = await openOne(settings, target, timers, signal);
    if (opened.ok) return opened;
    failures.push(opened.error);
  }
  return undefined;
};

/**
 * One failure that stands for all: a certificate's, since it slows the next attempt down, else the
 * last.
 */
const worstOf = (failures: readonly ConnectFailure[]): ConnectFailure => {
  const text = failures.map((failure) => failure.text).join('; ');
  const kind =
    failures.find((failure) => failure.kind === 'Certificate')?.kind ?? failures.at(-1)?.kind;
  return { kind: kind ?? 'Other', text: text === '' ? 'no host is configured' : text };
};

/** A resolver may hang for longer than any time-out of TCP, so a look-up has one of its own. */
const addressesOf = async (
  settings: ConnectionSettings,
  host: string,
  timers: Timers,
): Promise<Result<readonly string[], ConnectFailure>> => {
  if (isIP(host) !== 0) return ok([host]);
  const { connectTimeoutMs, resolve = lookUp } = settings;
  let timer: { readonly cancel: () => void } | undefined;
  const late = new Promise<Result<readonly string[], ConnectFailure>>((settle) => {
    timer = timers.set(connectTimeoutMs, () => {
      settle(err({ kind: 'Dns', text: `${host}: no address within ${connectTimeoutMs} ms` }));
    });
  });
  const found = resolve(host).then(ok, (error: unknown) =>
    err<ConnectFailure>({ kind: 'Dns', text: `${host}: ${messageOf(error)}` }),
  );
  const first = await Promise.race([found, late]);
  timer?.cancel();
  return first;
};

const lookUp = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true, order: 'ipv4first' })).map(({ address }) => address);

const openOne = (
  settings: ConnectionSettings,
  target: Target,
  timers: Timers,
  signal: AbortSignal,
): Promise<Result<Socket, ConnectFailure>> =>
  new Promise((resolve) => {
    const socket = startSocket(settings.tls, target);
    const where = `${target.host} (${target.address}):${target.port}`;
    const finish = (result: Result<Socket, ConnectFailure>): void => {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
      socket.off('close', onClose);
      if (!result.ok) {
        // An error of a socket that is destroyed has no meaning.
        socket.on('error', () => undefined);
        socket.destroy();
      }
      resolve(result);
    };
    const onError = (error: Error): void => {
      finish(err({ kind: kindOf(error), text: `${where}: ${messageOf(error)}` }));
    };
    const onClose = (): void => {
      finish(err({ kind: 'Reset', text: `${where}: closed during the handshake` }));
    };
    const onAbort = (): void => {
      finish(err({ kind: 'Stopped', text: 'stopped while connecting' }));
    };
    const timer = timers.set(settings.connectTimeoutMs, () => {
      const text = `${where}: no connection within ${settings.connectTimeoutMs} ms`;
      finish(err({ kind: 'Timeout', text }));
    });
    socket.once('error', onError);
    socket.once('close', onClose);
    signal.addEventListener('abort', onAbort);
    socket.once(settings.tls === undefined ? 'connect' : 'secureConnect', () => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      finish(ok(socket));
    });
  });

const startSocket = (tls: TlsClientSettings | undefined, target: Target): Socket => {
  const { host, address, port } = target;
  if (tls === undefined) return connectTcp({ host: address, port });
  const servername = tls.servername ?? (isIP(host) === 0 ? host : undefined);
  return connectTls({
    host: address,
    port,
    ...defined({ ca: tls.ca, servername }),
    rejectUnauthorized: tls.rejectUnauthorized ?? true,
    minVersion: tls.minVersion ?? 'TLSv1.3',
  });
};

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS_CERT_ALTNAME/;

const kindOf = (error: Error): ConnectFailure['kind'] => {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (CERTIFICATE.test(code)) return 'Certificate';
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO') return 'Tls';
  if (code === 'ECONNREFUSED') return 'Refused';
  if (code === 'ETIMEDOUT') return 'Timeout';
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'Reset' : 'Other';
};

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
