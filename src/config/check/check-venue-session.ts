import { type Report } from '../config-problem.ts';
import { checkReadable } from './check-readable.ts';
import {
  type RawConfig,
  type RawTradingSession,
  type RawVenueSession,
  type Unchecked,
} from '../schema/raw-config.ts';

type Session = Unchecked<RawVenueSession>;
interface Context {
  readonly path: string;
  readonly config: Unchecked<RawConfig>;
  readonly report: Report;
}

/** Contradictions within a session on which we connect to the venue. */
export const checkVenueSession = (session: Session, context: Context): void => {
  checkHosts(session, context);
  checkTls(session, context);
  checkReconnect(session, context);
  if (session.role === 'trading') {
    // `role` tells the two apart; TypeScript cannot narrow a union that was mapped to optional
    // keys.
    const trading = session;
    checkCredentials(trading, context);
    checkRateBudget(trading, context);
  }
};

const checkHosts = ({ hosts = [] }: Session, { path, config, report }: Context): void => {
  if (config.venue?.kind === 'kraken' && hosts.length === 0) {
    report(`${path}.hosts`, 'must name at least one "host:port"');
  }
  if (config.venue?.kind === 'simulator-embedded' && hosts.length > 0) {
    report(`${path}.hosts`, 'must be left out: the embedded simulator knows its own address');
  }
};

const checkTls = (session: Session, context: Context): void => {
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
const checkException = ({ tls }: Session, { path, config, report }: Context): void => {
  if (config.venue?.environment === 'production') {
    report(`${path}.tls.rejectUnauthorized`, 'must be true in production');
  }
  if (tls?.insecureReason === undefined) {
    report(`${path}.tls.insecureReason`, 'is required when rejectUnauthorized is false: say why');
  }
};

const checkReconnect = ({ reconnect }: Session, { path, report }: Context): void => {
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
  const missing = (['apiKey', 'apiSecret'] as const).filter(
    (key) => credentials?.[key]?.env === undefined && credentials?.[key]?.file === undefined,
  );
  // The embedded simulator is told a pair made at start, unless both are given.
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
