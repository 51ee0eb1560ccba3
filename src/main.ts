import { createRequire } from 'node:module';
import { Command } from 'commander';
import { accountCommand } from './cli/account.ts';
import { processIo, watchOutput } from './cli/cli-io.ts';
import { checkConfigCommand } from './cli/check-config.ts';
import { demoCommand } from './cli/demo.ts';
import { doctorCommand } from './cli/doctor.ts';
import { executionsCommand } from './cli/executions.ts';
import { fixLogCommand } from './cli/fix-log.ts';
import { historyCommand } from './cli/history.ts';
import { importQuickfixCommand } from './cli/import-quickfix.ts';
import { journalCommand } from './cli/journal.ts';
import { marketCommand } from './cli/market.ts';
import { runProgram } from './cli/run-program.ts';
import { sessionCommand } from './cli/session.ts';
import { simulateCommand } from './cli/simulate.ts';
import { startCommand } from './cli/start.ts';
import { withdrawCommand } from './cli/withdraw.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

watchOutput();
const program = new Command('fathom')
  .description('Order gateway for Kraken Derivatives')
  .version(version)
  .addCommand(demoCommand())
  .addCommand(startCommand())
  .addCommand(simulateCommand())
  .addCommand(checkConfigCommand())
  .addCommand(doctorCommand())
  .addCommand(sessionCommand())
  .addCommand(journalCommand())
  .addCommand(executionsCommand())
  .addCommand(fixLogCommand())
  .addCommand(importQuickfixCommand())
  .addCommand(marketCommand())
  .addCommand(historyCommand())
  .addCommand(accountCommand())
  .addCommand(withdrawCommand());

await runProgram(program, process.argv.slice(2), processIo);
