import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../../src/cli/shared/cli-io.ts';
import { ClientProcess } from './client-process.ts';
import { judgeMemory } from './memory-rule.ts';
import { checkMoney } from './money-check.ts';
import { CHANNELS, type LoadPlan } from './plan.ts';
import { isError, type LoadReport, renderReport } from './report.ts';
import { type Sample, SimulatorProcess } from './simulator-process.ts';

/**
 * npm run load -- --for 10m: the simulator under the load of many clients, judged at the end. See
 * bench/README.md.
 */
interface Options extends Omit<LoadPlan, 'forMs'> {
  readonly for: number;
  readonly json?: boolean;
  readonly keep?: string;
  readonly cpuProf?: string;
}

const SAMPLE_MS = 1_000;
/**
 * Garbage is collected before a reading this often, ten times in a short run; it stops the
 * simulator for as long as that takes.
 */
const COLLECT_MS_MAX = 30_000;
const COLLECT_TIMES_MIN = 10;
/** Without a terminal, a line for every tenth reading. */
const LINE_EVERY = 10;
const SETTLE_MS_MAX = 30_000;
/** How long a run waits for a channel that a busy machine has kept from its first request. */
const WORK_MS_MAX = 300_000;

const run = async (options: Options): Promise<LoadReport> => {
  const { for: forMs, instruments, rest, ws, fix, seed, restRate, fixRate, rows } = options;
  const plan: LoadPlan = { forMs, instruments, rest, ws, fix, seed, restRate, fixRate, rows };
  const dir = options.keep ?? mkdtempSync(join(tmpdir(), 'fathom-load-'));
  const ledger = join(dir, 'ledger.jsonl');
  const nodeArgs =
    options.cpuProf === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.cpuProf}`];
  const simulator = await SimulatorProcess.start(plan, { ledger, nodeArgs });
  try {
    return await drive(simulator, plan, { ledger, isQuiet: options.json === true });
  } finally {
    await simulator.stop();
    if (options.keep === undefined) rmSync(dir, { recursive: true });
  }
};

const drive = async (
  simulator: SimulatorProcess,
  plan: LoadPlan,
  { ledger, isQuiet }: { readonly ledger: string; readonly isQuiet: boolean },
): Promise<LoadReport> => {
  const { venue } = simulator;
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  const samples: Sample[] = [await simulator.sample(0, true)];
  const clients = CHANNELS.filter((channel) => plan[channel] > 0).map(
    (channel) => new ClientProcess({ channel, plan, venue }),
  );
  const problems: string[] = [];
  const collectMs = Math.min(COLLECT_MS_MAX, plan.forMs / COLLECT_TIMES_MIN);
  let collectAt = collectMs;
  const isOver = () =>
    elapsed() >= plan.forMs && (clients.every(hasWorked) || elapsed() >= plan.forMs + WORK_MS_MAX);
  while (!isOver()) {
    const restMs = plan.forMs - elapsed();
    await sleep(restMs > 0 ? Math.min(SAMPLE_MS, restMs) : SAMPLE_MS);
    const isDue = elapsed() >= collectAt;
    if (isDue) collectAt += collectMs;
    samples.push(await simulator.sample(elapsed(), isDue));
    if (!isQuiet) progress(elapsed(), clients, samples);
    if (!clients.every((client) => client.isRunning)) break;
  }
  samples.push(await simulator.sample(elapsed(), true));
  const seconds = elapsed() / 1_000;
  const ended = await Promise.all(clients.map((client) => client.end()));
  const accounts = await settled(simulator, problems);
  await simulator.stop();
  const money = await checkMoney(ledger, accounts);
  const memory = judgeMemory(samples);
  const channels = clients.map(({ channel, counts, latencies }, i) => ({
    ...{ channel, counts, latencies, ended: ended[i] === true },
  }));
  problems.push(...money.problems, ...problemsOf(channels));
  if (!memory.isBounded) problems.push('the memory grows');
  const cpu = (samples[samples.length - 1]?.cpuSeconds ?? 0) - (samples[0]?.cpuSeconds ?? 0);
  return { plan, seconds, channels, samples, simulatorCpu: cpu / seconds, memory, money, problems };
};

/** Whether a channel has done what it is for, and not only connected. */
const hasWorked = ({ counts }: Pick<ClientProcess, 'counts'>): boolean =>
  (counts['requests'] ?? counts['frames'] ?? 0) > 0;

const problemsOf = (channels: LoadReport['channels']): readonly string[] =>
  channels.flatMap(({ channel, counts, ended }) => [
    ...(ended ? [] : [`the ${channel} clients died`]),
    ...(hasWorked({ counts }) ? [] : [`${channel} did nothing`]),
    ...Object.entries(counts).flatMap(([name, total]) =>
      isError(name) ? [`${channel}: ${name.slice(7)} (${total} times)`] : [],
    ),
  ]);

/**
 * Waits until every client has cancelled: then no fill changes a position, and two readings agree.
 */
const settled = async (simulator: SimulatorProcess, problems: string[]) => {
  const since = performance.now();
  for (;;) {
    const accounts = await simulator.accounts();
    const open = Object.values(accounts).reduce(
      (sum, { openOrders }) => sum + openOrders.length,
      0,
    );
    if (open === 0) return accounts;
    if (performance.now() - since > SETTLE_MS_MAX) {
      problems.push(`${open} orders are still open`);
      return accounts;
    }
    await sleep(SAMPLE_MS);
  }
};

const progress = (atMs: number, clients: readonly ClientProcess[], samples: readonly Sample[]) => {
  const sum = (name: string): number =>
    clients.reduce((total, { counts }) => total + (counts[name] ?? 0), 0);
  const errors = clients
    .flatMap(({ counts }) => Object.entries(counts))
    .reduce((total, [name, times]) => total + (isError(name) ? times : 0), 0);
  const last = samples[samples.length - 1];
  const before = samples[samples.length - 2];
  const cpu =
    last === undefined || before === undefined
      ? 0
      : ((last.cpuSeconds - before.cpuSeconds) * 1e5) / (last.atMs - before.atMs);
  const line =
    `${Math.round(atMs / 1_000)} s  requests ${sum('requests')}  orders ${sum('orders')}  frames ${sum('frames')}  ` +
    `errors ${errors}  simulator ${Math.round((last?.rss ?? 0) / 1_048_576)} MB, ${Math.round(cpu)} %`;
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`);
  else if (samples.length % LINE_EVERY === 0) console.log(line);
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const parseCount = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('give a whole number');
  return value;
};

const parseRate = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('give a number above zero');
  return value;
};

const options = new Command('load')
  .description(
    'drives `fathom simulate` with many clients on loopback and judges it; exit code 1 when something is wrong',
  )
  .option('--for <duration>', 'how long, e.g. 10m', parseDuration, 60_000)
  .option('--instruments <number>', 'contracts', parseCount, 200)
  .option('--rest <number>', 'REST clients', parseCount, 100)
  .option('--ws <number>', 'WebSocket clients', parseCount, 100)
  .option('--fix <number>', 'FIX sessions', parseCount, 20)
  .option('--rest-rate <number>', 'requests a second of one REST client', parseRate, 2)
  .option('--fix-rate <number>', 'orders and cancels a second of one FIX session', parseRate, 5)
  .option(
    '--rows <number>',
    'rows of each history that the simulator keeps: few, so that they are full early and only a leak goes on growing',
    parseCount,
    5_000,
  )
  .option('--seed <number>', 'of simulator and clients', parseCount, 1)
  .option('--json', 'one JSON object at the end instead of tables')
  .option('--keep <dir>', 'leave the ledger there')
  .option('--cpu-prof <dir>', 'profile the simulator')
  .parse()
  .opts<Options>();

const report = await run(options);
console.log(options.json === true ? JSON.stringify(report) : `\n${renderReport(report)}`);
process.exitCode = report.problems.length === 0 ? 0 : 1;
