import { expect } from 'chai';
import fc from 'fast-check';
import { rowLimitsOf } from '../../../src/simulator/row-limits.ts';

const rows = fc.integer({ min: 5_000, max: 10_000_000 });
const sessions = fc.integer({ min: 0, max: 500 });

describe('how much of the past a simulator keeps', () => {
  it('gives one FIX session as many messages as a history has rows', () => {
    expect(rowLimitsOf().fixMessagesOfOne).to.equal(50_000);
    expect(rowLimitsOf(50_000, 20).fixMessagesOfOne).to.equal(5_000);
  });

  it('lets many FIX sessions keep twice that together, and each a thousand', () => {
    fc.assert(
      fc.property(rows, sessions, (rowsMax, count) => {
        const { fixMessagesOfOne, fixEndedOfOne } = rowLimitsOf(rowsMax, count);
        expect(fixMessagesOfOne * count).to.be.at.most(Math.max(2 * rowsMax, 1_000 * count));
        expect(fixMessagesOfOne).to.be.at.least(1_000);
        expect(fixEndedOfOne).to.be.within(1_000, Math.min(20_000, fixMessagesOfOne));
      }),
    );
  });

  it('keeps whole rows only', () => {
    fc.assert(
      fc.property(rows, sessions, (rowsMax, count) => {
        for (const limit of Object.values(rowLimitsOf(rowsMax, count))) {
          expect(Number.isSafeInteger(limit)).to.equal(true);
        }
      }),
    );
  });
});
