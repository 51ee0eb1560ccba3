import { type Result, err } from '../lib/result.ts';
import {
  type ControlError,
  type ControlRequest,
  type ControlResponse,
  parseRequest,
} from './control-message.ts';
import { type ControlAudit, type ControlHandler } from './control-handler.ts';
import { LineSplitter } from './line-splitter.ts';

export interface ControlConnectionOptions {
  readonly id: number;
  readonly handlers: Readonly<Record<string, ControlHandler>>;
  readonly audit: (call: ControlAudit) => void;
  readonly redact: (value: unknown) => unknown;
  readonly requestBytesMax: number;
  readonly write: (line: string) => void;
  /** Sends what was written and closes. */
  readonly end: () => void;
}

/**
 * One client of the control socket: lines in, one response line per request, in the order of the
 * requests.
 */
export class ControlConnection {
  readonly #options: ControlConnectionOptions;
  readonly #lines: LineSplitter;
  readonly #uid = process.getuid?.() ?? -1;
  /** Requests are done one after another: an operator's second verb may rely on the first. */
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #ended = false;

  constructor(options: ControlConnectionOptions) {
    this.#options = options;
    this.#lines = new LineSplitter(options.requestBytesMax);
  }

  receive(chunk: Buffer): void {
    if (this.#ended) return;
    const lines = this.#lines.push(chunk);
    if (lines === undefined) {
      this.#refuseAll(
        'REQUEST_TOO_LONG',
        `a request may have ${this.#options.requestBytesMax} bytes`,
      );
      return;
    }
    for (const line of lines) {
      if (this.#waiting >= WAITING_MAX) {
        this.#refuseAll('TOO_MANY_REQUESTS', `more than ${WAITING_MAX} requests wait`);
        return;
      }
      this.#waiting += 1;
      this.#last = this.#last.then(() => this.#answer(line));
    }
  }

  /** Resolves when everything received so far is answered. */
  settled(): Promise<void> {
    return this.#last;
  }

  #refuseAll(code: string, message: string): void {
    this.#respond(0, err({ code, message }));
    this.#ended = true;
    this.#options.end();
  }

  async #answer(line: string): Promise<void> {
    this.#waiting -= 1;
    if (this.#ended) return;
    const request = parseRequest(line);
    if (!request.ok) {
      this.#respond(request.error.id, err({ code: 'BAD_REQUEST', message: request.error.message }));
      return;
    }
    const result = await this.#run(request.value);
    const { verb, args } = request.value;
    const call: ControlAudit = {
      uid: this.#uid,
      connection: this.#options.id,
      verb,
      args,
      ...(result.ok ? { outcome: 'ok' } : { outcome: 'refused', error: result.error }),
    };
    this.#options.audit(this.#options.redact(call) as ControlAudit);
    this.#respond(request.value.id, result);
  }

  async #run({ verb, args }: ControlRequest): Promise<Result<unknown, ControlError>> {
    const { handlers } = this.#options;
    const handler = Object.hasOwn(handlers, verb) ? handlers[verb] : undefined;
    if (handler === undefined)
      return err({ code: 'UNKNOWN_VERB', message: `this engine does not know the verb ${verb}` });
    try {
      return await handler(args);
    } catch (cause) {
      // The door of an operator must not be what brings the engine down.
      return err({
        code: 'INTERNAL',
        message: cause instanceof Error ? cause.message : String(cause),
      });
    }
  }

  #respond(id: number, result: Result<unknown, ControlError>): void {
    const response: ControlResponse = result.ok
      ? { id, ok: true, result: result.value ?? null }
      : { id, ok: false, error: result.error };
    this.#options.write(`${JSON.stringify(this.#options.redact(response))}\n`);
  }
}

const WAITING_MAX = 64;
