import { Command, Option } from 'commander';
import { callControl } from '../control/control-client.ts';
import { type PositionView } from '../core/positions/position-view.ts';
import { isZeroText, type Row, tableOf } from './account/account-tables.ts';
import { type CliIo, EXIT, parseDuration, processIo } from './shared/cli-io.ts';
import { controlAddressOf, type EngineOptions } from './shared/control-address.ts';
import { print, watch, type WatchOptions } from './shared/watch.ts';

interface Options extends EngineOptions, WatchOptions {
  readonly by: 'account' | 'client';
  readonly json?: boolean;
}

const EXIT_HELP = `
Ends with 0 when every position is whole and agrees with the venue, 1 when one is incomplete or differs, 2 when it was not told whom to ask, 3 when no engine listens.`;

/** `fathom positions`: positions and PnL of a running engine, once or again and again. */
export const positionsCommand = (io: CliIo = processIo): Command =>
  new Command('positions')
    .description('positions, average prices, PnL, fees and funding of a running engine')
    .option('-c, --config <file>', 'the configuration of the engine')
    .option('-s, --socket <path>', 'the control socket of the engine')
    .addOption(
      new Option('--by <owner>', 'of the account, or of each client’s own orders')
        .choices(['account', 'client'])
        .default('account'),
    )
    .option('--json', 'print JSON with exact amounts as text; one object a line with --watch')
    .option(
      '--watch [interval]',
      'show it again and again until Ctrl-C, every 5 s unless told otherwise',
      parseDuration,
    )
    .option('--for <duration>', 'end a --watch after this time, e.g. 10m', parseDuration)
    .addHelpText('after', EXIT_HELP)
    .action(async (options: Options) => {
      io.setExitCode(await showPositions(options, io));
    });

const showPositions = async (options: Options, io: CliIo): Promise<number> => {
  const address = controlAddressOf(options, io);
  if (address === undefined) return EXIT.badConfiguration;
  let code: number = EXIT.failed;
  const once = async (): Promise<void> => {
    const answer = await callControl(address.socket, 'positions.view', { by: options.by });
    if (!answer.ok) {
      io.err(`${answer.error.code}: ${answer.error.message}`);
      code = answer.error.code === 'NO_ENGINE' ? EXIT.noEngine : EXIT.failed;
      return;
    }
    const { positions } = answer.value as { readonly positions: readonly PositionView[] };
    if (options.json === true) {
      const indent = options.watch === undefined ? 2 : 0;
      io.out(JSON.stringify({ positions }, undefined, indent));
    } else print(positionsToText(positions), options, io);
    code = positions.every(isWhole) ? EXIT.ok : EXIT.failed;
  };
  await (options.watch === undefined ? once() : watch(options, io, once));
  return code;
};

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

const ownerOf = ({ account, client, clientAccount }: PositionView): string =>
  account ?? `${client ?? '?'}${clientAccount === undefined ? '' : `/${clientAccount}`}`;

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
