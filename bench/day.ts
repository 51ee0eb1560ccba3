import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FastEngine, fastConfig } from '../test/support/fast-engine.ts';
import { VirtualTime } from '../test/support/virtual-time.ts';

/**
 * A day of an engine at a steady rate, on a virtual clock: how much memory and how many files it
 * takes, and how long a start takes after `kill -9` in the middle of it.
 *
 *   node --import tsx bench/day.ts HOURS ORDERS_A_SECOND, by default 24 and 50
 */
const MB = 1_048_576;
const SETTINGS = { journal: { keepBytes: 512 * MB } };

const sizeOf = (dir: string): number =>
  readdirSync(dir).reduce((sum, name) => {
    const stat = statSync(join(dir, name), { throwIfNoEntry: false });
    return sum + (stat?.isDirectory() === true ? sizeOf(join(dir, name)) : (stat?.size ?? 0));
  }, 0);

const heapMB = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / MB;
};

const day = async (dir: string, hours: number, rate: number): Promise<never> => {
  const engine = await FastEngine.open(fastConfig(dir, SETTINGS));
  const begun = performance.now();
  for (let quarter = 1; quarter <= hours * 4; quarter += 1) {
    for (let second = 0; second < 900; second += 1) await engine.second(rate);
    const { rss } = process.memoryUsage();
    console.log(
      [
        `${(quarter / 4).toFixed(2)} h`.padStart(8),
        `${engine.state.ordersMade} orders`.padStart(16),
        `in memory ${engine.state.orders.size}`.padStart(18),
        `heap ${heapMB().toFixed(0)} MB`.padStart(12),
        `rss ${(rss / MB).toFixed(0)} MB`.padStart(12),
        `journal ${(sizeOf(join(dir, 'journal')) / MB).toFixed(0)} MB`.padStart(16),
        `archive ${(sizeOf(join(dir, 'closed-orders')) / MB).toFixed(0)} MB`.padStart(16),
        `${Math.round(engine.state.ordersMade / ((performance.now() - begun) / 1_000))} orders/s`.padStart(
          16,
        ),
      ].join(''),
    );
  }
  // Killed while it goes on.
  for (;;) await engine.second(rate);
};

const start = async (dir: string, at: number): Promise<void> => {
  const begun = performance.now();
  const engine = await FastEngine.open(fastConfig(dir, SETTINGS), new VirtualTime(at));
  const ms = performance.now() - begun;
  console.log(
    `start after kill -9: ${Math.round(ms)} ms, snapshot behind record ${engine.stored.opened.snapshot?.head.seq ?? 0} of ${engine.stored.opened.journal.nextSeq - 1}, ${engine.state.orders.size} orders in memory, ${engine.state.ordersArchived} archived`,
  );
  await engine.stop();
};

const main = async ([mode = '24', ...rest]: readonly string[]): Promise<void> => {
  if (mode === 'day') return day(rest[0] ?? '', Number(rest[1]), Number(rest[2]));
  if (mode === 'start') return start(rest[0] ?? '', Number(rest[1]));
  const dir = mkdtempSync(join(tmpdir(), 'fathom-day-'));
  const hours = Number(mode);
  const rate = Number(rest[0] ?? '50');
  const self = fileURLToPath(import.meta.url);
  try {
    const args = ['--import', 'tsx', self, 'day', dir, String(hours), String(rate)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = once(child, 'exit');
    let lines = 0;
    for await (const line of createInterface(child.stdout)) {
      console.log(line);
      lines += 1;
      if (lines === hours * 4) setTimeout(() => child.kill('SIGKILL'), 1_500);
    }
    await gone;
    const at = Date.UTC(2026, 10, 22, 12) + (hours + 1) * 3_600_000;
    const again = spawn(process.execPath, ['--import', 'tsx', self, 'start', dir, String(at)], {
      stdio: 'inherit',
    });
    await once(again, 'exit');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

await main(process.argv.slice(2));
