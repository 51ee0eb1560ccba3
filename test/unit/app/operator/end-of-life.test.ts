import { expect } from 'chai';
import { endOfLifeDatesOf, watchEndOfLife } from '../../../../src/app/operator/end-of-life.ts';
import { type EndOfLifeNotice } from '../../../../src/kraken/end-of-life.ts';
import { VirtualTime } from '../../../support/virtual-time.ts';

const HOUR_MS = 3_600_000;

describe('end-of-life watch of a running engine', () => {
  const watch = (startAt: string, endOfLife?: { noticeFrom: string; endsOn: string }) => {
    const time = new VirtualTime(Date.parse(startAt));
    const told: EndOfLifeNotice[] = [];
    const end = watchEndOfLife({
      ...{ dates: endOfLifeDatesOf(endOfLife), clock: time, timers: time },
      tell: (notice) => told.push(notice),
    });
    return { time, told, end };
  };

  it('is silent until the day comes, then tells it once a day, in UTC', async () => {
    const { time, told } = watch('2026-12-30T18:00:00Z');
    await time.advance(29 * HOUR_MS);
    expect(told).to.deep.equal([]);
    await time.advance(HOUR_MS);
    expect(told.map(({ daysLeft }) => daysLeft)).to.deep.equal([59]);
    await time.advance(23 * HOUR_MS);
    expect(told).to.have.length(1);
    await time.advance(49 * HOUR_MS);
    expect(told.map(({ daysLeft }) => daysLeft)).to.deep.equal([59, 58, 57, 56]);
  });

  it('tells at once when it starts later, and goes by the configured days', async () => {
    const days = { noticeFrom: '2026-11-01', endsOn: '2026-11-28' };
    const { time, told, end } = watch('2026-11-26T12:00:00Z', days);
    expect(told.map(({ severity, daysLeft }) => [severity, daysLeft])).to.deep.equal([['warn', 2]]);
    await time.advance(48 * HOUR_MS);
    expect(told.map(({ severity }) => severity)).to.deep.equal(['warn', 'warn', 'error']);
    end();
    expect(time.pending).to.equal(0);
  });

  it('tells a day once although the wall clock is set back over midnight', async () => {
    const { time, told } = watch('2027-01-05T23:59:00Z');
    time.jumpWall(-500);
    await time.advance(60_000);
    await time.advance(2_000);
    expect(told.map(({ daysLeft }) => daysLeft)).to.deep.equal([55, 54]);
  });
});
