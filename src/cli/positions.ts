import { Command, Option } from 'commander';
import { type PositionView } from '../core/positions/position-view.ts';
import { isZeroText, type Row, tableOf } from './account/account-tables.ts';
import { showFromEngine, type ShowOptions, withEngine, withShow } from './shared/ask-engine.ts';
import { type CliIo, EXIT, processIo } from './shared/cli-io.ts';

interface Options extends ShowOptions {
  readonly by: 'account' | 'client' | 'strategy';
}

const EXIT_HELP = `
Ends with 0 when every position is whole and agrees with the venue, 1 when one is incomplete or differs, 2 when it was not told whom to ask, 3 when no engine listens.`;

/** `fathom positions`: positions and PnL of a running engine, once or again and again. */
export const positionsCommand = (io: CliIo = processIo): Command => {
  const command = withEngine(new Command('positions'))
    .description('positions, average prices, PnL, fees and funding of a running engine')
    .addOption(
      new Option('--by <owner>', 'of the account, or of each client’s or strategy’s own orders')
        .choices(['account', 'client', 'strategy'])
        .default('account'),
    );
  return withShow(command)
    .addHelpText('after', EXIT_HELP)
    .action(async (options: Options) => {
      const shown = {
        verb: 'positions.view',
        args: { by: options.by },
        toText: ({ positions }: Positions): string => positionsToText(positions),
        exitCodeOf: ({ positions }: Positions): number =>
          positions.every(isWhole) ? EXIT.ok : EXIT.failed,
      };
      io.setExitCode(await showFromEngine(options, { io }, shown));
    });
};

interface Positions {
  readonly positions: readonly PositionView[];
}

const isWhole = ({ incomplete, difference }: PositionView): boolean =>
  incomplete.length === 0 && (difference === undefined || isZeroText(difference));

const HEAD = [
  ...['owner', 'symbol', 'quantity', 'average', 'mark', 'realised', 'unrealised', 'in'],
  ...['fees', 'funding', 'fills', 'venue differs by'],
];

/** A table, and below it what is missing in which field, and why. `-` is not known, never 0. */
const positionsToText = (positions: readonly PositionView[]): string => {
  if (positions.length === 0) return 'positions: none';
  const gaps = positions.flatMap((one) =>
    one.incomplete.map(
      ({ field, reason }) => `INCOMPLETE ${ownerOf(one)} ${one.symbol} ${field}: ${reason}`,
    ),
  );
  const openings = positions.flatMap((one) =>
    one.opening === undefined ? [] : [openingLine(one, one.opening)],
  );
  const below = [...openings, ...gaps];
  return [
    'positions',
    tableOf(HEAD, positions.map(rowOf)),
    ...(below.length === 0 ? [] : ['', ...below]),
  ].join('\n');
};

const openingLine = (
  one: PositionView,
  { qty, entryPx, at }: NonNullable<PositionView['opening']>,
): string =>
  `${ownerOf(one)} ${one.symbol}: ${qty} at ${entryPx ?? 'an unknown price'} were there before, as of ${new Date(at).toISOString()}`;

const ownerOf = ({ account, strategy, client, clientAccount }: PositionView): string =>
  account ??
  strategy ??
  `${client ?? '?'}${clientAccount === undefined ? '' : `/${clientAccount}`}`;

const rowOf = (one: PositionView): Row => [
  ...[ownerOf(one), one.symbol, one.qty, one.averagePx, one.markPx],
  ...[one.realizedPnl, one.unrealizedPnl, one.pnlCurrency],
  ...[amountsToText(one.fees), amountsToText(one.funding), String(one.executions)],
  one.difference,
];

const amountsToText = (amounts: PositionView['fees'] | undefined): string | undefined => {
  if (amounts === undefined) return undefined;
  const texts = Object.entries(amounts).map(([currency, amount]) => `${amount} ${currency}`);
  return texts.length === 0 ? '0' : texts.join(', ');
};
