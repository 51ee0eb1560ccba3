import { makeAddressList } from '../../lib/address-list.ts';
import { type Report } from '../config-problem.ts';
import {
  type RawClientSession,
  type RawConfig,
  type RawSession,
  type RawTradingSession,
  type RawVenueSession,
  type Unchecked,
} from '../schema/schema.ts';
import { checkPair, checkReadable, isGiven } from './check-references.ts';

type ClientSession = Unchecked<RawClientSession>;

/** Contradictions within a session on which a client connects to us. */
export const checkClientSession = (session: ClientSession, path: string, report: Report): void => {
  checkClientTls(session, path, report);
  const { schedule, credentials } = session;
  if ((schedule?.startDay === undefined) !== (schedule?.endDay === undefined)) {
    report(
      `${path}.schedule.startDay`,
      'startDay and endDay belong together: give both or neither',
    );
  }
  if (schedule?.weekdays?.length === 0) {
    report(`${path}.schedule.weekdays`, 'must name at least one day');
  }
  const hasPassword = checkPair(credentials, ['username', 'password'], {
    path: `${path}.credentials`,
    report,
  });
  const hasCertificate = checkClientCertificate(session, path, report);
  if (session.onSecondLogon === 'replace' && !hasPassword && !hasCertificate) {
    const reason = 'needs credentials or clientCertificate: anybody could end the connection';
    report(`${path}.onSecondLogon`, reason);
  }
  checkHeartBtInt(session, path, report);
};

const checkHeartBtInt = (session: ClientSession, path: string, report: Report): void => {
  const { heartBtIntSecondsMin: min = 0, heartBtIntSecondsMax: max = Infinity } = session;
  if (min > max) report(`${path}.heartBtIntSecondsMin`, 'must not be above heartBtIntSecondsMax');
};

/** Whether the session is bound to a certificate. */
const checkClientCertificate = (
  { clientCertificate, tls }: ClientSession,
  path: string,
  report: Report,
): boolean => {
  const keys = (['subject', 'fingerprints'] as const).filter(
    (key) => clientCertificate?.[key] !== undefined,
  );
  for (const key of keys) {
    const at = `${path}.clientCertificate.${key}`;
    if (tls?.requireClientCert !== true) report(at, 'needs tls.requireClientCert');
    // An empty list would bind to nothing, or let nobody in.
    if (clientCertificate?.[key]?.length === 0) report(at, 'must not be empty');
  }
  return keys.length > 0;
};

const LOOPBACK = makeAddressList(['127.0.0.0/8', '::1']);

const checkPlainListener = ({ tls, listen }: ClientSession, path: string, report: Report): void => {
  const isOpen = listen?.host !== undefined && !LOOPBACK(listen.host);
  if (tls?.enabled === false && isOpen && tls.insecureReason === undefined) {
    report(
      `${path}.tls.enabled`,
      `must be true: ${listen.host} is not loopback, passwords and orders would travel in the open; or say why in tls.insecureReason`,
    );
  }
  if (tls?.enabled === true && tls.insecureReason !== undefined) {
    report(`${path}.tls.insecureReason`, 'must be left out: the connection is TLS');
  }
};

const checkClientTls = (session: ClientSession, path: string, report: Report): void => {
  const { tls } = session;
  if (tls === undefined) return;
  checkPlainListener(session, path, report);
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

type VenueSession = Unchecked<RawVenueSession>;
interface Context {
  readonly path: string;
  readonly config: Unchecked<RawConfig>;
  readonly report: Report;
}

/** Contradictions within a session on which we connect to the venue. */
export const checkVenueSession = (session: VenueSession, context: Context): void => {
  checkHosts(session, context);
  checkVenueTls(session, context);
  checkReconnect(session, context);
  if (session.role === 'trading') {
    // `role` tells the two apart; TypeScript cannot narrow a union that was mapped to optional
    // keys.
    const trading = session;
    checkCredentials(trading, context);
    checkRateBudget(trading, context);
  }
};

const checkHosts = ({ hosts = [] }: VenueSession, { path, config, report }: Context): void => {
  if (config.venue?.kind === 'kraken' && hosts.length === 0) {
    report(`${path}.hosts`, 'must name at least one "host:port"');
  }
  if (config.venue?.kind === 'simulator-embedded' && hosts.length > 0) {
    report(`${path}.hosts`, 'must be left out: the embedded simulator knows its own address');
  }
};

const checkVenueTls = (session: VenueSession, context: Context): void => {
  const { tls } = session;
  const { path, config, report } = context;
  if (tls === undefined) return;
  if (config.venue?.kind === 'kraken' && tls.enabled === false) {
    report(`${path}.tls.enabled`, 'must be true: Kraken speaks TLS only');
  }
  if (config.venue?.kind === 'simulator-embedded' && tls.enabled !== config.venue.simulator?.tls) {
    report(`${path}.tls.enabled`, 'must be equal to venue.simulator.tls');
  }
  if (tls.rejectUnauthorized === false) checkException(session, context);
  else if (tls.insecureReason !== undefined) {
    report(`${path}.tls.insecureReason`, 'must be left out: the certificate is verified');
  }
  checkReadable(tls.caFile, `${path}.tls.caFile`, report);
};

/** A certificate that is not verified: never in production, elsewhere only with a reason. */
const checkException = ({ tls }: VenueSession, { path, config, report }: Context): void => {
  if (config.venue?.environment === 'production') {
    report(`${path}.tls.rejectUnauthorized`, 'must be true in production');
  }
  if (tls?.insecureReason === undefined) {
    report(`${path}.tls.insecureReason`, 'is required when rejectUnauthorized is false: say why');
  }
};

const checkReconnect = ({ reconnect }: VenueSession, { path, report }: Context): void => {
  if ((reconnect?.firstDelayMs ?? 0) > (reconnect?.delayMsMax ?? Infinity)) {
    report(`${path}.reconnect.firstDelayMs`, 'must not be above delayMsMax');
  }
  if ((reconnect?.refusedDelayMs ?? 0) > (reconnect?.refusedDelayMsMax ?? Infinity)) {
    report(`${path}.reconnect.refusedDelayMs`, 'must not be above refusedDelayMsMax');
  }
};

const checkCredentials = (
  { credentials }: Unchecked<RawTradingSession>,
  { path, config, report }: Context,
): void => {
  const missing = (['apiKey', 'apiSecret'] as const).filter((key) => !isGiven(credentials?.[key]));
  // Without both, the embedded simulator makes a pair at start.
  if (config.venue?.kind !== 'kraken' && missing.length === 2) return;
  for (const key of missing) {
    report(`${path}.credentials.${key}`, 'is required: { "env": "NAME" } or { "file": "path" }');
  }
};

const checkRateBudget = (
  { rateBudget }: Unchecked<RawTradingSession>,
  { path, report }: Context,
): void => {
  const { unitsMax = Infinity, reservedForCancelsUnits = 0, orderUnits = 0 } = rateBudget ?? {};
  if (reservedForCancelsUnits + orderUnits > unitsMax) {
    report(
      `${path}.rateBudget.reservedForCancelsUnits`,
      'leaves no room for a single order below unitsMax',
    );
  }
};
