import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../src/app/system-clock.ts';
import { Secret } from '../src/lib/secret.ts';
import { toUtcTimestamp } from '../src/lib/time.ts';
import { RawTrader } from '../test/integration/simulator-rest/channel-clients.ts';

/**
 * How much memory a simulator with --state takes while one FIX session sends market orders, and
 * after it was killed and made again from its state. Arguments: number of orders, rowsMax.
 * Needs `npm run build`.
 */
const [orders = '30000', rowsMax = '5000'] = process.argv.slice(2);
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const BATCH = 100;
const STEP = 5_000;

interface Announced {
  readonly fix: { readonly trading: { readonly port: number; readonly senderCompID: string } };
  readonly keys: readonly { readonly fixApiKey: string; readonly fixApiSecret: string }[];
}

const dir = mkdtempSync(join(tmpdir(), 'fathom-kept-memory-'));

const start = async (): Promise<{ readonly child: ChildProcess; readonly run: Announced }> => {
  const kept = ['--state', join(dir, 'state'), '--set', `memory.rowsMax=${rowsMax}`];
  const args = ['simulate', '--json', '--fix-plain', '--symbols', 'PF_XBTUSD', ...kept];
  const child = spawn(process.execPath, [MAIN, ...args, '--speed', 'fast'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, run: JSON.parse(line) as Announced };
};

const kill = async (child: ChildProcess): Promise<void> => {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
};

const say = (what: string, { pid }: ChildProcess): void => {
  const status = readFileSync(`/proc/${pid ?? 'self'}/status`, 'utf8');
  const mb = (name: string): number =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1_024);
  console.log(`${what.padEnd(24)} ${mb('VmRSS')} MB, peak ${mb('VmHWM')} MB`);
};

const { child, run } = await start();
const [key] = run.keys;
if (key === undefined) throw new Error('the simulator announces no key');
const { port, senderCompID } = run.fix.trading;
const trader = new RawTrader(port, senderCompID);
await trader.logon({
  apiKey: new Secret(key.fixApiKey),
  apiSecret: new Secret(key.fixApiSecret),
});
say('at start', child);
for (let sent = 1; sent <= Number(orders); sent += 1) {
  const side = 1 + (sent % 2);
  const at = toUtcTimestamp(systemClock.wall());
  const terms = `18=s|38=0.001|40=1|54=${side}|55=PF_XBTUSD|59=3|60=${at}`;
  trader.raw.send('D', `11=${randomUUID()}|${terms}`);
  // Each order is answered at least once; what is unanswered stays within two batches.
  while (sent % BATCH === 0 && trader.raw.received.length < sent - BATCH) await sleep(1);
  if (sent % STEP === 0) say(`after ${sent} orders`, child);
}
trader.raw.close();
await kill(child);
const again = await start();
say('made again', again.child);
await kill(again.child);
rmSync(dir, { recursive: true, force: true });
