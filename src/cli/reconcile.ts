import { Command, InvalidArgumentError } from 'commander';
import { type KeptReport, type ReportLine } from '../app/reconciliation/kept-reports.ts';
import { defined } from '../lib/defined.ts';
import { tableOf } from './account/account-tables.ts';
import { showFromEngine, type ShowOptions, withEngine, withShow } from './shared/ask-engine.ts';
import { type CliIo, EXIT, processIo } from './shared/cli-io.ts';

/** The engine waits for REST, and for reports that are under way. */
const TIMEOUT_MS = 60_000;

const EXITS =
  '\nEnds with 0 when both sides are known whole and agree, 1 when they differ, one is incomplete or the engine has no view of the account, 2 when it was not told whom to ask, 3 when no engine listens.';

/** `fathom reconcile`: the books of a running engine held against the venue. */
export const reconcileCommand = (io: CliIo = processIo): Command =>
  withShow(withEngine(new Command('reconcile')))
    .description('compare open orders, fills, positions and balances of a running engine and venue')
    .option('--account <name>', 'the account, where the engine has several')
    .addHelpText('after', EXITS)
    .addCommand(listCommand(io))
    .addCommand(showCommand(io))
    .action(async (options: ShowOptions & { readonly account?: string }) => {
      const shown = {
        ...{ verb: 'reconcile.run', args: { ...defined({ account: options.account }) } },
        ...{ timeoutMs: TIMEOUT_MS, toText: reportToText, exitCodeOf },
      };
      io.setExitCode(await showFromEngine(options, { io }, shown));
    });

const listCommand = (io: CliIo): Command =>
  withShow(withEngine(new Command('list')))
    .description('the reports that the engine keeps: at its start, after reconnects, by schedule')
    .option('--account <name>', 'of this account alone')
    .option('--limit <number>', 'how many, the newest first (default: 20)', parseLimit)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      const args = { ...defined({ account: options.account, limit: options.limit }) };
      const shown = { verb: 'reconcile.list', args, toText: listToText };
      io.setExitCode(await showFromEngine(options, { io }, shown));
    });

interface ListOptions extends ShowOptions {
  readonly account?: string;
  readonly limit?: number;
}

const showCommand = (io: CliIo): Command =>
  withEngine(new Command('show'))
    .description('one of these reports, whole')
    .argument('<id>', 'as `fathom reconcile list` names it')
    .option('--json', 'print JSON with every field')
    .addHelpText('after', EXITS)
    .action(async (id: string, _options: unknown, command: Command) => {
      const shown = { verb: 'reconcile.show', args: { id }, toText: reportToText, exitCodeOf };
      io.setExitCode(await showFromEngine(command.optsWithGlobals<ShowOptions>(), { io }, shown));
    });

const parseLimit = (text: string): number => {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 500) return limit;
  throw new InvalidArgumentError('it must be a whole number from 1 to 500');
};

const exitCodeOf = ({ agrees }: KeptReport): number => (agrees ? EXIT.ok : EXIT.failed);

const listToText = ({ reports }: { readonly reports: readonly ReportLine[] }): string => {
  if (reports.length === 0) return 'no report is kept yet';
  const rows = reports.map((line) =>
    'problem' in line
      ? [line.id, '', '', '', '', `UNREADABLE ${line.problem}`]
      : [
          ...[line.id, line.account, line.cause, String(line.differences)],
          ...[String(line.incomplete), line.agrees ? 'agree' : 'NOT AT ONE'],
        ],
  );
  return tableOf(['report', 'account', 'cause', 'differences', 'incomplete', 'verdict'], rows);
};

const reportToText = (report: KeptReport): string => {
  const {
    id,
    account,
    cause,
    agrees,
    at,
    openOrders,
    fills,
    positions,
    differences,
    incomplete,
    balances,
  } = report;
  const rows = differences.map(({ what, id, ours, venue, text }) => [what, id, ours, venue, text]);
  const wallets = Object.keys(balances.futures).length;
  const coins = Object.keys(balances.flex?.currencies ?? {}).length;
  return [
    `reconciled at ${new Date(at).toISOString()}: ${agrees ? 'engine and venue agree' : 'NOT AT ONE'}`,
    `account ${account}, cause ${cause}, kept as ${id}`,
    `open orders: ${openOrders.ours} here, ${openOrders.venue} at the venue`,
    `fills: ${fills.accounted} of ${fills.venue} of the venue are accounted for`,
    `positions: ${positions.compared} compared`,
    `balances: ${coins} currencies, ${wallets} single-collateral wallets of the venue; see --json`,
    ...(rows.length === 0
      ? []
      : ['', tableOf(['what', 'id', 'ours', 'venue', 'difference'], rows)]),
    ...incomplete.map((reason) => `INCOMPLETE ${reason}`),
  ].join('\n');
};
