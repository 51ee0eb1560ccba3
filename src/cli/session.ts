import { Command } from 'commander';
import { callControl } from '../control/control-client.ts';
import { type ControlArgs, type ControlError } from '../control/control-message.ts';
import { defined } from '../lib/defined.ts';
import { type Result } from '../lib/result.ts';
import { type CliIo, EXIT, processIo } from './shared/cli-io.ts';
import { controlAddressOf, type EngineOptions } from './shared/control-address.ts';
import { resultToText } from './shared/result-text.ts';

interface Options extends EngineOptions {
  readonly json?: boolean;
  readonly timeoutMs?: string;
  readonly text?: string;
}

interface Deps {
  readonly io: CliIo;
  readonly call: typeof callControl;
}

interface Verb {
  readonly name: string;
  readonly about: string;
  readonly takes: 'nothing' | 'session' | 'session and number';
  /** The engine first cancels what is open, which may take `engine.stopTimeoutMs`. */
  readonly endsSession?: true;
}

const TIMEOUT_MS = 10_000;
/** The highest `engine.stopTimeoutMs` that the configuration allows. */
const STOP_TIMEOUT_MS_MAX = 600_000;
const TIMEOUT_MS_MAX = STOP_TIMEOUT_MS_MAX + TIMEOUT_MS;

const CANCELS_FIRST =
  'a trading session first cancels its open orders, unless cancelOrdersOnLogout is false';

const VERBS: readonly Verb[] = [
  { name: 'list', about: 'all sessions and their states', takes: 'nothing' },
  { name: 'state', about: 'state of one session', takes: 'session' },
  {
    name: 'logon',
    about: 'connect and log on (a client: accept its logon again)',
    takes: 'session',
  },
  {
    name: 'logout',
    about: `log out and stay logged out; ${CANCELS_FIRST}`,
    takes: 'session',
    endsSession: true,
  },
  {
    name: 'set-next-sender',
    about: 'set the MsgSeqNum(34) of our next message',
    takes: 'session and number',
  },
  {
    name: 'set-next-target',
    about: 'set the MsgSeqNum(34) expected next',
    takes: 'session and number',
  },
  {
    name: 'reset',
    about: `log out if it is up, and set both sequence numbers to 1; ${CANCELS_FIRST}`,
    takes: 'session',
    endsSession: true,
  },
  { name: 'test-request', about: 'send a TestRequest(1)', takes: 'session' },
];

/**
 * `fathom session VERB …`: the administration of FIX sessions on a running engine, over its control
 * socket.
 */
export const sessionCommand = (io: CliIo = processIo, call = callControl): Command => {
  const session = new Command('session').description(
    'administer the FIX sessions of a running engine',
  );
  for (const verb of VERBS) session.addCommand(verbCommand(verb, { io, call }));
  return session;
};

const verbCommand = (verb: Verb, deps: Deps): Command => {
  const command = new Command(verb.name)
    .description(verb.about)
    .option(
      '-c, --config <file>',
      'the configuration of the engine, which names its control socket',
    )
    .option('-s, --socket <path>', 'the control socket itself')
    .option('--json', 'print JSON')
    .option(
      '--timeout-ms <ms>',
      `how long to wait for the answer; without, ${verb.endsSession === true ? '`engine.stopTimeoutMs` and 10 s' : '10 s'}`,
    );
  if (verb.name === 'logout') command.option('--text <text>', 'Text(58) of the Logout');
  if (verb.takes !== 'nothing') command.argument('<name>', 'name of the session');
  if (verb.takes === 'session and number') command.argument('<n>', 'MsgSeqNum(34)');
  return command.action(async (...given: unknown[]) => {
    // commander hands over the arguments, then the options, then the command.
    const options = given.at(-2) as Options;
    const [name, number] = given.slice(0, -2) as string[];
    deps.io.setExitCode(await callEngine(verb, toArgs(name, number, options), options, deps));
  });
};

const toArgs = (
  name: string | undefined,
  number: string | undefined,
  { text }: Options,
): ControlArgs => ({
  ...defined({ session: name, text }),
  // The engine says what a sequence number may be; a text that is none is handed on and refused
  // there.
  ...(number === undefined ? {} : { value: /^\d{1,15}$/.test(number) ? Number(number) : number }),
});

const callEngine = async (
  verb: Verb,
  args: ControlArgs,
  options: Options,
  { io, call }: Deps,
): Promise<number> => {
  const address = controlAddressOf(options, io);
  if (address === undefined) return EXIT.badConfiguration;
  const timeoutMs =
    options.timeoutMs === undefined
      ? answerTimeoutMs(verb, address.stopTimeoutMs)
      : Number(options.timeoutMs);
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > TIMEOUT_MS_MAX) {
    io.err(`session: --timeout-ms must be a whole number from 1 to ${TIMEOUT_MS_MAX}`);
    return EXIT.badConfiguration;
  }
  const answer = await call(address.socket, `session.${verb.name}`, args, timeoutMs);
  return report(answer, options, io);
};

/** A command that gave up earlier could not tell the operator whether the session has ended. */
const answerTimeoutMs = ({ endsSession }: Verb, stopTimeoutMs = STOP_TIMEOUT_MS_MAX): number =>
  endsSession === true ? stopTimeoutMs + TIMEOUT_MS : TIMEOUT_MS;

const report = (
  answer: Result<unknown, ControlError>,
  { json = false }: Options,
  io: CliIo,
): number => {
  if (answer.ok) {
    io.out(json ? JSON.stringify(answer.value, undefined, 2) : resultToText(answer.value));
    return EXIT.ok;
  }
  const { code, message } = answer.error;
  io.err(json ? JSON.stringify({ code, message }) : `session: ${message} (${code})`);
  return code === 'NO_ENGINE' ? EXIT.noEngine : EXIT.failed;
};
