import { setImmediate } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { dumpJournal } from '../journal/dump.ts';
import { type CliIo, EXIT, processIo } from './shared/cli-io.ts';

interface DumpOptions {
  readonly json?: boolean;
  readonly from?: number;
}

/** `fathom journal dump DIR`. */
export const journalCommand = (io: CliIo = processIo): Command =>
  new Command('journal').description('look into a journal').addCommand(
    new Command('dump')
      .description('print every record of a journal, oldest first; reads only, secrets masked')
      .argument('<dir>', 'the journal folder, <engine.dataDir>/journal')
      .option('--json', 'one JSON object a line')
      .option('--from <seq>', 'begin at this sequence number', parseSeq)
      .action(async (dir: string, options: DumpOptions) => {
        io.setExitCode(await dump(dir, options, io));
      }),
  );

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
