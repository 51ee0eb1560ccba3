import Table from 'cli-table3';
import { type MemoryVerdict } from './memory-rule.ts';
import { type MoneyCheck } from './money-check.ts';
import { type Channel, type LatencyRow, type LoadPlan } from './plan.ts';
import { type Sample } from './simulator-process.ts';

/** The report of a load run. */
export interface LoadReport {
  readonly plan: LoadPlan;
  readonly seconds: number;
  readonly channels: readonly ChannelReport[];
  readonly samples: readonly Sample[];
  /** Share of one processor that the simulator used while the clients ran. */
  readonly simulatorCpu: number;
  readonly memory: MemoryVerdict;
  readonly money: MoneyCheck;
  readonly problems: readonly string[];
}

interface ChannelReport {
  readonly channel: Channel;
  readonly counts: Readonly<Record<string, number>>;
  readonly latencies: readonly LatencyRow[];
  readonly ended: boolean;
}

const MB = 1_048_576;
const megabytes = (bytes: number): string => `${Math.round(bytes / MB)} MB`;
const count = (value: number): string => Math.round(value).toLocaleString('en');
const ms = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const drawn = new Table({
    head: [...head],
    colAligns: head.map((_, i) => (i < 1 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) drawn.push([...row]);
  return drawn.toString();
};

export const isError = (name: string): boolean => name.startsWith('error: ');

export const renderReport = (report: LoadReport): string =>
  [latencyTable(report), countTable(report), memoryTable(report), verdict(report)].join('\n\n');

const latencyTable = ({ channels }: LoadReport): string =>
  table(
    ['milliseconds', 'channel', 'count', 'p50', 'p90', 'p99', 'max'],
    channels.flatMap(({ channel, latencies }) =>
      [...latencies]
        .sort((a, b) => b.count - a.count)
        .map(({ name, count: seen, p50, p90, p99, max }) => [
          name,
          channel,
          count(seen),
          ms(p50),
          ms(p90),
          ms(p99),
          ms(max),
        ]),
    ),
  );

const countTable = ({ channels, seconds }: LoadReport): string =>
  table(
    ['counted', 'channel', 'total', 'a second'],
    channels.flatMap(({ channel, counts }) =>
      Object.entries(counts)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, total]) => [name, channel, count(total), (total / seconds).toFixed(1)]),
    ),
  );

/** The readings after a collection of garbage, and the last one. */
const memoryTable = ({ samples }: LoadReport): string => {
  const last = samples[samples.length - 1];
  const shown = samples.filter((sample) => {
    return sample.alive !== undefined || sample === last;
  });
  return table(
    ['simulator after', 'RSS', 'heap used', 'alive', 'ledger lines'],
    shown.map(({ atMs, rss, heapUsed, alive, ledgerLines }) => [
      `${Math.round(atMs / 1_000)} s`,
      megabytes(rss),
      megabytes(heapUsed),
      alive === undefined ? '' : megabytes(alive),
      count(ledgerLines),
    ]),
  );
};

const verdict = ({ memory, money, problems, simulatorCpu, seconds, plan }: LoadReport): string =>
  [
    `${plan.instruments} instruments, ${plan.rest} REST, ${plan.ws} WebSocket, ${plan.fix} FIX for ${Math.round(seconds)} s; the simulator used ${Math.round(simulatorCpu * 100)} % of one processor`,
    `memory alive after collections: ${memory.afterWarmUp === undefined ? 'not read' : megabytes(memory.afterWarmUp)} after warm-up, ${megabytes(memory.atEnd)} at the end (at most ${megabytes(memory.allowed)})`,
    `money: ${count(money.entries)} ledger lines, ${count(money.fills)} fills, ${count(money.positions)} positions and ${count(money.balances)} balances of ${money.accounts} accounts compared`,
    ...problems.map((problem) => `PROBLEM ${problem}`),
    problems.length === 0 ? 'passed' : 'FAILED',
  ].join('\n');
