import { setImmediate } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import Table from 'cli-table3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type JournalVerified, verifyJournal } from '../app/loop/verify-journal.ts';
import { dumpJournal } from '../journal/dump.ts';
import { type CliIo, EXIT, processIo } from './shared/cli-io.ts';

interface DumpOptions {
  readonly json?: boolean;
  readonly from?: number;
}

const FOLDER = 'the data folder of an engine, or the journal folder in it';

/** `fathom journal dump DIR` and `fathom journal verify DIR`. */
export const journalCommand = (io: CliIo = processIo): Command =>
  new Command('journal')
    .description('look into a journal')
    .addCommand(
      new Command('dump')
        .description('print every record of a journal, oldest first; reads only, secrets masked')
        .argument('<dir>', FOLDER)
        .option('--json', 'one JSON object a line')
        .option('--from <seq>', 'begin at this sequence number', parseSeq)
        .action(async (dir: string, options: DumpOptions) => {
          io.setExitCode(await dump(journalIn(dir), options, io));
        }),
    )
    .addCommand(
      new Command('verify')
        .description(
          'check every byte of a journal, archived segments too, and each snapshot against the facts',
        )
        .argument('<dir>', FOLDER)
        .option('--json', 'print JSON instead of a table')
        .action((dir: string, options: { readonly json?: boolean }) => {
          io.setExitCode(verify(journalIn(dir), options.json === true, io));
        }),
    );

/** A data folder has its journal below it. */
const journalIn = (dir: string): string => {
  const below = join(dir, 'journal');
  return existsSync(below) ? below : dir;
};

const verify = (dir: string, isJson: boolean, io: CliIo): number => {
  const verified = verifyJournal(dir);
  if (!verified.ok) {
    io.err(verified.error);
    return EXIT.failed;
  }
  const { value } = verified;
  io.out(isJson ? JSON.stringify(value, undefined, 2) : toTable(value));
  if (!isJson) for (const { message } of value.notices) io.err(message);
  const isWrong = value.snapshots.some(
    ({ result }) => result === 'differs' || result === 'unreadable',
  );
  return isWrong ? EXIT.failed : EXIT.ok;
};

const toTable = (verified: JournalVerified): string => {
  const { segments, archived, from, lastSeq, facts, orders, snapshots } = verified;
  const table = new Table({ style: { head: [], border: [], compact: true } });
  table.push(
    ['segments', `${segments}, ${archived} of them archived`],
    [
      'records',
      from === 1 ? `1 to ${lastSeq}` : `${from} to ${lastSeq}; those before were removed`,
    ],
    ['facts folded', String(facts)],
    ['orders in the books', String(orders)],
    ...snapshots.map(({ seq, result, why }) => [
      `snapshot behind ${seq}`,
      SNAPSHOT_WORDS[result] + (why === undefined ? '' : `: ${why}`),
    ]),
  );
  return table.toString();
};

const SNAPSHOT_WORDS = {
  equal: 'equal to the facts',
  beginning: 'the beginning: the facts before it were removed',
  otherVersion: 'not compared',
  differs: 'DIFFERS from the facts in',
  unreadable: 'UNREADABLE',
};

const LINES_A_TURN = 500;

const dump = async (dir: string, options: DumpOptions, io: CliIo): Promise<number> => {
  const dumped = dumpJournal({ dir, ...options });
  if (!dumped.ok) {
    io.err(dumped.error.message);
    return EXIT.failed;
  }
  let lines = 0;
  for (const line of dumped.value.lines) {
    io.out(line);
    lines += 1;
    // The process learns only between turns that the reader of its output is gone.
    if (lines % LINES_A_TURN === 0) await setImmediate();
    if (io.readerGone?.aborted === true) return EXIT.ok;
  }
  for (const notice of dumped.value.notices) io.err(notice.message);
  return EXIT.ok;
};

const parseSeq = (text: string): number => {
  const seq = Number(text);
  if (!Number.isSafeInteger(seq) || seq < 1) throw new InvalidArgumentError('give a number from 1');
  return seq;
};
