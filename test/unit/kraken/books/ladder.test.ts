import { expect } from 'chai';
import fc from 'fast-check';
import { Ladder } from '../../../../src/kraken/books/ladder.ts';
import { decimal } from '../../../../src/lib/decimal.ts';
import { toDecimalText } from '../../../../src/lib/decimal-text.ts';
import { levels, shown, text } from './levels.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_122);

describe('ladder', () => {
  it('gives the best price first, by number and not by alphabet', () => {
    const bids = new Ladder('Highest');
    const offers = new Ladder('Lowest');
    for (const ladder of [bids, offers]) ladder.load(levels('99 1, 100 2, 9.5 3, 100.25 4'));
    expect(shown(bids.depth(10))).to.equal('100.25 4, 100 2, 99 1, 9.5 3');
    expect(shown(offers.depth(2))).to.equal('9.5 3, 99 1');
    expect(bids.best()).to.deep.equal({ price: '100.25', qty: '4' });
  });

  it('removes a level of quantity 0 and ignores the removal of an absent one', () => {
    const bids = new Ladder('Highest');
    bids.load(levels('100 2, 99 0, 98 1'));
    expect(shown(bids.depth(10))).to.equal('100 2, 98 1');
    expect(bids.set(text('100'), text('0'))).to.equal(true);
    expect(bids.set(text('97'), text('0'))).to.equal(false);
    expect(shown(bids.depth(10))).to.equal('98 1');
    expect(bids.best()?.price).to.equal('98');
  });

  it('takes a snapshot in any order, also a long one, with the first of two equal prices', () => {
    const offers = new Ladder('Lowest');
    offers.load(levels('3 1, 1 1, 2 5, 2 6, 4 0, 4 1'));
    expect(shown(offers.depth(9))).to.equal('1 1, 2 5, 3 1');
    const count = 40_000;
    const long = Array.from({ length: count }, (_, at) => ({
      price: text(String(1 + ((at * 7_919) % count))),
      qty: text('1'),
    }));
    offers.load(long);
    expect(offers.size).to.equal(count);
    expect(shown(offers.depth(3))).to.equal('1 1, 2 1, 3 1');
  });

  it('trims what lies behind the subscribed depth and forgets it', () => {
    const offers = new Ladder('Lowest');
    offers.load(levels('1 1, 2 1, 3 1, 4 1'));
    offers.trim(2);
    expect(shown(offers.depth(9))).to.equal('1 1, 2 1');
    expect(offers.qtyAt(text('3'))).to.equal(undefined);
    offers.set(text('3'), text('7'));
    expect(shown(offers.depth(9))).to.equal('1 1, 2 1, 3 7');
  });

  it('equals a sorted map after any sequence of changes', () => {
    const price = fc
      .tuple(fc.integer({ min: 1, max: 120 }), fc.constantFrom('', '.5', '.25', '.75'))
      .map(([whole, part]) => toDecimalText(`${whole}${part}`) ?? '');
    const change = fc.tuple(price, fc.constantFrom('0', '1', '2.5', '0.001'));
    fc.assert(
      fc.property(
        fc.constantFrom('Highest' as const, 'Lowest' as const),
        fc.array(change, { maxLength: 200 }),
        (bestIs, changes) => {
          const ladder = new Ladder(bestIs);
          const model = new Map<string, string>();
          for (const [at, qty] of changes) {
            ladder.set(text(at), text(qty));
            if (qty === '0') model.delete(at);
            else model.set(at, qty);
          }
          const sign = bestIs === 'Highest' ? -1 : 1;
          const sorted = [...model].sort(([a], [b]) => sign * decimal(a).cmp(decimal(b)));
          expect(shown(ladder.depth(1_000))).to.equal(
            sorted.map((pair) => pair.join(' ')).join(', '),
          );
          expect(ladder.size).to.equal(model.size);
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });
});
