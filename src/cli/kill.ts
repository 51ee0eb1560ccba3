import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import {
  type KillAnswer,
  type KillProposalRow,
  type KillReleased,
  type KillSwitchRow,
} from '../app/operator/kill-switches.ts';
import { callControl } from '../control/control-client.ts';
import { type ControlArgs } from '../control/control-message.ts';
import { defined } from '../lib/defined.ts';
import {
  type EngineCaller,
  sayRefused,
  showFromEngine,
  type ShowOptions,
  withEngine,
  withShow,
} from './shared/ask-engine.ts';
import { type CliIo, EXIT, parseDuration, processIo } from './shared/cli-io.ts';
import { controlAddressOf, type EngineOptions } from './shared/control-address.ts';
import { resultToText } from './shared/result-text.ts';

interface Options extends EngineOptions {
  readonly scope?: string;
  readonly state?: 'HALTED' | 'CANCEL_ONLY' | 'REDUCING' | 'ACTIVE';
  readonly reason?: string;
  readonly by?: string;
  readonly external?: boolean;
  readonly dryRun?: boolean;
  readonly release?: boolean;
  readonly wait?: number;
  readonly json?: boolean;
}

const HELP = `
Scopes: engine, route:SESSION, client:SESSION, account:ACCOUNT, instrument:SYMBOL, order:ORDERID.
States: HALTED refuses new orders and cancels the open ones; CANCEL_ONLY refuses new orders and leaves the open ones;
REDUCING lets reduce-only orders pass that reduce the position. The strictest switch on an order counts.

  fathom kill --config FILE --scope engine --dry-run
  fathom kill --config FILE --scope instrument:PF_XBTUSD --reason "wrong prices" --wait 30s
  fathom kill release --config FILE --scope instrument:PF_XBTUSD --reason "prices are right" --by ann
  fathom kill approve K1 --config FILE --by bob
  fathom kill list --config FILE

One person sets a switch, or makes it stricter. It takes two to loosen it (risk.changes.killRelease): one proposes it by
release, another one approves it in time.

Ends with 0 when it is done (with --wait: and no order in the scope is open), 1 when the engine refused or orders are
still open, 2 when an option is missing or wrong, 3 when no engine listens.`;

/** `fathom kill`: stops orders of a running engine, by scope, until it is released. */
export const killCommand = (io: CliIo = processIo, call = callControl): Command =>
  withEngine(new Command('kill'))
    .description('stop orders of a running engine: refuse new ones and cancel the open ones')
    .option('--scope <scope>', 'what is stopped, e.g. engine or instrument:PF_XBTUSD')
    .addOption(
      new Option(
        '--state <state>',
        'how strictly (default: HALTED; with --release: ACTIVE)',
      ).choices(['HALTED', 'CANCEL_ONLY', 'REDUCING', 'ACTIVE']),
    )
    .option('--reason <text>', 'why: kept in the journal, and in Text(58) of what it cancels')
    .option('--by <name>', 'who: the name of the operator (default: the user of this process)')
    .option('--external', 'cancel orders that were placed elsewhere on the account, too')
    .option('--dry-run', 'do nothing, and list what would be cancelled')
    .option('--release', 'the same as `fathom kill release`')
    .option(
      '--wait <duration>',
      'wait until no order in the scope is open, e.g. 30s',
      parseDuration,
    )
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      io.setExitCode(await kill(options, { io, call }));
    })
    .addCommand(releaseCommand({ io, call }))
    .addCommand(approveCommand({ io, call }))
    .addCommand(withdrawCommand({ io, call }))
    .addCommand(listCommand({ io, call }));

/** Options of the same name that stand before the verb are the parent's. */
const releaseCommand = (caller: Required<EngineCaller>): Command =>
  withEngine(new Command('release'))
    .description('propose to open a scope again, or with --state to hold it less strictly')
    .option('--scope <scope>', 'which switch, as `fathom kill list` names it')
    .addOption(
      new Option('--state <state>', 'what is to hold (default: ACTIVE)').choices([
        'ACTIVE',
        'REDUCING',
        'CANCEL_ONLY',
      ]),
    )
    .option('--reason <text>', 'why: kept in the journal')
    .option('--by <name>', 'who proposes it (default: the user of this process)')
    .option('--json', 'print JSON')
    .action(async (_: unknown, command: Command) => {
      const options: Options = { ...command.optsWithGlobals<Options>(), release: true };
      caller.io.setExitCode(await kill(options, caller));
    });

const approveCommand = (caller: Required<EngineCaller>): Command =>
  withEngine(new Command('approve'))
    .description('approve a release that another person proposed: it is done now')
    .argument('<proposal>', 'its id, e.g. K1')
    .option('--by <name>', 'who approves it (default: the user of this process)')
    .option('--json', 'print JSON')
    .action(async (proposal: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      caller.io.setExitCode(await loosen('kill.approve', { proposal }, { ...caller, options }));
    });

const withdrawCommand = (caller: Required<EngineCaller>): Command =>
  withEngine(new Command('withdraw'))
    .description('take a proposal back, or refuse it')
    .argument('<proposal>', 'its id, e.g. K1')
    .option('--reason <text>', 'why: kept in the journal')
    .option('--by <name>', 'who (default: the user of this process)')
    .option('--json', 'print JSON')
    .action(async (proposal: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const { reason } = options;
      if ((reason ?? '') === '') {
        caller.io.err('kill: say why by --reason TEXT');
        caller.io.setExitCode(EXIT.badConfiguration);
        return;
      }
      const args = { proposal, ...defined({ reason }) };
      caller.io.setExitCode(await loosen('kill.withdraw', args, { ...caller, options }));
    });

/** One of the verbs that loosen a switch. */
const loosen = async (
  verb: string,
  args: ControlArgs,
  { io, call, options }: Required<EngineCaller> & { readonly options: Options },
): Promise<number> => {
  const address = controlAddressOf(options, io);
  if (address === undefined) return EXIT.badConfiguration;
  const by = options.by ?? userInfo().username;
  const answered = await call(address.socket, verb, { ...args, by });
  if (!answered.ok) return sayRefused(answered.error, io);
  io.out(
    options.json === true
      ? JSON.stringify(answered.value, undefined, 2)
      : releasedToText(answered.value),
  );
  return EXIT.ok;
};

const listCommand = (caller: EngineCaller): Command =>
  withShow(withEngine(new Command('list')))
    .description('the kill switches that are set, and the orders that are open in their scopes')
    .action(async (_: unknown, command: Command) => {
      // Options of the same name that stand before `list` are the parent's.
      const options = command.optsWithGlobals<ShowOptions>();
      caller.io.setExitCode(
        await showFromEngine(options, caller, { verb: 'kill.list', toText: listToText }),
      );
    });

interface Listed {
  readonly switches: readonly KillSwitchRow[];
  readonly proposals: readonly KillProposalRow[];
}

const listToText = ({ switches, proposals }: Listed): string =>
  [
    switches.length === 0 ? 'none: orders pass' : resultToText(switches),
    ...(proposals.length === 0 ? [] : ['proposals', resultToText(proposals)]),
  ].join('\n');

const kill = async (options: Options, caller: Required<EngineCaller>): Promise<number> => {
  const { io, call } = caller;
  const problem = problemOf(options);
  if (problem !== undefined) {
    io.err(`kill: ${problem}`);
    return EXIT.badConfiguration;
  }
  const address = controlAddressOf(options, io);
  if (address === undefined) return EXIT.badConfiguration;
  const { scope, state, reason, external, dryRun, release = false } = options;
  const by = options.by ?? userInfo().username;
  if (release)
    return loosen('kill.release', defined({ scope, state, reason }), { ...caller, options });
  const args = { ...defined({ scope, state, reason, external, dryRun }), by };
  const answered = await call(address.socket, 'kill.set', args);
  if (!answered.ok) return sayRefused(answered.error, io);
  if (options.json === true) io.out(JSON.stringify(answered.value, undefined, 2));
  else io.out(killToText(answered.value as KillAnswer));
  const { scope: named } = answered.value as KillAnswer;
  return options.wait === undefined
    ? EXIT.ok
    : untilClosed(address.socket, { ...options, scope: named }, caller);
};

const problemOf = ({ scope, reason, state, release, dryRun, external, wait }: Options) => {
  if (scope === undefined) return 'name what is meant by --scope, e.g. --scope engine';
  if (dryRun !== true && (reason ?? '') === '') return 'say why by --reason TEXT';
  if (release !== true) {
    return state === 'ACTIVE' ? '--state ACTIVE is what --release is for' : undefined;
  }
  if (state === 'HALTED') return '--release cannot make it HALTED';
  if (dryRun === true) return '--dry-run and --release exclude each other';
  if (wait !== undefined) return '--wait and --release exclude each other';
  return external === true ? '--external and --release exclude each other' : undefined;
};

const killToText = (answer: KillAnswer): string => {
  const { scope, state, by, reason, dryRun, total, orders, externalLeft, route } = answer;
  const { isRecorded } = answer;
  const head = dryRun
    ? `dry run: ${scope} would be ${state}; nothing was done`
    : `${scope} is ${state} by ${by}: ${reason}`;
  const verb = dryRun ? 'would be cancelled' : 'are being cancelled';
  const shown = orders.map((order) => ({ ...order }));
  return [
    head,
    `${total} open orders ${verb}${total > orders.length ? `, the first ${orders.length}:` : ''}`,
    ...(shown.length === 0 ? [] : [resultToText(shown)]),
    ...(externalLeft === 0
      ? []
      : [`${externalLeft} open orders of EXTERNAL are left alone; --external cancels them, too`]),
    ...(isRecorded ? [] : ['NOT_DURABLE: it holds until the engine ends, set it again after that']),
    ...(total === 0 || route === 'Active'
      ? []
      : [`the venue session is ${route}: remembered, and done when it is up`]),
  ].join('\n');
};

const releasedToText = (answer: unknown): string => {
  const { scope, state, proposal } = answer as KillReleased;
  if (proposal === undefined) return `${scope} is ${state}`;
  const { id, by, expiresAt } = proposal;
  return [
    `${id}: ${scope} is to be ${proposal.state}, proposed by ${by.replace(/^operator:/, '')}; it is ${state} until then`,
    `another person, by ${new Date(expiresAt).toISOString()}: fathom kill approve ${id} --by NAME`,
  ].join('\n');
};

const POLL_MS = 200;

/** Asks until the scope of the switch has no open order. */
const untilClosed = async (
  socket: string,
  { scope, wait = 0, external }: Options,
  { io, call }: Required<EngineCaller>,
): Promise<number> => {
  const endsAt = performance.now() + wait;
  for (;;) {
    const answer = await call(socket, 'kill.list');
    if (!answer.ok) return sayRefused(answer.error, io);
    const { switches } = answer.value as { readonly switches: readonly KillSwitchRow[] };
    // A switch on one order is gone once the order is closed.
    const found = switches.find((one) => one.scope === scope);
    const left = (found?.openOrders ?? 0) + (external === true ? (found?.externalOrders ?? 0) : 0);
    if (left === 0) return EXIT.ok;
    if (performance.now() >= endsAt) {
      io.err(`kill: ${left} orders in ${scope ?? ''} are still open; the engine goes on`);
      return EXIT.failed;
    }
    await sleep(POLL_MS);
  }
};
