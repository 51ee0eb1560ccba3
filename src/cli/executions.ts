import Table from 'cli-table3';
import { Command } from 'commander';
import { type ExecutionsVerified, verifyExecutions } from '../execution-log/verify.ts';
import { type CliIo, EXIT, processIo } from './cli-io.ts';

/** `fathom executions verify DIR`. */
export const executionsCommand = (io: CliIo = processIo): Command =>
  new Command('executions').description('look into execution logs').addCommand(
    new Command('verify')
      .description('check that JSON lines, CSV and FIX logs below a folder tell the same story')
      .argument('<dir>', 'the data folder of an engine, or of one run')
      .option('--json', 'print JSON instead of a table')
      .action(async (dir: string, options: { readonly json?: boolean }) => {
        io.setExitCode(await verify(dir, options.json === true, io));
      }),
  );

const verify = async (dir: string, json: boolean, io: CliIo): Promise<number> => {
  const verified = await verifyExecutions(dir);
  if (!verified.ok) {
    io.err(verified.error);
    return EXIT.failed;
  }
  const { disagreements, disagreementCount } = verified.value;
  io.out(json ? JSON.stringify(verified.value, undefined, 2) : toTable(verified.value));
  if (!json) for (const line of disagreements) io.err(line);
  return disagreementCount === 0 ? EXIT.ok : EXIT.failed;
};

const toTable = ({ totals, disagreementCount }: ExecutionsVerified): string => {
  const table = new Table({ style: { head: [], border: [], compact: true } });
  const { files } = totals;
  table.push(
    ['files', `${files.jsonl} JSON lines, ${files.csv} CSV, ${files.fix} FIX`],
    ['records', String(totals.records)],
    ['orders', String(totals.orders)],
    ['trades', String(totals.trades)],
    ['sum of LastQty', totals.lastQty],
    ['trades in FIX from the venue', String(totals.venueFixTrades)],
    ['trades in FIX to clients', String(totals.clientFixTrades)],
    ['hash chain', totals.isChainFromStart ? 'whole' : 'begins before these files'],
    ['disagreements', String(disagreementCount)],
  );
  return table.toString();
};
