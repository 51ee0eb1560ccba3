import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type LoadResult } from './load.ts';

/** A program and its arguments. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

const START_MS_MAX = 20_000;
const RUN_MS_MAX = 120_000;
/** Some programs say that they listen a moment before they do. */
const SETTLE_MS = 300;

/** Starts the server, then the client, and takes the client's result. Both are ended by their process ids. */
export const runPair = async (server: Program, client: Program): Promise<LoadResult> => {
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
    return JSON.parse(await lineOf(start(client), '{"p50Us"', RUN_MS_MAX)) as LoadResult;
  } finally {
    await Promise.all(started.map(end));
  }
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
};
