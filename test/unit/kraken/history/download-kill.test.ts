import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../rest/support.ts';
import { type FakeHistory, makeExecutions, startFakeHistory } from './fake-history.ts';

/** Interrupted downloads per run; `FATHOM_KILLS=200` for a long one. */
const KILLS = Number(process.env['FATHOM_KILLS'] ?? 4);
const SEED = Number(process.env['FATHOM_SEED'] ?? Date.now() % 100_000);

const ROWS = makeExecutions(2_000);
const WHOLE = ROWS.map(({ text }) => `${text}\n`).join('');

/** A small generator, so that the moments of a failure can be had again. */
const makeRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const startChild = (fake: FakeHistory, out: string) => {
  const script = 'test/unit/kraken/history/download-child.ts';
  const child = spawn(process.execPath, ['--import', 'tsx', script, fake.origin, out], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, ended };
};

describe('history download under kill -9', () => {
  it('gives the same file as an uninterrupted one, whenever it is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fathom-kill-'));
    const random = makeRandom(SEED);
    const fake = await startFakeHistory(ROWS, 20);
    const out = join(folder, 'out');
    for (let kill = 0; kill < KILLS; kill += 1) {
      const pages = fake.requests.length;
      const { child, ended } = startChild(fake, out);
      const wanted = pages + 1 + Math.floor(random() * (100 / (KILLS + 1)));
      await until(() => fake.requests.length >= wanted || child.exitCode !== null);
      const delayMs = random() * 4;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      child.kill('SIGKILL');
      await ended;
    }
    const { child, ended } = startChild(fake, out);
    let answer = '';
    child.stdout.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    expect(await ended, `SEED=${SEED}`).to.equal(0);
    await fake.close();
    expect(readFileSync(out, 'utf8') === WHOLE, `SEED=${SEED} ${answer}`).to.equal(true);
    rmSync(folder, { recursive: true });
  }).timeout(240_000 + KILLS * 10_000);
});
