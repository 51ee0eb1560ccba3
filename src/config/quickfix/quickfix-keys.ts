import { ALWAYS, NOTED, OWN_STORE } from './quickfix-noted-keys.ts';
import { type Result, err, ok } from '../../lib/result.ts';

/** Keys of our configuration, below the session, and their values. */
type Patch = readonly (readonly [path: string, value: unknown])[];

/** How a QuickFIX key is converted on one side: our keys, or the reason why there are none. */
export interface CfgRule {
  readonly initiator: CfgMapper | string;
  readonly acceptor: CfgMapper | string;
}

type CfgMapper = (value: string) => Result<Patch, string>;

const VENUE_HOURS = 'the venue trades around the clock; see rollover';
const NOT_FOR_CLIENTS = 'a client connects to us';
const NOT_FOR_VENUE = 'we connect to the venue';

const both = (mapper: CfgMapper | string): CfgRule => ({ initiator: mapper, acceptor: mapper });
const initiator = (mapper: CfgMapper | string): CfgRule => ({
  initiator: mapper,
  acceptor: NOT_FOR_CLIENTS,
});
const acceptor = (mapper: CfgMapper | string): CfgRule => ({
  initiator: NOT_FOR_VENUE,
  acceptor: mapper,
});

const asText =
  (path: string): CfgMapper =>
  (value) =>
    ok([[path, value]]);

const asNumber =
  (path: string, factor = 1): CfgMapper =>
  (value) =>
    /^\d{1,9}$/.test(value)
      ? ok([[path, Number(value) * factor]])
      : err(`must be a whole number: ${value}`);

const asFlag =
  (path: string): CfgMapper =>
  (value) => {
    const flag = toFlag(value);
    return flag === undefined ? err(`must be Y or N: ${value}`) : ok([[path, flag]]);
  };

const toFlag = (value: string): boolean | undefined =>
  ({ y: true, yes: true, true: true, n: false, no: false, false: false })[value.toLowerCase()];

/** Accepts a single value: the other one asks for a feature that we do not have. */
const only =
  (wanted: boolean, why: string): CfgMapper =>
  (value) =>
    toFlag(value) === wanted ? ok([]) : err(`must be ${wanted ? 'Y' : 'N'}: ${why}`);

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

const toDay = (text: string): string | undefined =>
  text.length < 2 ? undefined : DAYS.find((day) => day.startsWith(text.trim().toLowerCase()));

const asDay =
  (path: string): CfgMapper =>
  (value) => {
    const day = toDay(value);
    return day === undefined ? err(`must be a day of the week: ${value}`) : ok([[path, day]]);
  };

const asDays: CfgMapper = (value) => {
  const days = value.split(',').map(toDay);
  return days.includes(undefined)
    ? err(`must be days of the week: ${value}`)
    : ok([['schedule.weekdays', days]]);
};

/** `08:00:00`, in QuickFIX/J also with a zone: `08:00:00 America/New_York`. */
const asTime =
  (path: string): CfgMapper =>
  (value) => {
    const { time, isTime } = timeOfCfg(value);
    return isTime ? ok([[path, time]]) : err(`must be a time such as 08:00:00: ${value}`);
  };

/** A time of day as QuickFIX writes it, with an optional time zone. */
export const timeOfCfg = (value: string) => {
  const [time = '', zone, ...rest] = value.split(/\s+/);
  return { time, zone, isTime: /^\d{2}:\d{2}:\d{2}$/.test(time) && rest.length === 0 };
};

const asProtocols: CfgMapper = (value) => {
  const versions = value.split(/[,\s]+/).filter((text) => text !== '');
  if (!versions.every((text) => /^TLSv1\.[0-3]$/.test(text) || text === 'TLSv1')) {
    return err(`must name TLS versions such as TLSv1.3: ${value}`);
  }
  return ok([
    ['tls.minVersion', versions.every((text) => text === 'TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2'],
  ]);
};

const asAddresses: CfgMapper = (value) =>
  ok([['allowedAddresses', value.split(',').map((text) => text.trim())]]);

const asReconnect: CfgMapper = (value) => {
  const seconds = /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (seconds === 0) return err(`must be a whole number of seconds above zero: ${value}`);
  return ok([
    ['reconnect.firstDelayMs', seconds * 1_000],
    ['reconnect.delayMsMax', Math.max(seconds * 1_000, 30_000)],
  ]);
};

const RULES: Readonly<Record<string, CfgRule>> = {
  BeginString: both((value) => (value === 'FIX.4.4' ? ok([]) : err(`must be FIX.4.4: ${value}`))),
  SenderCompID: both(asText('senderCompID')),
  TargetCompID: both(asText('targetCompID')),
  ConnectionType: both(() => ok([])),
  SessionQualifier: both(() => ok([])),
  SocketConnectHost: initiator(() => ok([])),
  SocketConnectPort: initiator(() => ok([])),
  SocketAcceptAddress: acceptor(asText('listen.host')),
  SocketAcceptPort: acceptor(asNumber('listen.port')),
  AllowedRemoteAddresses: acceptor(asAddresses),
  HeartBtInt: {
    initiator: asNumber('heartBtIntSeconds'),
    acceptor: 'the client’s HeartBtInt(108) is used',
  },
  ReconnectInterval: initiator(asReconnect),
  LogonTimeout: both(asNumber('logonTimeoutMs', 1_000)),
  LogoutTimeout: both(asNumber('logoutTimeoutMs', 1_000)),
  SocketConnectTimeout: initiator(asNumber('connectTimeoutMs', 1_000)),
  CheckLatency: both((value) =>
    toFlag(value) === undefined
      ? err(`must be Y or N: ${value}`)
      : ok(toFlag(value) === true ? [] : [['sendingTimeToleranceSeconds', 0]]),
  ),
  MaxLatency: both(asNumber('sendingTimeToleranceSeconds')),
  ResendRequestChunkSize: both(asNumber('resend.chunkSize')),
  NonStopSession: { initiator: VENUE_HOURS, acceptor: asFlag('schedule.nonStop') },
  StartTime: { initiator: VENUE_HOURS, acceptor: asTime('schedule.startTime') },
  EndTime: { initiator: VENUE_HOURS, acceptor: asTime('schedule.endTime') },
  StartDay: { initiator: VENUE_HOURS, acceptor: asDay('schedule.startDay') },
  EndDay: { initiator: VENUE_HOURS, acceptor: asDay('schedule.endDay') },
  Weekdays: { initiator: VENUE_HOURS, acceptor: asDays },
  TimeZone: { initiator: VENUE_HOURS, acceptor: asText('schedule.timeZone') },
  ResetOnLogon: {
    initiator: (value) =>
      toFlag(value) === undefined
        ? err(`must be Y or N: ${value}`)
        : ok([['resetSeqNumFlag', toFlag(value) === true ? 'on-logon' : 'rollover']]),
    acceptor: asFlag('resetPolicy.onLogon'),
  },
  ResetOnLogout: {
    initiator: only(false, 'the venue resets at its rollover'),
    acceptor: asFlag('resetPolicy.onLogout'),
  },
  ResetOnDisconnect: {
    initiator: only(false, 'the venue resets at its rollover'),
    acceptor: asFlag('resetPolicy.onDisconnect'),
  },
  SocketUseSSL: both(asFlag('tls.enabled')),
  EnabledProtocols: both(asProtocols),
  SNIHostName: initiator(asText('tls.serverName')),
  UseSNI: initiator(`SNI ${ALWAYS}`),
  NeedClientAuth: acceptor(asFlag('tls.requireClientCert')),
  CertificationAuthoritiesFile: both(asText('tls.caFile')),
  ServerCertificateFile: acceptor(asText('tls.certFile')),
  ServerCertificateKeyFile: acceptor(asText('tls.keyFile')),
  PersistMessages: both(only(true, OWN_STORE)),
  ValidateSequenceNumbers: both(only(true, 'numbers are the proof of what was received')),
  CheckCompID: both(only(true, `the check of CompIDs ${ALWAYS}`)),
  RejectInvalidMessage: both((value) =>
    toFlag(value) === undefined
      ? err(`must be Y or N: ${value}`)
      : ok([['invalidApplicationMessage', toFlag(value) === true ? 'reject' : 'warn-and-deliver']]),
  ),
};

const byLowerCase = new Map<string, CfgRule>([
  ...Object.entries(NOTED).flatMap(([reason, keys]) =>
    keys.map((key) => [key.toLowerCase(), both(reason)] as const),
  ),
  ...Object.entries(RULES).map(([key, rule]) => [key.toLowerCase(), rule] as const),
]);

/** `SocketConnectHost1`, `SocketConnectPort2` … are further hosts. */
export const HOST_KEY = /^socketconnect(host|port)(\d*)$/i;

export const cfgRule = (key: string): CfgRule | undefined => {
  const host = HOST_KEY.exec(key);
  return byLowerCase.get(
    host === null ? key.toLowerCase() : `socketconnect${host[1]?.toLowerCase() ?? ''}`,
  );
};

export const CFG_KEYS: readonly string[] = [...Object.keys(RULES), ...Object.values(NOTED).flat()];
