import { Command } from 'commander';
import { type RouteRow } from '../app/routes/account-routes.ts';
import { callControl } from '../control/control-client.ts';
import { defined } from '../lib/defined.ts';
import {
  type EngineCaller,
  showFromEngine,
  type ShowOptions,
  withEngine,
  withShow,
} from './shared/ask-engine.ts';
import { type CliIo, processIo } from './shared/cli-io.ts';
import { resultToText } from './shared/result-text.ts';

interface CommandOptions extends ShowOptions {
  readonly account: string;
  readonly by: string;
  readonly reason: string;
  readonly force?: boolean;
}

interface Routes {
  readonly routes: readonly RouteRow[];
}

const HELP = `
Phases: FIX_ACTIVE and REST_ACTIVE take new orders. FIX_RECOVERING, FIX_SUSPECT, DOWN_FENCED, RESOLVING, HANDBACK,
CANCEL_ONLY and HALTED refuse them with ROUTE_CLOSED. What the next phase waits for is listed below the table.

  fathom route --config FILE
  fathom route fallback --config FILE --account main --by alice --reason "FIX is down, Kraken has no date"
  fathom route handback --config FILE --account main --by alice --reason "FIX is stable"
  fathom route halt --config FILE --account main --by alice --reason "positions differ"
  fathom route resume --config FILE --account main --by alice --reason "positions agree"

Ends with 0, with 1 when the engine refused, 2 when an option is missing or wrong, 3 when no engine listens.`;

/** `fathom route`: each account between FIX and REST, and an operator's word about it. */
export const routeCommand = (io: CliIo = processIo, call = callControl): Command => {
  const caller = { io, call };
  return withShow(withEngine(new Command('route')))
    .description('each account between FIX and REST: phase, since, reason, what is missing')
    .addHelpText('after', HELP)
    .action(async (options: ShowOptions) => {
      const shown = { verb: 'route.list', toText };
      io.setExitCode(await showFromEngine<Routes>(options, caller, shown));
    })
    .addCommand(
      wordCommand('fallback', 'let new orders go by REST once nothing else is missing', caller),
    )
    .addCommand(
      wordCommand('handback', 'let new orders go back to FIX once it is stable', caller).option(
        '--force',
        'without two agreeing comparisons of books and venue',
      ),
    )
    .addCommand(wordCommand('halt', 'refuse new orders on every route until resume', caller))
    .addCommand(wordCommand('resume', 'leave HALTED: the account resolves, then goes on', caller));
};

const wordCommand = (
  name: 'fallback' | 'handback' | 'halt' | 'resume',
  description: string,
  caller: EngineCaller,
): Command =>
  withEngine(new Command(name))
    .description(description)
    .requiredOption('--account <name>', 'the account, or its trading session')
    .requiredOption('--by <name>', 'who says so')
    .requiredOption('--reason <text>', 'why; it is kept in the journal')
    .option('--json', 'print JSON with every field')
    .action(async (_: unknown, command: Command) => {
      // Options of the same name that stand before the word are the parent's.
      const options = command.optsWithGlobals<CommandOptions>();
      const { account, by, reason, force, config, socket, json } = options;
      const args = { command: name, account, by, reason, ...defined({ force }) };
      const shown = defined({ config, socket, json });
      caller.io.setExitCode(
        await showFromEngine<Routes>(shown, caller, { verb: 'route.command', args, toText }),
      );
    });

const toText = ({ routes }: Routes): string =>
  [
    resultToText(routes.map(rowOf)),
    ...routes.flatMap(({ account, missing }) =>
      missing.map(({ guard, text }) => `MISSING ${account} ${guard}: ${text}`),
    ),
  ].join('\n');

const rowOf = ({
  granted,
  since,
  missing,
  ...row
}: RouteRow): Readonly<Record<string, unknown>> => ({
  account: row.account,
  session: row.session,
  phase: row.phase,
  'takes orders': row.takesOrders,
  since: new Date(since).toISOString(),
  fix: row.fix,
  granted: `${granted.route} ${granted.epoch}`,
  fallback: row.fallback,
  'dead man’s switch': row.deadManSwitch,
  missing: missing.length,
  reason: row.reason,
});
