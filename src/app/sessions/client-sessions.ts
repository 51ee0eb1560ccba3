import { type ClientSessionConfig } from '../../config/config.ts';
import { type InputBody } from '../../core/input.ts';
import { type PositionView } from '../../core/positions/position-view.ts';
import { type Refusal } from '../../core/refusal.ts';
import { type EngineState } from '../../core/state.ts';
import { type ClientName } from '../../domain/ids.ts';
import {
  type AcceptedSession,
  type FixAcceptor,
  makeAcceptor,
  type PeerCertificate,
  type SecondConnection,
  type TlsServerSettings,
} from '../../fix/runtime/acceptor/acceptor.ts';
import { type FixMessage } from '../../fix/codec/fix-message.ts';
import { type FixDictionary } from '../../fix/dictionary/dictionary.ts';
import { type SessionScheduler } from '../../fix/runtime/scheduler.ts';
import { type SessionLog } from '../../fix/runtime/session-host.ts';
import {
  type FixSession,
  type SessionNotice,
  type SessionStore,
} from '../../fix/session/model/session-types.ts';
import { type Clock, type Timers } from '../../lib/time.ts';
import { defined } from '../../lib/defined.ts';
import { makeAddressList } from '../../lib/address-list.ts';
import { makeClientApplication } from '../../upstream/fix/client-application.ts';
import { asksForCredentials, credentialProblem, logonProblem } from './client-logon.ts';
import { ListenerCertificates, readTlsFiles } from './listener-certificates.ts';
import { makeClientSchedule } from './schedules.ts';
import { clientSettings } from './settings.ts';

export interface ClientSessionsDeps {
  readonly clients: readonly ClientSessionConfig[];
  readonly dictionary: FixDictionary;
  readonly storeOf: (session: string) => SessionStore;
  readonly logOf: (session: {
    senderCompID: string;
    targetCompID: string;
  }) => SessionLog | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly submit: (body: InputBody) => void;
  readonly orderRefusal: () => Refusal | undefined;
  readonly books: () => EngineState;
  readonly positions: (of: 'account' | 'client') => readonly PositionView[];
  readonly isArchived: (client: ClientName, clientOrderID: string) => boolean;
  readonly onNotice: (session: string, notice: SessionNotice) => void;
}

/** The acceptors of all client sessions: those with the same address share one. */
export interface ClientSessions {
  /** Ports by session name. */
  readonly listen: () => Promise<ReadonlyMap<string, number>>;
  /** Accepts no more connections; sessions go on. */
  readonly stopListening: () => void;
  readonly close: () => Promise<void>;
  /** Reads the files of the listeners' TLS again; they are looked at every few seconds, too. */
  readonly renewCertificates: () => void;
  readonly sessionOf: (client: ClientName) => FixSession | undefined;
  readonly sessions: () => readonly FixSession[];
  readonly wantsPendingNew: (client: ClientName) => boolean;
}

/** ExecutionReport, OrderCancelReject, OrderMassCancelReport: what a client must not miss. */
const REPORTS: readonly string[] = ['8', '9', 'r'];

const clientNameOf = (session: string): ClientName => `fix:${session}` as ClientName;

export const isFixClient = (client: ClientName): boolean => client.startsWith('fix:');

export const makeClientSessions = (deps: ClientSessionsDeps): ClientSessions => {
  const sessionByClient = new Map<ClientName, FixSession>();
  const stores = new Map<string, SessionStore>();
  const hours: SessionScheduler[] = [];
  const certificates: ListenerCertificates[] = [];
  const listeners = [...groupByAddress(deps.clients).values()].map((clients) => ({
    clients,
    acceptor: openListener(clients, deps, { sessionByClient, stores }),
  }));
  return {
    listen: async () => {
      const ports = new Map<string, number>();
      for (const { clients, acceptor } of listeners) {
        const { port } = await acceptor.listen();
        for (const { name } of clients) ports.set(name, port);
        certificates.push(...certificatesOf(clients, acceptor, deps));
      }
      hours.push(...startHours(deps, { sessionByClient, stores }));
      return ports;
    },
    stopListening: () => {
      for (const { acceptor } of listeners) acceptor.stopListening();
    },
    close: async () => {
      for (const scheduler of hours) scheduler.stop();
      for (const each of certificates) each.close();
      await Promise.all(listeners.map(({ acceptor }) => acceptor.close()));
    },
    renewCertificates: () => {
      for (const each of certificates) each.renew();
    },
    sessionOf: (client) => sessionByClient.get(client),
    sessions: () => [...sessionByClient.values()],
    wantsPendingNew: (client) =>
      deps.clients.find(({ name }) => clientNameOf(name) === client)?.pendingNewReports ?? true,
  };
};

/** Port 0 is never shared: each session asked for one of its own. */
const groupByAddress = (
  clients: readonly ClientSessionConfig[],
): ReadonlyMap<string, readonly ClientSessionConfig[]> => {
  const groups = new Map<string, ClientSessionConfig[]>();
  for (const client of clients) {
    const { host, port } = client.listen;
    const key = port === 0 ? client.name : `${host}:${port}`;
    groups.set(key, [...(groups.get(key) ?? []), client]);
  }
  return groups;
};

/** What opening the client sessions returns. */
interface Found {
  readonly sessionByClient: Map<ClientName, FixSession>;
  readonly stores: Map<string, SessionStore>;
}

const startHours = (
  deps: ClientSessionsDeps,
  { sessionByClient, stores }: Found,
): readonly SessionScheduler[] => {
  const { clock, timers } = deps;
  return deps.clients.flatMap((config) => {
    const session = sessionByClient.get(clientNameOf(config.name));
    const store = stores.get(config.name);
    if (session === undefined || store === undefined) return [];
    const scheduler = makeClientSchedule(config, { session, store, clock, timers });
    scheduler?.start();
    return scheduler === undefined ? [] : [scheduler];
  });
};

const openListener = (
  clients: readonly ClientSessionConfig[],
  deps: ClientSessionsDeps,
  { sessionByClient, stores }: Found,
): FixAcceptor => {
  const [first] = clients;
  const tls = first === undefined ? undefined : tlsOf(first);
  const acceptor = makeAcceptor({
    listen: {
      host: first?.listen.host ?? '127.0.0.1',
      port: first?.listen.port ?? 0,
      ...(tls && { tls }),
    },
    sessions: clients.map((client) => acceptedSession(client, deps, { sessionByClient, stores })),
    dictionary: deps.dictionary,
    clock: deps.clock,
    timers: deps.timers,
    onTurnedAway: (text) => {
      const at = deps.clock.wall();
      deps.onNotice(first?.name ?? '', { at, severity: 'warn', code: 'TURNED_AWAY', text });
    },
    // An alert is logged once it is durable, so nothing else says it.
    onGuessing: ({ text }) => {
      deps.submit({ type: 'VenueViewAlerted', severity: 'critical', code: 'LOGON_GUESSING', text });
    },
  });
  for (const { name } of clients) {
    const session = acceptor.session(name);
    if (session !== undefined) sessionByClient.set(clientNameOf(name), session);
  }
  return acceptor;
};

/** Those of one listener; all its sessions have the same files. */
const certificatesOf = (
  [first]: readonly ClientSessionConfig[],
  acceptor: FixAcceptor,
  { clock, timers, onNotice }: ClientSessionsDeps,
): readonly ListenerCertificates[] => {
  if (first === undefined) return [];
  const { name, tls } = first;
  const tell = (severity: 'info' | 'error', code: string) => (text: string) => {
    onNotice(name, { at: clock.wall(), severity, code, text });
  };
  if (tls.insecureReason !== undefined) {
    const text = `listens on ${first.listen.host} without TLS: ${tls.insecureReason}`;
    onNotice(name, { at: clock.wall(), severity: 'warn', code: 'LISTENS_WITHOUT_TLS', text });
  }
  const onRenewed = tell('info', 'CERTIFICATE_READ');
  const onFailed = tell('error', 'CERTIFICATE_NOT_RENEWED');
  return [new ListenerCertificates({ tls, acceptor, timers, onRenewed, onFailed })];
};

const SECOND_CONNECTION: Readonly<Record<ClientSessionConfig['onSecondLogon'], SecondConnection>> =
  {
    refuse: 'refuse-new',
    'replace-silent': 'replace-silent',
    replace: 'evict-old',
  };

const acceptedSession = (
  config: ClientSessionConfig,
  deps: ClientSessionsDeps,
  { sessionByClient, stores }: Found,
): AcceptedSession => {
  const client = clientNameOf(config.name);
  const log = deps.logOf(config);
  const store = deps.storeOf(config.name);
  stores.set(config.name, store);
  return {
    settings: clientSettings(config),
    store,
    allowsAddress: makeAddressList(config.allowedAddresses),
    onSecondConnection: SECOND_CONNECTION[config.onSecondLogon],
    ...defined({
      authenticate: asksForCredentials(config)
        ? (message: FixMessage, certificate: PeerCertificate | undefined) =>
            credentialProblem(config, message, certificate)
        : undefined,
    }),
    frameBytesMax: config.messageBytesMax,
    ...(log && { log }),
    ...(config.resetPolicy.redeliverReports && { redeliver: REPORTS }),
    application: {
      ...makeClientApplication({
        client,
        policy: config,
        submit: deps.submit,
        orderRefusal: deps.orderRefusal,
        send: (message) => {
          const sent = sessionByClient.get(client)?.send(message);
          return sent?.ok === true;
        },
        positions: { positions: deps.positions, shows: config.positionRequests },
        status: {
          books: deps.books,
          isArchived: deps.isArchived,
          later: (run) => {
            deps.timers.set(0, run);
          },
        },
        onUp: () => undefined,
        onDown: ({ cause, isComplaint = false }) => {
          // A client that we log out because it broke a rule did not wish to leave.
          const polite = cause === 'LogoutByPeer' || (cause === 'LogoutByUs' && !isComplaint);
          if (config.cancelOrdersOnDisconnect && !polite) {
            deps.submit({ type: 'CancelAll', by: client, client });
          }
        },
        onNotice: (notice) => {
          deps.onNotice(config.name, notice);
        },
      }),
      checkLogon: (message) => logonProblem(config, message),
    },
  };
};

const tlsOf = ({ tls }: ClientSessionConfig): TlsServerSettings | undefined => {
  const files = readTlsFiles(tls);
  return files && { ...files, requestCert: tls.requireClientCert, minVersion: tls.minVersion };
};
