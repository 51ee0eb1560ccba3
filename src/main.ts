import { createRequire } from 'node:module';
import { Command } from 'commander';
import { checkConfigCommand } from './cli/check-config.ts';
import { executionsCommand } from './cli/executions.ts';
import { importQuickfixCommand } from './cli/import-quickfix.ts';
import { demoCommand } from './cli/demo.ts';
import { journalCommand } from './cli/journal.ts';
import { sessionCommand } from './cli/session.ts';
import { simulateCommand } from './cli/simulate.ts';
import { startCommand } from './cli/start.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

await new Command('fathom')
  .description('Order gateway for Kraken Derivatives')
  .version(version)
  .addCommand(demoCommand())
  .addCommand(startCommand())
  .addCommand(simulateCommand())
  .addCommand(checkConfigCommand())
  .addCommand(sessionCommand())
  .addCommand(journalCommand())
  .addCommand(executionsCommand())
  .addCommand(importQuickfixCommand())
  .parseAsync();
