import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { type Certificate } from '../src/simulator/certificate.ts';
import { type Contestant, contestants } from './session/contestants.ts';
import { type LoadPlan } from './session/load.ts';
import { type PairResult, runPair } from './session/run-pair.ts';

/** One contestant, medians of the rounds. */
interface SessionRow {
  readonly name: string;
  readonly transport: 'TCP' | 'TLS';
  /** The reason why there are no numbers. */
  readonly missing?: string;
  readonly p50Us?: number;
  readonly p99Us?: number;
  readonly ordersPerSecond?: number;
  /** Microseconds of processor time of both ends for an order and its report. */
  readonly cpuUs?: number;
  /** p50 against the socket echo of the same transport. */
  readonly p50Ratio?: number;
  /**
   * Orders per second, and processor time, against QuickFIX C++ with its file store, same
   * transport.
   */
  readonly throughputRatio?: number;
  readonly cpuRatio?: number;
}

export const SESSION_PLAN: LoadPlan = {
  warmUpOrders: 3_000,
  roundTrips: 1_000,
  orders: 10_000,
  outstanding: 500,
};

/**
 * Round trip and throughput of NewOrderSingle to ExecutionReport over loopback: each engine at both
 * ends, in two processes. All contestants run in turn, round by round, so that what else the
 * machine does hits each alike.
 */
export const benchSession = async (
  rounds: number,
  plan: LoadPlan = SESSION_PLAN,
  isWanted: (label: string) => boolean = () => true,
): Promise<readonly SessionRow[]> => {
  const workDir = mkdtempSync(join(tmpdir(), 'fathom-bench-'));
  try {
    const all = contestants(workDir, await makeCertificate()).filter((contestant) =>
      isWanted(labelOf(contestant)),
    );
    const results = new Map<Contestant, PairResult[]>();
    for (let round = 0; round < rounds; round++) {
      for (const [index, contestant] of all.entries()) {
        if (contestant.missing !== undefined) continue;
        const dir = join(workDir, `${round}-${index}`);
        const run = { port: await freePort(), dir, plan };
        const result = await runPair(
          contestant.program({ ...run, role: 'server' }),
          contestant.program({ ...run, role: 'client' }),
        );
        rmSync(dir, { recursive: true, force: true });
        results.set(contestant, [...(results.get(contestant) ?? []), result]);
        process.stderr.write(`round ${round + 1}/${rounds}: ${labelOf(contestant)}\n`);
      }
    }
    return withRatios(
      all.map((contestant) => toRow(contestant, results.get(contestant) ?? [], plan)),
    );
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
};

/** `npm run bench -- session`. */
export const runSession = async (rounds: number, isJson: boolean): Promise<void> => {
  const rows = await benchSession(rounds);
  const cpu = cpus()[0]?.model;
  if (isJson) {
    console.log(
      JSON.stringify({ node: process.version, cpu, rounds, plan: SESSION_PLAN, session: rows }),
    );
    return;
  }
  console.log(
    `${cpu ?? 'unknown processor'}, Node ${process.version}, medians of ${rounds} rounds, interleaved; load average ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}\n`,
  );
  console.log(sessionTable(rows));
};

/** The table as text. */
export const sessionTable = (rows: readonly SessionRow[]): string => {
  const width = Math.max(...rows.map((row) => labelOf(row).length));
  const line = (name: string, ...cells: readonly string[]): string =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(10))].join('  ');
  const number = (value: number | undefined, digits: number): string =>
    value === undefined || Number.isNaN(value)
      ? '-'
      : value.toLocaleString('en', {
          minimumFractionDigits: digits,
          maximumFractionDigits: digits,
        });
  return [
    line(
      'order to report, both ends',
      'p50 us',
      'p99 us',
      'x echo',
      'orders/s',
      'x QuickFIX',
      'cpu us',
      'x QuickFIX',
    ),
    ...rows.map((row) =>
      row.missing === undefined
        ? line(
            labelOf(row),
            number(row.p50Us, 0),
            number(row.p99Us, 0),
            number(row.p50Ratio, 2),
            number(row.ordersPerSecond, 0),
            number(row.throughputRatio, 2),
            number(row.cpuUs, 0),
            number(row.cpuRatio, 2),
          )
        : `${labelOf(row).padEnd(width)}  not measured: ${row.missing}`,
    ),
  ].join('\n');
};

const labelOf = ({ name, transport }: Pick<Contestant, 'name' | 'transport'>): string =>
  `${transport}  ${name}`;

const toRow = (
  { name, transport, missing }: Contestant,
  results: readonly PairResult[],
  { roundTrips, orders }: LoadPlan,
): SessionRow =>
  missing === undefined
    ? {
        name,
        transport,
        p50Us: median(results.map(({ p50Us }) => p50Us)),
        p99Us: median(results.map(({ p99Us }) => p99Us)),
        ordersPerSecond: median(results.map(({ ordersPerSecond }) => ordersPerSecond)),
        cpuUs: median(
          results.map(({ cpuMs }) => ((cpuMs ?? Number.NaN) * 1_000) / (roundTrips + orders)),
        ),
      }
    : { name, transport, missing };

const withRatios = (rows: readonly SessionRow[]): readonly SessionRow[] =>
  rows.map((row) => {
    const peer = (name: string): SessionRow | undefined =>
      rows.find((other) => other.name === name && other.transport === row.transport);
    const echo = peer('raw socket echo')?.p50Us;
    const quickfix = peer('QuickFIX C++, file store');
    return {
      ...row,
      ...(row.p50Us !== undefined && echo !== undefined && { p50Ratio: row.p50Us / echo }),
      ...(row.ordersPerSecond !== undefined &&
        quickfix?.ordersPerSecond !== undefined && {
          throughputRatio: row.ordersPerSecond / quickfix.ordersPerSecond,
        }),
      ...(row.cpuUs !== undefined &&
        quickfix?.cpuUs !== undefined && { cpuRatio: row.cpuUs / quickfix.cpuUs }),
    };
  });

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port'));
        else resolve(address.port);
      });
    });
  });

/** RSA, since QuickFIX 1.15 takes no other. */
const makeCertificate = async (): Promise<Certificate> => {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  return { key: pems.private, cert: pems.cert };
};
