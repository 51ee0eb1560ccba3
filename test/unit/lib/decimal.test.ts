import { expect } from 'chai';
import fc from 'fast-check';
import {
  ZERO,
  decimal,
  decimalToText,
  divideHalfEven,
  isMultipleOf,
  maxDecimal,
  minDecimal,
  parseDecimal,
} from '../../../src/lib/decimal.ts';

/** A decimal as a whole number of 10^-places: the oracle counts with BigInt. */
const scaled = fc.record({
  units: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
  places: fc.integer({ min: 0, max: 12 }),
});

const toText = ({ units, places }: { units: bigint; places: number }): string => {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const sign = units < 0n ? '-' : '';
  const whole = digits.slice(0, digits.length - places);
  return places === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-places)}`;
};

const rescale = ({ units, places }: { units: bigint; places: number }, to: number): bigint =>
  units * 10n ** BigInt(to - places);

describe('decimal', () => {
  it('reads plain decimals and nothing else', () => {
    for (const text of [
      '0',
      '1',
      '-1',
      '007',
      '0.10',
      '.5',
      '64123.5',
      '0.0000001',
      '9'.repeat(64),
    ]) {
      expect(parseDecimal(text), text).not.to.equal(undefined);
    }
    for (const text of [
      '',
      ' 1',
      '1 ',
      '+1',
      '1e5',
      '1E-7',
      '1.',
      '.',
      '-',
      '1,5',
      '0x10',
      'NaN',
      'Infinity',
      '１',
      '1\n',
      '9'.repeat(65),
    ]) {
      expect(parseDecimal(text), JSON.stringify(text)).to.equal(undefined);
    }
    expect(() => decimal('1e5')).to.throw(TypeError, 'not a plain decimal: 1e5');
  });

  it('writes plain notation, however small or large', () => {
    expect(decimalToText(decimal('0.0000001'))).to.equal('0.0000001');
    expect(decimalToText(decimal('1').div(decimal('10000000000000')))).to.equal('0.0000000000001');
    expect(decimalToText(decimal('9'.repeat(40)))).to.equal('9'.repeat(40));
    expect(decimalToText(decimal('1.500'))).to.equal('1.5');
    expect(String(decimal('0.0000001'))).to.equal('0.0000001');
  });

  it('refuses a float', () => {
    expect(() => decimal('1').plus(0.1)).to.throw();
    expect(() => decimal('1').times(2)).to.throw();
  });

  it('adds, subtracts and multiplies exactly, as whole numbers do', () => {
    fc.assert(
      fc.property(scaled, scaled, (a, b) => {
        const [x, y] = [decimal(toText(a)), decimal(toText(b))];
        const sum = rescale(a, 12) + rescale(b, 12);
        expect(x.plus(y).eq(decimal(toText({ units: sum, places: 12 })))).to.equal(true);
        const difference = rescale(a, 12) - rescale(b, 12);
        expect(x.minus(y).eq(decimal(toText({ units: difference, places: 12 })))).to.equal(true);
        const product = { units: a.units * b.units, places: a.places + b.places };
        expect(x.times(y).eq(decimal(toText(product)))).to.equal(true);
        expect(x.plus(y).minus(y).eq(x)).to.equal(true);
      }),
    );
  });

  it('comes back from text as it went', () => {
    fc.assert(
      fc.property(scaled, (a) => {
        const value = decimal(toText(a));
        expect(decimal(decimalToText(value)).eq(value)).to.equal(true);
        expect(decimalToText(value)).to.match(/^-?\d+(\.\d*[1-9])?$/);
      }),
    );
  });

  it('knows what lies on the grid of a tick and what does not', () => {
    expect(isMultipleOf(decimal('64123.5'), decimal('0.5'))).to.equal(true);
    expect(isMultipleOf(decimal('64123.4'), decimal('0.5'))).to.equal(false);
    expect(isMultipleOf(decimal('0.3'), decimal('0.1'))).to.equal(true);
    expect(isMultipleOf(decimal('-0.5'), decimal('0.25'))).to.equal(true);
    expect(isMultipleOf(ZERO, decimal('0.1'))).to.equal(true);
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 12n }),
        fc.bigInt({ min: 1n, max: 10n ** 6n }),
        (value, step) => {
          const [a, b] = [
            decimal(toText({ units: value, places: 6 })),
            decimal(toText({ units: step, places: 6 })),
          ];
          expect(isMultipleOf(a, b)).to.equal(value % step === 0n);
        },
      ),
    );
  });

  it('rounds a quotient half to even at the places asked for', () => {
    const quotient = (a: string, b: string, places: number) =>
      decimalToText(divideHalfEven(decimal(a), decimal(b), places));
    expect(quotient('1', '3', 4)).to.equal('0.3333');
    expect(quotient('2', '3', 4)).to.equal('0.6667');
    expect(quotient('1', '8', 2)).to.equal('0.12');
    expect(quotient('3', '8', 2)).to.equal('0.38');
    expect(quotient('-1', '8', 2)).to.equal('-0.12');
    expect(quotient('5', '2', 0)).to.equal('2');
    expect(quotient('7', '2', 0)).to.equal('4');
  });

  it('finds the smaller and the larger of two', () => {
    const [small, large] = [decimal('-1.5'), decimal('0.1')];
    expect(minDecimal(small, large)).to.equal(small);
    expect(minDecimal(large, small)).to.equal(small);
    expect(maxDecimal(small, large)).to.equal(large);
    expect(maxDecimal(large, small)).to.equal(large);
  });
});
