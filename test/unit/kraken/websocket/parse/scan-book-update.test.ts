import { expect } from 'chai';
import fc from 'fast-check';
import {
  parseAnyFrame,
  parseFrame,
} from '../../../../../src/kraken/websocket/parse/parse-frame.ts';
import { scanBookUpdate } from '../../../../../src/kraken/websocket/parse/scan-book-update.ts';
import { exampleFrame } from '../examples.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_122);

const odd = fc
  .tuple(
    fc.constantFrom('', '-', '+', ' '),
    fc.constantFrom('0', '7', '00', '12', '82380', '1234567890123456'),
    fc.constantFrom('', '.', '.0', '.5000', '.25'),
    fc.constantFrom('', '', 'e-7', 'E+2', 'e', 'e400'),
  )
  .map((parts) => parts.join(''));
const number = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom('0', '7', '82380.0', '0.0003', '9.67535E-4', '1e3', '-0.0'),
  },
  { weight: 1, arbitrary: odd },
);
const whole = fc.oneof(
  { weight: 9, arbitrary: fc.nat().map(String) },
  { weight: 1, arbitrary: odd },
);
const usually = <T>(value: T, ...others: T[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(value) }, fc.constantFrom(...others));

describe('quick reader of book updates', () => {
  it('reads the recorded frames', () => {
    for (const name of ['book.update', 'book.variants.level_removed[0]']) {
      const text = exampleFrame(name);
      expect(scanBookUpdate(text), name).to.deep.equal(parseAnyFrame(text).event);
    }
  });

  it('reads what the general reader reads, or leaves the frame to it', () => {
    let read = 0;
    fc.assert(
      fc.property(
        usually('PF_XBTUSD', 'pf_xbtusd', '', 'A\\u0041', 'x"y'),
        usually('buy', 'sell', 'bid'),
        fc.tuple(whole, number, number, whole),
        usually('}', ' }', ',"moon":1}', '}}'),
        (product, side, [seq, price, qty, time], tail) => {
          const text = `{"feed":"book","product_id":"${product}","side":"${side}","seq":${seq},"price":${price},"qty":${qty},"timestamp":${time}${tail}`;
          const quick = scanBookUpdate(text);
          if (quick !== undefined) {
            read++;
            expect(parseAnyFrame(text), text).to.deep.equal({ event: quick, oddities: [] });
          }
          expect(parseFrame(text), text).to.deep.equal(parseAnyFrame(text));
        },
      ),
      { seed: SEED, numRuns: 5_000 },
    );
    expect(read, 'frames that the quick reader took').to.be.greaterThan(1_000);
  });
});
