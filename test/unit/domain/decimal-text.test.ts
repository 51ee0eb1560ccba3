import { expect } from 'chai';
import {
  decimalOf,
  decimalTextOf,
  parseDecimalText,
  parseFixDecimalText,
} from '../../../src/domain/decimal-text.ts';

describe('DecimalText', () => {
  it('gives equal amounts equal texts', () => {
    for (const text of ['7.5', '07.50', '7.5000']) expect(parseDecimalText(text)).to.equal('7.5');
    expect(parseDecimalText('.75')).to.equal('0.75');
    expect(parseDecimalText('-0')).to.equal('0');
    expect(parseDecimalText('0.000')).to.equal('0');
  });

  it('keeps every digit in plain notation', () => {
    const text = '123456789012345678901234567890.000000000000000001';
    expect(parseDecimalText(text)).to.equal(text);
    expect(parseDecimalText('0.0000001')).to.equal('0.0000001');
  });

  it('refuses exponents, blanks, plus signs, words and overlong text', () => {
    for (const text of [
      '1e3',
      '1E-7',
      ' 1',
      '1 ',
      '+1',
      '',
      '.',
      '1.',
      'NaN',
      'Infinity',
      '9'.repeat(65),
    ]) {
      expect(parseDecimalText(text), `"${text}"`).to.equal(undefined);
    }
  });

  it('takes a FIX number that ends with its point', () => {
    for (const text of ['5.', '005.', '5', '5.0']) {
      expect(parseFixDecimalText(text), text).to.equal('5');
    }
    for (const text of ['.', '5..', '5.e', '1e3', '+5.']) {
      expect(parseFixDecimalText(text), text).to.equal(undefined);
    }
  });

  it('leads to a decimal and back', () => {
    const text = parseDecimalText('64123.50')!;
    expect(decimalTextOf(decimalOf(text).times('2'))).to.equal('128247');
    expect(decimalTextOf(decimalOf(text).times('0').times('-1'))).to.equal('0');
  });
});
