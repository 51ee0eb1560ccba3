import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { executionsOfJournal } from '../../src/app/loop/journal-executions.ts';
import { verifyExecutions } from '../../src/execution-log/verify/verify.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LAST_LINE =
  /^demo: sent (\d+), acknowledged (\d+), filled (\d+), canceled (\d+), rejected (\d+), in doubt 0$/;

interface Ran {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

const run = (
  args: readonly string[],
  options: { signal?: NodeJS.Signals; afterMs?: number } = {},
) =>
  new Promise<Ran>((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, 'dist/main.js'), ...args], { cwd: ROOT });
    let output = '';
    let errors = '';
    let isSignalled = false;
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      // The signal comes once it trades, never while it starts.
      if (!isSignalled && options.signal !== undefined && /sent [1-9]/.test(output)) {
        isSignalled = true;
        child.kill(options.signal);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.once('close', (code) => {
      resolve({ code, lines: output.trim().split('\n'), errors });
    });
  });

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile());

describe('the demo (issue: one order’s life, Must show 1 and 3)', () => {
  let dir: string;
  let config: string;

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-demo-'));
    config = join(dir, 'demo.json');
    const demo = JSON.parse(readFileSync(join(ROOT, 'config/demo.json'), 'utf8')) as {
      engine: { dataDir: string };
    };
    demo.engine.dataDir = join(dir, 'data');
    writeFileSync(config, JSON.stringify(demo));
  });
  after(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('trades for the time it was given, ends with 0, and sums up in its last line', async () => {
    const countsOf = ({ lines }: Ran): readonly number[] =>
      (LAST_LINE.exec(lines.at(-1) ?? '') ?? []).slice(1).map(Number);
    let ran = await run(['demo', '--config', config, '--for', '8s']);
    // On a busy machine the time may be over before every kind of thing has happened.
    if (countsOf(ran).includes(0)) ran = await run(['demo', '--config', config, '--for', '60s']);
    const { code, lines, errors } = ran;
    expect(code, errors).to.equal(0);
    expect(countsOf(ran), lines.at(-1)).to.have.length(5);
    for (const count of countsOf(ran)) expect(count, lines.at(-1)).to.be.above(0);

    const logs = lines.find((line) => line.startsWith('logs: '))?.slice('logs: '.length) ?? '';
    const journal = executionsOfJournal(join(logs, 'journal'));
    if (!journal.ok) throw new Error(journal.error);
    const verified = await verifyExecutions(logs, { journal: journal.value });
    if (!verified.ok) throw new Error(verified.error);
    expect(verified.value.disagreements).to.deep.equal([]);
    expect(verified.value.totals.trades).to.be.above(0);
    expect(verified.value.totals.venueFixTrades).to.equal(verified.value.totals.trades);
    expect(verified.value.totals.clientFixTrades).to.equal(verified.value.totals.trades);

    // Keys are made for each run: every Username(553), Password(554) and Nonce(5025) must be masked
    // wherever it was written.
    const files = filesBelow(logs);
    expect(files.length).to.be.above(5);
    for (const path of files) {
      const text = readFileSync(path, 'latin1');
      expect(/(^|[\x01|])(553|554|5025)=[^*\x01|]/.test(text), path).to.equal(false);
    }
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`ends cleanly at ${signal}: orders cancelled, Logout exchanged, journal closed`, async () => {
      const { code, lines, errors } = await run(['demo', '--config', config], { signal });
      expect(code, errors).to.equal(0);
      expect(lines.at(-1)).to.match(/^demo: sent \d+, .*, in doubt 0$/);
      const logs = lines.find((line) => line.startsWith('logs: '))?.slice('logs: '.length) ?? '';
      const venueLog = filesBelow(logs).find((path) => /KRAKEN.*messages/.test(path)) ?? '';
      const logouts = readFileSync(venueLog, 'latin1')
        .split('\n')
        .filter((line) => line.includes('\x0135=5\x01'));
      expect(logouts, 'Logout sent and answered').to.have.length(2);
    });
  }
});
