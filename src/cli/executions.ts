import Table from 'cli-table3';
import { Command } from 'commander';
import { executionsOfJournal, journalBeside } from '../app/loop/journal-executions.ts';
import {
  type ExecutionsVerified,
  type VerifyOptions,
  verifyExecutions,
} from '../execution-log/verify/verify.ts';
import { ok, type Result } from '../lib/result.ts';
import { executionsListCommand } from './orders.ts';
import { type CliIo, EXIT, processIo } from './shared/cli-io.ts';

/** `fathom executions list` and `fathom executions verify DIR`. */
export const executionsCommand = (io: CliIo = processIo): Command =>
  new Command('executions')
    .description('executions of a running engine, and a look into execution logs')
    .addCommand(executionsListCommand(io))
    .addCommand(verifyCommand(io));

const verifyCommand = (io: CliIo): Command =>
  new Command('verify')
    .description('check that JSON lines, CSV and FIX logs below a folder tell the same story')
    .argument('<dir>', 'the data folder of an engine, or of one run')
    .option('--journal <dir>', 'the journal to compare with (default: the one beside the logs)')
    .option('--require-journal', 'fail (exit code 1) when there is no journal to compare with')
    .option('--json', 'print JSON instead of a table')
    .action(async (dir: string, options: Options) => {
      io.setExitCode(await verify(dir, options, io));
    });

interface Options {
  readonly journal?: string;
  readonly requireJournal?: boolean;
  readonly json?: boolean;
}

/** Problems that are listed; of more only the number is printed. */
const SHOWN_MAX = 50;

const verify = async (
  dir: string,
  { journal: given, requireJournal = false, json = false }: Options,
  io: CliIo,
): Promise<number> => {
  const journalDir = given ?? journalBeside(dir);
  if (journalDir === undefined && requireJournal) {
    io.err(`journal: there is none in or beside ${dir}: name its folder with --journal`);
    return EXIT.failed;
  }
  const journal = journalOf(journalDir);
  if (!journal.ok) {
    io.err(`journal: ${journal.error}`);
    return EXIT.failed;
  }
  const verified = await verifyExecutions(dir, journal.value);
  if (!verified.ok) {
    io.err(verified.error);
    return EXIT.failed;
  }
  const { disagreementCount } = verified.value;
  io.out(json ? JSON.stringify(verified.value, undefined, 2) : toTable(verified.value));
  if (!json) sayDisagreements(verified.value, io);
  return disagreementCount === 0 ? EXIT.ok : EXIT.failed;
};

const journalOf = (dir: string | undefined): Result<VerifyOptions, string> => {
  if (dir === undefined) return ok({});
  const read = executionsOfJournal(dir);
  if (!read.ok) return read;
  const { records, from, isRunning } = read.value;
  return ok({ journal: { records, from }, isRunning });
};

const sayDisagreements = (
  { disagreements, disagreementCount }: ExecutionsVerified,
  io: CliIo,
): void => {
  for (const line of disagreements.slice(0, SHOWN_MAX)) io.err(line);
  const left = disagreementCount - SHOWN_MAX;
  if (left > 0) io.err(`and ${left} more; --json lists up to 1000`);
};

const chainText = ({ isChainWhole, isChainFromStart }: ExecutionsVerified['totals']): string => {
  if (!isChainWhole) return 'broken: the disagreements say where';
  return isChainFromStart ? 'whole' : 'whole, but begins before these files';
};

const journalText = ({ compared, journalFrom }: ExecutionsVerified): string => {
  if (!compared.includes('journal')) {
    return 'not here: a log rewritten as a whole is not noticed without it; --require-journal makes that a failure';
  }
  return journalFrom === 1
    ? 'compared'
    : `compared from sequence ${journalFrom} on: what was before was removed from it`;
};

const toTable = (verified: ExecutionsVerified): string => {
  const { totals, disagreementCount, isRunning, verifiedTo } = verified;
  const table = new Table({ style: { head: [], border: [], compact: true } });
  const { files } = totals;
  table.push(
    ['files', `${files.jsonl} JSON lines, ${files.csv} CSV, ${files.fix} FIX`],
    ['compared', verified.compared.join(', ')],
    ['journal', journalText(verified)],
    [
      'verified to sequence',
      `${verifiedTo}${isRunning ? ', the last that all have: the engine is running' : ''}`,
    ],
    ['records', String(totals.records)],
    ['orders with trades', String(totals.orders)],
    ['trades', String(totals.trades)],
    ['sum of LastQty', totals.lastQty],
    ['trades in FIX from the venue', String(totals.venueFixTrades)],
    ['trades in FIX to clients', String(totals.clientFixTrades)],
    ['hash chain', chainText(totals)],
    ['disagreements', String(disagreementCount)],
  );
  return table.toString();
};
