import { endOfLifeDatesOf } from '../../app/operator/end-of-life.ts';
import { systemClock } from '../../app/system-clock.ts';
import { connectionOf } from '../../app/sessions/venue-access.ts';
import { type Config, type VenueSessionConfig } from '../../config/config.ts';
import { DERIVATIVES_V1_END, endOfLifeNotice } from '../../kraken/end-of-life.ts';
import { type RawClientSettings } from '../../kraken/rest/raw-client.ts';
import { makeRestMarketGateway } from '../../kraken/rest/market/market-gateway.ts';
import { defined } from '../../lib/defined.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type Check, fail, type CheckResult, ok, skipped, warn } from './check.ts';
import {
  checkConfiguration,
  checkDictionaries,
  checkSecrets,
  type GivenConfig,
} from './config-checks.ts';
import { checkDataDir, checkJournalLock, checkSpace, checkSync } from './disk-checks.ts';
import { checkFeed } from './feed-checks.ts';
import { checkLogonSettings, venueSessionsOf } from './fix-checks.ts';
import { checkLogon } from './fix-logon.ts';
import { type HostToProbe, probeHost, type ProbedTls } from './probe-host.ts';
import {
  checkClock,
  checkInstruments,
  checkKey,
  checkRestAnswers,
  type ListedInstruments,
} from './rest-checks.ts';
import { type NamedKey } from '../shared/account-key.ts';
import { type WebSocketPlace } from '../shared/venue-place.ts';
import { type DoctorClients } from './clients.ts';

/** Everything that a round of checks looks at. */
export interface Subject {
  readonly given: GivenConfig;
  readonly config: Config | undefined;
  /** Where REST and the feeds are, or the reason why it is not known. */
  readonly rest: RawClientSettings | string;
  readonly webSocket: WebSocketPlace | string;
  /** Of the account that is named, or of every account of the configuration. */
  readonly keys: readonly NamedKey[];
  readonly clients: DoctorClients;
  readonly at: EpochMs;
  readonly logsOn: boolean;
}

const CALL_TIMEOUT_MS = 15_000;
const HOST_TIMEOUT_MS = 10_000;
const LOCAL_TIMEOUT_MS = 20_000;

/** Checks that need no network. */
export const localChecks = ({ given, config, at }: Subject): readonly Check[] => {
  const local = (name: string, run: () => CheckResult, ...after: string[]): Check => ({
    ...{ name, run, after, timeoutMs: LOCAL_TIMEOUT_MS },
  });
  const engine = config?.engine;
  const onDisk = (name: string, run: (dir: string) => CheckResult, ...after: string[]): Check =>
    local(
      name,
      () => (engine === undefined ? skipped('no valid configuration') : run(engine.dataDir)),
      ...after,
    );
  return [
    local('configuration', () => checkConfiguration(given)),
    local('secrets', () => checkSecrets(given)),
    local('dictionaries', checkDictionaries),
    onDisk('data folder', checkDataDir),
    onDisk('disk space', checkSpace, 'data folder'),
    onDisk('journal lock', checkJournalLock),
    onDisk('disk speed', (dir) => checkSync(dir, engine?.durability ?? 'disk'), 'data folder'),
    local('end of life', () => checkEndOfLife(config, at)),
  ];
};

const checkEndOfLife = (config: Config | undefined, at: EpochMs): CheckResult => {
  const dates = endOfLifeDatesOf(config?.endOfLife);
  const notice = endOfLifeNotice(at, dates);
  const end = new Date(dates.endsAt ?? DERIVATIVES_V1_END).toISOString().slice(0, 10);
  if (notice === undefined) return ok(`Derivatives REST and WebSocket v1 end on ${end}`);
  const advice = 'read the venue’s notice; FIX is not affected';
  return notice.severity === 'error' ? fail(notice.text, advice) : warn(notice.text, advice);
};

/** Checks that need the network. */
export const venueChecks = (subject: Subject): readonly Check[] => [
  ...restChecks(subject),
  ...feedChecks(subject),
  ...fixChecks(subject),
];

const restChecks = (subject: Subject): readonly Check[] => {
  const { rest, clients, config } = subject;
  if (typeof rest === 'string') return [skip('REST', rest)];
  const { client } = clients.public;
  const market = makeRestMarketGateway(client);
  let list: Promise<ListedInstruments> | undefined;
  const instruments = (): Promise<ListedInstruments> => (list ??= market.instruments());
  const symbol = config?.instruments[0]?.symbol ?? 'PF_XBTUSD';
  const call = (name: string, run: Check['run']): Check => ({
    ...{ name, run, after: ['REST answers'], timeoutMs: CALL_TIMEOUT_MS },
  });
  return [
    hostCheck('REST host', { ...rest, url: rest.origin }, subject.at),
    {
      ...{ name: 'REST answers', after: ['REST host'], timeoutMs: CALL_TIMEOUT_MS },
      run: () => checkRestAnswers(instruments),
    },
    call('clock', () => checkClock(client, symbol, systemClock)),
    ...keyChecks(subject, 'REST key', ({ account }) => {
      const handle = clients.trading.get(account);
      return handle === undefined ? skipped(NO_KEY) : checkKey(handle.client, 'trading');
    }).map(({ name, run }) => call(name, run)),
    call('funds key', () => checkFunds(subject)),
    call('instruments', () =>
      config === undefined
        ? skipped('no valid configuration')
        : checkInstruments(config.instruments, instruments),
    ),
  ];
};

const NO_KEY = 'no key is configured: give rest.credentials or --account';

/** One check for each key, named by its account where there are several. */
const keyChecks = (
  { keys }: Pick<Subject, 'keys'>,
  name: string,
  run: (key: NamedKey, signal: AbortSignal) => CheckResult | Promise<CheckResult>,
): readonly Pick<Check, 'name' | 'run'>[] => {
  if (keys.length === 0) return [{ name, run: () => skipped(NO_KEY) }];
  return keys.map((key) => ({
    name: keys.length === 1 ? name : `${name} ${key.account}`,
    run: (signal) => run(key, signal),
  }));
};

const checkFunds = async ({ clients, config, keys }: Subject): Promise<CheckResult> => {
  const funds = config?.funds;
  if (clients.funds === undefined)
    return funds?.enabled === true
      ? fail('funds.enabled without a key that can be read', 'look at the row of secrets')
      : skipped('withdrawals are off: there is no key for them');
  const finding = await checkKey(clients.funds.client, 'funds');
  const own = funds?.credentials?.apiKey.reveal();
  const isSame = keys.some(({ credential }) => credential.apiKey.reveal() === own);
  if (!isSame || finding.verdict === 'fail') return finding;
  return warn(`${finding.detail}; it is the key of REST too`, 'give funds a key of their own');
};

interface HostSettings {
  readonly url: string;
  readonly proxyUrl?: string | undefined;
  readonly ca?: string | undefined;
}

/** Behind a proxy the host cannot be reached directly: the port of the proxy is checked. */
const hostCheck = (name: string, { url, proxyUrl, ca }: HostSettings, at: Subject['at']): Check => {
  const target = targetOf(proxyUrl ?? url, defined({ ca }));
  return {
    ...{ name, timeoutMs: HOST_TIMEOUT_MS },
    run: async (signal) => {
      const finding = await probeHost(target, at, signal);
      if (proxyUrl === undefined) return finding;
      return { ...finding, detail: `proxy ${finding.detail}` };
    },
  };
};

const USUAL_PORT: Readonly<Record<string, number>> = { 'http:': 80, 'ws:': 80 };

const targetOf = (url: string, tls: ProbedTls): HostToProbe => {
  const { protocol, hostname, port } = new URL(url);
  const isTls = protocol === 'https:' || protocol === 'wss:';
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (USUAL_PORT[protocol] ?? 443) : Number(port),
    ...(isTls && { tls }),
  };
};

const feedChecks = (subject: Subject): readonly Check[] => {
  const { webSocket, at } = subject;
  if (typeof webSocket === 'string') return [skip('WebSocket', webSocket)];
  const feed = (name: string, run: Check['run'], ...after: string[]): Check => ({
    ...{ name, run, after, timeoutMs: CALL_TIMEOUT_MS },
  });
  return [
    hostCheck('WebSocket host', { url: webSocket.url, ...webSocket.socket }, at),
    feed(
      'WebSocket answers',
      (signal) => checkFeed(webSocket, undefined, signal),
      'WebSocket host',
    ),
    ...keyChecks(subject, 'WebSocket challenge', ({ credential }, signal) =>
      checkFeed(webSocket, credential, signal),
    ).map(({ name, run }) => feed(name, run, 'WebSocket answers')),
  ];
};

const fixChecks = ({ config, at, logsOn }: Subject): readonly Check[] => {
  if (config === undefined) return [skip('FIX', 'no valid configuration')];
  if (config.venue.kind !== 'kraken') return [skip('FIX', 'the embedded simulator is the venue')];
  return venueSessionsOf(config).flatMap((session): Check[] => {
    const hosts = hostChecks(session, at);
    const settings = `FIX ${session.name} settings`;
    return [
      ...hosts,
      {
        ...{ name: settings, timeoutMs: LOCAL_TIMEOUT_MS },
        run: () => checkLogonSettings(session, config, at),
      },
      {
        ...{ name: `FIX ${session.name} logon`, after: [settings], timeoutMs: CALL_TIMEOUT_MS },
        run: (signal) =>
          logsOn || session.resetSeqNumFlag !== 'on-logon'
            ? checkLogon(session, signal)
            : skipped('not tried, since a second logon evicts the first; --logon tries it'),
      },
    ];
  });
};

const hostChecks = (session: VenueSessionConfig, at: EpochMs): readonly Check[] =>
  session.hosts.map(({ host, port }) => ({
    ...{ name: `FIX ${session.name} ${host}:${port}`, timeoutMs: HOST_TIMEOUT_MS },
    run: (signal) => probeHost({ host, port, ...fixTls(session) }, at, signal),
  }));

const fixTls = (session: VenueSessionConfig): { readonly tls?: ProbedTls } => {
  const { tls } = connectionOf(session);
  if (tls === undefined) return {};
  const { rejectUnauthorized, ...rest } = tls;
  if (rejectUnauthorized !== false) return { tls: rest };
  return { tls: { ...rest, insecureReason: session.tls.insecureReason ?? 'no reason given' } };
};

const skip = (name: string, detail: string): Check => ({
  ...{ name, timeoutMs: LOCAL_TIMEOUT_MS },
  run: () => skipped(detail),
});
