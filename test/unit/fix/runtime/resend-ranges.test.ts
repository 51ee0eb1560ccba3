import { expect } from 'chai';
import fc from 'fast-check';
import { addRange, type ResendRange } from '../../../../src/fix/runtime/resend-ranges.ts';

const range = (beginSeqNo: number, endSeqNo: number): ResendRange => ({ beginSeqNo, endSeqNo });
const all = (ranges: readonly ResendRange[], max?: number): readonly ResendRange[] =>
  ranges.reduce<readonly ResendRange[]>((known, next) => addRange(known, next, max), []);

describe('ResendRequests that wait', () => {
  for (const [what, ranges, expected] of [
    ['are one when they are equal', [range(1, 9), range(1, 9), range(1, 9)], [range(1, 9)]],
    ['are one when they overlap', [range(5, 9), range(1, 6), range(8, 12)], [range(1, 12)]],
    ['are one when one lies in another', [range(1, 9), range(3, 4)], [range(1, 9)]],
    ['are one when they adjoin', [range(1, 3), range(4, 6)], [range(1, 6)]],
    ['stay apart when numbers lie between', [range(6, 8), range(1, 4)], [range(1, 4), range(6, 8)]],
    [
      'become one that spans several',
      [range(1, 2), range(5, 6), range(9, 9), range(2, 8)],
      [range(1, 9)],
    ],
  ] as const) {
    it(what, () => expect(all(ranges)).to.deep.equal(expected));
  }

  it('are bounded: the closest two become one, and none is dropped', () => {
    const ranges = [range(1, 1), range(10, 10), range(12, 12), range(50, 60)];
    expect(all(ranges, 3)).to.deep.equal([range(1, 1), range(10, 12), range(50, 60)]);
    expect(all(ranges, 1)).to.deep.equal([range(1, 60)]);
  });

  it('cover every number that was asked for, ascending and apart, whatever is asked', () => {
    const asked = fc
      .tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 30 }))
      .map(([begin, length]) => range(begin, begin + length));
    fc.assert(
      fc.property(
        fc.array(asked, { maxLength: 40 }),
        fc.integer({ min: 1, max: 8 }),
        (list, max) => {
          const known = all(list, max);
          expect(known.length).to.be.at.most(max);
          for (const { beginSeqNo, endSeqNo } of list) {
            const covers = (each: ResendRange): boolean =>
              each.beginSeqNo <= beginSeqNo && endSeqNo <= each.endSeqNo;
            expect(known.some(covers)).to.equal(true);
          }
          known.slice(1).forEach(({ beginSeqNo }, index) => {
            expect(beginSeqNo).to.be.greaterThan((known[index]?.endSeqNo ?? 0) + 1);
          });
        },
      ),
    );
  });
});
