import { type FixSession } from '../../fix/session/session-types.ts';
import { decimal, decimalToText } from '../../lib/decimal.ts';
import { epochMs, type Clock, type Timers } from '../../lib/time.ts';
import { type ExchangeCommand } from '../exchange/commands.ts';
import { type ExchangeQueries } from '../exchange/queries.ts';
import { type RestService } from '../rest/rest-service.ts';
import { FROZEN_VIEWS } from '../rest/frozen-views.ts';
import { type FaultBoard } from './fault-board.ts';
import { type Fault, type FaultOf, isRestFault } from './fault.ts';
import { type FixDoor } from './fix-door.ts';

export interface FaultInjectorDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly board: FaultBoard;
  readonly queries: ExchangeQueries;
  readonly submit: (command: ExchangeCommand) => void;
  /** Sessions of FIX clients. */
  readonly sessions: () => readonly FixSession[];
  readonly doors: readonly FixDoor[];
  readonly rest: RestService | undefined;
  /** Accounts that a fault without an account means. */
  readonly accounts: readonly string[];
}

type Standing = FaultOf<'history-lag' | 'stale-views' | 'clock-skew' | 'maintenance'>;
type Disturbance = FaultOf<'link-cut' | 'link-delay' | 'fix-sequence' | 'rollover'>;

const STANDING: readonly string[] = [
  'history-lag',
  'stale-views',
  'clock-skew',
  'maintenance',
] satisfies readonly Standing['kind'][];
const DISTURBANCES: readonly string[] = [
  'link-cut',
  'link-delay',
  'fix-sequence',
  'rollover',
] satisfies readonly Disturbance['kind'][];
const isStanding = (fault: Fault): fault is Standing => STANDING.includes(fault.kind);
const isDisturbance = (fault: Fault): fault is Disturbance => DISTURBANCES.includes(fault.kind);

const ACCOUNTS_CANCELED_BY = 'CANCELLED_BY_ADMIN';

/** Makes faults happen: at once, for a while, or to the requests that come. */
export class FaultInjector {
  readonly #deps: FaultInjectorDeps;

  constructor(deps: FaultInjectorDeps) {
    this.#deps = deps;
  }

  /** The number of a waiting fault; `undefined` for those that are done at once. */
  inject(fault: Fault): number | undefined {
    if (isRestFault(fault)) return this.#deps.board.put(fault, this.#deps.clock.wall());
    if (isStanding(fault)) this.#stand(fault);
    else if (isDisturbance(fault)) this.#disturb(fault);
    else this.#rule(fault);
    return undefined;
  }

  #later(afterMs: number | undefined, action: () => void): void {
    if (afterMs !== undefined) this.#deps.timers.set(afterMs, action);
  }

  #stand(fault: Standing): void {
    const { rest } = this.#deps;
    switch (fault.kind) {
      case 'history-lag':
        rest?.venue.history.setLagMs(fault.lagMs);
        this.#later(fault.forMs, () => rest?.venue.history.setLagMs(0));
        break;
      case 'stale-views':
        void rest?.api.freeze(this.#deps.accounts, FROZEN_VIEWS);
        this.#later(fault.forMs, () => void rest?.api.freeze(undefined, FROZEN_VIEWS));
        break;
      case 'clock-skew':
        rest?.setSkewMs(fault.skewMs);
        this.#later(fault.forMs, () => rest?.setSkewMs(0));
        break;
      case 'maintenance':
        this.#maintain(fault);
        break;
    }
  }

  /** Down; then markets are post-only for a while; then as before (rest 11). */
  #maintain({ downMs, postOnlyMs = 0 }: FaultOf<'maintenance'>): void {
    const { rest, clock, submit, queries } = this.#deps;
    const symbols = queries.instruments().map(({ symbol }) => symbol);
    const setAll = (state: { readonly suspended: boolean; readonly postOnly: boolean }): void => {
      for (const symbol of symbols) submit({ type: 'SetMarketState', symbol, ...state });
    };
    const at = clock.wall();
    rest?.venue.notices.post({
      type: 'maintenance',
      priority: 'high',
      note: 'The platform is down for maintenance.',
      effectiveTime: at,
      expectedDowntimeMinutes: Math.ceil(downMs / 60_000),
    });
    rest?.api.setDown(epochMs(at + downMs));
    setAll({ suspended: true, postOnly: false });
    for (const session of this.#deps.sessions()) session.logout('maintenance');
    this.#later(downMs, () => {
      rest?.api.setDown(undefined);
      setAll({ suspended: false, postOnly: postOnlyMs > 0 });
    });
    if (postOnlyMs > 0) {
      this.#later(downMs + postOnlyMs, () => {
        setAll({ suspended: false, postOnly: false });
      });
    }
  }

  #disturb(fault: Disturbance): void {
    switch (fault.kind) {
      case 'link-cut':
        for (const door of this.#deps.doors) door.cut(fault.how);
        break;
      case 'link-delay':
        for (const door of this.#deps.doors) door.slow(fault.delayMs, fault.forMs);
        break;
      case 'fix-sequence':
        for (const session of this.#named(fault.session)) {
          const next = session.view().nextSenderMsgSeqNum;
          session.setNextSenderMsgSeqNum(fault.nextSenderMsgSeqNum ?? next + (fault.skip ?? 1));
        }
        break;
      case 'rollover':
        for (const session of this.#named(fault.session)) session.reset();
        break;
    }
  }

  #named(id: string | undefined): readonly FixSession[] {
    return this.#deps.sessions().filter((session) => id === undefined || session.view().id === id);
  }

  #rule(fault: FaultOf<'cancel-orders' | 'hold-takers' | 'market-state' | 'index-jump'>): void {
    const { submit, accounts, queries } = this.#deps;
    switch (fault.kind) {
      case 'cancel-orders':
        for (const account of fault.account === undefined ? accounts : [fault.account]) {
          const { symbol } = fault;
          submit({
            type: 'CancelOrders',
            account,
            reason: ACCOUNTS_CANCELED_BY,
            ...(symbol === undefined ? {} : { symbol }),
          });
        }
        break;
      case 'hold-takers': {
        const { symbol, millis } = fault;
        const before = queries.instrumentStatus(symbol)?.makerProtectionMillis ?? 0;
        submit({ type: 'SetMakerProtection', symbol, millis });
        this.#later(fault.forMs, () => {
          submit({ type: 'SetMakerProtection', symbol, millis: before });
        });
        break;
      }
      case 'market-state':
        this.#changeState(fault);
        break;
      case 'index-jump': {
        const { symbol } = fault;
        const price = queries.ticker(symbol)?.indexPrice;
        if (price === undefined) break;
        const factor = decimal((1 + fault.fraction).toFixed(9));
        submit({
          type: 'SetIndex',
          symbol,
          price: decimalToText(decimal(price).times(factor).round(10)),
        });
        break;
      }
    }
  }

  #changeState(fault: FaultOf<'market-state'>): void {
    const { submit, queries } = this.#deps;
    const { forMs, symbol, suspended, postOnly, cancelOnly, dislocation } = fault;
    const state = {
      ...(suspended === undefined ? {} : { suspended }),
      ...(postOnly === undefined ? {} : { postOnly }),
      ...(cancelOnly === undefined ? {} : { cancelOnly }),
      ...(dislocation === undefined ? {} : { dislocation }),
    };
    const all = queries.instruments().map((spec) => spec.symbol);
    const symbols = symbol === undefined ? all : [symbol];
    for (const each of symbols) submit({ type: 'SetMarketState', symbol: each, ...state });
    this.#later(forMs, () => {
      for (const each of symbols) submit({ type: 'SetMarketState', symbol: each, ...OPEN });
    });
  }
}

const OPEN = {
  suspended: false,
  postOnly: false,
  cancelOnly: false,
  dislocation: 'none',
} as const;
