import { type Clock, type Timers } from '../../lib/time.ts';
import { type AccountBudgets } from '../rate-budget.ts';
import { type Endpoint, type ParamsOf } from './endpoint.ts';
import { type EndpointName, type Endpoints, endpoints } from './endpoints.ts';
import { buildRequest, type HttpRequest, type ParamValues } from './http-request.ts';
import { withPace } from './layers/rate-budget-layer.ts';
import { DEFAULT_REPEAT, type RepeatSettings, withRepeat } from './layers/repeat-layer.ts';
import { type Reply, notSent } from './reply.ts';
import { type ApiCredential, withSignature } from './layers/sign-layer.ts';
import {
  type CallOptions,
  DEFAULT_TRANSPORT,
  type Dispatch,
  makeTransport,
  type TransportSettings,
} from './transport.ts';

/**
 * One function per call of the catalogue, in Kraken's own words; answers are replies, not yet
 * meanings.
 */
export type RawClient = {
  readonly [N in EndpointName]: (
    params: ParamsOf<Endpoints[N]>,
    options?: CallOptions,
  ) => Promise<Reply>;
};

export interface RawClientSettings extends Partial<Omit<TransportSettings, 'origin'>> {
  readonly origin: string;
  readonly credential?: ApiCredential;
  readonly repeat?: RepeatSettings;
  /** Calls that may wait in line for the budget. */
  readonly waitersMax?: number;
}

export interface RawClientDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly budgets: AccountBudgets;
  readonly observers?: readonly CallObserver[];
}

/**
 * What the log and the metrics see of one attempt. No header, key, signature or body is among it.
 */
export interface CallRecord {
  readonly id: string;
  readonly kind: HttpRequest['endpoint']['kind'];
  readonly method: string;
  readonly path: string;
  readonly cost: number;
  readonly outcome: 'Answered' | 'NotSent' | 'Lost';
  /** HTTP status, or the cause of NotSent and Lost. */
  readonly detail: string;
  /** From handing the call to the layer below to its end; the line of the budget is not in it. */
  readonly durationMs: number;
}

type CallObserver = (record: CallRecord) => void;

export interface RawClientHandle {
  readonly client: RawClient;
  readonly close: () => Promise<void>;
}

const WAITERS_MAX = 1_000;

/** The client over the real wire: repeat → rate budget → watch → sign → transport. */
export const makeRawClient = (
  settings: RawClientSettings,
  deps: RawClientDeps,
): RawClientHandle => {
  const transport = makeTransport({ ...DEFAULT_TRANSPORT, ...settings }, deps);
  const layers = [
    withRepeat({
      ...(settings.repeat ?? DEFAULT_REPEAT),
      timers: deps.timers,
      random: deps.random,
    }),
    withPace({
      ...deps,
      startWithinMs: settings.startWithinMs ?? DEFAULT_TRANSPORT.startWithinMs,
      waitersMax: settings.waitersMax ?? WAITERS_MAX,
    }),
    withWatch(deps.clock, deps.observers ?? []),
    withSignature(settings.credential),
  ];
  const dispatch = layers.reduceRight((next, layer) => layer(next), transport.dispatch);
  return { client: makeCalls(dispatch), close: transport.close };
};

/** The calls on any dispatch: the wire above, or a fake one in tests. */
export const makeCalls = (dispatch: Dispatch): RawClient => {
  const call =
    (endpoint: Endpoint) =>
    (params: ParamValues, options: CallOptions = {}): Promise<Reply> => {
      const request = buildRequest(endpoint, params);
      return request.ok
        ? dispatch(request.value, options)
        : Promise.resolve(
            notSent('InvalidParams', `${request.error.param}: ${request.error.message}`),
          );
    };
  const calls = Object.entries(endpoints).map(([name, endpoint]) => [name, call(endpoint)]);
  return Object.fromEntries(calls) as RawClient;
};

/** Hands every attempt to the observers, which may not throw. */
const withWatch =
  (clock: Clock, observers: readonly CallObserver[]) =>
  (next: Dispatch): Dispatch =>
  async (request, options) => {
    const startedAt = clock.monotonic();
    const reply = await next(request, options);
    const { endpoint } = request;
    const record: CallRecord = {
      id: endpoint.id,
      kind: endpoint.kind,
      method: request.method,
      path: request.path,
      cost: request.cost,
      outcome: reply.type,
      detail: detailOf(reply),
      durationMs: clock.monotonic() - startedAt,
    };
    for (const observe of observers) observe(record);
    return reply;
  };

const detailOf = (reply: Reply): string =>
  reply.type === 'Answered' ? String(reply.httpStatus) : reply.cause;
