import {
  accountName,
  addressList,
  certificateAttributes,
  certificateFingerprints,
  text,
  flag,
  choices,
  listenAddress,
  listenPort,
  milliseconds,
  choice,
  path,
  seconds,
  secretReference,
  timeOfDay,
  timeZone,
} from './kinds.ts';
import { common, identity, tlsMinVersion } from './session-schema.ts';

const DAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

/** A client that connects to us. */
export const CLIENT_SESSION = {
  ...identity,
  listen: {
    host: listenAddress('Address to listen on.').withDefault('127.0.0.1'),
    port: listenPort(
      'Port to listen on; 0 lets the operating system choose. Several clients may share one.',
    ).required(),
  },
  allowedAddresses: addressList(
    'Addresses and ranges from which this client may connect.',
  ).withDefault(['127.0.0.1', '::1']),
  heartBtIntSecondsMin: seconds(
    'Smallest HeartBtInt(108) that the client may ask for; 0 also lets it do without heartbeats.',
  )
    .between(0, 3_600)
    .withDefault(1),
  heartBtIntSecondsMax: seconds('Largest HeartBtInt(108) that the client may ask for.')
    .between(1, 3_600)
    .withDefault(300),
  onSecondLogon: choice(
    'A Logon(A) with the right credentials while the session is connected: `refuse` it; `replace-silent`: ask the connection that is up by TestRequest(1) and replace it when it says nothing for 3 s; `replace` it at once, which needs `credentials` or `clientCertificate`.',
  )
    .of('refuse', 'replace-silent', 'replace')
    .withDefault('replace-silent'),
  cancelOrdersOnDisconnect: flag(
    'Whether the open orders of this client are cancelled when its connection is lost.',
  ).withDefault(false),
  account: accountName(
    'Account of orders without Account(1), which is set and comes back in their reports: the `account` of a trading session. Which accounts a client may use, `risk.clients.<session>.allowedAccounts` says.',
  ).optional('with several trading sessions each order must say its Account(1)'),
  pendingNewReports: flag(
    'Whether an order is answered with ExecType(150)=A as soon as it is journaled.',
  ).withDefault(true),
  dayOrders: choice(
    'An order with TimeInForce(59)=0 (Day) or without it, which FIX 4.4 reads as Day; the venue has no day orders. `refuse` it, or take it as `gtc`: then it stays until it is filled or cancelled.',
  )
    .of('refuse', 'gtc')
    .withDefault('refuse'),
  positionRequests: choice(
    'What a RequestForPositions(AN) of this client is answered with: `own`, the positions that its own orders made, by their Account(1); or `account`, those of the whole account, other clients’ and EXTERNAL orders and opening positions included.',
  )
    .of('own', 'account')
    .withDefault('own'),
  replace: choice(
    'How OrderCancelReplaceRequest(G) is carried out. `refuse`: not at all. `editOrder`: by `editorder` over REST, which keeps the venue’s order; it needs `rest` and the account’s key, and whether the venue takes it for orders placed by FIX is not known (UAT-6). `cancelThenNew`: the venue’s order is cancelled and, once the venue has proved it, a new one is sent for what is left; the place in the queue is lost, and the order ends as cancelled if the new one is refused. `amend`: by OrderCancelReplaceRequest(G) to the venue, which takes it in UAT only.',
  )
    .of('refuse', 'editOrder', 'cancelThenNew', 'amend')
    .withDefault('refuse'),
  staleOrders: {
    ageMsMax: milliseconds(
      'Oldest order or mass cancel that is accepted, by its OrigSendingTime(122), SendingTime(52) and, see `transactTime`, TransactTime(60); an older one is refused as STALE. 0 switches the check off. Cancels of single orders are never too old.',
    )
      .between(0, 86_400_000)
      .withDefault(30_000),
    clockToleranceMs: milliseconds(
      'How far the client’s clock may be from ours: added to `ageMsMax`, and the largest time ahead before an order is refused as TIME_AHEAD.',
    )
      .between(0, 3_600_000)
      .withDefault(10_000),
    transactTime: choice(
      'Which orders are held against their TransactTime(60): those that say they were sent before (PossDupFlag(43) or PossResend(97)), or `always`. Mass cancels always are. Many systems keep the time there at which the trader made the order.',
    )
      .of('repeated', 'always')
      .withDefault('repeated'),
  },
  ...common(false),
  tls: {
    enabled: flag('Whether the connection is TLS.').withDefault(false),
    insecureReason: text(
      'Why the connection is not TLS although it may come from another machine; required to listen without TLS on an address that is not loopback, and logged at each start.',
    ).optional('TLS, or loopback only'),
    minVersion: tlsMinVersion,
    certFile: path('PEM file of our certificate chain; required with TLS.').optional('no TLS'),
    keyFile: path('PEM file of its private key; required with TLS.').optional('no TLS'),
    requireClientCert: flag(
      'Whether the client must show a certificate that `caFile` has signed.',
    ).withDefault(false),
    caFile: path('PEM file of the authority of the clients’ certificates.').optional(
      'no client certificates',
    ),
  },
  clientCertificate: {
    subject: certificateAttributes(
      'What the subject of the client’s certificate must have, e.g. ["CN=desk1", "O=Example"]; needs `tls.requireClientCert`.',
    ).optional('any subject'),
    fingerprints: certificateFingerprints(
      'SHA-256 fingerprints of the certificates that the client may show, e.g. the one in use and the next; needs `tls.requireClientCert`.',
    ).optional('any certificate that `caFile` has signed'),
  },
  resendPolicy: choice(
    'Answer to a ResendRequest(2): `full` replays execution reports with PossDupFlag(43)=Y; `gap-fill` replays no application message.',
  )
    .of('full', 'gap-fill')
    .withDefault('full'),
  credentials: {
    username: secretReference('Username(553) that the client must show'),
    password: secretReference('Password(554) that the client must show'),
  },
  resetPolicy: {
    acceptResetSeqNumFlag: flag(
      'Whether a Logon with ResetSeqNumFlag(141)=Y is accepted.',
    ).withDefault(true),
    redeliverReports: flag(
      'Whether reports that the client has not confirmed are sent again after a reset of the numbers, whatever its cause, under new numbers with PossResend(97)=Y.',
    ).withDefault(true),
    onLogon: flag('Numbers begin at 1 with each Logon (QuickFIX ResetOnLogon).').withDefault(false),
    onLogout: flag('Numbers begin at 1 after a Logout (QuickFIX ResetOnLogout).').withDefault(
      false,
    ),
    onDisconnect: flag(
      'Numbers begin at 1 after a lost connection (QuickFIX ResetOnDisconnect).',
    ).withDefault(false),
  },
  schedule: {
    nonStop: flag(
      'Whether the session is open at all times, without a daily reset (QuickFIX NonStopSession).',
    ).withDefault(true),
    startTime: timeOfDay('Opens at this time; numbers begin at 1.').withDefault('00:00:00'),
    endTime: timeOfDay(
      'Closes at this time. Equal to `startTime`: open all day with a reset at that time.',
    ).withDefault('00:00:00'),
    startDay: choice('First day of a weekly session; needs `endDay`.')
      .of(...DAYS)
      .optional('a daily session'),
    endDay: choice('Last day of a weekly session; needs `startDay`.')
      .of(...DAYS)
      .optional('a daily session'),
    weekdays: choices('Days on which a daily session opens.')
      .of(...DAYS)
      .withDefault([...DAYS]),
    timeZone: timeZone('Time zone of the times above.').withDefault('UTC'),
  },
};
