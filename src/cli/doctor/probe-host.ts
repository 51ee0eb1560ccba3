import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import {
  connect as connectTls,
  type DetailedPeerCertificate,
  type SecureVersion,
  type TLSSocket,
} from 'node:tls';
import { type Result, err, ok as good } from '../../lib/result.ts';
import { fail, type CheckResult, ok } from './check.ts';
import { judgeCertificate } from './judge-certificate.ts';

export interface HostToProbe {
  readonly host: string;
  readonly port: number;
  /** Plain TCP when left out. */
  readonly tls?: ProbedTls;
}

export interface ProbedTls {
  /** Certificate authorities in PEM; those of Node.js when left out. */
  readonly ca?: string | Buffer;
  readonly servername?: string;
  readonly minVersion?: SecureVersion;
  /** Why the configuration does not verify the certificate; left out when it does. */
  readonly insecureReason?: string;
}

/**
 * Looks up, connects to and shakes hands with one host. Sends nothing after the handshake.
 */
export const probeHost = async (
  target: HostToProbe,
  nowMs: number,
  signal: AbortSignal,
): Promise<CheckResult> => {
  const addresses = await addressesOf(target.host);
  if (!addresses.ok) return addresses.error;
  const failures: CheckResult[] = [];
  for (const address of addresses.value) {
    const finding = await probeAddress(target, address, { nowMs, signal });
    if (finding.verdict !== 'fail') return finding;
    failures.push(finding);
    if (signal.aborted) break;
  }
  return failures.at(-1) ?? fail(`${target.host} has no address`, 'look at the name and at DNS');
};

const addressesOf = async (host: string): Promise<Result<readonly string[], CheckResult>> => {
  const name = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(name) !== 0) return good([name]);
  try {
    const found = await lookup(name, { all: true, order: 'ipv4first' });
    return good(found.map(({ address }) => address));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return err(fail(`the name ${name} is not found: ${code}`, 'look at the name and at DNS'));
  }
};

interface ProbeContext {
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

const probeAddress = (
  target: HostToProbe,
  address: string,
  { nowMs, signal }: ProbeContext,
): Promise<CheckResult> =>
  new Promise((resolve) => {
    const { host, port, tls } = target;
    const where = host === address ? `${address}:${port}` : `${host} (${address}):${port}`;
    const { socket, secured } = startSocket(target, address);
    const startedAt = performance.now();
    const finish = (finding: CheckResult): void => {
      socket.destroy();
      resolve(finding);
    };
    signal.addEventListener('abort', () => {
      finish(fail(`${where}: no connection in time`, ADVICE.silent));
    });
    // Stays on: a late error of the socket would otherwise crash the process.
    socket.on('error', (error) => {
      finish(failureOf(where, error));
    });
    socket.once('close', () => {
      finish(fail(`${where}: closed during the handshake`, ADVICE.closed));
    });
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      const tookMs = Math.round(performance.now() - startedAt);
      if (tls === undefined || secured === undefined)
        finish(ok(`${where}: plain TCP, connected in ${tookMs} ms`));
      else finish(judge(secured, tls, { where, tookMs, nowMs }));
    });
  });

interface Probing {
  readonly socket: Socket;
  readonly secured?: TLSSocket;
}

const startSocket = ({ host, port, tls }: HostToProbe, address: string): Probing => {
  if (tls === undefined) return { socket: connectTcp({ host: address, port }) };
  const servername = tls.servername ?? (isIP(host) === 0 ? host : undefined);
  const secured = connectTls({
    host: address,
    port,
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(servername !== undefined && { servername }),
    ...(tls.minVersion !== undefined && { minVersion: tls.minVersion }),
    // A wrong certificate is reported, not refused here. Nothing is sent over this connection.
    rejectUnauthorized: false,
  });
  return { socket: secured, secured };
};

const judge = (
  socket: TLSSocket,
  tls: ProbedTls,
  at: { readonly where: string; readonly tookMs: number; readonly nowMs: number },
): CheckResult => {
  const certificate = socket.getPeerCertificate(true);
  // Declared as an Error; Node.js gives its code as text.
  const problem: unknown = socket.authorizationError;
  return judgeCertificate({
    where: `${at.where}: ${socket.getProtocol() ?? 'TLS'} in ${at.tookMs} ms`,
    problem: problem === undefined || problem === null ? undefined : codeOf(problem),
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    chainLength: lengthOf(certificate),
    daysLeft: Math.floor((Date.parse(certificate.valid_to) - at.nowMs) / 86_400_000),
    insecureReason: tls.insecureReason,
  });
};

const codeOf = (problem: unknown): string => {
  if (typeof problem === 'string') return problem;
  const { code, message } = problem as NodeJS.ErrnoException;
  return code ?? message;
};

type Names = Readonly<Record<string, string | string[] | undefined>>;

const nameOf = (names: Names | undefined): string =>
  [names?.['CN'] ?? names?.['O'] ?? 'nobody'].flat().join(', ');

const CHAIN_LENGTH_MAX = 10;

/** May be absent, although the types say otherwise: the peer need not send it. */
const issuerOf = ({
  issuerCertificate,
}: DetailedPeerCertificate): DetailedPeerCertificate | undefined => issuerCertificate;

/** The last certificate of a chain is its own issuer, or has none. */
const lengthOf = (leaf: DetailedPeerCertificate): number => {
  let length = 1;
  let at = leaf;
  while (length < CHAIN_LENGTH_MAX) {
    const above = issuerOf(at);
    if (above === undefined || above.fingerprint256 === at.fingerprint256) break;
    at = above;
    length += 1;
  }
  return length;
};

const ADVICE = {
  silent: 'a firewall, a wrong host, or an address that the venue has not allow-listed',
  closed: 'the address may not be allow-listed at the venue, or the port is another service’s',
  refused: 'nothing listens there: look at host and port, and whether the venue is up',
  noTls: 'the port speaks no TLS, or an older one than the configuration allows',
} as const;

const failureOf = (where: string, error: Error): CheckResult => {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const detail = `${where}: ${error.message.replaceAll(/\s+/g, ' ').trim()}`;
  if (code === 'ECONNREFUSED') return fail(detail, ADVICE.refused);
  if (code === 'ECONNRESET' || code === 'EPIPE') return fail(detail, ADVICE.closed);
  const isTls = code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO';
  return fail(detail, isTls ? ADVICE.noTls : ADVICE.silent);
};
