import { type Command, CommanderError } from 'commander';
import { type CliIo, EXIT } from './cli-io.ts';

/**
 * Runs a command line. What commander refuses, any command's, is a wrong option; it has said why.
 */
export const runProgram = async (
  program: Command,
  args: readonly string[],
  io: CliIo,
): Promise<void> => {
  throwInsteadOfExit(program);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    // --help and --version end with 0; help that nobody asked for is for somebody who named no
    // command.
    io.setExitCode(cause.exitCode === 0 ? EXIT.ok : EXIT.badConfiguration);
  }
};

/** Commands that are added to others do not inherit it. */
const throwInsteadOfExit = (command: Command): void => {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
};
