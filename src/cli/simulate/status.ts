import { type Simulator } from '../../simulator/simulator.ts';
import { escapeHidden } from '../../lib/plain-text.ts';
import { type CliIo } from '../shared/cli-io.ts';

const TERMINAL_MS = 1_000;
/** Between lines in a log file: often enough to see that it runs, seldom enough to keep. */
const FILE_MS = 60_000;

/** One line about a running venue. Rates are means since the line before. */
const statusLine = (simulator: Simulator, before: StatusFigures, now: StatusFigures): string => {
  const sessions = simulator.acceptor.sessions().map((session) => session.view());
  const up = sessions.filter(({ phase }) => phase === 'LoggedOn').length;
  const seconds = Math.max(0.001, (now.atMs - before.atMs) / 1_000);
  const rate = (name: 'orders' | 'trades'): string =>
    `${((now[name] - before[name]) / seconds).toFixed(0)} ${name}/s`;
  return [
    `up ${uptime(now.atMs - now.startedMs)}`,
    `FIX ${up}/${sessions.length}`,
    `REST ${simulator.rest?.server.connections() ?? 0}`,
    `WS ${simulator.feeds?.connections().length ?? 0}`,
    rate('orders'),
    rate('trades'),
    `open ${simulator.activity.openOrders}`,
    `faults ${now.faults}`,
    `ledger ${simulator.ledger.entries().length}`,
    `${(process.memoryUsage.rss() / 1_048_576).toFixed(0)} MB`,
  ].join(' | ');
};

interface StatusFigures {
  readonly atMs: number;
  readonly startedMs: number;
  readonly orders: number;
  readonly trades: number;
  readonly faults: number;
}

const uptime = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

/** Shows the line every second in a terminal, every minute elsewhere. */
export const showStatus = (
  simulator: Simulator,
  io: CliIo,
  now: () => number,
): { readonly stop: () => void } => {
  const startedMs = now();
  const look = (): StatusFigures => ({
    atMs: now(),
    startedMs,
    orders: simulator.activity.orders,
    trades: simulator.activity.trades,
    faults: simulator.waitingFaults.waiting(simulator.now()).length,
  });
  let before = look();
  const isTerminal = process.stdout.isTTY;
  const show = (): void => {
    const figures = look();
    const line = statusLine(simulator, before, figures);
    before = figures;
    if (isTerminal) process.stdout.write(`\r\x1b[K${escapeHidden(line)}`);
    else io.out(line);
  };
  const timer = setInterval(show, isTerminal ? TERMINAL_MS : FILE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      if (isTerminal) process.stdout.write('\n');
    },
  };
};
