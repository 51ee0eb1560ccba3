import { Command, InvalidArgumentError } from 'commander';
import { type ListedRows } from '../app/operator/order-verbs.ts';
import { callControl } from '../control/control-client.ts';
import { defined } from '../lib/defined.ts';
import { type CliIo, EXIT, parseDuration, processIo } from './shared/cli-io.ts';
import { controlAddressOf, type EngineOptions } from './shared/control-address.ts';
import { resultToText } from './shared/result-text.ts';
import { print, watch, type WatchOptions } from './shared/watch.ts';

interface Options extends EngineOptions, WatchOptions {
  readonly client?: string;
  readonly symbol?: string;
  readonly open?: boolean;
  readonly limit?: number;
  readonly json?: boolean;
}

/** What a table shows; `--json` has every field. */
const ORDER_COLUMNS = [
  ...['updatedAt', 'orderID', 'client', 'clientOrderID', 'symbol', 'side', 'ordType', 'price'],
  ...['orderQty', 'cumQty', 'leavesQty', 'avgPx', 'ordStatus', 'doubt'],
];
const EXECUTION_COLUMNS = [
  ...['executedAt', 'execID', 'orderID', 'client', 'clientOrderID', 'symbol', 'side'],
  ...['lastQty', 'lastPx', 'fee', 'feeCurrency', 'liquidity'],
];

/** `fathom orders`: the orders in the books of a running engine. */
export const ordersCommand = (io: CliIo = processIo, call = callControl): Command =>
  listing(new Command('orders'), { io, call, verb: 'orders.list', columns: ORDER_COLUMNS })
    .description('orders in the books of a running engine, the newest last')
    .option('--open', 'only orders that are open');

/** `fathom executions list`: the executions in the books of a running engine. */
export const executionsListCommand = (io: CliIo = processIo, call = callControl): Command =>
  listing(new Command('list'), { io, call, verb: 'executions.list', columns: EXECUTION_COLUMNS })
    .description('executions in the books of a running engine as they stand now, the newest last')
    .option('--open', 'only those of orders that are open');

interface Listing {
  readonly io: CliIo;
  readonly call: typeof callControl;
  readonly verb: string;
  readonly columns: readonly string[];
}

const listing = (command: Command, { io, ...what }: Listing): Command =>
  command
    .option(
      '-c, --config <file>',
      'the configuration of the engine, which names its control socket',
    )
    .option('-s, --socket <path>', 'the control socket itself')
    .option('--client <name>', 'only of this client: the name of its session')
    .option('--symbol <symbol>', 'only of this contract, e.g. PF_XBTUSD')
    .option('--limit <n>', 'at most so many, the newest (default: 100, at most 1000)', parseCount)
    .option('--json', 'print JSON with every field; one object a line with --watch')
    .option(
      '--watch [interval]',
      'show it again and again until Ctrl-C, every 5 s unless told otherwise',
      parseDuration,
    )
    .option('--for <duration>', 'end a --watch after this time, e.g. 10m', parseDuration)
    .addHelpText(
      'after',
      '\nEnds with 0 when the engine answered, 1 when it refused, 3 when none listens.',
    )
    .action(async (options: Options) => {
      io.setExitCode(await show(options, { io, ...what }));
    });

const show = async (options: Options, { io, call, verb, columns }: Listing): Promise<number> => {
  const address = controlAddressOf(options, io);
  if (address === undefined) return EXIT.badConfiguration;
  const { client, symbol, open, limit } = options;
  const filter = { ...defined({ client, symbol, open, limit }) };
  let code: number = EXIT.failed;
  const once = async (): Promise<void> => {
    const answer = await call(address.socket, verb, filter);
    if (!answer.ok) {
      io.err(`${answer.error.code}: ${answer.error.message}`);
      code = answer.error.code === 'NO_ENGINE' ? EXIT.noEngine : EXIT.failed;
      return;
    }
    code = EXIT.ok;
    const list = answer.value as ListedRows;
    if (options.json === true) {
      io.out(JSON.stringify(list, undefined, options.watch === undefined ? 2 : 0));
    } else print(toText(list, columns), options, io);
  };
  await (options.watch === undefined ? once() : watch(options, io, once));
  return code;
};

const toText = ({ rows, total }: ListedRows, columns: readonly string[]): string => {
  if (rows.length === 0) return 'none';
  const shown = rows.map((row) =>
    Object.fromEntries(columns.map((column) => [column, row[column]])),
  );
  const cut =
    total > rows.length ? `\nthe newest ${rows.length} of ${total}; --limit shows more` : '';
  return resultToText(shown) + cut;
};

const parseCount = (text: string): number => {
  if (!/^[1-9]\d{0,3}$/.test(text) || Number(text) > 1_000)
    throw new InvalidArgumentError('give a whole number from 1 to 1000');
  return Number(text);
};
