import { type FixField } from '../../../fix/codec/fix-message.ts';

/**
 * Bytes of a FIX.4.4 message that no session made: BodyLength(9) and CheckSum(10) are right, the
 * rest is the caller's.
 */
export const fixFrame = (fields: readonly FixField[]): Buffer => {
  const body = fields.map(([tag, value]) => `${tag}=${value.toString()}\x01`).join('');
  const head = `8=FIX.4.4\x019=${body.length}\x01${body}`;
  let sum = 0;
  for (const byte of Buffer.from(head, 'latin1')) sum += byte;
  return Buffer.from(`${head}10=${String(sum % 256).padStart(3, '0')}\x01`, 'latin1');
};
