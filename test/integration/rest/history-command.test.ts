import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CliIo } from '../../../src/cli/cli-io.ts';
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

  it('says in a line that the output cannot be written', async () => {
    const nowhere = ['--out', join(folder, 'none', 'out')];
    const { lines, exitCode } = await fathom(KEYS, 'executions', '--account', 'desk-1', ...nowhere);
    expect(lines[0]).to.match(/^Disk: ENOENT/);
    expect(exitCode).to.equal(1);
  });
});
