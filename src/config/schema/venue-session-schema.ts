import {
  accountName,
  compID,
  count,
  flag,
  hostPortList,
  milliseconds,
  choice,
  path,
  seconds,
  secretReference,
  symbolList,
  text,
  timeOfDay,
} from './kinds.ts';
import { common, identity, tlsMinVersion } from './session-schema.ts';

/** A session on which we connect to the venue [fix 1]. */
const venueSide = {
  ...identity,
  hosts: hostPortList(
    'Hosts to try in this order, each as "host:port"; resolved again on every connect. Empty only with the embedded simulator, which knows its own.',
  ).withDefault([]),
  clientID: text(
    'ClientID(109) of the Logon; the same integer on trading and market data sessions ties them together.',
  ).optional('not sent'),
  heartBtIntSeconds: seconds('HeartBtInt(108) of the Logon.').between(1, 3_600).withDefault(30),
  connectTimeoutMs: milliseconds(
    'Time for resolving, connecting and the TLS handshake with one host.',
  )
    .between(100, 120_000)
    .withDefault(5_000),
  ...common(true),
  tls: {
    enabled: flag(
      'Whether the connection is TLS. Kraken answers plain TCP with an alert.',
    ).withDefault(true),
    minVersion: tlsMinVersion,
    caFile: path('PEM file of the certificate authorities to trust.').optional('those of Node.js'),
    serverName: text('Name for SNI and for the check of the certificate.').optional('the host'),
    rejectUnauthorized: flag(
      'Whether the certificate must be valid for the name. `false` needs `insecureReason` and is refused in production.',
    ).withDefault(true),
    insecureReason: text('Why the certificate is not verified; logged at each connect.').optional(
      'verification is on',
    ),
  },
  reconnect: {
    firstDelayMs: milliseconds(
      'Pause before the first attempt after a connection was lost; doubles from there.',
    )
      .between(0, 600_000)
      .withDefault(1_000),
    delayMsMax: milliseconds('Longest pause after a lost connection.')
      .between(100, 3_600_000)
      .withDefault(30_000),
    refusedDelayMs: milliseconds(
      'Pause after a refused Logon; grows by itself each time. Repeated failures can lock the key.',
    )
      .between(1_000, 3_600_000)
      .withDefault(60_000),
    refusedDelayMsMax: milliseconds('Longest pause after refused Logons.')
      .between(1_000, 86_400_000)
      .withDefault(900_000),
    sequenceRefusalsMax: count(
      'Logons refused in a row because of sequence numbers after which the session halts and asks for an operator.',
    )
      .between(1, 100)
      .withDefault(3),
  },
  rollover: {
    enabled: flag(
      'Whether the session rolls over once a day. A drop near that time counts as planned.',
    ).withDefault(true),
    time: timeOfDay('Time of day in UTC of the rollover.').withDefault('22:00'),
    prepareSeconds: seconds(
      'How long before it new orders stop, open orders are cancelled and the session logs out.',
    )
      .between(0, 600)
      .withDefault(30),
    resumeSeconds: seconds('How long after it the session logs on again.')
      .between(0, 600)
      .withDefault(45),
    toleranceSeconds: seconds('Distance from the rollover within which a drop counts as planned.')
      .between(0, 600)
      .withDefault(120),
  },
};

const resetSeqNumFlag = choice(
  'When our Logon carries ResetSeqNumFlag(141)=Y. `on-logon` throws away what the venue could still replay.',
).of('never', 'rollover', 'on-logon');

/** When an account's orders may travel by REST instead of FIX, and when they go back. */
const routing = {
  fallback: choice(
    'Whether new orders of this account go by REST while its FIX session is down: `auto` once every condition holds, `manual` when an operator says so too (`fathom route fallback`), `off` never. Needs REST keys and the private feeds of the account.',
  )
    .of('off', 'manual', 'auto')
    .withDefault('off'),
  graceMs: milliseconds('How long FIX must be down before REST is considered.')
    .between(0, 600_000)
    .withDefault(5_000),
  codMaxMs: milliseconds(
    'Time after which the venue must have noticed a lost connection and cancelled on disconnect. REST takes new orders later than that, or once every order of the account is settled by evidence.',
  )
    .between(0, 600_000)
    .optional('2.5 × `heartBtIntSeconds` + 5 s'),
  ackSuspectMs: milliseconds(
    'An order without an answer for so long, with nothing later answered either, makes the session suspect: new orders are refused (ROUTE_CLOSED) until the venue answers. Cancels pass.',
  )
    .between(100, 60_000)
    .withDefault(2_000),
  writeStallMs: milliseconds(
    'Bytes that wait for so long without the connection taking any make the session suspect.',
  )
    .between(100, 60_000)
    .withDefault(5_000),
  restReservePoints: count(
    'Points of the REST budget that must be free before REST takes new orders: a kill, cancels, and one round of look-ups.',
  )
    .between(0, 400)
    .withDefault(60),
  restWithoutWs: flag(
    'Whether REST may take new orders without the private feeds: answers and fills are then only polled.',
  ).withDefault(false),
  deadManSwitchSeconds: seconds(
    'Time-out of the venue’s dead man’s switch while orders go by REST; renewed four times within it. It cancels every order of the account when the engine falls silent.',
  )
    .between(8, 3_600)
    .withDefault(60),
  handbackStableMs: milliseconds('How long FIX must be back in step before orders return to it.')
    .between(0, 3_600_000)
    .withDefault(30_000),
  flapDropsMax: count('Drops of FIX within `flapWindowMs` at which it counts as flapping.')
    .between(1, 100)
    .withDefault(3),
  flapWindowMs: milliseconds('Window in which drops are counted.')
    .between(1_000, 86_400_000)
    .withDefault(600_000),
  onFlap: choice(
    'What happens then, unless `fallback` is `off`: orders `stayOnRest` until the window is quiet or an operator hands back, or the account `halt`s until an operator resumes it.',
  )
    .of('stayOnRest', 'halt')
    .withDefault('stayOnRest'),
};

/** Orders and execution reports with the venue. */
export const TRADING_SESSION = {
  ...venueSide,
  account: accountName(
    'Name of the account that this session trades on: what Account(1) of an order, operators and logs call it.',
  ).optional('the name of the session'),
  cancelOrdersOnDisconnect: flag(
    'Whether the venue cancels the open orders of this session when the connection is lost without Logout. On the wire the flag is inverted: true is CancelOrdersOnDisconnect(8674)=0, false is 8674=1. Has no default on purpose.',
  ).required(),
  cancelOrdersOnLogout: flag(
    'Whether open orders are cancelled before we log out: a clean Logout does not cancel them.',
  ).withDefault(true),
  resetSeqNumFlag: resetSeqNumFlag.withDefault('rollover'),
  signTargetCompID: compID(
    'TargetCompID(56) inside the signed text of the Logon, where the venue wants another than the real one.',
  ).optional('`targetCompID`'),
  credentials: {
    apiKey: secretReference('API key, Username(553)'),
    apiSecret: secretReference('API secret in base64, which signs Password(554)'),
  },
  restCredentials: {
    apiKey: secretReference(
      'REST and WebSocket API key of this account; without it, that of `rest.credentials` when this is the only trading session',
    ),
    apiSecret: secretReference('API secret in base64 that belongs to it'),
  },
  routing,
  rateBudget: {
    unitsMax: count('Units that may be spent within any `periodMs`, a sliding window.')
      .between(1, 1_000_000)
      .withDefault(500),
    periodMs: milliseconds('Length of the window, after which a spent unit is free again.')
      .between(100, 600_000)
      .withDefault(10_000),
    orderUnits: count('Units that a NewOrderSingle(D) costs.').between(1, 10_000).withDefault(10),
    cancelUnits: count('Units that an OrderCancelRequest(F) costs.')
      .between(1, 10_000)
      .withDefault(10),
    massCancelUnits: count('Units that an OrderMassCancelRequest(q) costs.')
      .between(1, 10_000)
      .withDefault(25),
    reservedForCancelsUnits: count(
      'Units that new orders leave untouched, so that cancels always pass.',
    )
      .between(0, 1_000_000)
      .withDefault(100),
  },
};

/** Instrument list and order books from the venue. */
export const MARKET_DATA_SESSION = {
  ...venueSide,
  resetSeqNumFlag: resetSeqNumFlag.withDefault('on-logon'),
  symbols: symbolList('Instruments to subscribe.').optional(
    'every instrument of the configuration',
  ),
  marketDepth: choice('MarketDepth(264) of the subscriptions; 0 is the full book.')
    .of(0, 1, 10, 25, 100, 500, 1000)
    .withDefault(25),
};
