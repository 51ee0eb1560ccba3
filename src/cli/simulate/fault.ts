import { Command } from 'commander';
import { request } from 'undici';
import { faultHelp, isText } from '../../simulator/faults/fault-help.ts';
import { type CliIo, EXIT } from '../shared/cli-io.ts';
import { readFileOf, StartRefusal } from './refusal.ts';

interface Options {
  readonly admin: string;
  readonly file?: string;
}

const TIMEOUT_MS = 5_000;

/** `fathom simulate fault …`: injects a fault into a running simulator. */
export const simulateFaultCommand = (io: CliIo): Command =>
  new Command('fault')
    .description('ask a running simulator for a fault, live')
    .argument('[kind]', 'one of those below')
    .argument('[fields...]', 'name=value, e.g. status=502 when=after endpoints=["sendorder"]')
    .requiredOption('--admin <url>', 'the admin address that the simulator printed')
    .option('--file <scenario>', 'run a scenario file instead of one fault')
    .addHelpText('after', FAULT_HELP)
    .action(async (kind: string | undefined, fields: readonly string[], options: Options) => {
      io.setExitCode(await ask(kind, fields, { options, io }));
    });

const FAULT_HELP = `
Faults and their fields (* must be given). Those with times, forMs or chance wait to be met; a fault that waits without any of them is
met once. DELETE /fault at the admin address lifts every fault that waits.

${faultHelp()}
`;

const ask = async (
  kind: string | undefined,
  fields: readonly string[],
  { options, io }: { readonly options: Options; readonly io: CliIo },
): Promise<number> => {
  const { file, admin } = options;
  if (kind === undefined && file === undefined) {
    io.err('name a fault, or give a scenario by --file');
    return EXIT.badConfiguration;
  }
  const path = file === undefined ? '/fault' : '/scenario';
  try {
    const body = file === undefined ? faultJson(kind ?? '', fields) : readFileOf('--file', file);
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
    if (error instanceof StartRefusal) {
      io.err(error.message);
      return EXIT.badConfiguration;
    }
    io.err(`no simulator at ${admin}: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT.failed;
  }
};

/** Reads a value as JSON where the fault takes no text and the value is JSON, else as text. */
const faultJson = (kind: string, fields: readonly string[]): string =>
  JSON.stringify({
    kind,
    ...Object.fromEntries(
      fields.map((field) => {
        const at = field.indexOf('=');
        const name = at < 0 ? field : field.slice(0, at);
        const text = field.slice(at + 1);
        return [name, at < 0 ? true : isText(kind, name) ? text : valueOf(text)];
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
