import { expect } from 'chai';
import { type FixMessage } from '../../../../src/fix/codec/fix-message.ts';
import { epochMs, toUtcTimestamp } from '../../../../src/lib/time.ts';
import { type AgeLimits, ageProblem } from '../../../../src/upstream/fix/order-age.ts';

const NOW = epochMs(Date.UTC(2026, 10, 30, 12));
const LIMITS: AgeLimits = { ageMsMax: 30_000, clockToleranceMs: 10_000, transactTime: 'always' };
const ago = (ms: number): string => toUtcTimestamp(epochMs(NOW - ms));

const problem = (fields: Readonly<Record<number, string>>, limits = LIMITS) => {
  const message = { get: (tag: number) => fields[tag] } as unknown as FixMessage;
  return ageProblem(message, NOW, limits);
};

describe('the age of an order', () => {
  it('is too old by TransactTime(60), OrigSendingTime(122) or SendingTime(52), each by itself', () => {
    for (const [tag, name] of [
      [60, 'TransactTime'],
      [122, 'OrigSendingTime'],
      [52, 'SendingTime'],
    ] as const) {
      const fields = { 60: ago(0), 122: ago(0), 52: ago(0), [tag]: ago(3 * 3_600_000) };
      const found = problem(fields);
      expect(found?.code, name).to.equal('STALE');
      expect(found?.reason).to.equal(8);
      expect(found?.text).to.equal(
        `STALE: ${name}(${tag})=${ago(3 * 3_600_000)} is 10800 s old, at most 30 s are accepted`,
      );
    }
  });

  it('may be the limit and the clocks’ tolerance, and not a millisecond more', () => {
    expect(problem({ 60: ago(40_000), 52: ago(0) })).to.equal(undefined);
    expect(problem({ 60: ago(40_001), 52: ago(0) })?.code).to.equal('STALE');
    expect(
      problem({ 60: ago(1_001) }, { ...LIMITS, ageMsMax: 1_000, clockToleranceMs: 0 })?.code,
    ).to.equal('STALE');
  });

  it('is unknown when a time is ahead of our clock, or is none', () => {
    expect(problem({ 60: ago(-10_000) })).to.equal(undefined);
    expect(problem({ 60: ago(-10_001) })?.code).to.equal('TIME_AHEAD');
    expect(problem({ 60: 'yesterday', 52: ago(0) })?.code).to.equal('BAD_TIME');
  });

  it('is by TransactTime(60) only for what was sent before, unless the session wants it always', () => {
    const repeated: AgeLimits = { ...LIMITS, transactTime: 'repeated' };
    const old = { 60: ago(3 * 3_600_000), 52: ago(0) };
    expect(problem(old, repeated)).to.equal(undefined);
    expect(problem({ ...old, 43: 'N' }, repeated)).to.equal(undefined);
    expect(problem({ ...old, 43: 'Y' }, repeated)?.code).to.equal('STALE');
    expect(problem({ ...old, 97: 'Y' }, repeated)?.code).to.equal('STALE');
    expect(problem(old)?.code).to.equal('STALE');
    expect(problem({ 60: ago(0), 52: ago(3_600_000) }, repeated)?.code).to.equal('STALE');
  });

  it('is not looked at when the session says so', () => {
    const off = { ...LIMITS, ageMsMax: 0, clockToleranceMs: 0 };
    for (const time of [ago(3_600_000), ago(-3_600_000), 'yesterday']) {
      expect(problem({ 60: time }, off)).to.equal(undefined);
    }
  });
});
