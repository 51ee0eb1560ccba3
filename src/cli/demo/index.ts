import { Command } from 'commander';
import { type CliIo, processIo, parseDuration } from '../shared/cli-io.ts';
// `import type`, or the import would stay in the output and load the engine.
import type { Options } from './run.ts';

/**
 * `fathom demo`: simulator, engine and a routing client in one process, trading before your eyes.
 */
export const demoCommand = (io: CliIo = processIo): Command =>
  new Command('demo')
    .description(
      'simulator, engine and a routing client that trades through it, live in the terminal',
    )
    .option('-c, --config <file>', 'the configuration', 'config/demo.json')
    .option(
      '--for <duration>',
      'end after this time, e.g. 20s or 2m; until Ctrl-C without',
      parseDuration,
    )
    .option('--plain-output', 'a line now and then instead of a screen that is drawn anew')
    .action(async (options: Options) => {
      // Engine and venue take a second to load, which no help has to wait for.
      const { demo } = await import('./run.ts');
      io.setExitCode(await demo(options, io));
    });
