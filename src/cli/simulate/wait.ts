import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { request } from 'undici';
import { systemClock } from '../../app/system-clock.ts';
import { parseDuration, type CliIo, EXIT } from '../shared/cli-io.ts';

interface Options {
  readonly admin: string;
  readonly for: number;
}

const LOOK_TIMEOUT_MS = 2_000;
const LOOK_EVERY_MS = 100;
const WAIT_MS = 60_000;

/**
 * `fathom simulate wait`: returns when a simulator in the background listens. Its admin endpoint
 * opens last: when it answers, every other port and the files of the run (`--ca-file`) are there.
 */
export const simulateWaitCommand = (io: CliIo): Command =>
  new Command('wait')
    .description('wait until a simulator listens on all its ports')
    .requiredOption('--admin <url>', 'its admin address: port base + 5')
    .option('--for <duration>', 'give up after this time (default: 1m)', parseDuration, WAIT_MS)
    .action(async (_options: unknown, command: Command) => {
      io.setExitCode(await wait(command.optsWithGlobals<Options>(), io));
    });

const wait = async ({ admin, for: waitMs }: Options, io: CliIo): Promise<number> => {
  if (!URL.canParse(admin)) {
    io.err(`--admin ${admin}: not a URL, such as http://127.0.0.1:4005`);
    return EXIT.badConfiguration;
  }
  const end = systemClock.monotonic() + waitMs;
  for (;;) {
    const problem = await look(admin);
    if (problem === undefined) return EXIT.ok;
    if (systemClock.monotonic() >= end) {
      io.err(`no simulator at ${admin} within ${waitMs / 1_000} s: ${problem}`);
      return EXIT.failed;
    }
    await sleep(LOOK_EVERY_MS);
  }
};

/** What is wrong; `undefined` when the simulator answers. */
const look = async (admin: string): Promise<string | undefined> => {
  try {
    const { statusCode, body } = await request(new URL('/stats', admin), {
      headersTimeout: LOOK_TIMEOUT_MS,
      bodyTimeout: LOOK_TIMEOUT_MS,
    });
    await body.dump();
    return statusCode === 200 ? undefined : `it answers with ${statusCode}`;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
};
