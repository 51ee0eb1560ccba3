/** Finaliser of MurmurHash3: a bijection of 32-bit words, so equal counters of one stream never collide. */
const mix = (word: number): number => {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

const HEX: readonly string[] = Array.from({ length: 65_536 }, (_, i) =>
  i.toString(16).padStart(4, '0'),
);
const hex16 = (word: number): string => HEX[word & 0xffff] ?? '';

/**
 * UUIDs from a counter and a seed: the same run makes the same ids. The first 32 bits are a bijection of the
 * counter, hence unique for 2^32 ids; version and variant bits are those of a v4 UUID.
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
      const version = 0x4000 | (b & 0x0fff);
      const variant = 0x8000 | (c & 0x3fff);
      return `${hex16(a >>> 16)}${hex16(a)}-${hex16(b >>> 16)}-${hex16(version)}-${hex16(variant)}-${hex16(c >>> 16)}${hex16(d >>> 16)}${hex16(d)}`;
    },
  };
};
