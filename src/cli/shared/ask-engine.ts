import { type Command } from 'commander';
import { callControl } from '../../control/control-client.ts';
import { type ControlArgs, type ControlError } from '../../control/control-message.ts';
import { type CliIo, EXIT, parseDuration } from './cli-io.ts';
import { controlAddressOf, type EngineOptions } from './control-address.ts';
import { print, watch, type WatchOptions } from './watch.ts';

/** What every command takes that shows something of a running engine. */
export interface ShowOptions extends EngineOptions, WatchOptions {
  readonly json?: boolean;
}

/** Where the engine is: `--config` and `--socket`. */
export const withEngine = (command: Command): Command =>
  command
    .option(
      '-c, --config <file>',
      'the configuration of the engine, which names its control socket',
    )
    .option('-s, --socket <path>', 'the control socket itself');

/** How it is shown: `--json`, `--watch`, `--for`. */
export const withShow = (command: Command): Command =>
  command
    .option('--json', 'print JSON with every field; one object a line with --watch')
    .option(
      '--watch [interval]',
      'show it again and again until Ctrl-C, every 5 s unless told otherwise',
      parseDuration,
    )
    .option('--for <duration>', 'end a --watch after this time, e.g. 10m', parseDuration);

export interface EngineCaller {
  readonly io: CliIo;
  /** The control socket's; a test gives its own. */
  readonly call?: typeof callControl;
}

interface Shown<T> {
  readonly verb: string;
  readonly args?: ControlArgs;
  /** How long one answer may take. */
  readonly timeoutMs?: number;
  /** For people; `--json` prints the answer as it is. */
  readonly toText: (answer: T) => string;
  /** `EXIT.ok` for every answer when left out. */
  readonly exitCodeOf?: (answer: T) => number;
}

/**
 * Asks a running engine and shows its answer, once or as `--watch` says. Returns the exit code of
 * the last answer: 1 when it refused, 2 when no engine is named, 3 when none listens.
 */
export const showFromEngine = async <T>(
  options: ShowOptions,
  { io, call = callControl }: EngineCaller,
  { verb, args, timeoutMs, toText, exitCodeOf }: Shown<T>,
): Promise<number> => {
  const address = controlAddressOf(options, io);
  if (address === undefined) return EXIT.badConfiguration;
  let code: number = EXIT.failed;
  const once = async (): Promise<void> => {
    const answer = await call(address.socket, verb, args, timeoutMs);
    if (!answer.ok) {
      code = sayRefused(answer.error, io);
      return;
    }
    // The engine is of this version: its answer has the shape that the verb promises.
    const value = answer.value as T;
    code = exitCodeOf?.(value) ?? EXIT.ok;
    if (options.json === true) {
      io.out(JSON.stringify(value, undefined, options.watch === undefined ? 2 : 0));
    } else print(toText(value), options, io);
  };
  await (options.watch === undefined ? once() : watch(options, io, once));
  return code;
};

/** Prints why there is no answer; returns the exit code. */
export const sayRefused = ({ code, message }: ControlError, io: CliIo): number => {
  io.err(`${code}: ${message}`);
  return code === 'NO_ENGINE' ? EXIT.noEngine : EXIT.failed;
};
