import {
  compID,
  count,
  flag,
  hostPortList,
  milliseconds,
  oneOf,
  path,
  seconds,
  secretReference,
  symbolList,
  text,
  timeOfDay,
} from './kinds.ts';
import { common, identity, tlsMinVersion } from './session-schema.ts';

/** A session on which we connect to the venue (venue reference fix 1). */
const venueSide = {
  ...identity,
  hosts: hostPortList(
    'Hosts to try in this order, each as "host:port"; resolved again on every connect. Empty only with the embedded simulator, which knows its own.',
  ).withDefault([]),
  clientID: text(
    'ClientID(109) of the Logon; the same integer on trading and market data sessions ties them together.',
  ).optional('not sent'),
  heartBtIntSeconds: seconds(1, 3_600)('HeartBtInt(108) of the Logon.').withDefault(30),
  connectTimeoutMs: milliseconds(
    100,
    120_000,
  )('Time for resolving, connecting and the TLS handshake with one host.').withDefault(5_000),
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
      0,
      600_000,
    )(
      'Pause before the first attempt after a connection was lost; doubles from there.',
    ).withDefault(1_000),
    delayMsMax: milliseconds(
      100,
      3_600_000,
    )('Longest pause after a lost connection.').withDefault(30_000),
    refusedDelayMs: milliseconds(
      1_000,
      3_600_000,
    )(
      'Pause after a refused Logon; grows by itself each time. Repeated failures can lock the key.',
    ).withDefault(60_000),
    refusedDelayMsMax: milliseconds(
      1_000,
      86_400_000,
    )('Longest pause after refused Logons.').withDefault(900_000),
    refusedLogonsMax: count(
      1,
      1_000,
    )(
      'Refused Logons in a row after which the session halts and asks for an operator.',
    ).withDefault(10),
  },
  rollover: {
    enabled: flag(
      'Whether the session rolls over once a day. A drop near that time counts as planned.',
    ).withDefault(true),
    time: timeOfDay('Time of day in UTC of the rollover.').withDefault('22:00'),
    prepareSeconds: seconds(
      0,
      600,
    )(
      'How long before it new orders stop, open orders are cancelled and the session logs out.',
    ).withDefault(30),
    resumeSeconds: seconds(0, 600)('How long after it the session logs on again.').withDefault(45),
    toleranceSeconds: seconds(
      0,
      600,
    )('Distance from the rollover within which a drop counts as planned.').withDefault(120),
  },
};

const resetSeqNumFlag = oneOf(
  'never',
  'afterRollover',
  'always',
)(
  'When our Logon carries ResetSeqNumFlag(141)=Y. `always` throws away what the venue could still replay.',
);

/** Orders and execution reports with the venue. */
export const TRADING_SESSION = {
  ...venueSide,
  cancelOrdersOnDisconnect: flag(
    'Whether the venue cancels the open orders of this session when the connection is lost without Logout. On the wire the flag is inverted: true is CancelOrdersOnDisconnect(8674)=0, false is 8674=1. Has no default on purpose.',
  ).required(),
  cancelOrdersOnLogout: flag(
    'Whether open orders are cancelled before we log out: a clean Logout does not cancel them.',
  ).withDefault(true),
  resetSeqNumFlag: resetSeqNumFlag.withDefault('afterRollover'),
  signTargetCompID: compID(
    'TargetCompID(56) inside the signed text of the Logon, where the venue wants another than the real one.',
  ).optional('`targetCompID`'),
  credentials: {
    apiKey: secretReference('API key, Username(553)'),
    apiSecret: secretReference('API secret in base64, which signs Password(554)'),
  },
  rateBudget: {
    unitsMax: count(1, 1_000_000)('Units of the token bucket when it is full.').withDefault(500),
    periodMs: milliseconds(
      100,
      600_000,
    )('Time in which an empty bucket fills.').withDefault(10_000),
    orderUnits: count(1, 10_000)('Units that a NewOrderSingle(D) costs.').withDefault(10),
    cancelUnits: count(1, 10_000)('Units that an OrderCancelRequest(F) costs.').withDefault(10),
    massCancelUnits: count(
      1,
      10_000,
    )('Units that an OrderMassCancelRequest(q) costs.').withDefault(25),
    reservedForCancelsUnits: count(
      0,
      1_000_000,
    )('Units that new orders leave untouched, so that cancels always pass.').withDefault(100),
  },
};

/** Instrument list and order books from the venue. */
export const MARKET_DATA_SESSION = {
  ...venueSide,
  resetSeqNumFlag: resetSeqNumFlag.withDefault('always'),
  symbols: symbolList('Instruments to subscribe.').optional(
    'every instrument of the configuration',
  ),
  marketDepth: oneOf(
    0,
    1,
    10,
    25,
    100,
    500,
    1000,
  )('MarketDepth(264) of the subscriptions; 0 is the full book.').withDefault(25),
};
