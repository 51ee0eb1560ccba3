import { type ClOrdID } from '../domain/ids.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { type EpochMs } from '../lib/time.ts';

/**
 * ClOrdID(11) of the derivatives dialect: a COMB UUID, version 4 [fix 5.1].
 *
 *     uuuuuuuu-uuuu-4rrr-vrrr-rrrrrrrrrrrr
 *     u  48 bits  Unix time in units of 10 microseconds (until 2059-03-13)
 *     4  version; v  variant, binary 10xx
 *     r  74 random bits
 *
 * The venue checks the time within 120 s of its own and may demand increasing ids, so the units
 * only ever grow: one source serves every message that carries tag 11, and its last id is kept in
 * the journal.
 */
export interface ClOrdIDSource {
  /**
   * The id after `last`. CLOCK_BEHIND when it would run more than 100 s ahead of `at`, e.g. after a
   * clock step.
   */
  readonly next: (last: ClOrdID | undefined, at: EpochMs) => Result<ClOrdID, 'CLOCK_BEHIND'>;
}

/** `randomBytes` gives as many unpredictable bytes as it is asked for. */
export const makeClOrdIDSource = (randomBytes: (count: number) => Uint8Array): ClOrdIDSource => ({
  next: (last, at) => {
    const now = Math.floor(at * UNITS_PER_MS);
    const units = last === undefined ? now : Math.max(now, unitsOf(last) + 1);
    if (units - now > AHEAD_UNITS_MAX) return err('CLOCK_BEHIND');
    return ok(format(units, randomBytes(RANDOM_BYTES)));
  },
});

/** The time inside a COMB UUID, in units of 10 microseconds since the Unix epoch. */
export const unitsOf = (id: ClOrdID): number =>
  Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

const UNITS_PER_MS = 100;
/** 100 s: the venue refuses at 120 s. */
const AHEAD_UNITS_MAX = 100 * 1_000 * UNITS_PER_MS;
const RANDOM_BYTES = 10;

const format = (units: number, random: Uint8Array): ClOrdID => {
  const time = units.toString(16).padStart(12, '0');
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
  // Two bits of the 76 that the remaining hex digits hold are the variant.
  const variant = (8 + (Number.parseInt(hex.charAt(3), 16) & 3)).toString(16);
  const id = `${time.slice(0, 8)}-${time.slice(8)}-4${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`;
  return id as ClOrdID;
};
