import { expect } from 'chai';
import { type CliIo, withoutSecrets } from '../../../../src/cli/shared/cli-io.ts';
import { Secret } from '../../../../src/lib/secret.ts';

describe('what a command prints of the venue’s words', () => {
  const KEY = 'rREST/key+of=tests';

  it('never holds the key or the secret of the command, nor what looks like one', () => {
    const printed: string[] = [];
    const io: CliIo = {
      out: (line) => printed.push(line),
      err: (line) => printed.push(line),
      env: {},
      setExitCode: () => undefined,
    };
    const masked = withoutSecrets(io, [new Secret(KEY), new Secret('c2VjcmV0LW9mLXRlc3Rz')]);
    const said = [
      `Venue: Refused apiKey ${KEY} is not known`,
      `Venue: 401 ${JSON.stringify({ error: `bad key ${KEY}` })}`,
      `Venue: proxy said ${encodeURIComponent(KEY)}`,
      'Venue: bad Authent: c2VjcmV0LW9mLXRlc3Rz',
      'Venue: Authorization: Bearer abcdefghijkl',
      'Venue: {"apiSecret": "another-secret"}',
    ];
    for (const line of said) {
      masked.err(line);
      masked.out(line);
    }
    expect(printed).to.have.length(12);
    for (const line of printed) {
      expect(line).to.include('<redacted>');
      for (const secret of [KEY, encodeURIComponent(KEY), 'c2VjcmV0', 'abcdefgh', 'another-'])
        expect(line).to.not.include(secret);
    }
    masked.err('Venue: Timeout no complete answer within 60000 ms');
    expect(printed.at(-1)).to.equal('Venue: Timeout no complete answer within 60000 ms');
  });
});
