import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CliIo } from '../../../../src/cli/shared/cli-io.ts';
import { fixLog, type FixLogCommandOptions } from '../../../../src/cli/fix-log/index.ts';

const NEVER = new AbortController().signal;

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export const makeIo = (): {
  io: CliIo;
  out: string[];
  err: string[];
  code: () => number | undefined;
} => {
  const out: string[] = [];
  const err: string[] = [];
  let code: number | undefined;
  const io: CliIo = {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    env: {},
    setExitCode: (value) => {
      code = value;
    },
  };
  return { io, out, err, code: () => code };
};

export const run = async (file: string, options: FixLogCommandOptions = {}): Promise<Run> => {
  const { io, out, err } = makeIo();
  const code = await fixLog(file, options, io, NEVER);
  return { code, out: out.join('\n'), err: err.join('\n') };
};

export interface Json {
  readonly type: string;
  readonly line: number;
  readonly at?: string;
  readonly direction?: string;
  readonly name?: string;
  readonly fields?: readonly {
    readonly tag: number;
    readonly name?: string;
    readonly value: string;
    readonly meaning?: string;
    readonly entries?: readonly (readonly { readonly tag: number; readonly value: string }[])[];
  }[];
}

export const json = async (
  file: string,
  options: FixLogCommandOptions = {},
): Promise<readonly Json[]> => {
  const { out } = await run(file, { ...options, json: true });
  return out === '' ? [] : out.split('\n').map((line) => JSON.parse(line) as Json);
};

export const LF = Buffer.from('\n');

export const header = (sender: string, target: string): string =>
  `34=7|49=${sender}|56=${target}|52=20261122-11:59:59.500|`;

export const heartbeat = (sender: string, target: string): string =>
  `35=0|${header(sender, target)}`;

/** A log of these lines. */
export const writeLog = (dir: string, lines: readonly (string | Buffer)[]): string => {
  const path = join(dir, 'messages.log');
  writeFileSync(path, Buffer.concat(lines.flatMap((line) => [Buffer.from(line), LF])));
  return path;
};
