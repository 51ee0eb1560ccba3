import { compIDLockPath } from '../../app/sessions/comp-id-lock.ts';
import {
  type Config,
  type TradingSessionConfig,
  type VenueSessionConfig,
} from '../../config/config.ts';
import { logonPassword } from '../../kraken/fix/logon.ts';
import { lookAtLock } from '../../lib/files/lock-file.ts';
import { type EpochMs } from '../../lib/time.ts';
import { fail, type CheckResult, ok, warn } from './check.ts';

/** The venue numbers its ports [fix 1.2]. */
const PORT_OF_ROLE = { marketDataL2: 4002, trading: 4003, marketDataL3: 4004 } as const;
const SECRET_BYTES_MIN = 32;

export const venueSessionsOf = ({ sessions }: Config): readonly VenueSessionConfig[] =>
  sessions.filter((session): session is VenueSessionConfig => session.role !== 'client');

/** Says what it can without a Logon: a second logon of a CompID would evict the first. */
export const checkLogonSettings = (
  session: VenueSessionConfig,
  config: Config,
  at: EpochMs,
): CheckResult => {
  const wrong = [...clientIDFaults(session), ...credentialFaults(session, at)];
  const odd = [
    ...roleDoubts(session),
    ...clientIDDoubts(session, config),
    ...secretDoubts(session),
  ];
  const { senderCompID, targetCompID, resetSeqNumFlag, heartBtIntSeconds } = session;
  const settings = [
    `${senderCompID} to ${targetCompID}`,
    `HeartBtInt(108) ${heartBtIntSeconds} s`,
    `reset ${resetSeqNumFlag}`,
    ...disconnectText(session),
    ...lockText(session),
  ].join(', ');
  if (wrong.length > 0) return fail(`${settings}; ${wrong.join('; ')}`, 'mend the session');
  return odd.length > 0
    ? warn(`${settings}; ${odd.join('; ')}`, 'make sure that this is meant')
    : ok(settings);
};

const disconnectText = (session: VenueSessionConfig): readonly string[] => {
  if (session.role !== 'trading') return [];
  const { cancelOrdersOnDisconnect: cancels } = session;
  return [`a lost connection ${cancels ? 'cancels' : 'keeps'} orders (8674=${cancels ? 0 : 1})`];
};

const lockText = (session: VenueSessionConfig): readonly string[] => {
  const { state, text } = lookAtLock(compIDLockPath(session));
  return state === 'held' ? [`CompID ${text}`] : [];
};

const clientIDFaults = ({ clientID }: VenueSessionConfig): readonly string[] =>
  clientID === undefined || /^\d{1,9}$/.test(clientID)
    ? []
    : [`ClientID(109) ${clientID} is no whole number`];

const credentialFaults = (session: VenueSessionConfig, at: EpochMs): readonly string[] => {
  if (session.role !== 'trading') return [];
  if (session.credentials === undefined) return ['its key cannot be read'];
  return isSignable(session, session.credentials, at) ? [] : ['no signature can be made'];
};

const isSignable = (
  { senderCompID, targetCompID, signTargetCompID }: TradingSessionConfig,
  credentials: NonNullable<TradingSessionConfig['credentials']>,
  at: EpochMs,
): boolean =>
  logonPassword({
    ...credentials,
    ...{ msgSeqNum: 1, senderCompID, targetCompID: signTargetCompID ?? targetCompID },
    nonce: String(Math.floor(at)),
  }).length === 88;

const secretDoubts = (session: VenueSessionConfig): readonly string[] => {
  if (session.role !== 'trading' || session.credentials === undefined) return [];
  const { length } = Buffer.from(session.credentials.apiSecret.reveal(), 'base64');
  return length < SECRET_BYTES_MIN ? [`apiSecret is ${length} bytes long: was it cut off?`] : [];
};

const roleDoubts = ({
  role,
  targetCompID,
  hosts,
  resetSeqNumFlag,
}: VenueSessionConfig): readonly string[] => {
  const isTrading = role === 'trading';
  const doubts: string[] = [];
  if (targetCompID.endsWith(isTrading ? '-MD' : '-TRD'))
    doubts.push(`TargetCompID(56) ${targetCompID} is not the one for ${role}`);
  const others = Object.entries(PORT_OF_ROLE).filter(([name]) => name !== role);
  for (const { port } of hosts)
    for (const [name, usual] of others)
      if (port === usual) doubts.push(`port ${port} is the venue's for ${name}`);
  if (isTrading && resetSeqNumFlag === 'on-logon')
    doubts.push('resetSeqNumFlag on-logon throws away the reports that the venue could replay');
  return doubts;
};

const clientIDDoubts = (
  { senderCompID, clientID }: VenueSessionConfig,
  config: Config,
): readonly string[] => {
  const siblings = venueSessionsOf(config).filter((one) => one.senderCompID === senderCompID);
  return siblings.every((one) => one.clientID === clientID)
    ? []
    : [`the sessions of ${senderCompID} have different ClientID(109)s`];
};
