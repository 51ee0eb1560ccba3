import { expect } from 'chai';
import { retryAfterMs } from '../../../src/kraken/retry-after.ts';

describe('retry-after', () => {
  it('is read as seconds, or as a date on the venue’s own clock', () => {
    expect(retryAfterMs({ 'retry-after': '30' })).to.equal(30_000);
    expect(retryAfterMs({ 'retry-after': ['5', '60'] })).to.equal(5_000);
    const date = 'Fri, 20 Nov 2026 10:00:00 GMT';
    const later = 'Fri, 20 Nov 2026 10:00:30 GMT';
    expect(retryAfterMs({ 'retry-after': later, date })).to.equal(30_000);
    expect(retryAfterMs({ 'retry-after': date, date: later })).to.equal(0);
  });

  it('is never longer than ten minutes, and none when it cannot be read', () => {
    expect(retryAfterMs({ 'retry-after': '86400' })).to.equal(600_000);
    const date = 'Fri, 20 Nov 2026 10:00:30 GMT';
    for (const after of ['soon', '-5', '1e3', '', undefined, date])
      expect(retryAfterMs({ 'retry-after': after }), after).to.equal(undefined);
  });
});
