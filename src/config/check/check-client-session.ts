import { type Report } from '../config-problem.ts';
import { checkReadable } from './check-readable.ts';
import { type RawClientSession, type RawSession, type Unchecked } from '../schema/raw-config.ts';

type Session = Unchecked<RawClientSession>;

/** Contradictions within a session on which a client connects to us. */
export const checkClientSession = (session: Session, path: string, report: Report): void => {
  checkTls(session, path, report);
  const { schedule, credentials } = session;
  if ((schedule?.startDay === undefined) !== (schedule?.endDay === undefined)) {
    report(
      `${path}.schedule.startDay`,
      'startDay and endDay belong together: give both or neither',
    );
  }
  const isGiven = (key: 'username' | 'password'): boolean =>
    credentials?.[key]?.env !== undefined || credentials?.[key]?.file !== undefined;
  if (isGiven('username') !== isGiven('password')) {
    const missing = isGiven('username') ? 'password' : 'username';
    report(
      `${path}.credentials.${missing}`,
      'username and password belong together: give both or neither',
    );
  }
};

const checkTls = ({ tls }: Session, path: string, report: Report): void => {
  if (tls === undefined) return;
  for (const key of ['certFile', 'keyFile'] as const) {
    if (tls.enabled === true && tls[key] === undefined)
      report(`${path}.tls.${key}`, 'is required with TLS');
  }
  if (tls.requireClientCert === true) {
    if (tls.enabled !== true) report(`${path}.tls.requireClientCert`, 'needs tls.enabled');
    if (tls.caFile === undefined)
      report(`${path}.tls.caFile`, 'is required with requireClientCert');
  }
  for (const key of ['certFile', 'keyFile', 'caFile'] as const)
    checkReadable(tls[key], `${path}.tls.${key}`, report);
};

/** Clients that share a listener share its TLS. */
export const checkListeners = (
  sessions: Readonly<Record<string, Unchecked<RawSession> | undefined>>,
  report: Report,
): void => {
  const firstByAddress = new Map<string, { path: string; tls: string }>();
  for (const [name, session] of Object.entries(sessions)) {
    if (session?.role !== 'client') continue;
    const { listen, tls } = session;
    if (listen?.port === undefined || listen.port === 0) continue;
    const address = `${listen.host ?? ''}:${listen.port}`;
    const mine = { path: `sessions.${name}`, tls: JSON.stringify(tls) };
    const first = firstByAddress.get(address);
    if (first === undefined) firstByAddress.set(address, mine);
    else if (first.tls !== mine.tls) {
      report(`${mine.path}.tls`, `differs from ${first.path}.tls, but both listen on ${address}`);
    }
  }
};
