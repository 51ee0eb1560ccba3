import { createRequire } from 'node:module';
import { Command } from 'commander';
import { accountCommand } from './cli/account/index.ts';
import { processIo, watchOutput, runProgram } from './cli/shared/cli-io.ts';
import { checkConfigCommand } from './cli/check-config.ts';
import { demoCommand } from './cli/demo/index.ts';
import { doctorCommand } from './cli/doctor/index.ts';
import { executionsCommand } from './cli/executions.ts';
import { fixLogCommand } from './cli/fix-log/index.ts';
import { historyCommand } from './cli/history.ts';
import { importQuickfixCommand } from './cli/import-quickfix.ts';
import { journalCommand } from './cli/journal.ts';
import { killCommand } from './cli/kill.ts';
import { limitsCommand } from './cli/limits.ts';
import { marketCommand } from './cli/market/index.ts';
import { reconcileCommand } from './cli/reconcile.ts';
import { positionsCommand } from './cli/positions.ts';
import { ordersCommand } from './cli/orders.ts';
import { sandboxCommand } from './cli/sandbox/index.ts';
import { sessionCommand } from './cli/session.ts';
import { simulateCommand } from './cli/simulate/index.ts';
import { startCommand } from './cli/start.ts';
import { withdrawCommand } from './cli/withdraw/index.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

watchOutput();
const program = new Command('fathom')
  .description('Order gateway for Kraken Derivatives')
  .version(version)
  .addCommand(demoCommand())
  .addCommand(sandboxCommand())
  .addCommand(startCommand())
  .addCommand(simulateCommand())
  .addCommand(checkConfigCommand())
  .addCommand(doctorCommand())
  .addCommand(sessionCommand())
  .addCommand(journalCommand())
  .addCommand(ordersCommand())
  .addCommand(executionsCommand())
  .addCommand(killCommand())
  .addCommand(fixLogCommand())
  .addCommand(importQuickfixCommand())
  .addCommand(marketCommand())
  .addCommand(historyCommand())
  .addCommand(accountCommand())
  .addCommand(positionsCommand())
  .addCommand(limitsCommand())
  .addCommand(reconcileCommand())
  .addCommand(withdrawCommand());

await runProgram(program, process.argv.slice(2), processIo);
