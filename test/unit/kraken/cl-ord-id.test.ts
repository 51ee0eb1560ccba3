import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { type ClOrdID } from '../../../src/domain/ids.ts';
import { makeClOrdIDSource, unitsOf } from '../../../src/kraken/cl-ord-id.ts';
import { epochMs } from '../../../src/lib/time.ts';

const COMB_UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOON = epochMs(Date.UTC(2026, 10, 22, 12));
const SEED = Number(process.env['SEED'] ?? '20261122');

/** Vectors of [fix 5.1]. */
const VECTORS = [
  ['a17d49af-1186-4984-bd10-29b8f232ee4d', 177_559_479_193_990, '2026-04-07T20:46:31.939Z', 0.9],
  ['a17d4971-f00d-4f67-94d1-e7d604104ed2', 177_559_475_187_725, '2026-04-07T20:45:51.877Z', 0.25],
  ['9e58120f-182b-4dce-9609-8ca7cdd174f0', 174_101_097_289_771, '2025-03-03T14:09:32.897Z', 0.71],
  ['a2ce8a40-c402-4cad-a352-c1cba27e5687', 179_007_966_462_978, '2026-09-22T12:21:04.629Z', 0.78],
] as const;

describe('COMB ClOrdID [fix 5.1]', () => {
  const source = makeClOrdIDSource(randomBytes);

  for (const [id, units, time, rest] of VECTORS) {
    it(`reads ${id} as ${units} units of 10 microseconds`, () => {
      expect(unitsOf(id as ClOrdID)).to.equal(units);
      expect(unitsOf(id as ClOrdID) / 100).to.be.closeTo(Date.parse(time) + rest, 0.001);
    });
  }

  it('encodes 2026-11-22T12:00:00 as prefix a34938bf-4800', () => {
    const made = source.next(undefined, NOON);
    expect(made.ok && made.value.slice(0, 13)).to.equal('a34938bf-4800');
    expect(made.ok && unitsOf(made.value)).to.equal(179_534_880_000_000);
  });

  it('keeps the microseconds of the clock, in steps of ten', () => {
    const made = source.next(undefined, epochMs(NOON + 0.017));
    expect(made.ok && unitsOf(made.value)).to.equal(179_534_880_000_001);
  });

  it('has version 4, variant 10 and 74 random bits, whatever the random bytes are', () => {
    for (const byte of [0x00, 0x5a, 0xff]) {
      const made = makeClOrdIDSource((count) => new Uint8Array(count).fill(byte)).next(
        undefined,
        NOON,
      );
      expect(made.ok && made.value).to.match(COMB_UUID_V4);
    }
    const zeros = makeClOrdIDSource((count) => new Uint8Array(count)).next(undefined, NOON);
    expect(zeros).to.deep.equal({ ok: true, value: 'a34938bf-4800-4000-8000-000000000000' });
    const ones = makeClOrdIDSource((count) => new Uint8Array(count).fill(0xff)).next(
      undefined,
      NOON,
    );
    expect(ones).to.deep.equal({ ok: true, value: 'a34938bf-4800-4fff-bfff-ffffffffffff' });
  });

  it('increases strictly while the clock stands still or steps back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -50_000, max: 50, noNaN: true }), { maxLength: 200 }),
        (steps) => {
          let at: number = NOON;
          let last: ClOrdID | undefined;
          for (const step of steps) {
            at = Math.max(at + step, NOON - 90_000);
            const made = source.next(last, epochMs(at));
            expect(made.ok, 'within 100 s').to.equal(true);
            if (!made.ok) return;
            expect(made.value).to.match(COMB_UUID_V4);
            if (last !== undefined) {
              expect(unitsOf(made.value)).to.be.greaterThan(unitsOf(last));
              expect(made.value > last, 'as text, too').to.equal(true);
            }
            last = made.value;
          }
        },
      ),
      { seed: SEED },
    );
  });

  it('refuses to run more than 100 s ahead of the clock', () => {
    const last = source.next(undefined, NOON);
    if (!last.ok) expect.fail('no id');
    const unit = 0.01;
    expect(source.next(last.value, epochMs(NOON - 100_000 + unit)).ok).to.equal(true);
    expect(source.next(last.value, epochMs(NOON - 100_001))).to.deep.equal({
      ok: false,
      error: 'CLOCK_BEHIND',
    });
  });
});
