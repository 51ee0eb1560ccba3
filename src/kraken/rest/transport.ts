import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import { defined } from '../../lib/defined.ts';
import { type Clock, type Timers } from '../../lib/time.ts';
import { exchange } from './http-call.ts';
import { type HttpRequest } from './http-request.ts';
import { type Reply, notSent } from './reply.ts';

/**
 * One request out, what became of it back. Never rejects, never repeats, never follows a redirect.
 */
export type Dispatch = (request: HttpRequest, options: CallOptions) => Promise<Reply>;

export interface CallOptions {
  /** Safety calls (cancel, kill, look-ups that end a doubt) may use the budget's reserve. */
  readonly purpose?: 'ordinary' | 'safety';
  /**
   * The longest time between the call and its first byte: in the budget's line, in the pool's line
   * and while connecting. Later it is refused as `NotSent TooOld`; a stale price never leaves.
   */
  readonly startWithinMs?: number;
}

export interface TransportSettings {
  /** e.g. `https://futures.kraken.com`; the simulator on loopback in tests. */
  readonly origin: string;
  /** An HTTP proxy for all calls, e.g. `http://proxy.example:3128`. */
  readonly proxyUrl?: string;
  /** PEM of certificate authorities beside the system's. */
  readonly ca?: string;
  readonly connectTimeoutMs: number;
  readonly startWithinMs: number;
  readonly timeoutMs: Readonly<Record<CallClass, number>>;
  readonly bodyBytesMax: Readonly<Record<CallClass, number>>;
  readonly connections: Readonly<Record<CallClass, number>>;
  /** Requests of one class in flight or waiting for a connection. */
  readonly pendingMax: number;
}

/** Classes have connections of their own, so that a slow download never delays a cancel. */
type CallClass = 'order' | 'read' | 'history' | 'money';

export const DEFAULT_TRANSPORT: Omit<TransportSettings, 'origin'> = {
  connectTimeoutMs: 3_000,
  startWithinMs: 5_000,
  // Orders: longer than processBefore plus the longest maker-protection hold [rest 4, 10].
  timeoutMs: { order: 5_000, read: 10_000, history: 60_000, money: 30_000 },
  bodyBytesMax: { order: 4_000_000, read: 32_000_000, history: 256_000_000, money: 1_000_000 },
  connections: { order: 8, read: 4, history: 2, money: 1 },
  pendingMax: 256,
};

export interface TransportDeps {
  readonly clock: Clock;
  readonly timers: Timers;
}

export interface Transport {
  readonly dispatch: Dispatch;
  /** Breaks what is in flight (its outcome is `Lost`) and closes every connection. */
  readonly close: () => Promise<void>;
}

/**
 * The HTTP wire: keep-alive pools of undici, one per class of call, one request at a time per
 * connection.
 */
export const makeTransport = (settings: TransportSettings, deps: TransportDeps): Transport => {
  const pools = new Map<CallClass, Dispatcher>();
  const pendingByClass = new Map<CallClass, number>();
  let isClosed = false;
  const poolOf = (callClass: CallClass): Dispatcher => {
    const known = pools.get(callClass);
    if (known !== undefined) return known;
    const pool = makePool(settings, callClass);
    pools.set(callClass, pool);
    return pool;
  };
  const dispatch: Dispatch = async (request, options) => {
    if (isClosed) return notSent('Closed', 'the client is closed');
    const callClass = classOf(request);
    const pending = pendingByClass.get(callClass) ?? 0;
    if (pending >= settings.pendingMax) return notSent('Busy', `${pending} calls are waiting`);
    pendingByClass.set(callClass, pending + 1);
    const reply = await exchange(request, {
      ...deps,
      dispatcher: poolOf(callClass),
      origin: settings.origin,
      startWithinMs: options.startWithinMs ?? settings.startWithinMs,
      timeoutMs: settings.timeoutMs[callClass],
      bodyBytesMax: settings.bodyBytesMax[callClass],
    });
    pendingByClass.set(callClass, (pendingByClass.get(callClass) ?? 1) - 1);
    return reply;
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    await Promise.all([...pools.values()].map((pool) => pool.destroy()));
  };
  return { dispatch, close };
};

const classOf = ({ endpoint }: HttpRequest): CallClass => {
  switch (endpoint.kind) {
    case 'money':
      return 'money';
    case 'read':
      return endpoint.service === 'history' || endpoint.service === 'charts' ? 'history' : 'read';
    default:
      return 'order';
  }
};

const makePool = (settings: TransportSettings, callClass: CallClass): Dispatcher => {
  const tls = defined({ ca: settings.ca });
  const options = {
    connections: settings.connections[callClass],
    // One request at a time per connection: a lost connection puts exactly one call in doubt.
    pipelining: 1,
    // The deadlines are our own timers (http-call.ts), so that each call ends exactly once.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { ...tls, timeout: settings.connectTimeoutMs },
  };
  return settings.proxyUrl === undefined
    ? new Pool(settings.origin, options)
    : new ProxyAgent({ ...options, uri: settings.proxyUrl, requestTls: options.connect });
};
