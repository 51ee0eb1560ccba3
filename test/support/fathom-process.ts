import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The built program, as an operator runs it. */
export const FATHOM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

type Env = Readonly<Record<string, string>>;

/** Runs `fathom` to its end. */
export const runFathom = async (args: readonly string[], env: Env = {}): Promise<Ended> => {
  const child = spawn(process.execPath, [FATHOM, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return ended(child);
};

/** `fathom … | head -n 1`: the exit code of `fathom`, and the line. */
export const headOfFathom = async (args: readonly string[], env: Env = {}): Promise<Ended> => {
  const command = '"$0" "$@" | head -n 1; exit "${PIPESTATUS[0]}"';
  const child = spawn('bash', ['-c', command, process.execPath, FATHOM, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return ended(child);
};

const ended = async (child: ChildProcessByStdio<null, Readable, Readable>): Promise<Ended> => {
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, out, err };
};

export interface Sandbox {
  readonly child: ChildProcess;
  readonly run: {
    readonly rest: string;
    readonly ws: string;
    readonly keys: readonly { readonly apiKey: string; readonly apiSecret: string }[];
  };
  readonly stop: () => Promise<void>;
}

/** `fathom simulate --json`, once it listens. */
export const startSandbox = async (...args: readonly string[]): Promise<Sandbox> => {
  const child = spawn(process.execPath, [FATHOM, 'simulate', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve) =>
    createInterface(child.stdout).once('line', resolve),
  );
  const stop = async (): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  return { child, run: JSON.parse(line) as Sandbox['run'], stop };
};
