import { createRequire } from 'node:module';
import { Command } from 'commander';
import { checkConfigCommand } from './cli/check-config.ts';
import { demoCommand } from './cli/demo.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

await new Command('fathom')
  .description('Order gateway for Kraken Derivatives')
  .version(version)
  .addCommand(demoCommand())
  .addCommand(checkConfigCommand())
  .parseAsync();
