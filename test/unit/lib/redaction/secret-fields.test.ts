import { expect } from 'chai';
import fc from 'fast-check';
import {
  maskFields,
  SECRET_FIELD_NAMES,
  SECRET_TAGS,
} from '../../../../src/lib/redaction/secret-fields.ts';

const mask = (text: string): string => maskFields(text, () => '#');
const SEPARATORS = ['\u0001', '|', '^A', '\\u0001', '\\x01'];

describe('secret fields', () => {
  it('are credentials of Logon(A) and UserRequest(BE), raw data and the nonce of Kraken', () => {
    expect(SECRET_TAGS).to.deep.equal([96, 553, 554, 925, 1402, 1404, 5025]);
    expect(SECRET_FIELD_NAMES).to.include.members(['NewPassword', 'RawData']);
  });

  it('are masked whatever separates the fields, first, last and twice', () => {
    const value = fc.stringMatching(/^[a-zA-Z0-9+/ =]{1,30}$/);
    fc.assert(
      fc.property(
        fc.constantFrom(...SECRET_TAGS),
        fc.constantFrom(...SEPARATORS),
        value,
        (tag, separator, secret) => {
          const field = `${tag}=${secret}`;
          const text = [field, '35=A', field, '0' + field, '98=0', field].join(separator);
          const masked = `${tag}=#`;
          const expected = [masked, '35=A', masked, `0${masked}`, '98=0', masked].join(separator);
          expect(mask(text)).to.equal(expected);
        },
      ),
    );
  });

  it('are masked among words, up to the next blank or quote', () => {
    expect(mask('refused: 554=pass word')).to.equal('refused: 554=# word');
    expect(mask('field "925=p1 p2" is too long')).to.equal('field "925=# p2" is too long');
    expect(mask('(554=x|553=me)')).to.equal('(554=#|553=#');
  });

  it('are masked with the separators that are inside data of a given length', () => {
    expect(mask('8=F|95=9|96=ab|554=cd|98=0|10=000|')).to.equal('8=F|95=9|96=#|98=0|10=000|');
    expect(mask('8=F\u00011401=5\u00011402=a\u0001b\u0001c\u000198=0\u000110=000\u0001')).to.equal(
      '8=F\u00011401=5\u00011402=#\u000198=0\u000110=000\u0001',
    );
  });

  it('are masked up to CheckSum(10) when the given length is too long, and to the separator when too short', () => {
    expect(mask('8=F|95=9999999|96=ab|x|10=000|')).to.equal('8=F|95=9999999|96=#|10=000|');
    expect(mask('8=F|95=1|96=abc|x|10=000|')).to.equal('8=F|95=1|96=#|x|10=000|');
    expect(mask('8=F|90=4|96=abc|x|')).to.equal('8=F|90=4|96=#|x|');
  });

  it('are not taken for the end of another tag or word', () => {
    for (const text of ['1554=x|55=y|', 'a554=x', '15025=1|9255=2', '554', '554 = x'])
      expect(mask(text)).to.equal(text);
  });

  it('leave a text without any the very text, and end in reasonable time', () => {
    const long = '554|'.repeat(50_000) + '554='.repeat(20_000) + '95=1|96=a|'.repeat(20_000);
    const startedAt = process.hrtime.bigint();
    mask(long);
    expect(Number(process.hrtime.bigint() - startedAt) / 1e9).to.be.lessThan(20);
  });
});
