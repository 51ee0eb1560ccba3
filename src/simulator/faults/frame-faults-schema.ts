import { Type } from '@sinclair/typebox';
import {
  account,
  channel,
  fault,
  fixChannel,
  forMs,
  frameChannel,
  limits,
  session,
  symbol,
  words,
} from './fault-schema.ts';

/** Which frames on their way to clients a fault meets. Everything left out matches. */
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

/** Faults that wait for what the venue sends. */
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
