import { expect } from 'chai';
import fc from 'fast-check';
import { epochMs, parseUtcTimestamp, toUtcDate, toUtcTimestamp } from '../../../src/lib/time.ts';

const FIRST = Date.UTC(1970, 0, 1);
const LAST = Date.UTC(2199, 11, 31, 23, 59, 59, 999);
const moment = fc.integer({ min: FIRST, max: LAST });

/** The oracle: ISO 8601 by the platform, in FIX punctuation. */
const isoToFix = (at: number): string =>
  new Date(at).toISOString().replaceAll('-', '').replace('T', '-').replace('Z', '');

describe('time', () => {
  it('writes UTCTimestamp and UTCDateOnly as the platform does', () => {
    fc.assert(
      fc.property(moment, (at) => {
        expect(toUtcTimestamp(epochMs(at))).to.equal(isoToFix(at));
        expect(toUtcDate(epochMs(at))).to.equal(isoToFix(at).slice(0, 8));
      }),
    );
  });

  it('changes the date at midnight UTC, forwards and backwards', () => {
    const midnight = Date.UTC(2026, 2, 1);
    const days = [
      midnight - 1,
      midnight,
      midnight - 1,
      midnight + 86_399_999,
      midnight + 86_400_000,
    ];
    expect(days.map((at) => toUtcDate(epochMs(at)))).to.deep.equal([
      '20260228',
      '20260301',
      '20260228',
      '20260301',
      '20260302',
    ]);
  });

  it('cuts a fraction of a millisecond off, it never rounds up', () => {
    expect(toUtcTimestamp(epochMs(Date.UTC(2026, 0, 1) - 0.001))).to.equal('20251231-23:59:59.999');
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(moment, (at) => {
        expect(parseUtcTimestamp(toUtcTimestamp(epochMs(at)))).to.equal(at);
      }),
    );
  });

  it('reads 0 to 9 decimals of a second', () => {
    const second = Date.UTC(2026, 3, 7, 14, 32, 1);
    expect(parseUtcTimestamp('20260407-14:32:01')).to.equal(second);
    expect(parseUtcTimestamp('20260407-14:32:01.5')).to.equal(second + 500);
    expect(parseUtcTimestamp('20260407-14:32:01.123456')).to.be.closeTo(second + 123.456, 0.001);
    expect(parseUtcTimestamp('20260407-14:32:01.123456789')).to.be.closeTo(second + 123.457, 0.001);
  });

  it('reads a leap second as the next minute', () => {
    expect(parseUtcTimestamp('20161231-23:59:60')).to.equal(Date.UTC(2017, 0, 1));
  });

  it('refuses what is no moment', () => {
    for (const text of [
      '',
      '20260407',
      '2026-04-07T14:32:01Z',
      '20260407 14:32:01',
      '20260407-24:00:00',
      '20260407-14:60:00',
      '20260407-14:32:61',
      '20260229-00:00:00',
      '20261301-00:00:00',
      '20260100-00:00:00',
      '20260407-14:32:01.',
      '20260407-14:32:01.1234567890',
      '20260407-14:32:01.12x',
      ' 20260407-14:32:01',
      '20260407-14:32:01\n',
    ]) {
      expect(parseUtcTimestamp(text), JSON.stringify(text)).to.equal(undefined);
    }
    expect(parseUtcTimestamp('20240229-00:00:00')).to.equal(Date.UTC(2024, 1, 29));
  });
});
