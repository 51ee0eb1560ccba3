import { type MarketDataSessionConfig } from '../../config/config.ts';
import { type ControlHandler } from '../../control/control-handler.ts';
import { type InputBody, type MarketView, type ReferencePrice } from '../../core/input.ts';
import { type EngineState } from '../../core/state.ts';
import {
  type PositionContext,
  type PositionView,
  positionViews,
} from '../../core/positions/position-view.ts';
import { type PositionOwner } from '../../core/positions/position-keeper.ts';
import { type Marks } from '../../core/risk/exposure.ts';
import { type BookPort } from '../../domain/book.ts';
import {
  type DecimalText,
  type OrderID,
  type SessionName,
  type TradingSymbol,
} from '../../domain/ids.ts';
import { type OrderRequest } from '../../domain/order.ts';
import { makePreferredBooks } from '../../kraken/books/preferred-books.ts';
import { type AccountBudgets } from '../../kraken/rate-budget.ts';
import { err, ok } from '../../lib/result.ts';
import { type Fill } from '../../kraken/websocket/events/private-events.ts';
import { type PrivateState } from '../../kraken/websocket/views/private-state.ts';
import { type Secret } from '../../lib/secret.ts';
import { KeptReports } from '../reconciliation/kept-reports.ts';
import { Reconciliations } from '../reconciliation/reconciliations.ts';
import { AccountRoutes } from '../routes/account-routes.ts';
import { makeAccountMonitor } from './account-monitor.ts';
import { AccountViews } from './account-views.ts';
import { type AccountSnapshot } from './account-snapshot.ts';
import { makeKeyBudgets } from './rest-access.ts';
import { type MarketDataSession } from '../sessions/market-data-session.ts';
import { type Setup } from '../sessions/open-sessions.ts';
import { type Core } from '../loop/decider.ts';
import { type RecordedFact } from '../loop/engine-loop.ts';
import { makeMarketViews } from './market-views.ts';
import { makeReferencePrices } from './reference-prices.ts';
import { makePublicFeed, type PublicFeed } from './public-feed.ts';

/** The engine's connections over REST and WebSocket, beside its FIX sessions. */
export interface VenueView {
  /** Every book of the engine. FIX market data is preferred to the public feeds. */
  readonly books: BookPort;
  /** Of the account of this name, or of the first one. */
  readonly account: (name?: string) => AccountSnapshot | undefined;
  /** Of the account, or of each client, with mark prices and the venue's own view beside them. */
  readonly positions: (of: PositionOwner['type']) => readonly PositionView[];
  /** Current mark prices of the instruments with a position. */
  readonly marks: () => Marks;
  readonly handlers: Readonly<Record<string, ControlHandler>>;
  readonly budgetsOf: (apiKey: Secret) => AccountBudgets;
  /** Durable facts, as they come, with what they ask of REST. */
  readonly onDurable: (facts: readonly Pick<RecordedFact, 'fact' | 'effects'>[]) => void;
  /** The private feeds of an account; `undefined` while they are not current. */
  readonly feedsOf: (session: SessionName) => PrivateState | undefined;
  /** Adds the reference price to a new order, and its position where a kill switch asks for it. */
  readonly stamp: (body: InputBody) => InputBody;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

export interface VenueViewDeps {
  readonly books: () => EngineState;
  readonly core: Pick<Core, 'positions' | 'limits'>;
  /** The venue's clock minus ours; `undefined` before its first message. */
  readonly clockOffsetMs: () => number | undefined;
  readonly submit: (body: InputBody) => void;
  /** Whether an order that left memory has this fill. */
  readonly hasArchivedFill: (fill: Fill) => boolean;
}

export const openVenueView = (
  setup: Setup,
  marketData: readonly MarketDataSession[],
  wiring: VenueViewDeps,
): VenueView => {
  const { config, tradingSessions, deps, metrics } = setup;
  const { referencePriceAgeMsMax: referenceAgeMsMax } = config.risk;
  const budgetsOf = makeKeyBudgets();
  const onFix = symbolsOnFix(config);
  const webBooks = makePublicFeed(config, onFix, { ...deps, metrics });
  const books = makePreferredBooks(
    [
      ...marketData.map((route) => route.books),
      ...(webBooks === undefined ? [] : [webBooks.books]),
    ],
    deps.clock.monotonic,
  );
  const accounts = watchAccounts(setup, wiring, {
    budgetsOf,
    positions: (account) => positions('account').filter((one) => one.account === account),
  });
  const referenceOf = makeReferencePrices({
    source: config.risk.referencePrice,
    books,
    mark: (symbol) => webBooks?.ticker(symbol)?.mark,
    clock: deps.clock,
    ageMsMax: referenceAgeMsMax,
  });
  const context = contextOf(webBooks, accounts, { ...deps, ageMsMax: referenceAgeMsMax });
  const marketOf = makeMarketViews({
    ...{ books, clock: deps.clock, ageMsMax: referenceAgeMsMax },
    ticker: (symbol) => webBooks?.ticker(symbol),
    clockOffsetMs: wiring.clockOffsetMs,
    markOf: (symbol) => {
      const mark = context.markOf(symbol);
      return typeof mark === 'string' ? mark : undefined;
    },
    valuedSymbols: () => valuedSymbols(wiring, deps.clock),
  });
  const positions = (of: PositionOwner['type']): readonly PositionView[] =>
    positionViews(wiring.core.positions.all(wiring.books(), of), wiring.books(), context);
  const positionOf = makePositionOf(accounts, wiring);
  const routes = new AccountRoutes(config, tradingSessions, {
    ...{ ...deps, ...wiring, budgetsOf, monitorOf: (session) => accounts.of(session) },
  });
  return {
    ...{ books, positions, budgetsOf },
    onDurable: (facts) => {
      routes.onDurable(facts);
      for (const { fact } of facts) accounts.onFact(fact);
    },
    feedsOf: (session) => accounts.of(session)?.feeds(),
    marks: () => marksOf(wiring, context),
    account: (name) => accounts.snapshot(name),
    handlers: {
      'account.view': ({ account }) => accounts.view(account),
      'positions.view': positionsHandler(positions),
      'reconcile.run': ({ account }) => accounts.reconcile(account),
      'reconcile.list': (args) => accounts.listReports(args),
      'reconcile.show': ({ id }) => accounts.showReport(id),
      ...routes.handlers,
    },
    stamp: (body) => stamped(body, wiring.books(), { referenceOf, marketOf, positionOf }),
    ...lifeOf([accounts, routes, ...(webBooks === undefined ? [] : [webBooks])]),
  };
};

const lifeOf = (
  parts: readonly { readonly start: () => void; readonly stop: () => unknown }[],
): Pick<VenueView, 'start' | 'stop'> => ({
  start: () => {
    for (const part of parts) part.start();
  },
  stop: async () => {
    await Promise.all(parts.map((part) => part.stop()));
  },
});

/** Each account with its own view of the venue, and the reconciliations of both. */
const watchAccounts = (
  { config, tradingSessions, deps, metrics, emitter }: Setup,
  wiring: VenueViewDeps,
  {
    budgetsOf,
    positions,
  }: {
    readonly budgetsOf: VenueView['budgetsOf'];
    readonly positions: (account: string) => readonly PositionView[];
  },
): AccountViews => {
  const { dir, keepMax, intervalMs } = config.reconciliation;
  const kept = new KeptReports(dir, keepMax);
  const accounts = tradingSessions.map(({ name: session, account, restCredentials }) => {
    const monitor = makeAccountMonitor(config, restCredentials, {
      ...{ ...deps, ...wiring, session, metrics, budgetsOf },
      keeper: wiring.core.positions,
      positions: () => positions(account),
      feed: tradingSessions.length === 1 ? 'private' : `private:${account}`,
      onHealth: (isUp) => emitter.emit('accountFeed', isUp, account),
    });
    const reconciliations =
      monitor &&
      new Reconciliations({
        ...{ ...deps, ...wiring, account, session, kept, intervalMs, metrics },
        ...{ reconcile: monitor.reconcile, isFeedReady: monitor.isReady },
      });
    return { account, session, monitor, reconciliations };
  });
  return new AccountViews(accounts, kept);
};

/** The position that a reduce-only order reduces; only while a kill switch may ask for it. */
const makePositionOf =
  (accounts: AccountViews, wiring: VenueViewDeps) =>
  ({ account, terms: { symbol } }: OrderRequest): { readonly positionQty?: DecimalText } => {
    const session = accounts.sessionFor(account);
    if (wiring.books().killSwitches.size === 0 || session === undefined) return {};
    return { positionQty: wiring.core.positions.qtyOf(wiring.books(), session, symbol) };
  };

/** Mark prices of the instruments that an account holds, as far as they are known. */
const marksOf = (
  wiring: VenueViewDeps,
  context: ReturnType<typeof contextOf>,
): ReturnType<VenueView['marks']> => {
  const held = wiring.core.positions.all(wiring.books(), 'account');
  const known = held.flatMap(({ symbol }) => {
    const mark = context.markOf(symbol);
    return typeof mark === 'string' ? [[symbol, mark] as const] : [];
  });
  return Object.fromEntries(known);
};

/** Instruments whose books come over FIX. */
const symbolsOnFix = ({ sessions }: Setup['config']): ReadonlySet<TradingSymbol> =>
  new Set(
    sessions
      .filter((s): s is MarketDataSessionConfig => s.role.startsWith('marketData'))
      .flatMap(({ symbols }) => symbols),
  );

const positionsHandler =
  (positions: VenueView['positions']): ControlHandler =>
  ({ by = 'account' }) =>
    by === 'account' || by === 'client' || by === 'strategy'
      ? ok({ positions: positions(by) })
      : err(BAD_BY);

/** Instruments with a position, where a limit values positions. */
const valuedSymbols = (
  { core: { limits, positions }, books }: VenueViewDeps,
  clock: Setup['deps']['clock'],
): readonly TradingSymbol[] => {
  const [state, at] = [books(), clock.wall()];
  const isAsked = (['lossMax', 'grossNotionalMax'] as const).some((limit) =>
    limits.isLimited(limit, state, at),
  );
  return isAsked ? positions.all(state, 'account').map(({ symbol }) => symbol) : [];
};

const stamped = (
  body: InputBody,
  { orders, orderIDByClientOrderID }: EngineState,
  {
    referenceOf,
    marketOf,
    positionOf,
  }: {
    readonly referenceOf: (symbol: TradingSymbol) => ReferencePrice;
    readonly marketOf: (symbol: TradingSymbol) => MarketView;
    readonly positionOf: (request: OrderRequest) => { readonly positionQty?: DecimalText };
  },
): InputBody => {
  if (body.type === 'PlaceOrder') {
    const { symbol } = body.request.terms;
    const seen = { reference: referenceOf(symbol), market: marketOf(symbol) };
    return { ...body, ...seen, ...positionOf(body.request) };
  }
  if (body.type !== 'ReplaceOrder') return body;
  const { client, origClientOrderID, orderID } = body.request;
  const named =
    origClientOrderID === undefined
      ? (orderID as OrderID | undefined)
      : orderIDByClientOrderID.get(client)?.get(origClientOrderID);
  const order = named === undefined ? undefined : orders.get(named);
  if (order === undefined) return body;
  const { symbol } = order.terms;
  return { ...body, reference: referenceOf(symbol), market: marketOf(symbol) };
};

/** The ticker's mark price while it is fresh, else that of the venue's position. */
const contextOf = (
  feed: PublicFeed | undefined,
  accounts: AccountViews,
  { clock, ageMsMax }: Pick<Setup['deps'], 'clock'> & { readonly ageMsMax: number },
): PositionContext => ({
  markOf: (symbol: TradingSymbol): DecimalText | { readonly none: string } => {
    const known = feed?.ticker(symbol)?.mark;
    if (known !== undefined && clock.monotonic() - known.at <= ageMsMax) return known.px;
    return (
      accounts.markPxOf(symbol) ?? {
        none: known === undefined ? 'no mark price' : 'the mark price is stale',
      }
    );
  },
  accountOf: (session) => accounts.nameOf(session),
  venueQtyOf: (symbol, session) => accounts.of(session)?.beside.venueQtyOf(symbol, session),
  fundingOf: (symbol, session) => accounts.of(session)?.beside.fundingOf(symbol, session),
});

const BAD_BY = { code: 'BAD_ARGUMENT', message: 'by: must be account, client or strategy' };
