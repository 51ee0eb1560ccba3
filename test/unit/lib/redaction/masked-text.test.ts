import { expect } from 'chai';
import { maskedText } from '../../../../src/lib/redaction/mask-frame.ts';
import { frameOf, wire } from '../../fix/codec/support.ts';

describe('masked text', () => {
  it('shows a frame with | for SOH', () => {
    expect(maskedText(frameOf('35=0|34=1|112=a=b|'))).to.match(
      /^8=FIX\.4\.4\|9=18\|35=0\|34=1\|112=a=b\|10=\d{3}\|$/,
    );
  });

  it('masks API key, password and nonce fully, wherever they stand', () => {
    const logon = wire('8=FIX.4.4|9=1|35=A|553=KEY|554=SEC=RET==|5025=17756|98=0|10=000|');
    expect(maskedText(logon)).to.equal('8=FIX.4.4|9=1|35=A|553=***|554=***|5025=***|98=0|10=000|');
    expect(maskedText(wire('554=SECRET'))).to.equal('554=***');
    expect(maskedText(wire('garbage|554=SECRET|'))).to.equal('garbage|554=***|');
    expect(maskedText(wire('0554=SECRET|'))).to.equal('0554=***|');
    expect(maskedText(wire('95=20|96=x|554=SECRET|y|'))).to.equal('95=20|96=***');
    expect(maskedText(wire('925=new|'))).to.equal('925=***|');
    expect(maskedText(wire('1554=open|55=x|'))).to.equal('1554=open|55=x|');
  });

  it('masks an empty value of a secret as nothing', () => {
    expect(maskedText(wire('554=|98=0|'))).to.equal('554=|98=0|');
  });

  it('escapes control characters, so that a value can not forge a line of a log', () => {
    expect(maskedText(Buffer.from('58=a\nb\rc\x00\x1b[2J\x7f\x85ü|', 'latin1'))).to.equal(
      '58=a\\x0ab\\x0dc\\x00\\x1b[2J\\x7f\\x85ü|',
    );
  });

  it('shows bytes that are no fields, and nothing for nothing', () => {
    expect(maskedText(Buffer.from('GET / HTTP/1.1'))).to.equal('GET / HTTP/1.1');
    expect(maskedText(Buffer.alloc(0))).to.equal('');
  });
});
