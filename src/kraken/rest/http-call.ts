import { setImmediate } from 'node:timers/promises';
import { type Dispatcher } from 'undici';
import {
  type JsonValue,
  parseLosslessJson,
  parseLosslessJsonInSlices,
} from '../../lib/lossless-json.ts';
import { type Result } from '../../lib/result.ts';
import { type Clock, type MonotonicMs, type Timers } from '../../lib/time.ts';
import { type HttpRequest } from './http-request.ts';
import { type LostCause, type Reply, notSent } from './reply.ts';

export interface ExchangeContext {
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly origin: string;
  readonly startWithinMs: number;
  /** From the first byte written to the last byte read. */
  readonly timeoutMs: number;
  readonly bodyBytesMax: number;
}

/**
 * One request through undici, watched closely enough to tell `NotSent` from `Lost`: undici calls
 * onRequestStart directly before it writes the first byte, and a request that is aborted there is
 * never written. Before that call nothing was sent; after it everything is possible.
 */
export const exchange = (request: HttpRequest, context: ExchangeContext): Promise<Reply> =>
  new Promise((resolve) => {
    new Exchange(request, context, resolve).start();
  });

/** A longer answer is read in slices: decisions on orders do not wait for it. */
const AT_ONCE_CHARS_MAX = 262_144;

class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  readonly #context: ExchangeContext;
  readonly #resolve: (reply: Reply) => void;
  #timer: { readonly cancel: () => void } | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #startedAt: MonotonicMs | undefined;
  #isDone = false;
  #httpStatus = 0;
  #headers: Record<string, string> = {};
  readonly #chunks: Buffer[] = [];
  #bodyBytes = 0;

  constructor(request: HttpRequest, context: ExchangeContext, resolve: (reply: Reply) => void) {
    this.#request = request;
    this.#context = context;
    this.#resolve = resolve;
  }

  start(): void {
    const { context, request } = { context: this.#context, request: this.#request };
    this.#timer = context.timers.set(context.startWithinMs, () => {
      this.#end(notSent('TooOld', `not started within ${context.startWithinMs} ms`));
    });
    try {
      context.dispatcher.dispatch(
        {
          origin: context.origin,
          method: request.method,
          path: request.query === '' ? request.path : `${request.path}?${request.query}`,
          headers: request.headers,
          // PUT and POST without a body must say so, hence '' and not null.
          body: request.method === 'GET' || request.method === 'DELETE' ? null : request.body,
        },
        this,
      );
    } catch (error) {
      this.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)));
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A call that was refused as too old writes nothing, nor one that the pool starts again.
    if (this.#isDone || this.#startedAt !== undefined) {
      controller.abort(new Error('this call has ended'));
      return;
    }
    this.#controller = controller;
    this.#startedAt = this.#context.clock.monotonic();
    this.#timer?.cancel();
    this.#timer = this.#context.timers.set(this.#context.timeoutMs, () => {
      this.#lose('Timeout', `no complete answer within ${this.#context.timeoutMs} ms`);
    });
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    httpStatus: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (httpStatus < 200) return;
    this.#httpStatus = httpStatus;
    for (const [name, value] of Object.entries(headers))
      if (value !== undefined)
        this.#headers[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bodyBytes += chunk.length;
    if (this.#bodyBytes > this.#context.bodyBytesMax)
      this.#lose('BodyTooLarge', `body over ${this.#context.bodyBytesMax} bytes`);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const latencyMs = this.#context.clock.monotonic() - (this.#startedAt ?? 0);
    const bodyText = Buffer.concat(this.#chunks).toString('utf8');
    const isCsv = (this.#headers['content-type'] ?? '').startsWith('text/csv');
    // There must be one verdict only on an order or on money.
    const hasUniqueKeys = this.#request.endpoint.kind !== 'read';
    if (isCsv || bodyText === '') this.#answer(bodyText, undefined, latencyMs);
    else if (bodyText.length <= AT_ONCE_CHARS_MAX)
      this.#answer(bodyText, parseLosslessJson(bodyText, { hasUniqueKeys }), latencyMs);
    else {
      // The answer is here as a whole: the time that reading it takes does not make it late.
      this.#timer?.cancel();
      void parseLosslessJsonInSlices(bodyText, { hasUniqueKeys }, setImmediate).then((json) => {
        this.#answer(bodyText, json, latencyMs);
      });
    }
  }

  #answer(bodyText: string, json: Result<JsonValue, unknown> | undefined, latencyMs: number): void {
    this.#end({
      type: 'Answered',
      httpStatus: this.#httpStatus,
      headers: this.#headers,
      bodyText,
      json: json?.ok === true ? json.value : undefined,
      latencyMs,
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    const code = 'code' in error ? String(error.code) : error.name;
    const message = `${code} ${error.message}`.trim();
    if (this.#startedAt === undefined) this.#end(notSent('ConnectFailed', message));
    else this.#lose(code.startsWith('HPE_') ? 'BadHttp' : 'ConnectionLost', message);
  }

  #lose(cause: LostCause, message: string): void {
    this.#end({ type: 'Lost', cause, message });
    this.#controller?.abort(new Error(message));
  }

  #end(reply: Reply): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#timer?.cancel();
    this.#chunks.length = 0;
    this.#resolve(reply);
  }
}
