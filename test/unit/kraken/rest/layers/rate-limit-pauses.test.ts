import { expect } from 'chai';
import { rateLimitPauseMs } from '../../../../../src/kraken/rest/layers/rate-budget-layer.ts';
import { toReply } from '../gateways-support.ts';

const pause = (
  httpStatus: number,
  headers: Record<string, string>,
  body = '',
): number | undefined => {
  const reply = toReply(body, httpStatus);
  return rateLimitPauseMs(reply.type === 'Answered' ? { ...reply, headers } : reply);
};

describe('the pause after an answer that says "later"', () => {
  it("is as long as retry-after says, in seconds or until a date on the venue's own clock", () => {
    expect(pause(429, { 'retry-after': '7' })).to.equal(7_000);
    expect(pause(503, { 'retry-after': '120' })).to.equal(120_000);
    const date = 'Fri, 20 Nov 2026 10:00:00 GMT';
    expect(pause(429, { 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT', date })).to.equal(30_000);
    const limited = '{"result":"error","error":"apiLimitExceeded"}';
    expect(pause(200, { 'retry-after': '3' }, limited)).to.equal(3_000);
  });

  it('is the longest that the answer names, at least a second, at most ten minutes', () => {
    expect(pause(429, { 'retry-after': '2', 'rate-limit-reset': '9' })).to.equal(9_000);
    expect(pause(429, { 'retry-after': '9', 'rate-limit-reset': '2' })).to.equal(9_000);
    expect(pause(429, { 'retry-after': '0' })).to.equal(1_000);
    expect(pause(429, { 'retry-after': '86400' })).to.equal(600_000);
  });

  it('is a second when what is named cannot be read', () => {
    for (const after of ['soon', '-5', '1e3', 'NaN', ''])
      expect(pause(429, { 'retry-after': after }), after).to.equal(1_000);
    expect(pause(429, { 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT' })).to.equal(1_000);
  });

  it('is none when nothing says "later": a 503 without retry-after is repeated as before', () => {
    expect(pause(503, {})).to.equal(undefined);
    expect(pause(200, { 'retry-after': '7' }, '{"result":"success"}')).to.equal(undefined);
  });
});
