import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { request } from 'undici';
import { type AccountState } from './money-check.ts';
import { type MemorySample } from './memory-rule.ts';
import { accountsWanted, type LoadPlan, type Venue } from './plan.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_MS_MAX = 60_000;

export interface Sample extends MemorySample {
  readonly cpuSeconds: number;
  readonly ledgerLines: number;
}

/** `fathom simulate` as a process of its own, started as a user starts it. */
export class SimulatorProcess {
  readonly venue: Venue;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, venue: Venue) {
    this.#child = child;
    this.venue = venue;
  }

  static async start(
    plan: LoadPlan,
    { ledger, nodeArgs }: { readonly ledger: string; readonly nodeArgs: readonly string[] },
  ): Promise<SimulatorProcess> {
    const args = ['--json', '--instruments', plan.instruments, '--seed', plan.seed].map(String);
    const memory = ['--set', `memory.rowsMax=${String(plan.rows)}`];
    const clients = ['--clients', String(Math.max(1, accountsWanted(plan))), '--ledger', ledger];
    const child = spawn(
      process.execPath,
      [...['--expose-gc', ...nodeArgs, MAIN], ...['simulate', ...args, ...clients, ...memory]],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const timer = setTimeout(() => child.kill('SIGKILL'), START_MS_MAX);
    for await (const line of createInterface({ input: child.stdout })) {
      clearTimeout(timer);
      return new SimulatorProcess(child, JSON.parse(line) as Venue);
    }
    clearTimeout(timer);
    throw new Error('the simulator did not start: is dist/ built?');
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** `isCollected`: after a full collection of garbage, so that the heap is what is alive. */
  async sample(atMs: number, isCollected = false): Promise<Sample> {
    const stats = (await this.#get(`/stats${isCollected ? '?collect=1' : ''}`)) as {
      readonly memory: {
        readonly rss: number;
        readonly heapUsed: number;
        readonly external: number;
      };
      readonly cpuSeconds: number;
      readonly ledgerLines: number;
    };
    const { memory, cpuSeconds, ledgerLines } = stats;
    const { rss, heapUsed, external } = memory;
    const alive = isCollected ? heapUsed + external : undefined;
    return { atMs, rss, heapUsed, alive, cpuSeconds, ledgerLines };
  }

  async accounts(): Promise<Readonly<Record<string, AccountState>>> {
    const state = (await this.#get('/state')) as {
      readonly accounts: Readonly<Record<string, AccountState>>;
    };
    return state.accounts;
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }

  async #get(path: string): Promise<unknown> {
    const { body } = await request(`${this.venue.admin}${path}`);
    return body.json();
  }
}
