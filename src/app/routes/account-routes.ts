import { type Config, type TradingSessionConfig } from '../../config/config.ts';
import { type ControlHandler } from '../../control/control-handler.ts';
import { type ControlArgs, type ControlError } from '../../control/control-message.ts';
import { type InputBody } from '../../core/input.ts';
import { GUARD_TEXT, missingForNow } from '../../core/route/guards.ts';
import { commandProblem } from '../../core/route/decide-routing.ts';
import { type RouteCommand, type RoutePhase, routingOf } from '../../core/route-phase.ts';
import { type EngineState } from '../../core/state.ts';
import { type AccountBudgets } from '../../kraken/rate-budget.ts';
import { makeRestOrderCalls } from '../../kraken/rest/orders/order-calls.ts';
import { makeRawClient } from '../../kraken/rest/raw-client.ts';
import { makeVenueClock } from '../../kraken/rest/venue-clock.ts';
import { defined } from '../../lib/defined.ts';
import { faultOfText } from '../../lib/plain-text.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Secret } from '../../lib/secret.ts';
import { type EpochMs, type TimeDeps } from '../../lib/time.ts';
import { routingRulesOfConfig } from '../loop/decider.ts';
import { type RecordedFact } from '../loop/engine-loop.ts';
import { restSettingsOf } from '../venue-view/rest-access.ts';
import { AccountRoute, type AccountRouteDeps, type RestAccess } from './account-route.ts';

/** One account between FIX and REST, for operators. */
export interface RouteRow {
  readonly account: string;
  readonly session: string;
  readonly phase: RoutePhase;
  /** Which route takes new orders now; `none` while none does. */
  readonly takesOrders: 'FIX' | 'REST' | 'none';
  readonly since: EpochMs;
  readonly reason: string;
  /** The FIX link: Down, Recovering or Active. */
  readonly fix: string;
  /** Who was granted new orders last, and the fencing epoch of that grant. */
  readonly granted: { readonly route: string; readonly epoch: number };
  readonly fallback: string;
  readonly deadManSwitch: string;
  /** Guards that do not hold, where the next phase waits for them. */
  readonly missing: readonly { readonly guard: string; readonly text: string }[];
}

export interface AccountRoutesDeps extends TimeDeps, Pick<AccountRouteDeps, 'books' | 'submit'> {
  readonly random: () => number;
  readonly budgetsOf: (apiKey: Secret) => AccountBudgets;
  readonly monitorOf: (session: TradingSessionConfig['name']) => AccountRouteDeps['monitor'];
}

const TEXT_LENGTH_MAX = 256;

/** Every account between FIX and REST. */
export class AccountRoutes {
  readonly #routes: ReadonlyMap<string, AccountRoute>;
  readonly #sessions: readonly TradingSessionConfig[];
  readonly #deps: AccountRoutesDeps;

  constructor(config: Config, sessions: readonly TradingSessionConfig[], deps: AccountRoutesDeps) {
    this.#sessions = sessions;
    this.#deps = deps;
    this.#routes = new Map(
      sessions.map((session) => [
        session.name,
        new AccountRoute({
          ...deps,
          config: session,
          rest: restAccessOf(config, session, deps),
          monitor: deps.monitorOf(session.name),
        }),
      ]),
    );
  }

  start(): void {
    for (const route of this.#routes.values()) route.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#routes.values()].map((route) => route.stop()));
  }

  /** Calls what durable facts ask of the venue's dead man's switches. */
  readonly onDurable = (facts: readonly Pick<RecordedFact, 'effects'>[]): void => {
    for (const { effects } of facts) {
      for (const effect of effects) {
        if (effect.type !== 'SetDeadManSwitch') continue;
        this.#routes.get(effect.session)?.setDeadManSwitch(effect);
      }
    }
  };

  rows(): readonly RouteRow[] {
    return this.#sessions.map((session) => this.#rowOf(session));
  }

  /** `route.list`, and `route.command`, which is journaled before it is answered. */
  get handlers(): Readonly<Record<string, ControlHandler>> {
    return {
      'route.list': () => ok({ routes: this.rows() }),
      'route.command': (args) => this.#command(args),
    };
  }

  #rowOf(config: TradingSessionConfig): RouteRow {
    const { books, clock } = this.#deps;
    const { name: session, account } = config;
    const state = books();
    const route = state.routes.get(session);
    const { phase, since, reason, token, deadManSwitch } = routingOf(route);
    const survey = this.#routes.get(session)?.survey();
    const rules = routingRulesOfConfig(config);
    const missing =
      route === undefined || survey === undefined
        ? []
        : missingForNow({ state, route, rules, survey, at: clock.wall() });
    return {
      ...{ account, session, phase, since, reason, granted: token, fallback: rules.fallback },
      takesOrders: takesOrders(state, session, phase),
      fix: route?.phase ?? 'Down',
      deadManSwitch: deadManSwitch.state,
      missing: missing.map((guard) => ({ guard, text: GUARD_TEXT[guard] })),
    };
  }

  #command(args: ControlArgs): Result<unknown, ControlError> {
    const read = readCommand(args, this.#sessions);
    if (!read.ok) return read;
    const { session, command } = read.value;
    const { books, submit } = this.#deps;
    const config = this.#sessions.find(({ name }) => name === session);
    const rules = config && routingRulesOfConfig(config);
    const problem = commandProblem(books().routes.get(session), command, rules);
    if (problem !== undefined) return err({ code: 'ROUTE_REFUSED', message: problem });
    submit({ type: 'CommandRoute', ...read.value });
    return ok({ routes: this.rows().filter((row) => row.session === session) });
  }
}

const takesOrders = (
  { routes }: EngineState,
  session: TradingSessionConfig['name'],
  phase: RoutePhase,
): RouteRow['takesOrders'] => {
  if (phase === 'REST_ACTIVE') return 'REST';
  const isPaused = routes.get(session)?.pausedFor !== undefined;
  return phase === 'FIX_ACTIVE' && !isPaused ? 'FIX' : 'none';
};

/** `undefined` without REST and a key of the account, or while the account never goes by REST. */
const restAccessOf = (
  { rest }: Config,
  { restCredentials, routing }: TradingSessionConfig,
  { clock, timers, random, budgetsOf }: AccountRoutesDeps,
): RestAccess | undefined => {
  if (rest === undefined || restCredentials === undefined) return undefined;
  if (routing.fallback === 'off') return undefined;
  const budgets = budgetsOf(restCredentials.apiKey);
  const raw = makeRawClient(restSettingsOf(rest, restCredentials), {
    ...{ clock, timers, random, budgets },
  });
  const venueClock = makeVenueClock(clock);
  return {
    calls: makeRestOrderCalls({ client: raw.client, venueClock }),
    venueClock,
    budget: budgets.derivatives,
    close: () => raw.close(),
  };
};

type Command = Omit<Extract<InputBody, { type: 'CommandRoute' }>, 'type'>;
const COMMANDS: readonly RouteCommand[] = ['fallback', 'handback', 'halt', 'resume'];

const bad = (message: string) => err({ code: 'BAD_ARGUMENT', message });

const readCommand = (
  { account, command, by, reason, force = false, ...rest }: ControlArgs,
  sessions: readonly TradingSessionConfig[],
): Result<Command, ControlError> => {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return bad(`there is no argument ${unknown}`);
  const found = COMMANDS.find((one) => one === command);
  if (found === undefined) return bad(`command must be one of ${COMMANDS.join(', ')}`);
  const session = sessions.find((one) => one.account === account || one.name === account);
  if (session === undefined) {
    return bad(`account must be one of ${sessions.map((one) => one.account).join(', ')}`);
  }
  for (const [name, value] of Object.entries({ by, reason })) {
    const fault = typeof value === 'string' ? faultOfText(value, TEXT_LENGTH_MAX) : 'is missing';
    if (fault !== undefined) return bad(`${name} ${fault}`);
  }
  if (typeof force !== 'boolean') return bad('force must be true or false');
  if (force && found !== 'handback') return bad('force belongs to handback');
  const said = { by: by as string, reason: reason as string };
  return ok({
    ...{ session: session.name, command: found, ...said },
    ...defined({ isForced: force ? (true as const) : undefined }),
  });
};
