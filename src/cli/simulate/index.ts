import { Command } from 'commander';
import { simulateFaultCommand } from './fault.ts';
import {
  collect,
  DEFAULT_CLIENTS,
  DEFAULT_COMP_ID,
  DEFAULT_SEED,
  INSTRUMENTS_HELP,
  type Options,
  parseClients,
  parseCompID,
  parseInstruments,
  parsePort,
  parseSeed,
  parseSpeed,
  parseSymbols,
} from './options.ts';
import { simulateWaitCommand } from './wait.ts';
import { type CliIo, processIo, parseDuration } from '../shared/cli-io.ts';

/** `fathom simulate`: the venue as a process of its own. */
export const simulateCommand = (io: CliIo = processIo): Command =>
  new Command('simulate')
    .description('run the venue simulator: a seeded market behind Kraken’s FIX, REST and WebSocket')
    .option('--seed <number>', `of everything random (default: ${DEFAULT_SEED})`, parseSeed)
    .option(
      '--speed <pace>',
      'of the background market: off, slow, normal, fast, or how many times as fast as normal (default: normal)',
      parseSpeed,
      1,
    )
    .option(
      '--port-base <port>',
      'REST listens on this, WebSocket on + 1, FIX on + 2 (L2), + 3 (trading) and + 4 (L3), admin on + 5',
      parsePort,
    )
    .option(
      '--comp-id <id>',
      `SenderCompID of the first client (default: ${DEFAULT_COMP_ID})`,
      parseCompID,
    )
    .option(
      '--clients <number>',
      `accounts with keys of their own (default: ${DEFAULT_CLIENTS})`,
      parseClients,
    )
    .option('--keys <file>', 'accounts, keys and CompIDs instead of made ones')
    .option('--symbols <list>', 'contracts to list, by comma', parseSymbols)
    .option('--instruments <number>', INSTRUMENTS_HELP, parseInstruments)
    .option('--replay <file>', 'recorded trades and books instead of the seeded agents')
    .option('--settings <file>', 'what the venue does one way and may do another')
    .option('--set <path=value>', 'one setting, e.g. feeds.info=omit; may be repeated', collect, [])
    .option('--state <dir>', 'keep the venue there over restarts')
    .option('--plain', 'REST and WebSocket without TLS')
    .option('--fix-plain', 'FIX without TLS')
    .option('--scenario <file>', 'faults in time, see config/scenarios/README.md')
    .option('--scenario-seed <number>', 'faults drawn by a seed', parseSeed)
    .option('--ca-file <file>', 'write the certificate of the run there')
    .option('--ledger <file>', 'append the truth about every order and fill there, as JSON lines')
    .option('--for <duration>', 'end after this time, e.g. 10m', parseDuration)
    .option('--json', 'print one JSON object when everything listens; implies --plain')
    .addCommand(simulateFaultCommand(io))
    .addCommand(simulateWaitCommand(io))
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (options: Options) => {
      // The venue's modules take a second to load, which no help has to wait for.
      const { simulate } = await import('./run.ts');
      io.setExitCode(await simulate(options, io));
    });

const ENVIRONMENT_HELP = `
The clients' keys are made for the run and printed, unless FATHOM_SIM_FIX_API_KEY, FATHOM_SIM_FIX_API_SECRET, FATHOM_SIM_API_KEY and
FATHOM_SIM_API_SECRET (base64) give those of the first client, or --keys gives them all. See docs/simulator.md.`;
