import { createRequire } from 'node:module';
import { Command } from 'commander';
import { processIo, runProgram, watchOutput } from './cli/shared/cli-io.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** Every command by its name, in the order of the help. All of them together take a second. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import('./cli/demo/index.ts')).demoCommand(),
  sandbox: async () => (await import('./cli/sandbox/index.ts')).sandboxCommand(),
  start: async () => (await import('./cli/start.ts')).startCommand(),
  simulate: async () => (await import('./cli/simulate/index.ts')).simulateCommand(),
  'check-config': async () => (await import('./cli/check-config.ts')).checkConfigCommand(),
  doctor: async () => (await import('./cli/doctor/index.ts')).doctorCommand(),
  session: async () => (await import('./cli/session.ts')).sessionCommand(),
  journal: async () => (await import('./cli/journal.ts')).journalCommand(),
  orders: async () => (await import('./cli/orders.ts')).ordersCommand(),
  doubts: async () => (await import('./cli/doubts.ts')).doubtsCommand(),
  executions: async () => (await import('./cli/executions.ts')).executionsCommand(),
  kill: async () => (await import('./cli/kill.ts')).killCommand(),
  'fix-log': async () => (await import('./cli/fix-log/index.ts')).fixLogCommand(),
  'import-quickfix': async () => (await import('./cli/import-quickfix.ts')).importQuickfixCommand(),
  market: async () => (await import('./cli/market/index.ts')).marketCommand(),
  history: async () => (await import('./cli/history.ts')).historyCommand(),
  account: async () => (await import('./cli/account/index.ts')).accountCommand(),
  positions: async () => (await import('./cli/positions.ts')).positionsCommand(),
  limits: async () => (await import('./cli/limits.ts')).limitsCommand(),
  route: async () => (await import('./cli/route.ts')).routeCommand(),
  reconcile: async () => (await import('./cli/reconcile.ts')).reconcileCommand(),
  withdraw: async () => (await import('./cli/withdraw/index.ts')).withdrawCommand(),
};

/** The one that is called; all of them when the help, or a wrong word, wants to know each. */
const commandsFor = ([word = '']: readonly string[]): Promise<readonly Command[]> => {
  const makers = Object.hasOwn(COMMANDS, word) ? [COMMANDS[word]] : Object.values(COMMANDS);
  return Promise.all(makers.flatMap((make) => make?.() ?? []));
};

watchOutput();
const args = process.argv.slice(2);
const program = new Command('fathom')
  .description('Order gateway for Kraken Derivatives')
  .version(version);
for (const command of await commandsFor(args)) program.addCommand(command);

await runProgram(program, args, processIo);
