import { expect } from 'chai';
import fc from 'fast-check';

import { parseCsvRow, toCsvRow, withoutFormula } from '../../../src/lib/csv.ts';

describe('CSV', () => {
  it('reads back every row that it writes', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (values) => {
        expect(parseCsvRow(toCsvRow(values))).to.deep.equal(values.map(withoutFormula));
      }),
    );
  });

  it('refuses rows whose quotes do not match', () => {
    expect(parseCsvRow('a,"b"",c"')).to.deep.equal(['a', 'b",c']);
    expect(parseCsvRow('')).to.deep.equal(['']);
    expect(parseCsvRow('a,')).to.deep.equal(['a', '']);
    expect(parseCsvRow('"a')).to.equal(undefined);
    expect(parseCsvRow('"a"b,c')).to.equal(undefined);
  });

  for (const formula of [
    '=1+1',
    '+1+1',
    '-2+3',
    '@SUM(A1)',
    ' =1+1',
    '\t=1+1',
    '\r=1+1',
    '=HYPERLINK("http://x","y")',
    '\uff1d1+1',
    '-',
  ])
    it(`hands a spreadsheet ${JSON.stringify(formula)} as text`, () => {
      expect(parseCsvRow(toCsvRow([formula]))).to.deep.equal([`'${formula}`]);
    });

  for (const number of ['-1', '+0.5', '-0.00000001', '-1e-7', '0', '64123.50', 'ME-1', '']) {
    it(`leaves ${JSON.stringify(number)} as it is`, () => {
      expect(toCsvRow([number])).to.equal(number);
    });
  }
});
