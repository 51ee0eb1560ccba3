import { format, inspect } from 'node:util';
import { expect } from 'chai';
import { makeRedactor } from '../../../src/lib/redaction/redactor.ts';
import { Secret } from '../../../src/lib/secret.ts';

describe('secret', () => {
  const secret = new Secret('hunter2-and-more');

  it('prints as <redacted> in every output but one', () => {
    const ways = [
      String(secret),
      secret.toString(),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: { secret } }, { depth: 5, showHidden: true }),
      format('%s %o %j', secret, secret, secret),
      JSON.stringify(Object.entries(secret)),
    ];
    for (const text of ways) expect(text).not.to.contain('hunter2');
    for (const text of ways.slice(0, 6)) expect(text).to.contain('<redacted>');
    expect(secret.reveal()).to.equal('hunter2-and-more');
  });

  it('is matched by the whole of it and by nothing else, whatever the length', () => {
    expect(secret.matches('hunter2-and-more')).to.equal(true);
    const wrong = [undefined, '', 'hunter2-and-mor', 'hunter2-and-more ', 'Hunter2-and-more'];
    for (const given of wrong) expect(secret.matches(given), String(given)).to.equal(false);
    expect(new Secret('').matches(undefined)).to.equal(false);
    expect(new Secret('pässwörd').matches('pässwörd')).to.equal(true);
  });

  it('is cut out of any text by a redactor that knows it, the longest first', () => {
    const { text: redact } = makeRedactor([secret, new Secret('hunter2-and'), new Secret('tiny')]);
    expect(redact('a hunter2-and-more b hunter2-and-more')).to.equal('a <redacted> b <redacted>');
    expect(redact('only hunter2-and here')).to.equal('only <redacted> here');
    expect(redact('a tiny word stays')).to.equal('a tiny word stays');
    expect(makeRedactor([]).text('text')).to.equal('text');
  });
});
