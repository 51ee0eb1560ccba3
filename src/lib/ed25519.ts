const PRIME = (1n << 255n) - 19n;

/** y of two of the points of order 8; the other two have its negative (RFC 7748 section 7). */
const ORDER_8_Y = 0x5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;

/** y of all eight points whose order divides 8, with either sign of x. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([
  ...[0n, 1n, PRIME - 1n],
  ...[ORDER_8_Y, PRIME - ORDER_8_Y],
]);

/**
 * Whether an Ed25519 public key (its 32 bytes) is a point of small order, however it is written:
 * OpenSSL accepts one signature of such a key for any message, without a private key.
 */
export const isSmallOrderKey = (key: Uint8Array): boolean => {
  const littleEndian = Buffer.from(key).reverse();
  const sign = 1n << 255n;
  const y = BigInt(`0x${littleEndian.toString('hex')}`) & (sign - 1n);
  return SMALL_ORDER_Y.has(y % PRIME);
};
