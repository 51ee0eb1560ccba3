import { Command } from 'commander';
import { type ReconcileReport } from '../app/venue-view/reconcile.ts';
import { defined } from '../lib/defined.ts';
import { tableOf } from './account/account-tables.ts';
import { showFromEngine, type ShowOptions, withEngine, withShow } from './shared/ask-engine.ts';
import { type CliIo, EXIT, processIo } from './shared/cli-io.ts';

/** The engine waits for REST, and for reports that are under way. */
const TIMEOUT_MS = 60_000;

/** `fathom reconcile`: the books of a running engine held against the venue. */
export const reconcileCommand = (io: CliIo = processIo): Command =>
  withShow(withEngine(new Command('reconcile')))
    .description('compare open orders, fills, positions and balances of a running engine and venue')
    .option('--account <name>', 'the account, where the engine has several')
    .addHelpText(
      'after',
      '\nEnds with 0 when both sides are known whole and agree, 1 when they differ, one is incomplete or the engine has no view of the account, 2 when it was not told whom to ask, 3 when no engine listens.',
    )
    .action(async (options: ShowOptions & { readonly account?: string }) => {
      const shown = {
        verb: 'reconcile.run',
        args: { ...defined({ account: options.account }) },
        timeoutMs: TIMEOUT_MS,
        toText: reportToText,
        exitCodeOf: ({ agrees }: ReconcileReport): number => (agrees ? EXIT.ok : EXIT.failed),
      };
      io.setExitCode(await showFromEngine(options, { io }, shown));
    });

const reportToText = (report: ReconcileReport): string => {
  const { agrees, at, openOrders, fills, positions, differences, incomplete, balances } = report;
  const rows = differences.map(({ what, id, ours, venue, text }) => [what, id, ours, venue, text]);
  const wallets = Object.keys(balances.futures).length;
  const coins = Object.keys(balances.flex?.currencies ?? {}).length;
  return [
    `reconciled at ${new Date(at).toISOString()}: ${agrees ? 'engine and venue agree' : 'NOT AT ONE'}`,
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
