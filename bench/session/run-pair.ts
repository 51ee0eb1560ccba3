import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type LoadResult } from './load.ts';

/** A program and its arguments. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

const START_MS_MAX = 60_000;
const RUN_MS_MAX = 180_000;
/** Some programs say that they listen a moment before they do. */
const SETTLE_MS = 300;

export interface PairResult extends LoadResult {
  /** Processor time of both programs, all threads, from the end of the warm-up; Linux only. */
  readonly cpuMs: number | undefined;
}

/**
 * Starts the server, then the client, and takes the client's result. Both are ended by their
 * process ids.
 */
export const runPair = async (server: Program, client: Program): Promise<PairResult> => {
  const started: ChildProcess[] = [];
  const errors: string[] = [];
  const start = ({ command, args }: Program): AsyncIterator<string> => {
    const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    started.push(child);
    child.stdin.on('error', () => undefined);
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString('latin1')));
    return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  };
  const lineOf = async (
    lines: AsyncIterator<string>,
    start: string,
    ms: number,
  ): Promise<string> => {
    const timer = setTimeout(() => {
      for (const child of started) child.kill('SIGKILL');
    }, ms);
    try {
      for (;;) {
        const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
        if (done === true) throw new Error(`no result within ${ms} ms: ${errors.join('')}`);
        if (value.startsWith(start)) return value;
      }
    } finally {
      clearTimeout(timer);
    }
  };
  try {
    await lineOf(start(server), 'listening', START_MS_MAX);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const lines = start(client);
    await lineOf(lines, 'measuring', START_MS_MAX);
    const before = cpuMsOf(started);
    const result = JSON.parse(await lineOf(lines, '{"p50Us"', RUN_MS_MAX)) as LoadResult;
    const after = cpuMsOf(started);
    const cpuMs = before === undefined || after === undefined ? undefined : after - before;
    return { ...result, cpuMs };
  } finally {
    await Promise.all(started.map(end));
  }
};

const MS_PER_TICK = 10;

/** User and system time of processes so far, by /proc. */
const cpuMsOf = (children: readonly ChildProcess[]): number | undefined => {
  let ticks = 0;
  for (const { pid } of children) {
    try {
      const stat = readFileSync(`/proc/${pid ?? 0}/stat`, 'latin1');
      // proc(5): after the name in brackets, utime and stime are the 12th and 13th field.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      return undefined;
    }
  }
  return ticks * MS_PER_TICK;
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
};
