import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { Secret } from '../../../../src/lib/secret.ts';
import { makeRedactor } from '../../../../src/lib/redaction/redactor.ts';

const { text, value } = makeRedactor();

describe('redaction', () => {
  it('masks Username(553), Password(554) and Nonce(5025) of a FIX message, with any separator', () => {
    for (const separator of ['\u0001', '|', '^A']) {
      const frame = [
        '35=A',
        '34=1',
        '553=key',
        '554=a+b/c==',
        '5025=1775572321000',
        '108=30',
        '',
      ].join(separator);
      expect(text(frame)).to.equal(
        ['35=A', '34=1', '553=<redacted>', '554=<redacted>', '5025=<redacted>', '108=30', ''].join(
          separator,
        ),
      );
    }
  });

  it('leaves other tags alone that end in the same digits', () => {
    expect(text('1554=x|2553=y|15025=z|')).to.equal('1554=x|2553=y|15025=z|');
  });

  it('masks named secrets inside a text', () => {
    expect(text('POST failed, apiKey=abc123, next')).to.equal(
      'POST failed, apiKey=<redacted>, next',
    );
    expect(text('{"password": "p w d", "x": 1}')).to.equal('{"password": <redacted>, "x": 1}');
    expect(text('Authorization: Bearer abc.def')).to.equal('Authorization: <redacted>');
    expect(text('API-Secret : s3cr3t;')).to.equal('API-Secret : <redacted>;');
    const told = { text: 'bad {"apiSecret": "s3 cr3t"}, again' };
    expect(text(JSON.stringify(told))).to.equal(
      '{"text":"bad {\\"apiSecret\\": <redacted>}, again"}',
    );
  });

  it('masks by key at any depth, and by type', () => {
    const masked = value({
      session: { name: 'trading', apiKey: 'k', api_secret: 's', credentials: new Secret('t') },
      list: [{ Password: 'p' }],
      map: new Map([['token', 't']]),
    });
    expect(masked).to.deep.equal({
      session: {
        name: 'trading',
        apiKey: '<redacted>',
        api_secret: '<redacted>',
        credentials: '<redacted>',
      },
      list: [{ Password: '<redacted>' }],
      map: { token: '<redacted>' },
    });
  });

  it('masks errors with their causes and keeps name, code and message', () => {
    const cause = Object.assign(new Error('password=hunter2'), { code: 'ERR_X' });
    const masked = value(new Error('outer apiKey=abc', { cause })) as Record<string, unknown>;
    expect(masked['message']).to.equal('outer apiKey=<redacted>');
    expect(masked['cause']).to.include({
      message: 'password=<redacted>',
      code: 'ERR_X',
      name: 'Error',
    });
    expect(inspect(masked, { depth: 9 })).not.to.match(/hunter2|abc\b/);
  });

  it('survives cycles, bigints, dates, buffers and functions', () => {
    const cycle: Record<string, unknown> = { big: 5n, at: new Date(0), run: () => 1 };
    cycle['self'] = cycle;
    cycle['bytes'] = Buffer.from('554=x\u0001');
    const masked = value(cycle);
    expect(JSON.stringify(masked))
      .to.include('"big":"5"')
      .and.include('1970-01-01')
      .and.include('<too deep>');
    expect(JSON.stringify(masked)).to.include('554=<redacted>');
  });

  it('masks known secrets wherever they stand, whatever the text around them', () => {
    const secret = fc.base64String({ minLength: 8, maxLength: 88 });
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (known, before, after) => {
        const redactor = makeRedactor([new Secret(known)]);
        expect(redactor.text(before + known + after)).not.to.contain(known);
        expect(JSON.stringify(redactor.value({ deep: [{ x: before + known }] }))).not.to.contain(
          known,
        );
      }),
    );
  });

  it('replaces every secret wherever it stands, the longer first', () => {
    const { text: redact } = makeRedactor([new Secret('abcdef'), new Secret('abcdefgh')]);
    expect(redact('x abcdefgh y abcdef abcdef')).to.equal('x <redacted> y <redacted> <redacted>');
  });

  it('leaves text without secrets, and words shorter than a secret can be', () => {
    const { text: redact } = makeRedactor([new Secret('Buy'), new Secret('')]);
    expect(redact('Buy 10')).to.equal('Buy 10');
  });
});
