import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { request } from 'undici';
import { type CliIo, EXIT } from '../cli-io.ts';

interface Options {
  readonly admin: string;
  readonly file?: string;
}

const TIMEOUT_MS = 5_000;

/** `fathom simulate fault …`: asks a running simulator for a fault. */
export const simulateFaultCommand = (io: CliIo): Command =>
  new Command('fault')
    .description('ask a running simulator for a fault, live')
    .argument('[kind]', 'e.g. http-error, answer-lost, link-cut, rollover, maintenance')
    .argument('[fields...]', 'name=value, e.g. status=502 when=after endpoints=["sendorder"]')
    .requiredOption('--admin <url>', 'the admin address that the simulator printed')
    .option('--file <scenario>', 'run a scenario file instead of one fault')
    .action(async (kind: string | undefined, fields: readonly string[], options: Options) => {
      io.setExitCode(await ask(kind, fields, { options, io }));
    });

const ask = async (
  kind: string | undefined,
  fields: readonly string[],
  { options, io }: { readonly options: Options; readonly io: CliIo },
): Promise<number> => {
  const { file, admin } = options;
  if (kind === undefined && file === undefined) {
    io.err('name a fault, or give a scenario by --file');
    return EXIT.failed;
  }
  const body = file === undefined ? faultJson(kind ?? '', fields) : readFileSync(file, 'utf8');
  const path = file === undefined ? '/fault' : '/scenario';
  try {
    const answer = await request(new URL(path, admin), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    const text = await answer.body.text();
    (answer.statusCode === 200 ? io.out : io.err)(text);
    return answer.statusCode === 200 ? EXIT.ok : EXIT.failed;
  } catch (error) {
    io.err(`no simulator at ${admin}: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT.failed;
  }
};

/** Values are JSON when they can be read as JSON, text otherwise. */
const faultJson = (kind: string, fields: readonly string[]): string =>
  JSON.stringify({
    kind,
    ...Object.fromEntries(
      fields.map((field) => {
        const at = field.indexOf('=');
        return at < 0 ? [field, true] : [field.slice(0, at), valueOf(field.slice(at + 1))];
      }),
    ),
  });

const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
