import { expect } from 'chai';

import { executionsCommand } from '../../../../src/cli/executions.ts';
import { fill, opened, withDir } from '../log-harness.ts';
import { problemsOf, VENUE_LINES } from './verify-harness.ts';

/** `< 35=A|34=1` came from the client, `> …` was sent to it; a time in seconds may stand before. */
const toLines = (dialogue: string): readonly string[] =>
  dialogue
    .trim()
    .split('\n')
    .map((line) => {
      const [, seconds = '0', arrow, fields = ''] = /^\s*(\d+)?\s*([<>]) (.*)$/.exec(line) ?? [];
      const route = arrow === '>' ? '49=FATHOM|56=DESK1' : '49=DESK1|56=FATHOM';
      const time = `20261122-13:00:${seconds.padStart(2, '0')}.000`;
      return `${time}: 8=FIX.4.4|9=1|${fields}|${route}|10=000|`.replaceAll('|', '\u0001');
    });

const problems = (dialogue: string): Promise<readonly string[]> =>
  problemsOf({ client: toLines(dialogue) });

const LOG = 'FIX.4.4-FATHOM-DESK1.messages.20261122.log';

describe('executions verify, numbers of a FIX log', () => {
  it('tells each line that was taken out, sent or received, one or several', async () => {
    const whole = `
      < 35=A|34=1
      > 35=A|34=1
      < 35=D|34=2|11=a
      > 35=8|34=2|150=0
      > 35=8|34=3|150=0
      > 35=8|34=4|150=0
      < 35=F|34=3|11=b
      > 35=9|34=5
      < 35=5|34=4
      > 35=5|34=6`;
    expect(await problems(whole)).to.deep.equal([]);
    const lines = whole.trim().split('\n');
    const without = (...gone: number[]): Promise<readonly string[]> =>
      problems(lines.filter((_, at) => !gone.includes(at)).join('\n'));
    expect(await without(4)).to.deep.equal([
      `${LOG} line 5: MsgSeqNum(34) 3 is missing before this sent message`,
    ]);
    expect(await without(3, 4, 5)).to.deep.equal([
      `${LOG} line 5: MsgSeqNum(34) 2 to 4 are missing before this sent message`,
    ]);
    expect(await without(2)).to.deep.equal([
      `${LOG} line 6: MsgSeqNum(34) 2 is missing before this received message`,
    ]);
    expect(await without(6, 7)).to.deep.equal([
      `${LOG} line 8: MsgSeqNum(34) 5 is missing before this sent message`,
      `${LOG} line 7: MsgSeqNum(34) 3 is missing before this received message`,
    ]);
  });

  it('takes what the log explains: asked for again, gap-filled, refused unread, begun anew', async () => {
    const explained = `
      < 35=A|34=1
      > 35=A|34=1
      < 35=D|34=5|11=a
      > 35=2|34=2|7=2|16=0
      < 35=D|34=6|11=b
      < 35=4|34=2|43=Y|123=Y|36=4
      < 35=D|34=4|43=Y|11=c
      > 35=3|34=3|45=7
      < 35=0|34=8
      < 35=A|34=1|141=Y
      > 35=A|34=1|141=Y
      < 35=0|34=2
      > 35=0|34=2
      < 35=A|34=3
      > 35=A|34=9
      < 35=2|34=4|7=3|16=0
      > 35=8|34=3|43=Y|150=0
      > 35=4|34=4|43=Y|123=Y|36=10
      > 35=8|34=10|150=0`;
    expect(await problems(explained)).to.deep.equal([]);
  });

  it('tells what was sent while the client was away and taken out, once the client goes on without asking', async () => {
    const away = `
      < 35=A|34=1
      > 35=A|34=1
      > 35=8|34=2|150=0
      < 35=A|34=2
      > 35=A|34=5`;
    expect(await problems(away)).to.deep.equal([]);
    expect(await problems(`${away}\n      < 35=D|34=3|11=a`)).to.deep.equal([
      `${LOG} line 5: MsgSeqNum(34) 3 to 4 are missing before this sent message`,
    ]);
  });

  it('counts no refused Logon, which begins nothing', async () => {
    const refused = `
      < 35=A|34=1
      > 35=A|34=1
      > 35=8|34=2|150=0
      > 35=8|34=3|150=0
      < 35=A|34=1
      > 35=5|34=1|58=session desk1 is connected already
      < 35=A|34=77
      > 35=3|34=1
      > 35=5|34=2
      < 35=0|34=2
      > 35=8|34=4|150=0`;
    expect(await problems(refused)).to.deep.equal([]);
    expect(await problems(refused.replace(/\n.*35=8\|34=3.*/, ''))).to.deep.equal([
      `${LOG} line 10: MsgSeqNum(34) 3 is missing before this sent message`,
    ]);
  });

  it('takes no Logon whose number is too low for a new beginning', async () => {
    const wentBack = `
      > 35=A|34=1
      < 35=A|34=1
      < 35=8|34=2|150=0
      < 35=8|34=3|150=0
      < 35=8|34=4|150=0
      > 35=A|34=2
      < 35=A|34=2
      > 35=5|34=3|58=MsgSeqNum too low, expecting 5 but received 2
      > 35=A|34=4
      < 35=A|34=4
      > 35=5|34=5|58=MsgSeqNum too low, expecting 5 but received 4`;
    expect(await problems(wentBack)).to.deep.equal([]);
  });

  it('judges no log without heartbeats, whose numbers are missing by configuration', async () => {
    const quiet = `
      0 < 35=A|34=1
      0 > 35=A|34=1
      9 < 35=D|34=4|11=a
      `;
    expect(await problems(quiet)).to.deep.equal([]);
    expect(await problems(`${quiet} 9 > 35=8|34=3|150=0`)).to.have.length(2);
    expect(await problems(`${quiet} 30 > 35=8|34=3|150=0`)).to.deep.equal([]);
    expect(await problems(`${quiet} 30 > 35=0|34=3`)).to.have.length(2);
  });

  it('reads a venue’s log the same way', async () => {
    const numbered = VENUE_LINES.map((line, at) =>
      line.replace('\u0001', `\u000134=${at + 1 + (at > 1 ? 1 : 0)}\u0001`),
    );
    const sent = '20261122-13:00:00.000: 8=FIX.4.4|9=1|35=0|34=1|49=ME|56=KRAKEN-DRV|10=000|';
    const found = await problemsOf({ venue: [...numbered, sent.replaceAll('|', '\u0001')] });
    expect(found).to.have.length(1);
    expect(found[0]).to.match(/KRAKEN_DRV.* line 3: MsgSeqNum\(34\) 3 is missing before this rec/);
  });
});

describe('executions verify --require-journal', () => {
  it('fails where no journal is, and says how to name one', async () => {
    await withDir(async (dir) => {
      const { log } = opened({ dir, fileBytesMax: 1_000_000 });
      log.append(fill(1, { execType: 'New', ordStatus: 'New', execId: 'E0', cumQty: '0' }));
      log.close();
      const run = async (...args: string[]) => {
        const [out, errors]: [string[], string[]] = [[], []];
        let exitCode = -1;
        const io = {
          out: (line: string) => out.push(line),
          err: (line: string) => errors.push(line),
          env: {},
          setExitCode: (code: number) => (exitCode = code),
        };
        await executionsCommand(io).parseAsync(['verify', dir, ...args], { from: 'user' });
        return { out: out.join('\n'), errors: errors.join('\n'), exitCode };
      };
      const lenient = await run();
      expect(lenient.exitCode).to.equal(0);
      expect(lenient.out).to.include('--require-journal');
      const strict = await run('--require-journal');
      expect(strict).to.deep.equal({
        ...{ out: '', exitCode: 1 },
        errors: `journal: there is none in or beside ${dir}: name its folder with --journal`,
      });
    });
  });
});
