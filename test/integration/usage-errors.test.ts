import { expect } from 'chai';
import { runFathom } from '../support/fathom-process.ts';
import { inTurns } from '../support/in-turns.ts';

describe('the command line', () => {
  const codeAndText = async (line: string): Promise<readonly [number | null, string]> => {
    const { code, err } = await runFathom(line === '' ? [] : line.split(' '));
    return [code, err];
  };

  it('ends with 2 when it is wrong, whatever the command, and says why', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['', /^Usage: fathom/],
      ['bogus', /unknown command 'bogus'/],
      ['market', /missing required argument 'symbol'/],
      ['market PF_XBTUSD --depth 0', /a whole number from 1 to 50/],
      ['simulate --bogus', /unknown option '--bogus'/],
      [
        'simulate fault --admin http://127.0.0.1:1 --file /none',
        /^--file \/none: there is no such/,
      ],
      ['session list --socket', /argument missing/],
    ];
    const ends = await inTurns(cases, ([line]) => codeAndText(line));
    for (const [at, [line, text]] of cases.entries()) {
      expect(ends[at]?.[0], line).to.equal(2);
      expect(ends[at]?.[1], line).to.match(text);
    }
  });

  it('ends with 0 when it was asked for help or the version', async () => {
    for (const line of ['--help', '--version', 'simulate --help', 'help session'])
      expect(await codeAndText(line), line).to.deep.equal([0, '']);
  });
});
