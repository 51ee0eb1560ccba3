import { type Clock } from '../../../lib/time.ts';

/**
 * Gives the text of the Nonce header, or '' for "send no nonce".
 *
 * Default policy: none. Concurrent requests overtake each other, and a refused nonce of an order
 * call leaves it open whether an earlier copy got through [rest 1.4].
 */
export type NonceSource = () => string;

export const noNonce: NonceSource = () => '';

/**
 * A strictly growing counter in epoch microseconds: `max(last + 1, now)`. One per key and process;
 * two processes never share a key. A clock that jumps back does not make it fall.
 */
export const makeGrowingNonce = (clock: Clock): NonceSource => {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Math.floor(clock.wall() * 1_000));
    return String(last);
  };
};
