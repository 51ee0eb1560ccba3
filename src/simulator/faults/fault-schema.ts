import { type TSchema, Type } from '@sinclair/typebox';

export const words = <T extends string>(...values: readonly T[]) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values] });

/** How often, how long and with what chance a waiting fault takes effect. */
export const limits = {
  times: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'how often it is met; 1 when nothing limits it',
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
      description: 'of meeting what matches',
    }),
  ),
};

const strict = { additionalProperties: false } as const;
/** One kind of fault with its own fields. */
export const fault = <K extends string, P extends Record<string, TSchema>>(
  kind: K,
  description: string,
  properties: P,
) => Type.Object({ kind: Type.Literal(kind), ...properties }, { ...strict, description });

/** FIX order entry, FIX market data by price and by order, WebSocket, REST. */
const channel = words('trading', 'l2', 'l3', 'ws', 'rest');
const fixChannel = words('trading', 'l2', 'l3');
const frameChannel = words('trading', 'l2', 'l3', 'ws');

export const when = words('before', 'after');
export const forMs = Type.Integer({ minimum: 1, maximum: 86_400_000 });
export const account = Type.Optional(Type.String({ description: 'all when left out' }));
export const symbol = Type.Optional(Type.String({ description: 'all when left out' }));
const session = Type.Optional(
  Type.String({ description: 'CompID of the client; all when left out' }),
);

/** Selects frames to clients. A field that is left out matches every frame. */
const frames = {
  channel: frameChannel,
  account,
  session,
  symbol,
  feeds: Type.Optional(
    Type.Array(Type.String(), { minItems: 1, description: 'WebSocket feeds, e.g. fills, book' }),
  ),
  msgTypes: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      description: 'FIX MsgType(35); application messages only when left out',
    }),
  ),
  ...limits,
};

const delayMs = Type.Integer({ minimum: 1, maximum: 60_000 });

/** Faults that wait for a frame of the venue. */
export const FRAME_FAULTS = [
  fault('frame-drop', 'a frame is lost: a FIX client finds a gap and asks for a resend', frames),
  fault('frame-duplicate', 'a frame comes twice', frames),
  fault('frame-corrupt', 'a FIX frame with a wrong CheckSum(10), half a WebSocket frame', frames),
  fault('frame-delay', 'a frame, and what comes behind it on its connection, is late', {
    ...frames,
    delayMs,
  }),
  fault('reorder', 'between channels: `late` tells what happens after the others have', {
    late: channel,
    delayMs,
    account,
    ...limits,
  }),
  fault('book-desync', 'a book feed goes wrong: an update is missing or tells something else', {
    channel: words('ws', 'l2', 'l3'),
    how: words('gap', 'size', 'crossed', 'checksum'),
    symbol,
    ...limits,
  }),
] as const;

const link = {
  channel: Type.Optional(channel),
  account,
  session,
};
const fixLink = { channel: Type.Optional(fixChannel), session };

/** `channel` is the FIX trading channel when left out. */
export const LINK_FAULTS = [
  fault(
    'link-cut',
    'connections end (FIN, RST), carry nothing any more (silent), or are forgotten by the venue alone (half-open)',
    { how: words('FIN', 'RST', 'silent', 'half-open'), ...link },
  ),
  fault('link-delay', 'bytes arrive late: FIX and REST both ways, WebSocket towards the client', {
    delayMs,
    forMs,
    ...link,
  }),
  fault('fix-sequence', 'the venue’s next MsgSeqNum(34) jumps: a gap, or too low', {
    ...fixLink,
    nextSenderMsgSeqNum: Type.Optional(Type.Integer({ minimum: 1 })),
    skip: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  }),
  fault('sequence-reset', 'the venue sends SequenceReset(4): numbers go on `skip` later', {
    ...fixLink,
    mode: Type.Optional(words('reset', 'gap-fill')),
    skip: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  }),
  fault('rollover', 'the daily rollover now: Logout, then numbers from 1', fixLink),
] as const;
