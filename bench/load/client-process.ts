import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type Channel, type ClientJob, type ClientNews, type LatencyRow } from './plan.ts';

const END_MS_MAX = 60_000;

/** Runs the clients of one channel in a process of their own. */
export class ClientProcess {
  readonly channel: Channel;
  readonly #child: ChildProcess;
  counts: Readonly<Record<string, number>> = {};
  latencies: readonly LatencyRow[] = [];
  #isDone = false;

  constructor(job: ClientJob) {
    this.channel = job.channel;
    this.#child = fork(new URL('./clients.ts', import.meta.url));
    this.#child.on('message', (message) => {
      const { counts, latencies, isDone } = message as ClientNews;
      this.counts = counts;
      this.latencies = latencies ?? this.latencies;
      this.#isDone ||= isDone;
    });
    this.#child.send(job);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends the clients and adds their counts; false when the process died or hung. */
  async end(): Promise<boolean> {
    if (this.isRunning) {
      const ended = once(this.#child, 'exit');
      this.#child.send('end');
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_MS_MAX);
      await ended;
      clearTimeout(timer);
    }
    return this.#isDone;
  }
}
