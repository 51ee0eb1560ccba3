const MEMBER_BYTES = 16;
const DEPTH_MAX = 16;

/**
 * Roughly how much memory a plain value keeps alive: two bytes a character, sixteen a member. Good
 * enough for a limit, cheap enough for every input; what lies deeper than sixteen levels is not
 * counted.
 */
export const approximateBytes = (value: unknown, depth = 0): number => {
  if (typeof value === 'string') return MEMBER_BYTES + 2 * value.length;
  if (typeof value !== 'object' || value === null || depth === DEPTH_MAX) return MEMBER_BYTES;
  if (ArrayBuffer.isView(value)) return MEMBER_BYTES + value.byteLength;
  const members: Iterable<unknown> =
    value instanceof Map || value instanceof Set ? value.values() : Object.values(value);
  let bytes = MEMBER_BYTES;
  for (const member of members) bytes += approximateBytes(member, depth + 1);
  return bytes;
};
