import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CliIo } from '../../../src/cli/shared/cli-io.ts';
import { historyCommand } from '../../../src/cli/history.ts';
import {
  type FakeHistory,
  makeExecutions,
  startFakeHistory,
} from '../../unit/kraken/history/fake-history.ts';

describe('fathom history', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fathom-history-'));
  const rows = makeExecutions(300);
  let venue: FakeHistory;
  const fathom = async (env: Record<string, string>, ...args: string[]) => {
    const lines: string[] = [];
    let exitCode = -1;
    const io: CliIo = {
      out: (line) => lines.push(line),
      err: (line) => lines.push(line),
      env,
      setExitCode: (code) => {
        exitCode = code;
      },
    };
    const span = ['--since', '2026-01-01', '--until', '2026-02-01T00:00:00Z'];
    const where = ['--out', join(folder, 'out'), '--origin', venue.origin];
    await historyCommand(io).parseAsync([...span, ...where, ...args], { from: 'user' });
    return { lines, exitCode };
  };
  const KEYS = {
    FATHOM_REST_DESK_1_API_KEY: 'public-key',
    FATHOM_REST_DESK_1_API_SECRET: Buffer.alloc(64, 1).toString('base64'),
  };

  before(async () => {
    venue = await startFakeHistory(rows, 100);
  });
  after(async () => {
    await venue.close();
    rmSync(folder, { recursive: true });
  });

  it('downloads an account history with the key of the environment, and says that it is complete', async () => {
    const { lines, exitCode } = await fathom(KEYS, 'executions', '--account', 'desk-1');
    expect(lines).to.deep.equal([
      `300 rows in ${join(folder, 'out')}`,
      'complete: no gap, no double, in order',
    ]);
    expect(exitCode).to.equal(0);
    expect(readFileSync(join(folder, 'out'), 'utf8').split('\n')).to.have.length(301);
    const headers = venue.requests[0]!.headers as Record<string, string>;
    expect(headers['apikey']).to.equal('public-key');
    expect(headers['authent']).to.be.a('string');
  });

  it('asks for the account and its key before it asks the venue', async () => {
    const count = venue.requests.length;
    expect((await fathom({}, 'orders')).lines).to.deep.equal([
      'this needs a key: give --account, or --config with rest.credentials',
    ]);
    const { lines, exitCode } = await fathom({}, 'orders', '--account', 'desk-1');
    expect(lines[0]).to.include('FATHOM_REST_DESK_1_API_KEY');
    expect(exitCode).to.equal(2);
    expect(venue.requests.length).to.equal(count);
  });

  it('refuses a request that cannot be served', async () => {
    const { lines, exitCode } = await fathom({}, 'candles');
    expect(lines).to.deep.equal(['BadRequest: candles needs --symbol']);
    expect(exitCode).to.equal(2);
  });

  it('does not call a span complete that is not over', async () => {
    const later = ['--until', '2199-01-01', '--out', join(folder, 'later')];
    const { lines, exitCode } = await fathom(KEYS, 'executions', '--account', 'desk-1', ...later);
    expect(exitCode).to.equal(0);
    expect(lines.join('\n')).to.match(/SpanNotOver 1: asked at .* rows after that are not in it/);
    expect(lines.join('\n')).not.to.include('complete');
  });

  it('says what is wrong with --out before it asks the venue, and leaves nothing behind', async () => {
    const count = venue.requests.length;
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'file'), 'kept');
    symlinkSync(join(folder, 'file'), join(folder, 'link'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const before = readdirSync(folder);
    const cases: readonly (readonly [string, RegExp])[] = [
      ['', /give a file/],
      ['-', /standard output cannot be resumed.*\.\/-/],
      [join(folder, 'sub'), /sub is a folder/],
      [join(folder, 'new/'), /new\/ is a folder/],
      [join(folder, 'link'), /link is a symbolic link: give the file that it points to/],
      [join(folder, 'pipe'), /pipe is no regular file/],
      [join(folder, 'none', 'out'), /nothing can be written in .*none: ENOENT/],
      [join(folder, 'file', 'out'), /ENOTDIR/],
      ['/proc/out', /nothing can be written in \/proc/],
      [join(folder, 'x'.repeat(250)), /ENAMETOOLONG/],
    ];
    for (const [out, text] of cases) {
      const { lines, exitCode } = await fathom(
        KEYS,
        'executions',
        '--account',
        'desk-1',
        '--out',
        out,
      );
      expect(lines, out).to.have.length(1);
      expect(lines[0], out)
        .to.match(/^--out: /)
        .and.to.match(text);
      expect(exitCode, out).to.equal(2);
    }
    expect(readdirSync(folder)).to.deep.equal(before);
    expect(readFileSync(join(folder, 'file'), 'utf8')).to.equal('kept');
    expect(statSync(join(folder, 'pipe')).isFIFO()).to.equal(true);
    expect(venue.requests.length).to.equal(count);
  });

  it('refuses a day that there is not, and values that the venue does not have', async () => {
    const count = venue.requests.length;
    const analytics = ['analytics', '--symbol', 'PF_XBTUSD'];
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[...analytics, '--series', 'bogus'], /--series is one of open-interest .*liquidity-pool$/],
      [
        [...analytics, '--series', 'cvd', '--interval', '7'],
        /--interval is one of 60 300 .* 604800/,
      ],
      [[...analytics, '--series', 'cvd', '--interval', '-1'], /--interval is one of/],
      [[...analytics, '--series', 'cvd', '--interval', 'x'], /--interval is one of/],
      [['candles', '--symbol', 'PF_XBTUSD', '--tick-type', 'bid'], /--tick-type is one of trade/],
      [['candles', '--symbol', 'PF_XBTUSD', '--resolution', 'toString'], /--resolution is one of/],
    ];
    for (const [args, text] of cases) {
      const { lines, exitCode } = await fathom({}, ...args);
      expect(lines.join('\n'), args.join(' ')).to.match(text);
      expect(exitCode, args.join(' ')).to.equal(2);
    }
    for (const day of ['2026-02-30', '2025-02-29', '2026-04-31T10:00:00Z'])
      expect(await refusalOf('executions', '--since', day)).to.include(
        `there is no day ${day.slice(0, 10)}`,
      );
    expect(venue.requests.length).to.equal(count);
  });
});

/** What commander says of a wrong value. */
const refusalOf = async (...args: readonly string[]): Promise<string> => {
  const command = historyCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const cause: unknown = await command
    .parseAsync(args, { from: 'user' })
    .catch((error: unknown) => error);
  return cause instanceof Error ? cause.message : 'none';
};
