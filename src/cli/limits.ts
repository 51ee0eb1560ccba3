import { Command, Option } from 'commander';
import { type LimitsView } from '../app/operator/limit-verbs.ts';
import { callControl } from '../control/control-client.ts';
import { type ControlArgs } from '../control/control-message.ts';
import { type LimitProposal } from '../core/limit.ts';
import { type LimitRow } from '../core/risk/limits/limit-usage.ts';
import { defined } from '../lib/defined.ts';
import {
  type EngineCaller,
  showFromEngine,
  type ShowOptions,
  withEngine,
  withShow,
} from './shared/ask-engine.ts';
import { type CliIo, parseDuration, processIo } from './shared/cli-io.ts';
import { type EngineOptions } from './shared/control-address.ts';
import { resultToText } from './shared/result-text.ts';

interface ScopeOptions {
  readonly account?: string;
  readonly symbol?: string;
  readonly client?: string;
  readonly strategy?: string;
}

interface ListOptions extends ShowOptions, ScopeOptions {
  readonly all?: boolean;
}

interface ChangeOptions extends EngineOptions, ScopeOptions {
  readonly by: string;
  readonly reason?: string;
  readonly for?: number;
  readonly json?: boolean;
}

const ABOUT = `
A limit is held for the whole engine, or for what --account, --symbol, --client or --strategy names; the tightest wins.
Tighter holds at once (set). Looser needs a second person and ends by itself (propose, approve).
Ends with 0 when the engine answered, 1 when it refused, 2 for a wrong option, 3 when none listens.`;

/** `fathom limits`: the pre-trade limits of a running engine, their use, and their changes. */
export const limitsCommand = (io: CliIo = processIo, call = callControl): Command => {
  const deps: EngineCaller = { io, call };
  return withShow(scoped(withEngine(new Command('limits').enablePositionalOptions())))
    .description('pre-trade limits of a running engine with their use; change them at run time')
    .option('--all', 'limits that are off too, of every scope')
    .addHelpText('after', ABOUT)
    .action(async (options: ListOptions) => {
      io.setExitCode(await list(options, deps));
    })
    .addCommand(setCommand(deps))
    .addCommand(proposeCommand(deps))
    .addCommand(approveCommand(deps))
    .addCommand(withdrawCommand(deps))
    .addCommand(enableCommand(deps));
};

const scoped = (command: Command): Command =>
  command
    .addOption(
      new Option('--account <name>', 'of this Account(1) or trading session').conflicts([
        'symbol',
        'client',
        'strategy',
      ]),
    )
    .addOption(
      new Option('--symbol <symbol>', 'of this contract, e.g. PF_XBTUSD').conflicts([
        'client',
        'strategy',
      ]),
    )
    .addOption(
      new Option('--client <name>', 'of this client session, or library').conflicts('strategy'),
    )
    .option('--strategy <tag>', 'of orders with this ClOrdLinkID(583)');

const person = (command: Command): Command =>
  command
    .requiredOption('--by <name>', 'who asks for it')
    .requiredOption('--reason <text>', 'why; it is kept with the change');

const changing = (name: string): Command =>
  withEngine(new Command(name)).option('--json', 'print JSON with every field');

const setCommand = (deps: EngineCaller): Command =>
  person(scoped(changing('set')))
    .description('set a tighter limit, at once')
    .argument('<limit>', 'its name, as `fathom limits --all` lists it')
    .argument('<value>', 'a decimal, a list with commas, refuse, or off')
    .action(async (limit: string, value: string, options: ChangeOptions) => {
      const args = { ...scopeArgs(options), limit, value, ...personArgs(options) };
      deps.io.setExitCode(await change('limits.set', args, options, deps));
    });

const proposeCommand = (deps: EngineCaller): Command =>
  person(scoped(changing('propose')))
    .description('propose a looser limit, for a second person to approve')
    .argument('<limit>', 'its name')
    .argument('<value>', 'as for set; `configured` goes back to the configuration, for good')
    .option('--for <duration>', 'how long it holds once approved, e.g. 2h', parseDuration)
    .action(async (limit: string, value: string, options: ChangeOptions) => {
      const holdsMs = options.for;
      const args = { ...scopeArgs(options), limit, value, ...personArgs(options) };
      const asked = { ...args, ...defined({ holdsMs }) };
      deps.io.setExitCode(await change('limits.propose', asked, options, deps));
    });

const approveCommand = (deps: EngineCaller): Command =>
  changing('approve')
    .description('approve a proposal of another person: it holds from now on')
    .argument('<proposal>', 'its id')
    .requiredOption('--by <name>', 'who approves it')
    .action(async (proposal: string, options: ChangeOptions) => {
      const args = { proposal, by: options.by };
      deps.io.setExitCode(await change('limits.approve', args, options, deps));
    });

const withdrawCommand = (deps: EngineCaller): Command =>
  person(changing('withdraw'))
    .description('take a proposal back, or refuse it')
    .argument('<proposal>', 'its id')
    .action(async (proposal: string, options: ChangeOptions) => {
      const args = { proposal, ...personArgs(options) };
      deps.io.setExitCode(await change('limits.withdraw', args, options, deps));
    });

const enableCommand = (deps: EngineCaller): Command =>
  person(scoped(changing('enable')))
    .description('let new orders pass again that too many executions stopped')
    .action(async (options: ChangeOptions) => {
      const args = { ...scopeArgs(options), ...personArgs(options) };
      deps.io.setExitCode(await change('limits.enable', args, options, deps));
    });

const scopeArgs = (options: ScopeOptions): ControlArgs => {
  for (const kind of ['account', 'symbol', 'client', 'strategy'] as const) {
    const name = options[kind];
    if (name !== undefined) {
      return { scope: `${kind === 'symbol' ? 'instrument' : kind}:${name}` };
    }
  }
  return {};
};

const personArgs = ({ by, reason }: ChangeOptions): ControlArgs => ({
  by,
  ...defined({ reason }),
});

const list = (options: ListOptions, caller: EngineCaller): Promise<number> =>
  showFromEngine<LimitsView>(options, caller, {
    verb: 'limits.list',
    args: { ...scopeArgs(options), ...defined({ all: options.all }) },
    toText,
  });

const change = (
  verb: string,
  args: ControlArgs,
  options: ChangeOptions,
  caller: EngineCaller,
): Promise<number> => {
  const { config, socket, json } = options;
  const shown = defined({ config, socket, json });
  return showFromEngine<LimitsView>(shown, caller, { verb, args, toText });
};

const toText = ({ limits, proposals, stopped }: LimitsView): string =>
  [
    limits.length === 0 ? 'limits: none' : resultToText(limits.map(rowOf)),
    ...limits.flatMap(({ scope, limit, incomplete }) =>
      incomplete === undefined ? [] : [`INCOMPLETE ${scope} ${limit}: ${incomplete}`],
    ),
    ...stopped.map(
      ({ scope, executions, windowMs, at }) =>
        `STOPPED ${scope}: ${executions} executions within ${windowMs} ms, at ${new Date(at).toISOString()}; fathom limits enable`,
    ),
    ...(proposals.length === 0 ? [] : ['proposals', resultToText(proposals.map(proposalRow))]),
  ].join('\n');

const rowOf = (row: LimitRow): Readonly<Record<string, unknown>> => ({
  scope: row.scope,
  limit: row.limit,
  unit: row.unit.replaceAll('`', ''),
  used: row.used,
  value: row.value,
  'used %': row.usedPercent,
  code: row.code,
  source: row.source,
  until: row.until === undefined ? undefined : new Date(row.until).toISOString(),
});

const proposalRow = ({
  id,
  scope,
  limit,
  value,
  by,
  reason,
  expiresAt,
  holdsMs,
}: LimitProposal) => ({
  ...{ id, scope, limit, value },
  holds: holdsMs === undefined ? 'for good' : `${holdsMs / 1_000} s`,
  ...{ by, reason, expiresAt },
});
