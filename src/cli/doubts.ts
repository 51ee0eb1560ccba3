import { Command, Option } from 'commander';
import { type DoubtRow, type DoubtsView } from '../app/operator/doubt-verbs.ts';
import { callControl } from '../control/control-client.ts';
import { type ControlArgs } from '../control/control-message.ts';
import { defined } from '../lib/defined.ts';
import {
  type EngineCaller,
  showFromEngine,
  type ShowOptions,
  withEngine,
  withShow,
} from './shared/ask-engine.ts';
import { type CliIo, processIo } from './shared/cli-io.ts';
import { type EngineOptions } from './shared/control-address.ts';
import { resultToText } from './shared/result-text.ts';

interface ChangeOptions extends EngineOptions {
  readonly order?: string;
  readonly verdict?: string;
  readonly by: string;
  readonly reason?: string;
  readonly evidence?: string;
  readonly price?: string;
  readonly venueOrder?: string;
  readonly json?: boolean;
}

const ABOUT = `
Orders whose fate at the venue is not known are asked about over REST until evidence ends the doubt.
What no evidence ends, two different persons may settle: one resolves, the other approves.
A verdict that evidence contradicts is refused, and the refusal names the evidence.
Ends with 0 when the engine answered, 1 when it refused, 2 for a wrong option, 3 when none listens.`;

/** `fathom doubts`: orders in doubt of a running engine, and how two persons settle them. */
export const doubtsCommand = (io: CliIo = processIo, call = callControl): Command => {
  const deps: EngineCaller = { io, call };
  return withShow(withEngine(new Command('doubts').enablePositionalOptions()))
    .description('orders in doubt of a running engine: age, evidence, what is missing; settle them')
    .option('--account <name>', 'only of this account: Account(1), or the trading session')
    .addHelpText('after', ABOUT)
    .action(async (options: ShowOptions & { readonly account?: string }) => {
      const args = { ...defined({ account: options.account }) };
      io.setExitCode(await showFromEngine(options, deps, { verb: 'doubts.list', args, toText }));
    })
    .addCommand(resolveCommand(deps))
    .addCommand(approveCommand(deps))
    .addCommand(withdrawCommand(deps));
};

const changing = (name: string): Command =>
  withEngine(new Command(name)).option('--json', 'print JSON with every field');

const VERDICTS = ['absent', 'live', 'canceled', 'filled', 'rejected'];

const resolveCommand = (deps: EngineCaller): Command =>
  changing('resolve')
    .description('say what became of an order in doubt, for a second person to approve')
    .requiredOption('--order <id>', 'its OrderID(37), as `fathom doubts` lists it')
    .addOption(
      new Option('--verdict <word>', 'what became of it').choices(VERDICTS).makeOptionMandatory(),
    )
    .requiredOption('--by <name>', 'who says so')
    .requiredOption('--reason <text>', 'why; it is kept with the verdict')
    .requiredOption('--evidence <text>', 'where it is to be seen: a ticket, a screen, a call')
    .option('--price <decimal>', 'of filled: the price of what was open')
    .option('--venue-order <id>', 'OrderID(37) of the venue, where the engine has none')
    .action(async (options: ChangeOptions) => {
      const { order, verdict, by, reason, evidence, price, venueOrder } = options;
      const args = { ...defined({ order, verdict, by, reason, evidence, price, venueOrder }) };
      deps.io.setExitCode(await change('doubts.resolve', args, options, deps));
    });

const approveCommand = (deps: EngineCaller): Command =>
  changing('approve')
    .description('approve a verdict of another person: it is carried out at once')
    .argument('<proposal>', 'its id')
    .requiredOption('--by <name>', 'who approves it')
    .action(async (proposal: string, options: ChangeOptions) => {
      const args = { proposal, by: options.by };
      deps.io.setExitCode(await change('doubts.approve', args, options, deps));
    });

const withdrawCommand = (deps: EngineCaller): Command =>
  changing('withdraw')
    .description('take a verdict back, or refuse it')
    .argument('<proposal>', 'its id')
    .requiredOption('--by <name>', 'who takes it back')
    .requiredOption('--reason <text>', 'why')
    .action(async (proposal: string, options: ChangeOptions) => {
      const args = { proposal, by: options.by, reason: options.reason ?? '' };
      deps.io.setExitCode(await change('doubts.withdraw', args, options, deps));
    });

const change = (
  verb: string,
  args: ControlArgs,
  { config, socket, json }: ChangeOptions,
  caller: EngineCaller,
): Promise<number> =>
  showFromEngine(defined({ config, socket, json }), caller, { verb, args, toText: resultToText });

const toText = ({ doubts, rounds, lateFills, proposals }: DoubtsView): string =>
  [
    doubts.length === 0 ? 'doubts: none' : resultToText(doubts.map(rowOf)),
    ...doubts.flatMap(({ orderID, evidence, missing }) => [
      ...evidence.map((text) => `EVIDENCE ${orderID} ${text}`),
      ...missing.map((text) => `MISSING ${orderID} ${text}`),
    ]),
    ...(doubts.length === 0 ? [] : rounds.map(roundToText)),
    ...lateFills.map(
      ({ session, until }) =>
        `LATE FILLS of ${session} are looked at once more at ${new Date(until).toISOString()}`,
    ),
    ...(proposals.length === 0
      ? []
      : [
          'proposals',
          resultToText(
            proposals.map(({ id, orderID, verdict, by, reason, evidence, expiresAt }) => ({
              ...{ id, orderID, verdict, by, reason, evidence, expiresAt },
            })),
          ),
        ]),
  ].join('\n');

const rowOf = (row: DoubtRow): Readonly<Record<string, unknown>> => ({
  orderID: row.orderID,
  client: row.client,
  clOrdID: row.clientOrderID,
  account: row.account,
  symbol: row.symbol,
  side: row.side,
  orderQty: row.orderQty,
  cumQty: row.cumQty,
  status: row.ordStatus,
  class: row.doubt,
  age: `${Math.round(row.ageMs / 1_000)} s`,
  freezes: row.freezesInstrument ? 'yes' : 'no',
  rounds: row.rounds,
  proposal: row.proposal,
});

const roundToText = ({
  session,
  round,
  at,
  isRunning,
  answers,
}: DoubtsView['rounds'][number]): string => {
  const said = answers.map(({ view, complete, why }) =>
    complete ? view : `${view} INCOMPLETE${why === undefined ? '' : ` (${why})`}`,
  );
  const state = isRunning ? 'under way' : 'over';
  return `ROUND ${round} of ${session}, begun ${new Date(at).toISOString()}, ${state}: ${said.join(', ') || 'no answer yet'}`;
};
