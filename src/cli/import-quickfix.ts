import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { type CfgProblem } from '../config/quickfix/quickfix-cfg.ts';
import { importQuickfix } from '../config/quickfix/quickfix-import.ts';
import { fileFault } from '../lib/files/file-fault.ts';
import { type CliIo, EXIT, processIo } from './shared/cli-io.ts';

/**
 * `fathom import-quickfix FILE`: the sessions of a QuickFIX settings file as the `sessions` group
 * of our configuration.
 */
export const importQuickfixCommand = (io: CliIo = processIo): Command =>
  new Command('import-quickfix')
    .description('print the sessions of a QuickFIX .cfg file in the terms of our configuration')
    .argument('<file>', 'the QuickFIX settings file')
    .action((file: string) => {
      io.setExitCode(runImport(file, io));
    });

/** Notes go to the error stream too; they do not stop the import, a problem does. */
const runImport = (file: string, io: CliIo): number => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    io.err(`import-quickfix: ${file}: cannot be read: ${fileFault(cause)}`);
    return EXIT.badConfiguration;
  }
  const { sessions, notes, problems } = importQuickfix(text);
  const toLine = ({ line, key, reason }: CfgProblem): string =>
    `${file}:${line}: ${key === '' ? '' : `${key}: `}${reason}`;
  for (const note of notes) io.err(`note: ${toLine(note)}`);
  for (const problem of problems) io.err(`import-quickfix: ${toLine(problem)}`);
  if (problems.length > 0) return EXIT.badConfiguration;
  io.out(JSON.stringify({ sessions }, undefined, 2));
  return EXIT.ok;
};
