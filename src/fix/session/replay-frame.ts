import { invariant } from '../../lib/invariant.ts';

const SOH = 0x01;
const SENDING_TIME = Buffer.from('\x0152=', 'latin1');
const TRAILER_BYTES = 7;

/**
 * A sent frame as it goes out again: PossDupFlag(43)=Y, the old SendingTime(52) as
 * OrigSendingTime(122), a new SendingTime, everything else untouched. Works on the bytes, so the
 * body is exactly the one that was sent.
 */
export const replayFrame = (bytes: Buffer, sendingTime: string): Buffer => {
  const lengthAt = bytes.indexOf(SOH) + 1;
  const bodyAt = bytes.indexOf(SOH, lengthAt) + 1;
  const body = bytes.subarray(bodyAt, bytes.length - TRAILER_BYTES);
  // The header comes first, so the first one is SendingTime and not something inside a data field.
  const at = body.indexOf(SENDING_TIME) + 1;
  invariant(lengthAt > 0 && at > 0, 'a stored frame has a SendingTime(52)');
  const end = body.indexOf(SOH, at);
  const original = body.toString('latin1', at + SENDING_TIME.length - 1, end);
  const stamp = `52=${sendingTime}\x0143=Y\x01122=${original}`;
  const newLength = body.length - (end - at) + stamp.length;
  const head = `${bytes.toString('latin1', 0, lengthAt)}9=${newLength}\x01`;
  const frame = Buffer.allocUnsafe(head.length + newLength + TRAILER_BYTES);
  let to = frame.write(head, 0, 'latin1');
  to += body.copy(frame, to, 0, at);
  to += frame.write(stamp, to, 'latin1');
  to += body.copy(frame, to, end);
  let sum = 0;
  for (let index = 0; index < to; index++) sum += frame[index] ?? 0;
  frame.write(`10=${String(sum & 0xff).padStart(3, '0')}\x01`, to, 'latin1');
  return frame;
};

/** MsgType(35) of a stored frame. */
export const msgTypeOfFrame = (bytes: Buffer): string => {
  const bodyAt = bytes.indexOf(SOH, bytes.indexOf(SOH) + 1) + 1;
  return bytes.toString('latin1', bodyAt + 3, bytes.indexOf(SOH, bodyAt));
};
