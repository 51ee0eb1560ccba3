import { Command, InvalidArgumentError } from 'commander';
import { dumpJournal } from '../journal/dump.ts';
import { type CliIo, EXIT, processIo } from './cli-io.ts';

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
      .action((dir: string, options: DumpOptions) => {
        io.setExitCode(dump(dir, options, io));
      }),
  );

const dump = (dir: string, options: DumpOptions, io: CliIo): number => {
  const dumped = dumpJournal({ dir, ...options });
  if (!dumped.ok) {
    io.err(dumped.error.message);
    return EXIT.failed;
  }
  for (const line of dumped.value.lines) io.out(line);
  for (const notice of dumped.value.notices) io.err(notice.message);
  return EXIT.ok;
};

const parseSeq = (text: string): number => {
  const seq = Number(text);
  if (!Number.isSafeInteger(seq) || seq < 1) throw new InvalidArgumentError('give a number from 1');
  return seq;
};
