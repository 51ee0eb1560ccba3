import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Readable, type Writable } from 'node:stream';
import { stockDictionaryPath } from '../../../src/fix/dictionary/jspurefix.ts';
import { until } from '../../support/until.ts';

/** What the program in session.cjs says, one line of JSON each. */
interface JspurefixEvent {
  readonly event: 'started' | 'logon' | 'logout' | 'order' | 'report' | 'sent' | 'ended';
  readonly clOrdID?: string;
  readonly execID?: string;
}

export interface JspurefixOptions {
  readonly role: 'acceptor' | 'initiator';
  readonly port: number;
  readonly dir: string;
  readonly senderCompID: string;
  readonly targetCompID: string;
  readonly resetSeqNumFlag: boolean;
}

/** jspurefix's own session in a process of its own. */
export class JspurefixPeer {
  readonly events: JspurefixEvent[] = [];
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  #stderr = '';

  private constructor(options: JspurefixOptions) {
    mkdirSync(options.dir, { recursive: true });
    const path = join(options.dir, 'session.json');
    const config = {
      ...options,
      package: dirname(createRequire(import.meta.url).resolve('jspurefix/package.json')),
      dictionary: stockDictionaryPath('FIX.4.4'),
      store: 'memory',
      reports: 2,
    };
    writeFileSync(path, JSON.stringify(config));
    const program = join(import.meta.dirname, 'session.cjs');
    this.#process = spawn(process.execPath, [program, path], { stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      if (line.startsWith('{')) this.events.push(JSON.parse(line) as JspurefixEvent);
    });
    this.#process.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString('latin1');
    });
    this.#process.stdin.on('error', () => undefined);
  }

  static async start(options: JspurefixOptions): Promise<JspurefixPeer> {
    const peer = new JspurefixPeer(options);
    try {
      await peer.until('jspurefix starts', () => peer.of('started').length > 0);
    } catch (error) {
      await peer.stop();
      throw error;
    }
    return peer;
  }

  of(event: JspurefixEvent['event']): readonly JspurefixEvent[] {
    return this.events.filter((one) => one.event === event);
  }

  /** `send N` or `logout`. */
  command(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  until(what: string, condition: () => boolean): Promise<void> {
    return until(condition, what, 60_000).catch((cause: unknown) => {
      throw new Error(
        `${String(cause)}; jspurefix: ${this.#stderr} ${JSON.stringify(this.events.slice(-5))}`,
      );
    });
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => {
      this.#process.once('exit', () => {
        resolve();
      });
    });
    this.#process.kill('SIGKILL');
    await exited;
  }
}
