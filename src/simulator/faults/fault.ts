import { type Static, Type } from '@sinclair/typebox';
import {
  account,
  fault,
  forMs,
  FRAME_FAULTS,
  limits,
  LINK_FAULTS,
  symbol,
  when,
  words,
} from './fault-schema.ts';

/** Selects REST requests. A field that is left out matches every request. */
const match = {
  endpoints: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      description: 'names of the catalogue, e.g. sendorder, history-executions',
    }),
  ),
  account: Type.Optional(Type.String({ description: 'the account that calls' })),
  ...limits,
};

const REST_FAULTS = [
  fault('http-error', 'an HTTP error, before the engine took the request or after', {
    ...match,
    status: Type.Integer({ minimum: 300, maximum: 599 }),
    when,
    body: Type.Optional(words('html', 'json', 'empty', 'redirect')),
  }),
  fault('answer-lost', 'the connection ends without an answer', { ...match, when }),
  fault('answer-cut', 'the answer ends in its middle, after the engine took the request', match),
  fault('rate-limit', 'apiLimitExceeded (429 on history) although the budget is not used', match),
  fault('nonce-error', 'the nonce is refused', {
    ...match,
    error: words('nonceBelowThreshold', 'nonceDuplicate'),
  }),
  fault('delay', 'the request waits before the engine, or its answer after it', {
    ...match,
    when,
    delayMs: Type.Integer({ minimum: 1, maximum: 600_000 }),
  }),
  fault('duplicate', 'the request reaches the engine twice; the first answer is given', match),
  fault('odd-answer', 'unknown fields and unknown status words in the answer', match),
] as const;

const STANDING_FAULTS = [
  fault('history-lag', 'history and charts are this far behind trading', {
    lagMs: Type.Integer({ minimum: 1, maximum: 86_400_000 }),
    forMs: Type.Optional(forMs),
  }),
  fault('stale-views', 'openorders, openpositions, accounts and fills show the past', { forMs }),
  fault('clock-skew', 'the venue’s clock is ahead (negative: behind)', {
    skewMs: Type.Integer({ minimum: -86_400_000, maximum: 86_400_000 }),
    forMs: Type.Optional(forMs),
  }),
  fault(
    'maintenance',
    'REST answers 503, sessions and WebSockets end; then markets are post-only for a while',
    {
      downMs: forMs,
      postOnlyMs: Type.Optional(forMs),
    },
  ),
] as const;

const amount = (what: string) =>
  Type.Optional(Type.String({ pattern: '^[0-9]{1,20}(\\.[0-9]{1,18})?$', description: what }));

/** Busts, corrections and late fills. */
const TRADE_FAULTS = [
  fault('trade-bust', 'the venue takes a trade back; the latest that matches when none is named', {
    account,
    symbol,
    tradeId: Type.Optional(Type.String()),
    fillId: Type.Optional(Type.String()),
  }),
  fault(
    'trade-correction',
    'the venue changes the price of a trade, or its size to a smaller one',
    {
      account,
      symbol,
      tradeId: Type.Optional(Type.String()),
      fillId: Type.Optional(Type.String()),
      price: amount('decimal text on the market’s grid; price, priceTicks or size has to be given'),
      priceTicks: Type.Optional(
        Type.Integer({
          minimum: -1_000,
          maximum: 1_000,
          description: 'instead of price: so many ticks off the old one',
        }),
      ),
      size: amount('decimal text'),
    },
  ),
  fault(
    'late-fill',
    'an order that a client cancels turns out, `afterMs` later, to have traded first',
    {
      account,
      symbol,
      afterMs: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 4_000, description: '100 when left out' }),
      ),
      size: amount('decimal text; all that was left when left out'),
      ...limits,
    },
  ),
] as const;

const VENUE_FAULTS = [
  fault('cancel-orders', 'the venue cancels resting orders unasked (CANCELLED_BY_ADMIN)', {
    account,
    symbol,
  }),
  fault(
    'hold-takers',
    'maker protection: a cancel of a held order is acknowledged, and it fills later',
    {
      symbol: Type.String(),
      millis: Type.Integer({ minimum: 0, maximum: 60_000 }),
      forMs: Type.Optional(forMs),
    },
  ),
  fault('market-state', 'a market changes its state', {
    symbol,
    suspended: Type.Optional(Type.Boolean()),
    postOnly: Type.Optional(Type.Boolean()),
    cancelOnly: Type.Optional(Type.Boolean()),
    dislocation: Type.Optional(words('ABOVE_UPPER_BOUND', 'BELOW_LOWER_BOUND', 'none')),
    forMs: Type.Optional(forMs),
  }),
  fault('index-jump', 'an index moves by a fraction, e.g. -0.2', {
    symbol: Type.String(),
    fraction: Type.Number({ exclusiveMinimum: -1, maximum: 10 }),
  }),
] as const;

/** One fault, as scenario files, the admin endpoint and `fathom simulate fault` write it. */
export const FaultSchema = Type.Union([
  ...REST_FAULTS,
  ...STANDING_FAULTS,
  ...LINK_FAULTS,
  ...FRAME_FAULTS,
  ...TRADE_FAULTS,
  ...VENUE_FAULTS,
]);

export type Fault = Static<typeof FaultSchema>;
type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { readonly kind: K }>;
export type RestFault = Static<(typeof REST_FAULTS)[number]>;
/** Faults that wait until a request, a frame or a cancel matches them. */
export type WaitingKind = (typeof WAITING)[number]['properties']['kind']['const'];

const WAITING = [...REST_FAULTS, ...FRAME_FAULTS, TRADE_FAULTS[2]] as const;
const WAITING_KINDS: ReadonlySet<string> = new Set(
  WAITING.map(({ properties }) => properties.kind.const),
);
export const isWaiting = (given: Fault): given is FaultOf<WaitingKind> =>
  WAITING_KINDS.has(given.kind);

const REST_KINDS: ReadonlySet<string> = new Set(
  REST_FAULTS.map(({ properties }) => properties.kind.const),
);
export const isRestFault = (given: Fault): given is RestFault => REST_KINDS.has(given.kind);
