import { Command } from 'commander';
import { systemClock } from '../../app/system-clock.ts';
import { accountToText, countBySymbol } from './account-tables.ts';
import { readAccount, type AccountView } from './account-view.ts';
import { engineViewToText, isAtOne } from './engine-view.ts';
import { type CliIo, EXIT, processIo, parseDuration } from '../shared/cli-io.ts';
import {
  sayEndOfLifeBy,
  type VenueOptions,
  withAccount,
  withProxy,
  withConfig,
  withRest,
} from '../shared/venue-options.ts';
import { showFromEngine } from '../shared/ask-engine.ts';
import { type OpenedRest, openRest } from '../shared/open-rest.ts';
import { print, watch } from '../shared/watch.ts';
import { toPlainDigits } from '../../lib/decimal-text.ts';
import { JsonNumber, type JsonValue } from '../../lib/lossless-json.ts';
import { defined } from '../../lib/defined.ts';
import { type Wallet } from '../../kraken/rest/account/account-readers.ts';

interface Options extends VenueOptions {
  readonly json?: boolean;
  readonly watch?: number | true;
  readonly for?: number;
  readonly engine?: boolean;
  readonly socket?: string;
}

/** `fathom account`: balances, margins, positions and open orders, once or again and again. */
export const accountCommand = (io: CliIo = processIo): Command =>
  withAccount(withProxy(withRest(withConfig(new Command('account')))))
    .description('balances of every wallet, margins, positions and open orders of an account')
    .option(
      '--engine',
      'instead, what the running engine of --config or --socket knows of its account, and where that disagrees with its books',
    )
    .option('-s, --socket <path>', 'the control socket of the running engine; the same as --engine')
    .option('--json', 'print JSON with exact amounts as text; one object a line with --watch')
    .option(
      '--watch [interval]',
      'show it again and again until Ctrl-C, every 5 s unless told otherwise',
      parseDuration,
    )
    .option('--for <duration>', 'end a --watch after this time, e.g. 10m', parseDuration)
    .addHelpText('after', EXIT_HELP)
    .action(async (options: Options) => {
      io.setExitCode(await showAccount(options, io));
    });

const EXIT_HELP = `
Ends with 0 when everything was answered and understood, 1 when a view is missing or incomplete, 2 when it was not told whom to ask.
With --engine: 0 when its view is current and agrees with its books, 1 when not, 3 when no engine listens.`;

const showAccount = (options: Options, io: CliIo): Promise<number> =>
  options.engine === true || options.socket !== undefined
    ? showEngine(options, io)
    : showVenue(options, io);

const showEngine = (options: Options, io: CliIo): Promise<number> => {
  sayEndOfLifeBy(options.config, io);
  return showFromEngine(
    options,
    { io },
    {
      verb: 'account.view',
      args: { ...defined({ account: options.account }) },
      toText: engineViewToText,
      exitCodeOf: (view) => (isAtOne(view) ? EXIT.ok : EXIT.failed),
    },
  );
};

const showVenue = async (options: Options, plainIo: CliIo): Promise<number> => {
  const rest = openRest(options, plainIo, { isPrivate: true });
  if (rest?.key === undefined) return EXIT.badConfiguration;
  const { io } = rest;
  const show = makeShow(rest, rest.key.account, options, io);
  if (options.watch === undefined) await show.once();
  else await watch(options, io, show.once);
  await rest.close();
  return show.isComplete() ? EXIT.ok : EXIT.failed;
};

const makeShow = (rest: OpenedRest, account: string, options: Options, io: CliIo) => {
  let isComplete = false;
  const once = async (): Promise<void> => {
    const view = await readAccount(rest.client, systemClock);
    isComplete = view.gaps.length === 0;
    if (options.json === true) {
      io.out(toJson(accountToJson(account, view), options));
    } else print(accountToText(account, view), options, io);
    // For scripts that read the result only.
    for (const { view: name, kind, reason } of view.gaps) io.err(`${kind} ${name}: ${reason}`);
  };
  return { once, isComplete: () => isComplete };
};

const toJson = (value: unknown, options: Options): string =>
  JSON.stringify(value, undefined, options.watch === undefined ? 2 : 0);

/**
 * The account as a JSON-ready object: every amount is text with the venue's digits, `null` is what
 * has no answer.
 */
const accountToJson = (account: string, view: AccountView): object => {
  const { at, wallets, positions, openOrders, gaps } = view;
  return {
    account,
    at: at === undefined ? null : new Date(at).toISOString(),
    isComplete: gaps.length === 0,
    gaps,
    wallets: wallets === undefined ? null : mapValues(wallets, walletToJson),
    positions:
      positions?.map(({ openedAt, ...rest }) => ({
        ...rest,
        ...(openedAt === undefined ? {} : { openedAt: new Date(openedAt).toISOString() }),
      })) ?? null,
    openOrders:
      openOrders === undefined
        ? null
        : { count: openOrders.length, bySymbol: Object.fromEntries(countBySymbol(openOrders)) },
  };
};

const walletToJson = (wallet: Wallet): object => {
  if (wallet.type === 'Unknown') return { type: wallet.type, raw: plain(wallet.raw) };
  if (wallet.type !== 'Flex' || wallet.portfolioMarginBreakdown === undefined) return wallet;
  return { ...wallet, portfolioMarginBreakdown: plain(wallet.portfolioMarginBreakdown) };
};

/** What was kept as it came, with its numbers as plain texts: no digit is lost on the way out. */
const plain = (value: JsonValue): unknown => {
  if (value instanceof JsonNumber) return toPlainDigits(value.text);
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return mapValues(value as Readonly<Record<string, JsonValue>>, plain);
};

const mapValues = <T, U>(
  values: Readonly<Record<string, T>>,
  map: (value: T) => U,
): Readonly<Record<string, U>> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
