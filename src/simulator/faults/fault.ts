import { type Static, type TSchema, Type } from '@sinclair/typebox';

const words = <T extends string>(...values: readonly T[]) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values] });

/** Which requests a REST fault meets. Everything left out matches. */
const match = {
  endpoints: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      description: 'names of the catalogue, e.g. sendorder, history-executions',
    }),
  ),
  account: Type.Optional(Type.String({ description: 'the account that calls' })),
  times: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'how many requests it meets; 1 when nothing limits it',
    }),
  ),
  forMs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 86_400_000,
      description: 'how long it stays, milliseconds',
    }),
  ),
  chance: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'of meeting a request that matches',
    }),
  ),
};

const strict = { additionalProperties: false } as const;
const fault = <K extends string, P extends Record<string, TSchema>>(
  kind: K,
  description: string,
  properties: P,
) => Type.Object({ kind: Type.Literal(kind), ...properties }, { ...strict, description });

const when = words('before', 'after');
const forMs = Type.Integer({ minimum: 1, maximum: 86_400_000 });
const session = Type.Optional(
  Type.String({ description: 'CompID of the client; all when left out' }),
);

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
  fault('maintenance', 'REST answers 503, sessions end; then markets are post-only for a while', {
    downMs: forMs,
    postOnlyMs: Type.Optional(forMs),
  }),
] as const;

const LINK_FAULTS = [
  fault('link-cut', 'connections of FIX clients end, or fall silent with both ends open', {
    how: words('FIN', 'RST', 'silent'),
  }),
  fault('link-delay', 'bytes of FIX clients arrive late, both ways', {
    delayMs: Type.Integer({ minimum: 1, maximum: 60_000 }),
    forMs,
  }),
  fault('fix-sequence', 'the venue’s next MsgSeqNum(34) jumps: a gap, or too low', {
    session,
    nextSenderMsgSeqNum: Type.Optional(Type.Integer({ minimum: 1 })),
    skip: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  }),
  fault('rollover', 'the daily rollover now: Logout, then numbers from 1', { session }),
] as const;

const account = Type.Optional(Type.String());
const symbol = Type.Optional(Type.String());
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
  ...VENUE_FAULTS,
]);

export type Fault = Static<typeof FaultSchema>;
export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { readonly kind: K }>;
export type RestFault = Static<(typeof REST_FAULTS)[number]>;

const REST_KINDS: ReadonlySet<string> = new Set(
  REST_FAULTS.map(({ properties }) => properties.kind.const),
);
export const isRestFault = (given: Fault): given is RestFault => REST_KINDS.has(given.kind);
