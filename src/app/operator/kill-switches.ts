import { type ControlHandler } from '../../control/control-handler.ts';
import { type ControlArgs, type ControlError } from '../../control/control-message.ts';
import { judgeKillRelease, openKillProposals } from '../../core/decide/kill-release.ts';
import { externalOrdersIn, killProblem, ordersToKill } from '../../core/decide/kill-switch.ts';
import { type KillSwitchReleased } from '../../core/fact.ts';
import { covers, type KillScope, killScopeText, type KillState } from '../../core/kill-scope.ts';
import {
  type EngineState,
  EXTERNAL,
  type KillProposal,
  type KillSwitch,
  type Order,
  type Route,
} from '../../core/state.ts';
import { type InputBody } from '../../core/input.ts';
import { ordStatusOf } from '../../core/evolve/order-status.ts';
import { isClosedStatus } from '../../core/evolve/lifecycle.ts';
import { type ClientName } from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { faultOfText } from '../../lib/plain-text.ts';
import { ok, type Result } from '../../lib/result.ts';
import { type LimitBook } from '../../core/risk/limits/limit-book.ts';
import { type Clock, type EpochMs } from '../../lib/time.ts';
import { type EngineLoop, NOT_DURABLE } from '../loop/engine-loop.ts';
import { readKillScope, refused, type ScopeNames } from './read-kill-scope.ts';

/** Orders that one answer lists; `total` counts all. */
const LISTED_MAX = 1_000;
const TEXT_LENGTH_MAX = 256;

export interface KillDeps extends ScopeNames {
  readonly loop: Pick<
    EngineLoop,
    'state' | 'submit' | 'settled' | 'halted' | 'notDurable' | 'isUnrecorded'
  >;
  readonly clock: Clock;
  /** How kill switches are loosened. */
  readonly changes: LimitBook['configured']['changes'];
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

export interface KillApproval {
  /** Its id, `K1`. */
  readonly proposal: string;
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
  /** False while the journal cannot be written: the switch ends with the process. */
  readonly isRecorded: boolean;
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

/** What holds on the scope from here on, or what another person has to approve first. */
export interface KillReleased {
  readonly scope: string;
  readonly state: string;
  readonly proposal?: KillProposalRow;
}

/** A release that waits for a second person. */
export interface KillProposalRow {
  readonly id: string;
  readonly scope: string;
  /** What is to hold. */
  readonly state: string;
  readonly by: string;
  readonly reason: string;
  readonly at: EpochMs;
  readonly expiresAt: EpochMs;
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

  /** Proposes it; releases at once where the configuration says that one person is enough. */
  async release(request: ReleaseRequest): Promise<KillResult<KillReleased>> {
    const { state = 'ACTIVE', reason } = request;
    const read = this.#read(request, true);
    if (!read.ok) return read;
    const { scope, by } = read.value;
    if (!isReleasable(state))
      return refused('BAD_STATE', `state ${String(state)} ${RELEASABLE_TEXT}`);
    return this.#loosen({ type: 'ReleaseKillSwitch', scope, state, by, reason });
  }

  /** A second person: the release that was proposed is done now. */
  async approveRelease({ proposal, by }: KillApproval): Promise<KillResult<KillReleased>> {
    const fault = faultOfTexts({ proposal, by });
    if (fault !== undefined) return fault;
    const type = 'ApproveKillRelease';
    return this.#loosen({ type, proposalID: proposal, by: operator(by) });
  }

  /** Takes a proposal back, or refuses it. */
  async withdrawRelease(
    request: KillApproval & { readonly reason: string },
  ): Promise<KillResult<KillReleased>> {
    const { proposal, by, reason } = request;
    const fault = faultOfTexts({ proposal, by, reason });
    if (fault !== undefined) return fault;
    const type = 'WithdrawKillRelease';
    return this.#loosen({ type, proposalID: proposal, by: operator(by), reason });
  }

  /** Releases that wait for a second person. */
  proposals(): readonly KillProposalRow[] {
    return openKillProposals(this.#state, this.#deps.clock.wall()).map(toProposalRow);
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
      isRecorded: !this.#deps.loop.isUnrecorded,
    };
  }

  /** With several routes, the one that is furthest from being open. */
  #phaseOf(orders: readonly Order[]): Route['phase'] {
    const concerned = new Set(orders.map(({ session }) => session));
    const sessions = concerned.size > 0 ? [...concerned] : this.#deps.routes;
    const phases = sessions.map((session) => this.#state.routes.get(session)?.phase ?? 'Down');
    return PHASES.find((phase) => phases.includes(phase)) ?? 'Down';
  }

  /** Judged here for the answer, and by the core for the books. */
  async #loosen(body: Parameters<typeof judgeKillRelease>[0]): Promise<KillResult<KillReleased>> {
    const { changes, clock, loop } = this.#deps;
    if (loop.isUnrecorded)
      return refused(NOT_DURABLE, `nothing is loosened now: ${loop.notDurable ?? ''}`);
    const before = this.#state;
    const proposal = 'proposalID' in body ? before.killProposals.get(body.proposalID) : undefined;
    const judged = judgeKillRelease(body, { state: before, at: clock.wall(), changes });
    if (!judged.ok) return refused(judged.error.code, judged.error.text);
    const failed = await this.#submit(body);
    if (failed !== undefined) return failed;
    const { value: fact } = judged;
    switch (fact.type) {
      case 'KillReleaseProposed':
        return ok({
          ...this.#standing(fact),
          proposal: toProposalRow({ ...fact, id: fact.proposalID }),
        });
      case 'KillReleaseEnded':
        return ok(this.#standing(proposal ?? { scope: { type: 'engine' } }));
      case 'KillSwitchReleased':
        return ok({ scope: killScopeText(fact.scope), state: fact.state });
    }
  }

  /** What holds on a scope now. */
  #standing({ scope }: Pick<KillSwitchReleased, 'scope'>): KillReleased {
    const key = killScopeText(scope);
    return { scope: key, state: this.#state.killSwitches.get(key)?.state ?? 'ACTIVE' };
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
    const fault = needsReason ? faultOfTexts({ by, reason }) : undefined;
    if (fault !== undefined) return fault;
    const scope = readKillScope(text, { ...this.#deps, state: this.#state });
    return scope.ok ? ok({ scope: scope.value, by: operator(by) }) : scope;
  }
}

const faultOfTexts = (
  texts: Readonly<Record<string, unknown>>,
): Result<never, ControlError> | undefined => {
  for (const [name, value] of Object.entries(texts)) {
    const fault = typeof value === 'string' ? faultOfText(value, TEXT_LENGTH_MAX) : 'must be given';
    if (fault !== undefined) return refused(`BAD_${name.toUpperCase()}`, `${name} ${fault}`);
  }
  return undefined;
};

const operator = (by: string): ClientName => `operator:${by}` as ClientName;

const toProposalRow = ({ id, scope, state, by, reason, at, expiresAt }: KillProposal) => ({
  ...{ id, scope: killScopeText(scope), state, by, reason, at, expiresAt },
});

/** The worst first. */
const PHASES: readonly Route['phase'][] = ['Down', 'Recovering', 'Active'];

const SETTABLE_TEXT = 'must be HALTED, CANCEL_ONLY or REDUCING';
const RELEASABLE_TEXT = 'must be ACTIVE, REDUCING or CANCEL_ONLY';

const isSettable = (state: string): state is Exclude<KillState, 'ACTIVE'> =>
  ['HALTED', 'CANCEL_ONLY', 'REDUCING'].includes(state);
const isReleasable = (state: string): state is Exclude<KillState, 'HALTED'> =>
  ['ACTIVE', 'CANCEL_ONLY', 'REDUCING'].includes(state);

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

/** The verbs `kill.set`, `kill.release`, `kill.approve`, `kill.withdraw` and `kill.list`. */
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
  'kill.approve': (args) => {
    const fault = faultOfArgs(args, APPROVE_ARGS);
    return fault ?? switches.approveRelease(args as unknown as KillApproval);
  },
  'kill.withdraw': (args) => {
    const fault = faultOfArgs(args, { ...APPROVE_ARGS, reason: 'string' });
    return fault ?? switches.withdrawRelease(args as never);
  },
  'kill.list': (args) =>
    faultOfArgs(args, {}) ?? ok({ switches: switches.list(), proposals: switches.proposals() }),
});

const RELEASE_ARGS = { scope: 'string', state: 'string', by: 'string', reason: 'string' };
const APPROVE_ARGS = { proposal: 'string', by: 'string' };
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
