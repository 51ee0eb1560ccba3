import { expect } from 'chai';
import {
  DERIVATIVES_V1_END,
  endOfLifeNotice,
  parseNoticeDate,
} from '../../../src/kraken/end-of-life.ts';
import { epochMs } from '../../../src/lib/time.ts';

const at = (text: string) => epochMs(Date.parse(text));

describe('end of Derivatives REST and WebSocket v1', () => {
  it('says nothing before the configured day', () => {
    expect(endOfLifeNotice(at('2026-12-31T23:59:59.999Z'))).to.equal(undefined);
    const noticeFrom = at('2026-11-01T00:00:00Z');
    expect(endOfLifeNotice(at('2026-11-22T12:00:00Z'), { noticeFrom })?.daysLeft).to.equal(99);
  });

  for (const [day, severity, daysLeft] of [
    ['2027-01-01T00:00:00Z', 'info', 59],
    ['2027-01-29T00:00:00Z', 'info', 31],
    ['2027-01-30T00:00:00Z', 'warn', 30],
    ['2027-02-28T00:00:00Z', 'warn', 1],
    ['2027-02-28T23:59:59Z', 'warn', 1],
    ['2027-03-01T00:00:00Z', 'error', 0],
    ['2027-03-11T00:00:00Z', 'error', -10],
  ] as const)
    it(`is ${severity} at ${day}, ${daysLeft} days before the end`, () => {
      const notice = endOfLifeNotice(at(day));
      expect(notice).to.include({ severity, daysLeft });
      expect(notice?.text).to.contain('2027-03-01');
    });

  it('follows the venue when the end moves', () => {
    const dates = { endsAt: at('2027-06-01T00:00:00Z') };
    expect(endOfLifeNotice(DERIVATIVES_V1_END, dates)).to.include({
      severity: 'info',
      daysLeft: 92,
    });
  });

  it('reads days and refuses what is none', () => {
    expect(parseNoticeDate('2027-01-01')).to.equal(Date.UTC(2027, 0, 1));
    for (const text of [
      '',
      '2027-1-1',
      '2027-02-30',
      '01.01.2027',
      '2027-01-01T00:00:00Z',
      '2027-13-01',
    ])
      expect(parseNoticeDate(text), text).to.equal(undefined);
  });
});
