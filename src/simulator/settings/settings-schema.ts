import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { DEFAULT_ROWS_MAX } from '../exchange/model/venue.ts';
import { DEFAULT_RULES } from '../exchange/model/rules.ts';
import { DEFAULT_REST_OPTIONS } from '../gateways/rest/endpoints/endpoint.ts';
import { KRAKEN_RATE_LIMITS } from '../gateways/rest/rate-pools.ts';
import { DEFAULT_FEED_SETTINGS as FEEDS } from '../gateways/websocket/connection/feed-settings.ts';

const DAY_MS = 86_400_000;
const strict = { additionalProperties: false } as const;

/** One of these texts. The first is what Kraken was observed to do. */
const words = <T extends string>(description: string, byDefault: T, ...others: readonly T[]) =>
  Type.Optional(
    Type.Unsafe<T>({
      type: 'string',
      enum: [byDefault, ...others],
      default: byDefault,
      description,
    }),
  );
const flag = (description: string, byDefault: boolean) =>
  Type.Optional(Type.Boolean({ default: byDefault, description }));
const count = (
  description: string,
  byDefault: number,
  [minimum, maximum]: readonly [number, number],
) => Type.Optional(Type.Integer({ minimum, maximum, default: byDefault, description }));
const fraction = (description: string, byDefault: string) =>
  Type.Optional(
    Type.String({
      pattern: '^-?[0-9]{1,12}(\\.[0-9]{1,18})?$',
      default: byDefault,
      description,
    }),
  );
const block = <P extends Record<string, TSchema>>(description: string, properties: P) =>
  Type.Optional(Type.Object(properties, { ...strict, description }));

const fix = block('FIX gateways [fix 11]', {
  realAvgPx: flag('AvgPx(6) of fills is the real average instead of 0.0', false),
  secondLogon: words('a second connection of a CompID pair', 'evict-old', 'refuse-new'),
  refusedLogon: words('what a Logon with wrong credentials meets', 'logout', 'silent-close'),
  cancelOnLogout: flag('a clean Logout cancels orders as a drop does', false),
  queueReports: flag('reports of a client that is away wait for its ResendRequest', true),
  amend: words('OrderCancelReplaceRequest(G)', 'off', 'uat'),
  requestsPer10sMax: count(
    'requests of a session in 10 s, more are refused by 35=j; 0: no limit',
    0,
    [0, 1e6],
  ),
  errorsPerSecondMax: count(
    'refusals by the order gateway in a second, one more ends the connection; 0: never',
    0,
    [0, 1e6],
  ),
  rejectRefID: words('379 of BusinessMessageReject(j)', 'send', 'omit'),
  lateTrades: flag('150=D with 378=3 before each 150=F', false),
  rolloverAtUtc: Type.Optional(
    Type.String({
      pattern: '^(off|([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?)$',
      default: '22:00',
      description: 'daily rollover, HH:MM or HH:MM:SS UTC: Logout, numbers from 1; or off',
    }),
  ),
  marketDataIdleDropMs: count(
    'a market data session without a subscription is dropped after this; 0 keeps it',
    60_000,
    [0, DAY_MS],
  ),
});

const rest = block('REST [rest 13]', {
  executionLayout: words(
    'private executions: one order, or maker and taker order',
    DEFAULT_REST_OPTIONS.executionLayout,
    'pair',
  ),
  legacyLowerCase: flag('lower-case symbols on the way out', DEFAULT_REST_OPTIONS.legacyLowerCase),
  fixOrders: words(
    'orders placed by FIX that editorder and cancelorder reach, the others are not found; Kraken has not said (UAT-1, UAT-6 of routing.md)',
    DEFAULT_REST_OPTIONS.fixOrders,
    'cancel',
    'none',
  ),
  pointsPer10s: count('points of an account in 10 s', KRAKEN_RATE_LIMITS.pointsPer10s, [1, 1e9]),
  historyTokensPer10min: count(
    'tokens of the history service in 10 minutes',
    KRAKEN_RATE_LIMITS.historyTokensPer10min,
    [1, 1e9],
  ),
  historyLagMs: count('history and charts are this far behind trading', 0, [0, DAY_MS]),
  clockSkewMs: count('the venue’s clock is ahead (negative: behind)', 0, [-DAY_MS, DAY_MS]),
});

const feeds = block('WebSocket feeds [websocket 13]', {
  info: words('greeting', FEEDS.info, 'omit'),
  infoDelayMs: count('the greeting comes so late', FEEDS.infoDelayMs, [0, DAY_MS]),
  idleCloseMs: count('closed without a ping control frame', FEEDS.idleCloseMs, [1, DAY_MS]),
  idleCloseCode: count('close code of that', FEEDS.idleCloseCode, [1000, 4999]),
  jsonPing: words('a ping written as JSON', FEEDS.jsonPing, 'ignore'),
  snapshot: words('first full frame and acknowledgement', FEEDS.snapshot, 'before-ack'),
  privateAck: words('acknowledgement of private feeds', FEEDS.privateAck, 'echo-credentials'),
  failure: words('frames of failure', FEEDS.failure, 'error', 'subscribed_failed'),
  duplicateSubscribe: words('a second subscription', FEEDS.duplicateSubscribe, 'alert-only'),
  challengeLifetimeMs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: DAY_MS,
      description: 'how long a challenge is valid; as long as the connection when left out',
    }),
  ),
  immediatePartialFill: words(
    'order of frames after a partial fill on arrival',
    FEEDS.immediatePartialFill,
    'order-first',
  ),
  immediatePartialFillReason: words(
    'reason of its order frame',
    FEEDS.immediatePartialFillReason,
    'partial_fill',
  ),
  makerFill: words('order of frames of a maker’s fill', FEEDS.makerFill, 'fills-first'),
  crossingEdit: words('order of frames of an edit that trades', FEEDS.crossingEdit, 'order-first'),
  fullFillShape: words('frame of a full fill', FEEDS.fullFillShape, 'id-only'),
  cancelShape: words('frame of a cancel', FEEDS.cancelShape, 'body'),
  postReject: words('a post-only order that would trade', FEEDS.postReject, 'id-only-on-both'),
  postRejectReason: words(
    'spelling of its reason',
    FEEDS.postRejectReason,
    'post_order_failed_because_it_would_filled',
  ),
  iocRemainder: words('what an IOC remainder sends', FEEDS.iocRemainder, 'terminal'),
  fillsSnapshotSize: count('fills in a snapshot', FEEDS.fillsSnapshotSize, [0, 10_000]),
  fillsSeqHoleEvery: count(
    'every so many fills a number is left out; 0: never',
    FEEDS.fillsSeqHoleEvery,
    [0, 1e6],
  ),
  floatNoise: flag('remainders carry the noise of doubles', FEEDS.floatNoise),
  requestsPerSecondMax: count('requests of a connection', FEEDS.requestsPerSecondMax, [1, 1e6]),
  overRequestLimit: words('beyond that', FEEDS.overRequestLimit, 'drop'),
  connectionsMax: count('connections of the run', FEEDS.connectionsMax, [1, 10_000]),
  heartbeatIntervalMs: count('heartbeat feed', FEEDS.heartbeatIntervalMs, [10, DAY_MS]),
  tickerIntervalMs: count('tickers and valuations', FEEDS.tickerIntervalMs, [10, DAY_MS]),
  unsentBytesMax: count('a reader this far behind is cut', FEEDS.unsentBytesMax, [1_024, 1e9]),
});

const exchange = block('the exchange; part of a state directory', {
  makerFee: fraction('of notional; negative is a rebate', DEFAULT_RULES.makerFee),
  takerFee: fraction('of notional', DEFAULT_RULES.takerFee),
  priceCollar: fraction(
    'limit prices further through the mark are refused',
    DEFAULT_RULES.priceCollar,
  ),
  marketProtection: fraction(
    'market orders go so far through the touch',
    DEFAULT_RULES.marketProtection,
  ),
  openOrdersMax: count('open orders of an account', DEFAULT_RULES.openOrdersMax, [1, 1e6]),
  trailingStopsMax: count('trailing stops of an account', DEFAULT_RULES.trailingStopsMax, [0, 1e6]),
  smallOrderUsd: fraction('orders below count as small', DEFAULT_RULES.smallOrderUsd),
  smallOrdersMax: count('small orders of an account', DEFAULT_RULES.smallOrdersMax, [0, 1e6]),
  heldOrdersMax: count('orders that maker protection holds', DEFAULT_RULES.heldOrdersMax, [1, 1e6]),
  cliOrdIdScope: words(
    'how long a client order id is taken',
    DEFAULT_RULES.cliOrdIdScope,
    'forever',
  ),
  closedOrderMemoryMs: count(
    'how long orders/status knows an ended order',
    DEFAULT_RULES.closedOrderMemoryMs,
    [0, DAY_MS],
  ),
  cliOrdIdLengthMax: count('characters', DEFAULT_RULES.cliOrdIdLengthMax, [1, 1_000]),
  fundingPeriodMs: count('between fundings', DEFAULT_RULES.fundingPeriodMs, [1_000, DAY_MS]),
  haircuts: Type.Optional(
    Type.Record(
      Type.String({ pattern: '^[A-Z]{3,5}$' }),
      Type.String({ pattern: '^0(\\.[0-9]{1,18})?$' }),
      {
        description:
          'fraction of a collateral’s value that does not count, by currency; added to the built-in ones',
      },
    ),
  ),
  makerProtectionMillis: Type.Optional(
    Type.Record(Type.String(), Type.Integer({ minimum: 0, maximum: 60_000 }), {
      description:
        'maker protection by symbol, e.g. {"PI_XBTUSD": 0}; 20 on PI_XBTUSD and PF_ATOMUSD by default',
    }),
  ),
});

const memory = block('what is kept in memory', {
  rowsMax: count(
    'rows of each private history; the rest of what is kept follows it',
    DEFAULT_ROWS_MAX,
    [5_000, 10_000_000],
  ),
});

/** A settings file: behaviour of the venue that can be switched, and its limits. */
export const SettingsSchema = Type.Object(
  { $schema: Type.Optional(Type.String()), fix, rest, feeds, exchange, memory },
  { ...strict, description: 'settings of fathom simulate' },
);

export type Settings = Static<typeof SettingsSchema>;
