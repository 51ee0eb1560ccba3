import { expect } from 'chai';
import fc from 'fast-check';

import { maskFrame, maskedText, readableFrame } from '../../../../src/lib/redaction/mask-frame.ts';
import { SECRET_TAGS } from '../../../../src/lib/redaction/secret-fields.ts';

const frame = (text: string): Buffer => Buffer.from(text.replaceAll('|', '\u0001'), 'latin1');

const checkSumOf = (message: Buffer): number =>
  message.subarray(0, -7).reduce((sum, byte) => (sum + byte) & 0xff, 0);

describe('maskFrame', () => {
  it('gives back the very message when it holds no secret', () => {
    const message = frame('8=FIX.4.4|35=D|1553=x|2925=y|58=4.554|10=000|');
    expect(maskFrame(message)).to.equal(message);
  });

  it('stars every secret value, keeps the length, and leaves the original alone', () => {
    const message = frame('8=FIX.4.4|35=A|553=me|554=secret|554=again|5025=17|10=000|');
    const before = Buffer.from(message);
    const masked = maskFrame(message);
    expect(masked.toString('latin1')).to.contain(
      '553=**\u0001554=******\u0001554=*****\u00015025=**\u0001',
    );
    expect(masked).to.have.length(message.length);
    expect(Number(masked.toString('latin1', masked.length - 4, masked.length - 1))).to.equal(
      checkSumOf(masked),
    );
    expect(message).to.deep.equal(before);
  });

  it('stars a value that the end of the bytes cuts short', () => {
    expect(maskFrame(frame('|554=sec')).toString('latin1')).to.equal('\u0001554=***');
    expect(maskFrame(frame('|554=')).toString('latin1')).to.equal('\u0001554=');
  });

  it('lets no secret through among any other fields', () => {
    const text = fc.stringMatching(/^[a-zA-Z0-9 =]{0,20}$/);
    fc.assert(
      fc.property(fc.array(text), fc.constantFrom(...SECRET_TAGS), fc.array(text), (a, tag, b) => {
        const secret = '#secret#';
        const fields = [...a, `${tag}=${secret}`, ...b].map((field) => `|${field}`).join('');
        expect(maskFrame(frame(`8=FIX.4.4${fields}|`)).includes(secret)).to.equal(false);
      }),
    );
  });
});

describe('readableFrame', () => {
  it('gives back the very message when nothing in it is hidden or secret, UTF-8 included', () => {
    for (const text of ['Zürich €', 'plain']) {
      const bytes = Buffer.from(text, 'utf8').toString('latin1');
      const message = frame(`8=FIX.4.4|9=1|58=${bytes}|10=000|`);
      expect(readableFrame(message)).to.equal(message);
    }
  });

  it('holds no character that a terminal obeys, is as long, and its CheckSum(10) is right', () => {
    const before = frame('8=FIX.4.4|9=1|554=pass|58=\x1b[2J\x00 \xc2\x9bm\r\n\x7f|10=000|');
    const readable = readableFrame(before);
    expect(readable.toString('latin1')).to.match(
      /^8=FIX\.4\.4\x019=1\x01554=\*{4}\x0158=\?\[2J\? \?\?m {2}\?\x0110=\d{3}\x01$/,
    );
    expect(readable).to.have.length(before.length);
    const told = readable.toString('latin1', readable.length - 4, readable.length - 1);
    expect(Number(told)).to.equal(checkSumOf(readable));
  });

  it('is text in UTF-8 for people', () => {
    const bytes = Buffer.from('Größe €5', 'utf8').toString('latin1');
    expect(maskedText(frame(`58=${bytes}|1=\x1b[m|`))).to.equal('58=Größe €5|1=\\x1b[m|');
  });
});
