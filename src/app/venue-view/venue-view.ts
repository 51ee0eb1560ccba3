import { type MarketDataSessionConfig } from '../../config/config.ts';
import { type ControlHandler } from '../../control/control-handler.ts';
import { type InputBody } from '../../core/input.ts';
import { type EngineState } from '../../core/state.ts';
import {
  type PositionContext,
  type PositionView,
  positionViews,
} from '../../core/positions/position-view.ts';
import { type PositionKeeper, type PositionOwner } from '../../core/positions/position-keeper.ts';
import { type BookPort } from '../../domain/book.ts';
import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';
import { makePreferredBooks } from '../../kraken/books/preferred-books.ts';
import { type AccountBudgets } from '../../kraken/rate-budget.ts';
import { err, ok } from '../../lib/result.ts';
import { type Secret } from '../../lib/secret.ts';
import { type AccountMonitor, makeAccountMonitor } from './account-monitor.ts';
import { type AccountSnapshot } from './account-snapshot.ts';
import { makeKeyBudgets } from './rest-access.ts';
import { type MarketDataSession } from '../sessions/market-data-session.ts';
import { type Setup } from '../sessions/open-sessions.ts';
import { makeReferencePrices } from './reference-prices.ts';
import { makePublicFeed, type PublicFeed } from './public-feed.ts';

/** The engine's connections over REST and WebSocket, beside its FIX sessions. */
export interface VenueView {
  /** Every book of the engine. FIX market data is preferred to the public feeds. */
  readonly books: BookPort;
  readonly account: () => AccountSnapshot | undefined;
  /** Of the account, or of each client, with mark prices and the venue's own view beside them. */
  readonly positions: (of: PositionOwner['type']) => readonly PositionView[];
  readonly handlers: Readonly<Record<string, ControlHandler>>;
  readonly budgetsOf: (apiKey: Secret) => AccountBudgets;
  /** Adds the reference price to a new order, and its position where a kill switch asks for it. */
  readonly stamp: (body: InputBody) => InputBody;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

export interface VenueViewDeps {
  readonly books: () => EngineState;
  readonly keeper: PositionKeeper;
  readonly submit: (body: InputBody) => void;
}

export const openVenueView = (
  { config, trading, deps, metrics, emitter }: Setup,
  marketData: readonly MarketDataSession[],
  wiring: VenueViewDeps,
): VenueView => {
  const { referencePriceAgeMsMax: referenceAgeMsMax } = config.risk;
  const budgetsOf = makeKeyBudgets();
  const onFix = new Set(
    config.sessions
      .filter((s): s is MarketDataSessionConfig => s.role.startsWith('marketData'))
      .flatMap(({ symbols }) => symbols),
  );
  const webBooks = makePublicFeed(config, onFix, { ...deps, metrics });
  const books = makePreferredBooks(
    [
      ...marketData.map((route) => route.books),
      ...(webBooks === undefined ? [] : [webBooks.books]),
    ],
    deps.clock.monotonic,
  );
  const account = makeAccountMonitor(config, {
    ...deps,
    ...wiring,
    session: trading.name,
    metrics,
    budgetsOf,
    onHealth: (isUp) => emitter.emit('accountFeed', isUp),
  });
  const referenceOf = makeReferencePrices({
    source: config.risk.referencePrice,
    books,
    mark: (symbol) => webBooks?.mark(symbol),
    clock: deps.clock,
    ageMsMax: referenceAgeMsMax,
  });
  const context = contextOf(webBooks, account, { ...deps, ageMsMax: referenceAgeMsMax });
  const positions = (of: PositionOwner['type']): readonly PositionView[] =>
    positionViews(wiring.keeper.all(wiring.books(), of), wiring.books(), context);
  /** Only while a kill switch may ask for it. */
  const positionOf = (symbol: TradingSymbol): { readonly positionQty?: DecimalText } =>
    wiring.books().killSwitches.size === 0
      ? {}
      : { positionQty: wiring.keeper.qtyOf(wiring.books(), trading.name, symbol) };
  return {
    books,
    positions,
    budgetsOf,
    account: () => account?.snapshot(),
    handlers: {
      ...(account?.handlers ?? { 'account.view': () => err(NO_ACCOUNT_VIEW) }),
      'positions.view': ({ by = 'account' }) =>
        by === 'account' || by === 'client' ? ok({ positions: positions(by) }) : err(BAD_BY),
    },
    stamp: (body) =>
      body.type === 'PlaceOrder'
        ? {
            ...body,
            reference: referenceOf(body.request.terms.symbol),
            ...positionOf(body.request.terms.symbol),
          }
        : body,
    start: () => {
      webBooks?.start();
      account?.start();
    },
    stop: async () => {
      webBooks?.stop();
      await account?.stop();
    },
  };
};

/** The ticker's mark price while it is fresh, else that of the venue's position. */
const contextOf = (
  feed: PublicFeed | undefined,
  account: AccountMonitor | undefined,
  { clock, ageMsMax }: Pick<Setup['deps'], 'clock'> & { readonly ageMsMax: number },
): PositionContext => ({
  markOf: (symbol: TradingSymbol): DecimalText | { readonly none: string } => {
    const known = feed?.mark(symbol);
    if (known !== undefined && clock.monotonic() - known.at <= ageMsMax) return known.px;
    return (
      account?.markPxOf(symbol) ?? {
        none: known === undefined ? 'no mark price' : 'the mark price is stale',
      }
    );
  },
  venueQtyOf: (symbol) => account?.beside.venueQtyOf(symbol),
  fundingOf: (symbol) => account?.beside.fundingOf(symbol),
});

const BAD_BY = { code: 'BAD_ARGUMENT', message: 'by: must be account or client' };

const NO_ACCOUNT_VIEW = {
  code: 'ACCOUNT_VIEW_OFF',
  message: 'the private feeds need webSocket.url and rest.credentials in the configuration',
};
