import { isMultipleOf, parseDecimal } from '../../lib/decimal.ts';
import { type ConfigProblem, type Report } from '../config-problem.ts';
import {
  type RawConfig,
  type RawSession,
  type RawVenueSession,
  type Unchecked,
} from '../schema/schema.ts';
import { checkAccounts } from './check-accounts.ts';
import { checkFunds } from './check-funds.ts';
import { checkClientSession, checkListeners, checkVenueSession } from './check-sessions.ts';
import { checkWeb } from './check-web.ts';

type UncheckedConfig = Unchecked<RawConfig>;

/**
 * What no single key can show: keys that contradict each other. Keys that are wrong by themselves
 * count as absent here.
 */
export const crossChecks = (config: UncheckedConfig): readonly ConfigProblem[] => {
  const problems: ConfigProblem[] = [];
  const report: Report = (path, reason) => problems.push({ path, reason });
  checkVenue(config, report);
  checkSessionNames(config, report);
  checkCompIDs(config, report);
  for (const [name, session] of Object.entries(config.sessions ?? {})) {
    if (session === undefined) continue;
    const path = `sessions.${name}`;
    if (session.role === 'client') checkClientSession(session, path, report);
    else checkVenueSession(session as Unchecked<RawVenueSession>, { path, config, report });
  }
  checkListeners(config.sessions ?? {}, report);
  checkAccounts(config, report);
  checkInstruments(config, report);
  checkSymbols(config, report);
  checkClientLimits(config, report);
  checkReplaces(config, report);
  checkControlSocket(config, report);
  checkWeb(config, report);
  checkFunds(config, report);
  checkLogs(config, report);
  return problems;
};

const checkLogs = ({ fixLog, logging, disk }: UncheckedConfig, report: Report): void => {
  for (const [name, log] of Object.entries({ fixLog, logging })) {
    const { keepDays, compressAfterDays } = log ?? {};
    if (keepDays !== undefined && compressAfterDays !== undefined && compressAfterDays > keepDays)
      report(`${name}.compressAfterDays`, `must not be later than ${name}.keepDays, ${keepDays}`);
  }
  const { warnFreeBytes, reserveBytes } = disk ?? {};
  if (warnFreeBytes !== undefined && reserveBytes !== undefined && reserveBytes > warnFreeBytes)
    report('disk.reserveBytes', 'must not be more than disk.warnFreeBytes');
};

/** The venue's FIX takes OrderCancelReplaceRequest(G) in UAT only [fix 4]. */
const checkReplaces = (config: UncheckedConfig, report: Report): void => {
  const { venue, engine, sessions = {} } = config;
  const noAmend = 'must not be "amend" in production, where the venue’s FIX takes no replace';
  const noRest = '"editOrder" goes by REST, which needs rest.origin and the account’s key';
  const check = (replace: string | undefined, path: string): void => {
    if (replace === 'amend' && venue?.environment === 'production') report(path, noAmend);
    if (replace === 'editOrder' && !hasRestKey(config)) report(path, noRest);
  };
  check(engine?.replace, 'engine.replace');
  for (const [name, session] of Object.entries(sessions)) {
    if (session?.role === 'client') check(session.replace, `sessions.${name}.replace`);
  }
};

const hasRestKey = ({ rest, sessions = {} }: UncheckedConfig): boolean =>
  rest?.origin !== undefined &&
  (rest.credentials?.apiKey !== undefined ||
    Object.values(sessions).some(
      (session) => session?.role === 'trading' && session.restCredentials?.apiKey !== undefined,
    ));

const checkVenue = ({ venue }: UncheckedConfig, report: Report): void => {
  if (venue?.kind === undefined || venue.environment === undefined) return;
  if (venue.kind === 'simulator-embedded' && venue.environment !== 'demo') {
    report('venue.environment', 'must be "demo" with the embedded simulator');
  }
  if (venue.kind === 'kraken' && venue.environment === 'demo') {
    report('venue.environment', 'must be "uat" or "production" with Kraken');
  }
};

const checkSessionNames = ({ sessions = {} }: UncheckedConfig, report: Report): void => {
  if (!Object.values(sessions).some((session) => session?.role === 'trading')) {
    report('sessions', 'no session has the role "trading": nothing could be traded');
  }
  const pathByName = new Map<string, string>();
  for (const name of Object.keys(sessions)) {
    const path = `sessions.${name}`;
    const twin = pathByName.get(name.toLowerCase());
    if (twin !== undefined) report(path, `differs from ${twin} by case only`);
    pathByName.set(name.toLowerCase(), path);
  }
};

/**
 * L2 and L3 market data share both CompIDs and differ by port [fix 1.2], so the role belongs to the
 * pair.
 */
const checkCompIDs = ({ sessions = {} }: UncheckedConfig, report: Report): void => {
  const pathByPair = new Map<string, string>();
  for (const [name, session] of Object.entries(sessions)) {
    if (session?.senderCompID === undefined || session.targetCompID === undefined) continue;
    const path = `sessions.${name}`;
    const pair = [session.role, session.senderCompID, session.targetCompID].join(' ');
    const other = pathByPair.get(pair);
    if (other === undefined) pathByPair.set(pair, path);
    else {
      const ids = `SenderCompID ${session.senderCompID} and TargetCompID ${session.targetCompID}`;
      report(`${path}.senderCompID`, `${ids} are those of ${other} too: one logon per pair`);
    }
  }
};

const checkInstruments = ({ instruments = {} }: UncheckedConfig, report: Report): void => {
  if (Object.keys(instruments).length === 0) {
    report('instruments', 'there is no instrument: nothing could be traded');
  }
  for (const [symbol, { qtyMin = '', qtyStep = '' } = {}] of Object.entries(instruments)) {
    const [smallest, step] = [parseDecimal(qtyMin), parseDecimal(qtyStep)];
    if (smallest !== undefined && step !== undefined && !isMultipleOf(smallest, step)) {
      report(`instruments.${symbol}.qtyMin`, `must be a multiple of qtyStep ${qtyStep}`);
    }
  }
};

const checkSymbols = (config: UncheckedConfig, report: Report): void => {
  const { instruments = {}, sessions = {} } = config;
  const check = (symbols: readonly string[], path: string): void => {
    for (const symbol of symbols.filter((one) => !Object.hasOwn(instruments, one))) {
      report(path, `${symbol} is not among the instruments`);
    }
  };
  for (const [name, session] of Object.entries(sessions)) {
    check(subscribedSymbols(session), `sessions.${name}.symbols`);
  }
  checkSymbolsOfLimits(config, check);
};

const checkSymbolsOfLimits = (
  { risk }: UncheckedConfig,
  check: (symbols: readonly string[], path: string) => void,
): void => {
  check(risk?.allowedSymbols ?? [], 'risk.allowedSymbols');
  for (const symbol of Object.keys(risk?.symbols ?? {})) check([symbol], `risk.symbols.${symbol}`);
  for (const kind of ['accounts', 'clients', 'strategies'] as const) {
    for (const [name, limits] of Object.entries(risk?.[kind] ?? {})) {
      check(limits?.allowedSymbols ?? [], `risk.${kind}.${name}.allowedSymbols`);
    }
  }
};

const checkClientLimits = ({ risk, sessions = {} }: UncheckedConfig, report: Report): void => {
  for (const name of Object.keys(risk?.clients ?? {})) {
    if (name === 'library' || sessions[name]?.role === 'client') continue;
    report(`risk.clients.${name}`, 'is no session with the role "client", and not "library"');
  }
};

const subscribedSymbols = (session: Unchecked<RawSession> | undefined): readonly string[] =>
  session !== undefined && 'symbols' in session ? (session.symbols ?? []) : [];

/** sun_path of Linux holds 108 bytes, the last of them zero. */
const SOCKET_PATH_BYTES_MAX = 107;

const checkControlSocket = ({ engine }: UncheckedConfig, report: Report): void => {
  const path =
    engine?.controlSocket ??
    (engine?.dataDir === undefined ? '' : `${engine.dataDir}/run/control.sock`);
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) {
    report(
      'engine.controlSocket',
      `the path ${path} is longer than ${SOCKET_PATH_BYTES_MAX} bytes: place it elsewhere`,
    );
  }
};
