import { type Config, type TradingSessionConfig } from '../../config/config.ts';
import { type CancelRoom } from '../../core/decide/mass-cancel/continue-mass-cancel.ts';
import { type InputBody } from '../../core/input.ts';
import { type ClOrdID, type SessionName } from '../../domain/ids.ts';
import { type RestOrderGateway } from '../../domain/ports.ts';
import { type AccountBudgets, type RateBudget } from '../../kraken/rate-budget.ts';
import { makeRestOrderCalls } from '../../kraken/rest/orders/order-calls.ts';
import { makeRawClient, type RawClient } from '../../kraken/rest/raw-client.ts';
import { serverTimeOf } from '../../kraken/rest/reading.ts';
import { makeVenueClock, type VenueClock } from '../../kraken/rest/venue-clock.ts';
import { type Secret } from '../../lib/secret.ts';
import { type Clock, type TimeDeps } from '../../lib/time.ts';
import { type RecordedFact } from '../loop/engine-loop.ts';
import { restSettingsOf } from '../venue-view/rest-access.ts';
import { makeRestOrderGateway } from './rest-order-gateway.ts';

/** The way of one account's orders by REST. */
export interface RestRoute {
  readonly gateway: RestOrderGateway;
  /** What the key's rate budget lets through now. */
  readonly cancelRoom: () => CancelRoom;
  readonly hasOrderRoom: () => boolean;
  readonly start: () => void;
  /** Waits for the calls that are under way, as long as they may take, and closes. */
  readonly stop: () => Promise<void>;
}

interface RestRouteDeps extends TimeDeps {
  readonly random: () => number;
  readonly budgetsOf: (apiKey: Secret) => AccountBudgets;
  readonly submit: (body: InputBody) => void;
}

/** One for each account that has a key for REST. */
export const openRestRoutes = (
  config: Config,
  tradingSessions: readonly TradingSessionConfig[],
  deps: RestRouteDeps,
): ReadonlyMap<SessionName, RestRoute> =>
  new Map(
    tradingSessions.flatMap((session) => {
      const route = makeRestRoute(config, session, deps);
      return route === undefined ? [] : [[session.name, route] as const];
    }),
  );

/** Hands on what was journaled to go by REST: its intents are durable. */
export const releaseByRest = (
  facts: readonly RecordedFact[],
  routes: ReadonlyMap<SessionName, RestRoute>,
): void => {
  if (routes.size === 0) return;
  const bySession = new Map<SessionName, ClOrdID[]>();
  for (const { effects } of facts) {
    for (const effect of effects) {
      if (!('route' in effect) || effect.route !== 'REST') continue;
      const { session, clOrdID } = effect;
      bySession.set(session, [...(bySession.get(session) ?? []), clOrdID]);
    }
  }
  for (const [session, clOrdIDs] of bySession) routes.get(session)?.gateway.release(clOrdIDs);
};

/** A deadline needs the venue's clock, which drifts slowly. */
const CLOCK_SAMPLE_MS = 60_000;
const CLOCK_RETRY_MS = 2_000;

const makeRestRoute = (
  config: Config,
  { name, restCredentials }: TradingSessionConfig,
  { clock, timers, random, budgetsOf, submit }: RestRouteDeps,
): RestRoute | undefined => {
  const { rest } = config;
  if (rest === undefined || restCredentials === undefined) return undefined;
  const budgets = budgetsOf(restCredentials.apiKey);
  const raw = makeRawClient(restSettingsOf(rest, restCredentials), {
    ...{ clock, timers, random, budgets },
  });
  const venueClock = makeVenueClock(clock);
  const calls = makeRestOrderCalls({ client: raw.client, venueClock });
  const budget = budgets.derivatives;
  const gateway = makeRestOrderGateway(name, {
    ...{ calls, budget, clock, submit },
    isDirect: rest.proxyUrl === undefined,
  });
  const symbol = config.instruments[0]?.symbol ?? '';
  let isStopped = false;
  let timer: { readonly cancel: () => void } | undefined;
  const keepClock = async (): Promise<void> => {
    const isSampled = await sample(raw.client, symbol, venueClock);
    if (isStopped) return;
    timer = timers.set(isSampled ? CLOCK_SAMPLE_MS : CLOCK_RETRY_MS, () => void keepClock());
  };
  return {
    gateway,
    ...roomsOf(budget, clock),
    start: () => void keepClock(),
    stop: async () => {
      isStopped = true;
      timer?.cancel();
      await gateway.idle();
      await raw.close();
    },
  };
};

/** The free call that has the venue's time [rest 7]. */
const sample = async (
  client: RawClient,
  symbol: string,
  venueClock: VenueClock,
): Promise<boolean> => {
  const reply = await client.instrumentStatus({ symbol });
  const serverTime = reply.type === 'Answered' ? serverTimeOf(reply.json) : undefined;
  if (serverTime === undefined || reply.type !== 'Answered') return false;
  venueClock.sample(serverTime, reply.latencyMs);
  return venueClock.now() !== undefined;
};

const POINTS = { order: 10, cancel: 10, cancelAll: 25 } as const;
const WINDOW_MS = 10_000;

const roomsOf = (
  budget: RateBudget,
  clock: Clock,
): Pick<RestRoute, 'cancelRoom' | 'hasOrderRoom'> => ({
  hasOrderRoom: () => budget.peek(POINTS.order, 'ordinary', clock.monotonic()).type === 'Granted',
  cancelRoom: () => {
    const at = clock.monotonic();
    const waitOf = (points: number): number | undefined => {
      const answer = budget.peek(points, 'safety', at);
      if (answer.type === 'Never') return undefined;
      return answer.type === 'Wait' ? answer.afterMs : 0;
    };
    return {
      cancels: Math.floor(budget.available(at, 'safety') / POINTS.cancel),
      cancelAfterMs: waitOf(POINTS.cancel) ?? WINDOW_MS,
      massCancelAfterMs: waitOf(POINTS.cancelAll),
    };
  },
});
