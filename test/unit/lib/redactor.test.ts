import { expect } from 'chai';

import { makeRedactor } from '../../../src/lib/redactor.ts';
import { Secret } from '../../../src/lib/secret.ts';

describe('redactor', () => {
  it('replaces every secret wherever it stands, the longer first', () => {
    const redact = makeRedactor([new Secret('abcdef'), new Secret('abcdefgh')]);
    expect(redact('x abcdefgh y abcdef abcdef')).to.equal('x <redacted> y <redacted> <redacted>');
  });

  it('leaves text without secrets, and words shorter than a secret can be', () => {
    const redact = makeRedactor([new Secret('Buy'), new Secret('')]);
    expect(redact('Buy 10')).to.equal('Buy 10');
  });
});
