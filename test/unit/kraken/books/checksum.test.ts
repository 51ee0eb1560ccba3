import { expect } from 'chai';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { bookChecksum, checksumText } from '../../../../src/kraken/books/checksum.ts';
import { levels } from './levels.ts';

/** The published vector [fix 4.9], and the only ten levels a side that its digits can mean. */
const ASKS = levels(
  '28013 0.00096506, 28039.8 0.001, 28066.5 0.001, 28093.3 0.001, 28120 0.001, 28146.7 0.001, 28173.5 0.001, 28200.2 0.001, 28227 0.001, 28253.7 0.001',
);
const BIDS = levels(
  '28003 0.001, 27999.9 0.00096375, 27969.9 0.73860423, 27700.1 0.0035, 27573.2 0.0032, 27137.4 0.01, 27091.3 0.004, 26729.4 0.001, 26702.6 0.001, 26675.9 0.001',
);
const PUBLISHED_ASKS =
  '28013096506280398100000280665100000280933100000281200100000281467100000281735100000282002100000282270100000282537100000';
const PUBLISHED_BIDS =
  '28003010000027999996375279699738604232770013500002757323200002713741000000270913400000267294100000267026100000266759100000';

describe('order book checksum [fix 4.9]', () => {
  const precision = { priceDecimals: 1, qtyDecimals: 8 };

  it('gives the published digits and the published checksum', () => {
    expect(checksumText(ASKS, precision)).to.equal(PUBLISHED_ASKS);
    expect(checksumText(BIDS, precision)).to.equal(PUBLISHED_BIDS);
    expect(bookChecksum(ASKS, BIDS, precision)).to.equal('3341325816');
  });

  it('takes asks before bids', () => {
    expect(bookChecksum(BIDS, ASKS, precision)).not.to.equal('3341325816');
  });

  it('drops points and leading zeros and pads to the decimals of the instrument', () => {
    expect(
      checksumText(levels('0.05 0.67373926, 2043.1 2'), { priceDecimals: 2, qtyDecimals: 8 }),
    ).to.equal('567373926204310200000000');
  });

  it('changes with every level', () => {
    for (const at of ASKS.keys()) {
      const fewer = ASKS.filter((_, index) => index !== at);
      expect(bookChecksum(fewer, BIDS, precision)).not.to.equal('3341325816');
    }
    expect(bookChecksum([], [], precision)).to.equal('0');
  });

  it('is the CRC-32 of zlib', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9]\d{0,60}$/), (digits) => {
        const whole = { priceDecimals: 0, qtyDecimals: 0 };
        const text = checksumText(levels(`${digits} 1`), whole);
        expect(bookChecksum(levels(`${digits} 1`), [], whole)).to.equal(String(crc32(text)));
      }),
      { seed: 20_261_122, numRuns: 300 },
    );
  });
});
