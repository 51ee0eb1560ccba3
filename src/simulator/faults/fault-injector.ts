import { defined } from '../../lib/defined.ts';
import { decimal, decimalToText } from '../../lib/decimal.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { epochMs } from '../../lib/time.ts';
import { FROZEN_VIEWS } from '../gateways/rest/endpoints/catalogue.ts';
import { checkFault } from './fault-check.ts';
import { type WaitingFault } from './fault-registry.ts';
import { type Fault, type FaultOf, isWaiting } from './fault.ts';
import { type LinkFault, LinkFaults, type LinkFaultsDeps } from './link/link-faults.ts';
import { type SkewedClock } from './fault-parts.ts';
import { TradeFaults, type TradeFaultsDeps } from './trade-faults.ts';

/** `accounts`: a fault without an account is meant for all of them. */
type FaultInjectorDeps = TradeFaultsDeps &
  LinkFaultsDeps & {
    /** The clock of the gateways. */
    readonly venueClock: SkewedClock;
  };

type Standing = FaultOf<'history-lag' | 'stale-views' | 'clock-skew' | 'maintenance'>;
type TradeFault = FaultOf<'trade-bust' | 'trade-correction'>;
type Rule = FaultOf<'cancel-orders' | 'hold-takers' | 'market-state' | 'index-jump'>;

const STANDING: readonly string[] = [
  'history-lag',
  'stale-views',
  'clock-skew',
  'maintenance',
] satisfies readonly Standing['kind'][];
const LINKS: readonly string[] = [
  'link-cut',
  'link-delay',
  'fix-sequence',
  'sequence-reset',
  'rollover',
] satisfies readonly LinkFault['kind'][];
const TRADES: readonly string[] = [
  'trade-bust',
  'trade-correction',
] satisfies readonly TradeFault['kind'][];
const RULES: readonly string[] = [
  'cancel-orders',
  'hold-takers',
  'market-state',
  'index-jump',
] satisfies readonly Rule['kind'][];
const isStanding = (fault: Fault): fault is Standing => STANDING.includes(fault.kind);
const isLink = (fault: Fault): fault is LinkFault => LINKS.includes(fault.kind);
const isTrade = (fault: Fault): fault is TradeFault => TRADES.includes(fault.kind);
const isRule = (fault: Fault): fault is Rule => RULES.includes(fault.kind);

const ACCOUNTS_CANCELED_BY = 'CANCELLED_BY_ADMIN';

/** Makes faults happen: at once, for a while, or when a matching request or frame comes. */
export class FaultInjector {
  readonly #deps: FaultInjectorDeps;
  readonly #links: LinkFaults;
  /** Takes every event of the exchange. */
  readonly trades: TradeFaults;

  constructor(deps: FaultInjectorDeps) {
    this.#deps = deps;
    this.#links = new LinkFaults(deps);
    this.trades = new TradeFaults(deps);
  }

  /**
   * Returns the number of a waiting fault; `undefined` for one that happened at once or cannot
   * happen.
   */
  inject(fault: Fault): number | undefined {
    const injected = this.#inject(fault);
    return injected.ok ? injected.value : undefined;
  }

  /** The same, but a fault that cannot happen is an error with field and reason. */
  ask(fault: Fault): Result<number | undefined, string> {
    const problem = this.problemOf(fault);
    return problem === undefined ? this.#inject(fault) : err(problem);
  }

  /** Faults that still wait for a matching request or frame. */
  waiting(): readonly WaitingFault[] {
    return this.#deps.waitingFaults.waiting(this.#deps.clock.wall());
  }

  /** Why the fault cannot happen in this run, if so: a name that the run does not know. */
  problemOf(fault: Fault): string | undefined {
    const { queries, routes, feeds, rest } = this.#deps;
    const fixChannels = routes.map(({ channel }) => channel);
    const [trading] = routes;
    return checkFault(fault, {
      queries,
      compIDs: () => trading?.acceptor.sessions().map((session) => session.view().id) ?? [],
      channels: [
        ...fixChannels,
        ...(feeds === undefined ? [] : ['ws']),
        ...(rest === undefined ? [] : ['rest']),
      ],
    });
  }

  #inject(fault: Fault): Result<number | undefined, string> {
    if (isWaiting(fault)) {
      const id = this.#deps.waitingFaults.put(fault, this.#deps.clock.wall());
      return id === undefined ? err('too many faults wait already') : ok(id);
    }
    if (isTrade(fault)) return this.trades.inject(fault);
    if (isLink(fault)) return ok(this.#links.inject(fault));
    if (isStanding(fault)) this.#stand(fault);
    else if (isRule(fault)) this.#rule(fault);
    return ok(undefined);
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
        this.#skew(fault.skewMs);
        this.#later(fault.forMs, () => {
          this.#skew(0);
        });
        break;
      case 'maintenance':
        this.#maintain(fault);
        break;
    }
  }

  #skew(skewMs: number): void {
    this.#deps.rest?.setSkewMs(skewMs);
    this.#deps.venueClock.setSkewMs(skewMs);
  }

  /** Maintenance [rest 11]: down, then markets are post-only for a while, then as before. */
  #maintain({ downMs, postOnlyMs = 0 }: FaultOf<'maintenance'>): void {
    const { rest, feeds, routes, clock, submit, queries } = this.#deps;
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
    feeds?.setDown(true);
    for (const { acceptor } of routes)
      for (const session of acceptor.sessions()) session.logout('maintenance');
    this.#later(downMs, () => {
      rest?.api.setDown(undefined);
      feeds?.setDown(false);
      setAll({ suspended: false, postOnly: postOnlyMs > 0 });
    });
    if (postOnlyMs > 0) {
      this.#later(downMs + postOnlyMs, () => {
        setAll({ suspended: false, postOnly: false });
      });
    }
  }

  #rule(fault: Rule): void {
    const { submit, accounts, queries } = this.#deps;
    switch (fault.kind) {
      case 'cancel-orders':
        for (const account of fault.account === undefined ? accounts : [fault.account]) {
          const { symbol } = fault;
          submit({
            type: 'CancelOrders',
            account,
            reason: ACCOUNTS_CANCELED_BY,
            ...defined({ symbol }),
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
        const price = queries.indexPrice(symbol);
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
    const state = defined({ suspended, postOnly, cancelOnly, dislocation });
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
