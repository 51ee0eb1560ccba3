import { type Environment } from '../config/overrides.ts';
import { type EpochMs } from '../lib/time.ts';

/** What a command touches of the outside: given, so that a test can read it. */
export interface CliIo {
  /** One line of the result. */
  readonly out: (line: string) => void;
  /** One line for the operator: problems, never results. */
  readonly err: (line: string) => void;
  readonly env: Environment;
  /** The day and time that decide what an operator is told; the system's when left out. */
  readonly now?: () => EpochMs;
  /** The exit code of the process, once what it still does has ended. */
  readonly setExitCode: (code: number) => void;
}

export const processIo: CliIo = {
  out: (line) => {
    process.stdout.write(`${line}\n`);
  },
  err: (line) => {
    process.stderr.write(`${line}\n`);
  },
  env: process.env,
  setExitCode: (code) => {
    process.exitCode = code;
  },
};

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, badConfiguration: 2, noEngine: 3 } as const;
