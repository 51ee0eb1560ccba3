import { Command } from 'commander';
import { type CliIo, parseDuration, processIo } from '../shared/cli-io.ts';
import { parsePort, parseSeed } from '../simulate/options.ts';
// `import type`, or the import would stay in the output and load the engine.
import type { Options } from './run.ts';

const DEFAULT_PORT = 5001;

/** `fathom sandbox`: simulator and engine in one process, for a FIX client of your own. */
export const sandboxCommand = (io: CliIo = processIo): Command =>
  new Command('sandbox')
    .description('the whole sandbox: simulator, engine, and a FIX port that waits for your client')
    .option('--dir <folder>', 'where certificate, keys, configuration and logs go', 'var/sandbox')
    .option(
      '--port <port>',
      'of the client session; 0 lets the system choose',
      (text) => (text === '0' ? 0 : parsePort(text)),
      DEFAULT_PORT,
    )
    .option('--client-tls', 'the client session speaks TLS, with the certificate in the folder')
    .option('--seed <number>', 'of the market', parseSeed)
    .option(
      '--for <duration>',
      'end after this time, e.g. 10m; until Ctrl-C without',
      parseDuration,
    )
    .option('--json', 'print one JSON object once orders pass')
    .action(async (options: Options) => {
      // Engine and venue take a second to load, which no help has to wait for.
      const { sandbox } = await import('./run.ts');
      io.setExitCode(await sandbox(options, io));
    });
