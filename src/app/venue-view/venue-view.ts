import { type MarketDataSessionConfig } from '../../config/config.ts';
import { type ControlHandler } from '../../control/control-handler.ts';
import { type InputBody } from '../../core/input.ts';
import { type EngineState } from '../../core/state.ts';
import { type BookPort } from '../../domain/book.ts';
import { makePreferredBooks } from '../../kraken/books/preferred-books.ts';
import { type AccountBudgets } from '../../kraken/rate-budget.ts';
import { err } from '../../lib/result.ts';
import { type Secret } from '../../lib/secret.ts';
import { makeAccountMonitor } from './account-monitor.ts';
import { type AccountSnapshot } from './account-snapshot.ts';
import { type RecordedFact } from '../loop/engine-loop.ts';
import { makeKeyBudgets } from './rest-access.ts';
import { type MarketDataSession } from '../sessions/market-data-session.ts';
import { type Setup } from '../sessions/open-sessions.ts';
import { makeReferencePrices } from './reference-prices.ts';
import { makePublicFeed } from './public-feed.ts';

/** The engine's connections over REST and WebSocket, beside its FIX sessions. */
export interface VenueView {
  /** Every book of the engine. FIX market data is preferred to the public feeds. */
  readonly books: BookPort;
  readonly account: () => AccountSnapshot | undefined;
  readonly handlers: Readonly<Record<string, ControlHandler>>;
  readonly budgetsOf: (apiKey: Secret) => AccountBudgets;
  /** Adds the reference price to a new order. */
  readonly stamp: (body: InputBody) => InputBody;
  readonly onFacts: (facts: readonly RecordedFact[]) => void;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

export interface VenueViewDeps {
  readonly books: () => EngineState;
  readonly submit: (body: InputBody) => void;
}

export const openVenueView = (
  { config, deps, metrics, emitter }: Setup,
  marketData: readonly MarketDataSession[],
  wiring: VenueViewDeps,
): VenueView => {
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
    metrics,
    budgetsOf,
    onHealth: (isUp) => emitter.emit('accountFeed', isUp),
  });
  const referenceOf = makeReferencePrices({
    source: config.risk.referencePrice,
    books,
    mark: (symbol) => webBooks?.mark(symbol),
    clock: deps.clock,
    ageMsMax: config.risk.referencePriceAgeMsMax,
  });
  return {
    books,
    budgetsOf,
    account: () => account?.snapshot(),
    handlers: account?.handlers ?? { 'account.view': () => err(NO_ACCOUNT_VIEW) },
    stamp: (body) =>
      body.type === 'PlaceOrder'
        ? { ...body, reference: referenceOf(body.request.terms.symbol) }
        : body,
    onFacts: (facts) => account?.onFacts(facts),
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

const NO_ACCOUNT_VIEW = {
  code: 'ACCOUNT_VIEW_OFF',
  message: 'the private feeds need webSocket.url and rest.credentials in the configuration',
};
