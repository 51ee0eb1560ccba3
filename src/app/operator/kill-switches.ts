import { type ControlHandler } from '../../control/control-handler.ts';
import { type ControlArgs, type ControlError } from '../../control/control-message.ts';
import { externalOrdersIn, killProblem, ordersToKill } from '../../core/decide/kill-switch.ts';
import { covers, type KillScope, killScopeText, type KillState } from '../../core/kill-scope.ts';
import {
  type EngineState,
  EXTERNAL,
  type KillSwitch,
  type Order,
  type Route,
} from '../../core/state.ts';
import { type InputBody } from '../../core/input.ts';
import { ordStatusOf } from '../../core/evolve/order-status.ts';
import { isClosedStatus } from '../../core/evolve/lifecycle.ts';
import {
  type ClientName,
  type OrderID,
  type SessionName,
  type TradingSymbol,
} from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { faultOfText } from '../../lib/plain-text.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type EngineLoop } from '../loop/engine-loop.ts';

/** Orders that one answer lists; `total` counts all. */
const LISTED_MAX = 1_000;
const TEXT_LENGTH_MAX = 256;

export interface KillDeps {
  readonly loop: Pick<EngineLoop, 'state' | 'submit' | 'settled' | 'halted'>;
  /** Of the trading sessions. */
  readonly routes: readonly SessionName[];
  /** Names of the configured client sessions, and the library's own. */
  readonly clients: readonly ClientName[];
  readonly symbols: ReadonlySet<string>;
}

/** What is asked of the kill switches, by command or library. */
export interface KillRequest {
  /** `engine`, `route:…`, `client:…`, `account:…`, `instrument:…` or `order:…`. */
  readonly scope: string;
  /** HALTED when left out. */
  readonly state?: 'HALTED' | 'CANCEL_ONLY' | 'REDUCING';
  readonly reason: string;
  /** Who asks: a name of an operator. */
  readonly by: string;
  /** Orders that were placed elsewhere are cancelled, too. */
  readonly external?: boolean;
  /** Nothing is done; the answer lists what would be cancelled. */
  readonly dryRun?: boolean;
}

export interface ReleaseRequest {
  readonly scope: string;
  /** ACTIVE when left out. */
  readonly state?: 'ACTIVE' | 'REDUCING' | 'CANCEL_ONLY';
  readonly reason: string;
  readonly by: string;
}

/** An order that a kill switch cancels. */
export interface KilledOrder {
  readonly orderID: string;
  readonly client: string;
  readonly clientOrderID: string;
  readonly account?: string;
  readonly symbol: string;
  readonly side: string;
  readonly leavesQty: string;
  readonly price?: string;
  readonly ordStatus: string;
  readonly doubt?: string;
}

export interface KillAnswer {
  readonly scope: string;
  readonly state: string;
  readonly by: string;
  readonly reason: string;
  readonly dryRun: boolean;
  /**
   * Whether the venue session can cancel now: Down, Recovering or Active; of several sessions the
   * worst.
   */
  readonly route: string;
  /** Open orders that are, or would be, cancelled. */
  readonly total: number;
  readonly orders: readonly KilledOrder[];
  /** Open orders in the scope that were placed elsewhere and are left alone. */
  readonly externalLeft: number;
}

export interface KillSwitchRow {
  readonly scope: string;
  readonly state: string;
  readonly by: string;
  readonly reason: string;
  readonly setAt: number;
  /** Orders in the scope that are open, those of EXTERNAL apart. */
  readonly openOrders: number;
  readonly externalOrders: number;
}

/** What holds on the scope from here on. */
export interface KillReleased {
  readonly scope: string;
  readonly state: string;
}

type KillResult<T> = Result<T, ControlError>;

/** The kill switches of a running engine. Everything is checked before anything is done. */
export class KillSwitches {
  readonly #deps: KillDeps;

  constructor(deps: KillDeps) {
    this.#deps = deps;
  }

  /** Resolves once the switch is durable; orders are cancelled as the route allows. */
  async kill(request: KillRequest): Promise<KillResult<KillAnswer>> {
    const { dryRun = false, external: withExternal = false, state = 'HALTED', reason } = request;
    const read = this.#read(request, !dryRun);
    if (!read.ok) return read;
    if (!isSettable(state)) return refused('BAD_STATE', `state ${String(state)} ${SETTABLE_TEXT}`);
    const body = { type: 'SetKillSwitch', ...read.value, state, reason, withExternal } as const;
    const problem = killProblem(this.#state, body);
    if (problem !== undefined) return refused(problem.code, problem.text);
    const answer = this.#answerOf(body, request);
    if (dryRun) return ok(answer);
    return (await this.#submit(body)) ?? ok(answer);
  }

  async release(request: ReleaseRequest): Promise<KillResult<KillReleased>> {
    const { state = 'ACTIVE', reason } = request;
    const read = this.#read(request, true);
    if (!read.ok) return read;
    const { scope, by } = read.value;
    if (!isReleasable(state))
      return refused('BAD_STATE', `state ${String(state)} ${RELEASABLE_TEXT}`);
    const body = { type: 'ReleaseKillSwitch', scope, state, by, reason } as const;
    const problem = killProblem(this.#state, body);
    if (problem !== undefined) return refused(problem.code, problem.text);
    const key = killScopeText(scope);
    return (await this.#submit(body)) ?? ok({ scope: key, state });
  }

  list(): readonly KillSwitchRow[] {
    return [...this.#state.killSwitches.values()].map((one) => this.#row(one));
  }

  get #state(): EngineState {
    return this.#deps.loop.state;
  }

  /** What the switch does, from the books before it. */
  #answerOf(
    { scope, state, withExternal }: Extract<InputBody, { type: 'SetKillSwitch' }>,
    { by, reason, dryRun = false }: KillRequest,
  ): KillAnswer {
    const isHalt = state === 'HALTED';
    const orders = isHalt ? ordersToKill(this.#state, scope, withExternal) : [];
    const isCanceled = isHalt && withExternal;
    return {
      ...{ scope: killScopeText(scope), state, by, reason, dryRun },
      route: this.#phaseOf(orders),
      total: orders.length,
      orders: orders.slice(0, LISTED_MAX).map((order) => toRow(this.#state, order)),
      externalLeft: isCanceled ? 0 : externalOrdersIn(this.#state, scope).length,
    };
  }

  /** With several routes, the one that is furthest from being open. */
  #phaseOf(orders: readonly Order[]): Route['phase'] {
    const concerned = new Set(orders.map(({ session }) => session));
    const sessions = concerned.size > 0 ? [...concerned] : this.#deps.routes;
    const phases = sessions.map((session) => this.#state.routes.get(session)?.phase ?? 'Down');
    return PHASES.find((phase) => phases.includes(phase)) ?? 'Down';
  }

  #row({ scope, state, by, reason, at }: KillSwitch): KillSwitchRow {
    let openOrders = 0;
    let externalOrders = 0;
    for (const orderID of this.#state.openOrderIDs) {
      const order = this.#state.orders.get(orderID);
      if (order === undefined || isClosedStatus(order.base)) continue;
      if (!covers(scope, { ...order, symbol: order.terms.symbol })) continue;
      if (order.client === EXTERNAL) externalOrders += 1;
      else openOrders += 1;
    }
    const key = killScopeText(scope);
    return { scope: key, state, by, reason, setAt: at, openOrders, externalOrders };
  }

  async #submit(
    body: Parameters<KillDeps['loop']['submit']>[0],
  ): Promise<Result<never, ControlError> | undefined> {
    const { loop } = this.#deps;
    if (!loop.halted) {
      loop.submit(body);
      await loop.settled();
    }
    return loop.halted
      ? refused('ENGINE_HALTED', 'the journal cannot be written, so nothing is decided or sent')
      : undefined;
  }

  #read(
    { scope: text, by, reason }: Pick<KillRequest, 'scope' | 'by' | 'reason'>,
    needsReason: boolean,
  ): KillResult<{ readonly scope: KillScope; readonly by: ClientName }> {
    if (needsReason) {
      for (const [name, value] of Object.entries({ by, reason })) {
        const fault =
          typeof value === 'string' ? faultOfText(value, TEXT_LENGTH_MAX) : 'must be given';
        if (fault !== undefined) return refused(`BAD_${name.toUpperCase()}`, `${name} ${fault}`);
      }
    }
    const scope = this.#scopeOf(text);
    return scope.ok ? ok({ scope: scope.value, by: `operator:${by}` as ClientName }) : scope;
  }

  #scopeOf(text: unknown): KillResult<KillScope> {
    if (text === 'engine') return ok({ type: 'engine' });
    const [, type, name] = /^([a-z]+):(.+)$/s.exec(typeof text === 'string' ? text : '') ?? [];
    if (type === undefined || name === undefined) return refused('BAD_SCOPE', SCOPES_TEXT);
    switch (type) {
      case 'route':
        return this.#routeOf(name);
      case 'client':
        return this.#clientOf(name);
      case 'account':
        return accountOf(name);
      case 'instrument':
        return this.#instrumentOf(name);
      case 'order':
        return this.#state.orders.has(name as OrderID)
          ? ok({ type, orderID: name as OrderID })
          : refused('UNKNOWN_ORDER', `there is no order ${name}`);
      default:
        return refused('BAD_SCOPE', SCOPES_TEXT);
    }
  }

  #routeOf(name: string): KillResult<KillScope> {
    const { routes } = this.#deps;
    const session = routes.find((one) => one === name);
    return session === undefined ? unknown('ROUTE', name, routes) : ok({ type: 'route', session });
  }

  #clientOf(name: string): KillResult<KillScope> {
    const { clients } = this.#deps;
    const client = clients.find((one) => one === name || one === `fix:${name}`);
    return client === undefined ? unknown('CLIENT', name, clients) : ok({ type: 'client', client });
  }

  #instrumentOf(name: string): KillResult<KillScope> {
    const { symbols } = this.#deps;
    return symbols.has(name) || this.#hasOrdersOn(name)
      ? ok({ type: 'instrument', symbol: name as TradingSymbol })
      : unknown('SYMBOL', name, [...symbols]);
  }

  /** A contract that has left the configuration may still have orders. */
  #hasOrdersOn(symbol: string): boolean {
    return [...this.#state.openOrderIDs].some(
      (orderID) => this.#state.orders.get(orderID)?.terms.symbol === symbol,
    );
  }
}

/** The worst first. */
const PHASES: readonly Route['phase'][] = ['Down', 'Recovering', 'Active'];

const accountOf = (account: string): KillResult<KillScope> => {
  const fault = faultOfText(account, TEXT_LENGTH_MAX);
  return fault === undefined
    ? ok({ type: 'account', account })
    : refused('BAD_SCOPE', `account ${fault}`);
};

const SCOPES_TEXT =
  'scope must be engine, route:SESSION, client:SESSION, account:ACCOUNT, instrument:SYMBOL or order:ORDERID';

const SETTABLE_TEXT = 'must be HALTED, CANCEL_ONLY or REDUCING';
const RELEASABLE_TEXT = 'must be ACTIVE, REDUCING or CANCEL_ONLY';

const isSettable = (state: string): state is Exclude<KillState, 'ACTIVE'> =>
  ['HALTED', 'CANCEL_ONLY', 'REDUCING'].includes(state);
const isReleasable = (state: string): state is Exclude<KillState, 'HALTED'> =>
  ['ACTIVE', 'CANCEL_ONLY', 'REDUCING'].includes(state);

const refused = (code: string, message: string): Result<never, ControlError> =>
  err({ code, message });

const NAMES_LISTED_MAX = 20;

const unknown = (
  what: string,
  name: string,
  known: readonly string[],
): Result<never, ControlError> => {
  const names = known.slice(0, NAMES_LISTED_MAX).map((one) => one.replace(/^fix:/, ''));
  const message = `there is no ${what.toLowerCase()} ${name}; this engine has ${names.join(', ')}`;
  return refused(`UNKNOWN_${what}`, message);
};

const toRow = (state: EngineState, order: Order): KilledOrder => ({
  orderID: order.orderID,
  client: order.client,
  clientOrderID: order.clientOrderID,
  symbol: order.terms.symbol,
  side: order.terms.side,
  leavesQty: order.leavesQty,
  ordStatus: ordStatusOf(order),
  ...defined({
    account: order.account,
    price: order.terms.price,
    doubt: state.doubts.get(order.orderID),
  }),
});

/** The verbs `kill.set`, `kill.release` and `kill.list`. */
export const makeKillVerbs = (
  switches: KillSwitches,
): Readonly<Record<string, ControlHandler>> => ({
  'kill.set': (args) => {
    const fault = faultOfArgs(args, SET_ARGS);
    return fault ?? switches.kill(args as unknown as KillRequest);
  },
  'kill.release': (args) => {
    const fault = faultOfArgs(args, RELEASE_ARGS);
    return fault ?? switches.release(args as unknown as ReleaseRequest);
  },
  'kill.list': (args) => faultOfArgs(args, {}) ?? ok({ switches: switches.list() }),
});

const RELEASE_ARGS = { scope: 'string', state: 'string', by: 'string', reason: 'string' };
const SET_ARGS = { ...RELEASE_ARGS, external: 'boolean', dryRun: 'boolean' };

/** A misspelt argument must not make a kill switch wider or looser than it was meant. */
const faultOfArgs = (
  args: ControlArgs,
  types: Readonly<Record<string, string>>,
): Result<never, ControlError> | undefined => {
  for (const [name, value] of Object.entries(args)) {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    if (type === undefined) return refused('BAD_ARGUMENT', `there is no argument ${name}`);
    if (typeof value !== type) return refused('BAD_ARGUMENT', `${name} must be a ${type}`);
  }
  return undefined;
};
