import { Command, InvalidArgumentError } from 'commander';
import { type ListedRows } from '../app/operator/order-verbs.ts';
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

interface Options extends ShowOptions {
  readonly client?: string;
  readonly symbol?: string;
  readonly account?: string;
  readonly open?: boolean;
  readonly limit?: number;
}

/** What a table shows; `--json` has every field. */
const ORDER_COLUMNS = [
  ...['updatedAt', 'orderID', 'client', 'clientOrderID', 'account', 'session', 'symbol', 'side'],
  ...['ordType', 'price'],
  ...['orderQty', 'cumQty', 'leavesQty', 'avgPx', 'ordStatus', 'doubt'],
];
const EXECUTION_COLUMNS = [
  ...['executedAt', 'execID', 'orderID', 'client', 'clientOrderID', 'account', 'session'],
  ...['symbol', 'side'],
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

interface Listing extends EngineCaller {
  readonly verb: string;
  readonly columns: readonly string[];
}

const listing = (command: Command, { verb, columns, ...caller }: Listing): Command => {
  const filtered = withEngine(command)
    .option('--client <name>', 'only of this client: the name of its session')
    .option('--symbol <symbol>', 'only of this contract, e.g. PF_XBTUSD')
    .option('--account <name>', 'only of this account: Account(1), or the trading session')
    .option('--limit <n>', 'at most so many, the newest (default: 100, at most 1000)', parseCount);
  return withShow(filtered)
    .addHelpText(
      'after',
      '\nEnds with 0 when the engine answered, 1 when it refused, 3 when none listens.',
    )
    .action(async (options: Options) => {
      const { client, symbol, account, open, limit } = options;
      const args = { ...defined({ client, symbol, account, open, limit }) };
      const toTable = (list: ListedRows): string => toText(list, columns);
      caller.io.setExitCode(await showFromEngine(options, caller, { verb, args, toText: toTable }));
    });
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
