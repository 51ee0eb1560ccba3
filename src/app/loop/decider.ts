import { type Config, type TradingSessionConfig } from '../../config/config.ts';
import { type Account } from '../../core/accounts.ts';
import { type ContinueDeps } from '../../core/decide/mass-cancel/continue-mass-cancel.ts';
import { type ReplaceOrderDeps } from '../../core/decide/replace/replace-order.ts';
import { makeOrderManager } from '../../core/order-manager.ts';
import { PositionKeeper } from '../../core/positions/position-keeper.ts';
import { contractTypeByName } from '../../core/positions/position-view.ts';
import { LimitBook } from '../../core/risk/limits/limit-book.ts';
import { RiskKeeper, type RiskState } from '../../core/risk/risk-keeper.ts';
import { type RoutingRules } from '../../core/route-phase.ts';
import { emptyState } from '../../core/state.ts';
import { type SessionName, type TradingSymbol } from '../../domain/ids.ts';
import { type OrderRoute } from '../../domain/order.ts';
import { type Instrument } from '../../domain/instrument.ts';
import { makeClOrdIDSource } from '../../kraken/cl-ord-id.ts';
import { copyContainers } from '../../journal/snapshot/snapshot-codec.ts';
import { type KeptState, partOf, prefixed } from '../retention/snapshot-state.ts';
import { doubtSettingsOf } from '../doubts/doubt-settings.ts';
import { configuredLimitsOf } from './configured-limits.ts';
import { type Decider } from './engine-loop.ts';

/** A mass cancel that finds nothing is not answered at all. [fix 4.7] */
const MASS_CANCEL_TIMEOUT_MS = 2_000;

/** What the rate budget of a route lets through. */
export type Rooms = Pick<ContinueDeps, 'cancelRoom'> & Pick<ReplaceOrderDeps, 'hasOrderRoom'>;

/** The order core with what is folded from its facts beside the books. */
export interface Core {
  readonly decider: Decider;
  readonly limits: LimitBook;
  readonly usage: RiskKeeper;
  readonly positions: PositionKeeper;
  readonly kept: KeptState;
}

/**
 * The order core, set up as the configuration says. Amounts were checked when it was read.
 * Positions and what limits count follow the books fact by fact, in the replay of the journal too.
 */
export const makeCore = (
  config: Config,
  tradingSessions: readonly [TradingSessionConfig, ...TradingSessionConfig[]],
  {
    randomBytes,
    cancelRoom,
    hasOrderRoom,
  }: Rooms & { readonly randomBytes: (count: number) => Uint8Array },
): Core => {
  const [first, ...others] = tradingSessions;
  const contractTypeOf = contractTypesOf(config);
  const limits = new LimitBook(configuredLimitsOf(config, tradingSessions));
  const usage = new RiskKeeper({ book: limits, contractTypeOf });
  const positions = new PositionKeeper(contractTypeOf, new Set(config.risk.strategies.keys()));
  const manager = makeOrderManager({
    ...{ limits, usage, positions, cancelRoom, hasOrderRoom },
    instruments: instrumentsOf(config),
    nextClOrdID: makeClOrdIDSource(randomBytes).next,
    doubts: doubtSettingsOf(config, tradingSessions),
    accounts: [accountOf(first, config), ...others.map((one) => accountOf(one, config))],
    ackTimeoutMs: config.engine.ackTimeoutMs,
    massCancelTimeoutMs: MASS_CANCEL_TIMEOUT_MS,
  });
  const evolve: Decider['evolve'] = (state, fact) => {
    positions.noteBefore(state, fact);
    const after = manager.evolve(state, fact);
    positions.note(after, fact);
    usage.note(after, fact);
    return after;
  };
  const kept: KeptState = {
    state: (books) => ({
      ...prefixed('books', copyContainers(books)),
      ...prefixed('positions', positions.state(books)),
      ...prefixed('usage', usage.state()),
    }),
    restore: (state) => {
      const books = { ...emptyState(), ...partOf(state, 'books') };
      positions.restore({ entries: new Map(), ...partOf(state, 'positions') });
      usage.restore(books, { ...NO_USAGE, ...partOf(state, 'usage') });
      return books;
    },
  };
  return { decider: { ...manager, evolve }, limits, usage, positions, kept };
};

const accountOf = (session: TradingSessionConfig, { rest }: Config): Account => ({
  name: session.account,
  session: session.name,
  cancelOnDisconnect: session.cancelOrdersOnDisconnect,
  hasRest: rest !== undefined && session.restCredentials !== undefined,
  routing: routingRulesOfConfig(session),
});

/** The time in which a venue notices a dead link follows the heartbeats, unless it is given. */
export const routingRulesOfConfig = ({
  routing,
  heartBtIntSeconds,
}: Pick<TradingSessionConfig, 'routing' | 'heartBtIntSeconds'>): RoutingRules => ({
  ...routing,
  codMaxMs: routing.codMaxMs ?? 2_500 * heartBtIntSeconds + 5_000,
});

const NO_USAGE = {
  replacing: new Map(),
  counts: new Map(),
  likes: new Map(),
} satisfies RiskState;

const contractTypesOf = ({ instruments }: Config) => {
  const types = new Map(instruments.map(({ symbol, contractType }) => [symbol, contractType]));
  return (symbol: TradingSymbol) => types.get(symbol) ?? contractTypeByName(symbol);
};

const instrumentsOf = ({ instruments }: Config): ReadonlyMap<TradingSymbol, Instrument> =>
  new Map(
    instruments.map(({ symbol, contractType, tickSize, qtyStep, qtyMin }) => [
      symbol,
      {
        symbol,
        contractType,
        tickSize,
        qtyStep,
        qtyMin,
        status: 'Online',
      },
    ]),
  );

/** Rate budgets, each of its route. */
export const roomsOf = (
  routeOf: (
    session: SessionName,
    route: OrderRoute,
  ) =>
    | {
        readonly cancelRoom: () => ReturnType<Rooms['cancelRoom']>;
        readonly hasOrderRoom: () => boolean;
      }
    | undefined,
): Rooms => ({
  cancelRoom: (session, route) => routeOf(session, route)?.cancelRoom() ?? NO_CANCEL_ROOM,
  hasOrderRoom: (session, route) => routeOf(session, route)?.hasOrderRoom() ?? false,
});

/** Of a session that has left the configuration, whose orders are out of reach. */
const NO_CANCEL_ROOM = { cancels: 0, cancelAfterMs: 60_000, massCancelAfterMs: undefined };
