import { expect } from 'chai';
import fc from 'fast-check';
import { compareDecimalText, toDecimalText, toPlainDigits } from '../../../src/lib/decimal-text.ts';
import { decimal } from '../../../src/lib/decimal.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_122);

const spelling = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.stringMatching(/^(0|[1-9]\d{0,8})$/),
    fc.stringMatching(/^(\.\d{1,9})?$/),
    fc.constantFrom('', 'e-7', 'E-4', 'e+3', 'E12', 'e0'),
  )
  .map((parts) => parts.join(''));

describe('decimal text', () => {
  for (const [text, plain] of [
    ['82380.0', '82380'],
    ['0.0', '0'],
    ['0', '0'],
    ['-0.0', '0'],
    ['100', '100'],
    ['0.10', '0.1'],
    ['9.67535E-4', '0.000967535'],
    ['-6.2604214e-11', '-0.000000000062604214'],
    ['1e3', '1000'],
    ['12.5e1', '125'],
    ['0.8600000000000001', '0.8600000000000001'],
    ['007.50', '7.5'],
    ['.5', '0.5'],
    ['0e9999', '0'],
  ] as const)
    it(`writes ${text} as ${plain}`, () => expect(toDecimalText(text)).to.equal(plain));

  for (const text of [
    '',
    '.',
    '-',
    'e5',
    '1e',
    '1.2.3',
    ' 1',
    '1,5',
    'NaN',
    'Infinity',
    '0x10',
    '1e65',
    '1e-70',
    '1'.repeat(65),
  ])
    it(`refuses ${JSON.stringify(text.slice(0, 12))} (${text.length} characters)`, () =>
      expect(toDecimalText(text)).to.equal(undefined));

  for (const [written, plain] of [
    ['-1e-7', '-0.0000001'],
    ['5.10', '5.10'],
    ['9.67535E-4', '0.000967535'],
    ['1.5e3', '1500'],
    ['0e5', '0'],
    ['1e-70', `0.${'0'.repeat(69)}1`],
    ['abc', 'abc'],
    ['1e9999', '1e9999'],
  ] as const)
    it(`writes ${written} without an exponent`, () =>
      expect(toPlainDigits(written)).to.equal(plain));

  it('loses no digit and is canonical', () => {
    fc.assert(
      fc.property(spelling, fc.nat(3), (text, zeros) => {
        const plain = toDecimalText(text) ?? '';
        const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
        const shift = Number(exponent);
        const power =
          shift < 0 ? decimal(`0.${'0'.repeat(-shift - 1)}1`) : decimal(`1${'0'.repeat(shift)}`);
        expect(decimal(plain).eq(decimal(mantissa).times(power)), text).to.equal(true);
        expect(toDecimalText(plain)).to.equal(plain);
        const [head = '', tail] = text.split(/(?=[eE])/);
        const longer = `${head}${head.includes('.') ? '' : '.'}${'0'.repeat(zeros + 1)}${tail ?? ''}`;
        expect(toDecimalText(longer), longer).to.equal(plain);
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  it('orders as the numbers do', () => {
    fc.assert(
      fc.property(spelling, spelling, (left, right) => {
        const [a, b] = [toDecimalText(left) ?? '', toDecimalText(right) ?? ''];
        expect(Math.sign(compareDecimalText(a, b))).to.equal(decimal(a).cmp(decimal(b)));
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });
});
