import { type Environment } from '../../config/load/overrides.ts';
import { fileFault } from '../../lib/files/file-fault.ts';
import { escapeHiddenInLines } from '../../lib/plain-text.ts';
import { makeRedactor } from '../../lib/redaction/redactor.ts';
import { type Secret } from '../../lib/secret.ts';
import { type EpochMs } from '../../lib/time.ts';
import { InvalidArgumentError, type Command, CommanderError } from 'commander';

/** What a command touches of the outside: given, so that a test can read it. */
export interface CliIo {
  /**
   * One line of the result. Characters that are not seen are escaped on their way to a terminal or
   * a file.
   */
  readonly out: (line: string) => void;
  /** One line for the operator: problems, never results. */
  readonly err: (line: string) => void;
  readonly env: Environment;
  /** The time for messages that depend on the day; the system's when left out. */
  readonly now?: () => EpochMs;
  /** The exit code of the process, once what it still does has ended. */
  readonly setExitCode: (code: number) => void;
  /**
   * Aborted when the reader of the output is gone: a command that only shows something ends then.
   */
  readonly readerGone?: AbortSignal;
}

const readerGone = new AbortController();
let outputFault: string | undefined;

export const processIo: CliIo = {
  out: (line) => {
    if (!readerGone.signal.aborted) process.stdout.write(`${escapeHiddenInLines(line)}\n`);
  },
  err: (line) => {
    process.stderr.write(`${escapeHiddenInLines(line)}\n`);
  },
  env: process.env,
  setExitCode: (code) => {
    process.exitCode = code === EXIT.ok && outputFault !== undefined ? EXIT.failed : code;
  },
  readerGone: readerGone.signal,
};

/**
 * Handles a closed pipe, as in `fathom … | head`. It is no failure, and no reason to leave a
 * download, a withdrawal or a running engine half way: further output is dropped, and the command
 * ends as it would have. Called once, for the whole process.
 */
export const watchOutput = (): void => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (readerGone.signal.aborted) return;
    if (error.code !== 'EPIPE') {
      outputFault = fileFault(error);
      processIo.err(`standard output: ${outputFault}`);
      processIo.setExitCode(Number(process.exitCode ?? EXIT.ok));
    }
    readerGone.abort();
  });
  // There is no other place to report this error.
  process.stderr.on('error', () => undefined);
};

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, badConfiguration: 2, noEngine: 3 } as const;

/**
 * The same, with the key of a command masked in whatever it prints, and what looks like a key.
 * `text` masks what is laid out before it is printed: a value that a table wraps, or a screen cuts
 * off, is not found in the lines.
 */
export const withoutSecrets = (
  io: CliIo,
  secrets: Iterable<Secret>,
): CliIo & { readonly text: (from: string) => string } => {
  const { text } = makeRedactor(secrets);
  return {
    text,
    ...io,
    out: (line) => {
      io.out(text(line));
    },
    err: (line) => {
      io.err(text(line));
    },
  };
};

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `20s`, `2m`, `500ms`, `1h`, or plain seconds, as milliseconds; for options of commands. */
export const parseDuration = (text: string): number => {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  const unit = UNIT_MS[parts?.[2] ?? 's'];
  const ms = parts === null || unit === undefined ? Number.NaN : Number(parts[1]) * unit;
  if (!(ms > 0)) throw new InvalidArgumentError('give a time above 0 such as 20s, 500ms or 2m');
  return ms;
};

/**
 * Runs a command line. What commander refuses, any command's, is a wrong option; it has said why.
 */
export const runProgram = async (
  program: Command,
  args: readonly string[],
  io: CliIo,
): Promise<void> => {
  throwInsteadOfExit(program);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    // --help and --version end with 0. Help is also shown when no command was named: an error.
    io.setExitCode(cause.exitCode === 0 ? EXIT.ok : EXIT.badConfiguration);
  }
};

/** Commands that are added to others do not inherit it. */
const throwInsteadOfExit = (command: Command): void => {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
};
