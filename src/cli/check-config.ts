import Table from 'cli-table3';
import { Command } from 'commander';
import { problemToLine } from '../config/config-problem.ts';
import { type EffectiveRow } from '../config/load/effective-rows.ts';
import { loadConfig } from '../config/load/load-config.ts';
import { type CliIo, EXIT, processIo } from './shared/cli-io.ts';
import { sayEndOfLife } from './shared/venue-options.ts';

interface Options {
  readonly config: string;
  readonly json?: boolean;
}

/**
 * `fathom check-config --config FILE [--json]`: what the engine would run with, and where each
 * value comes from.
 */
export const checkConfigCommand = (io: CliIo = processIo): Command =>
  new Command('check-config')
    .description('check a configuration and print every effective value with its source')
    .requiredOption('-c, --config <file>', 'the configuration file')
    .option('--json', 'print JSON instead of a table')
    .action((options: Options) => {
      io.setExitCode(checkConfig(options, io));
    });

/** The exit code: 0, or 2 with one line per problem on the error stream. */
const checkConfig = ({ config: path, json = false }: Options, io: CliIo): number => {
  const loaded = loadConfig({ path, env: io.env });
  if (!loaded.ok) {
    for (const problem of loaded.error) io.err(problemToLine(problem));
    return EXIT.badConfiguration;
  }
  const { rows, config, warnings } = loaded.value;
  io.out(json ? JSON.stringify(rows, undefined, 2) : toTable(rows));
  for (const warning of warnings) io.err(`warning: ${warning}`);
  sayEndOfLife(config.endOfLife, io);
  return EXIT.ok;
};

const toTable = (rows: readonly EffectiveRow[]): string => {
  const table = new Table({
    head: ['key', 'value', 'source'],
    // Plain text: the table is read by people, by grep and by diff.
    style: { head: [], border: [], compact: true },
  });
  for (const { key, value, source } of rows) table.push([key, value, source]);
  return table.toString();
};
