/**
 * Finaliser of MurmurHash3: a bijection of 32-bit words, so equal counters of one stream never
 * collide.
 */
const mix = (word: number): number => {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

const DASH = 0x2d;
const DIGITS: readonly number[] = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const digit = (word: number, shift: number): number => DIGITS[(word >>> shift) & 15] ?? DASH;

/**
 * Formats 128 bits as one flat string. A template literal would make a rope of ten nodes, which
 * takes five times the memory while histories keep it.
 */
// prettier-ignore
const toUuid = (a: number, b: number, c: number, d: number): string =>
  String.fromCharCode(
    digit(a, 28), digit(a, 24), digit(a, 20), digit(a, 16), digit(a, 12), digit(a, 8), digit(a, 4), digit(a, 0), DASH,
    digit(b, 28), digit(b, 24), digit(b, 20), digit(b, 16), DASH,
    digit(b, 12), digit(b, 8), digit(b, 4), digit(b, 0), DASH,
    digit(c, 28), digit(c, 24), digit(c, 20), digit(c, 16), DASH,
    digit(c, 12), digit(c, 8), digit(c, 4), digit(c, 0),
    digit(d, 28), digit(d, 24), digit(d, 20), digit(d, 16), digit(d, 12), digit(d, 8), digit(d, 4), digit(d, 0),
  );

/**
 * UUIDs from a counter and a seed: the same run makes the same ids. The first 32 bits are a
 * bijection of the counter, hence unique for 2^32 ids; version and variant bits are those of a v4
 * UUID.
 */
export interface IdSource {
  readonly next: () => string;
}

export const makeIdSource = (seed: number, stream: number): IdSource => {
  const key = mix(seed ^ Math.imul(stream, 0x9e3779b9));
  let counter = 0;
  return {
    next: () => {
      counter += 1;
      const a = mix(counter ^ key);
      const b = mix(a ^ 0x5bd1e995 ^ stream);
      const c = mix(b + counter);
      const d = mix(c ^ key);
      const withVersion = (b & 0xffff_0fff) | 0x4000;
      const variant = 0x8000 | (c & 0x3fff);
      return toUuid(a, withVersion, (variant << 16) | (c >>> 16), d);
    },
  };
};
