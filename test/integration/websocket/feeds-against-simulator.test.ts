import { expect } from 'chai';
import { type TradingSymbol } from '../../../src/domain/ids.ts';
import { ACCOUNT_FEEDS, PrivateFeed } from '../../../src/kraken/websocket/feeds/private-feed.ts';
import { MarketFeed } from '../../../src/kraken/websocket/feeds/market-feed.ts';
import { toDecimalText } from '../../../src/lib/decimal-text.ts';
import { monotonicMs } from '../../../src/lib/time.ts';
import { type FeedSettings } from '../../../src/simulator/gateways/websocket/connection/feed-settings.ts';
import { SimRandom } from '../../unit/kraken/websocket/sim-random.ts';
import { CREDENTIAL, FeedVenue, WiredFeed } from './wired-feed.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_122);
const SYMBOLS = ['PF_XBTUSD', 'PF_ETHUSD', 'PI_XBTUSD'];
const STEPS = Number(process.env['FEED_STEPS'] ?? 300);

/** Whole units and an own price scale per contract, near its index. */
const MARKETS: Readonly<Record<string, { readonly price: number; readonly size: number }>> = {
  PF_XBTUSD: { price: 0, size: 0.01 },
  PF_ETHUSD: { price: 0, size: 0.1 },
  PI_XBTUSD: { price: 0, size: 100 },
};

interface Scene {
  readonly venue: FeedVenue;
  readonly market: WiredFeed<MarketFeed>;
  readonly account: WiredFeed<PrivateFeed>;
  readonly random: SimRandom;
}

const open = (settings: Partial<FeedSettings>, seed: number): Scene => {
  const random = new SimRandom(seed);
  const venue = new FeedVenue(settings, seed);
  const unit = (): number => random.unit();
  const feeds = ['book', 'trade', 'ticker', 'ticker_lite', 'candles_trade_1m'];
  const subscriptions = feeds.map((feed) => ({ feed, products: SYMBOLS }));
  const bookLimits = { crossedMsMax: 1_000, staleAfterMs: 1e9, resyncTimeoutMs: 15_000 };
  const market = new WiredFeed(venue, new MarketFeed({ subscriptions, bookLimits, random: unit }));
  const account = new WiredFeed(
    venue,
    new PrivateFeed({ subscriptions: ACCOUNT_FEEDS, credential: CREDENTIAL, random: unit }),
  );
  return { venue, market, account, random };
};

/** Time passes in steps that no keep-alive misses. */
const pass = ({ venue, market, account }: Scene, ms: number): void => {
  for (let left = ms; left > 0; left -= 50) {
    venue.tell(venue.world.wait(Math.min(50, left)));
    market.catchUp();
    account.catchUp();
  }
};

const act = ({ venue, random }: Scene, step: number): void => {
  const { world } = venue;
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;
  const symbol = pick(SYMBOLS);
  const { indexPrice = '0' } = (world.exchange.queries.ticker(symbol) ?? {}) as {
    indexPrice?: string;
  };
  const uid = pick(['A', 'B']);
  const own = world.exchange.queries.openOrders(uid).filter((order) => order.symbol === symbol);
  const price = String(Math.round(Number(indexPrice)) + random.below(21) - 10);
  const size =
    toDecimalText(((MARKETS[symbol]?.size ?? 1) * (1 + random.below(5))).toFixed(2)) ?? '1';
  const old = pick(own);
  const choice = random.below(10);
  if (choice < 2 && own.length > 0)
    venue.tell(world.send({ type: 'CancelOrder', account: uid, orderId: old.orderId }));
  else if (choice < 4 && own.length > 0)
    venue.tell(world.edit(uid, { orderId: old.orderId, size, limitPrice: price }));
  else {
    const side = pick(['buy', 'sell'] as const);
    const orderType = pick(['lmt', 'lmt', 'lmt', 'post', 'ioc', 'mkt'] as const);
    const terms = orderType === 'mkt' ? {} : { limitPrice: price };
    venue.tell(
      world.place(uid, { symbol, side, size, orderType, cliOrdId: `${uid}-${step}`, ...terms }),
    );
  }
};

const compareBooks = ({ venue, market }: Scene, hint: string): void => {
  for (const symbol of SYMBOLS) {
    const book = market.feed.books.book(symbol as TradingSymbol);
    const theirs = venue.world.exchange.queries.book(symbol);
    expect(book?.health(monotonicMs(venue.world.now())), `${hint} ${symbol}`).to.equal('Healthy');
    for (const [side, levels] of [
      ['Bid', theirs?.bids],
      ['Offer', theirs?.asks],
    ] as const)
      expect(
        book?.depth(side, 10_000).map(({ price, qty }) => `${price} ${qty}`),
        `${hint} ${symbol} ${side}`,
      ).to.deep.equal(
        levels?.map(
          ({ price, size }) => `${toDecimalText(price) ?? ''} ${toDecimalText(size) ?? ''}`,
        ),
      );
  }
};

/**
 * Answers the questions about orders as REST would: the venue knows whether they are open. The
 * number of answers.
 */
const answerQuestions = ({ venue, account }: Scene): number => {
  const open = new Set(venue.world.exchange.queries.openOrders('A').map(({ orderId }) => orderId));
  let answers = 0;
  for (const finding of account.findings)
    if (finding.type === 'CheckOrder' && !open.has(finding.venueOrderID)) {
      const at = monotonicMs(venue.world.now());
      account.feed.state.orders.resolve(finding.venueOrderID, 'Canceled', at);
      answers++;
    }
  return answers;
};

const compareAccount = ({ venue, account }: Scene, hint: string): void => {
  const { queries } = venue.world.exchange;
  const { state } = account.feed;
  expect(account.feed.isReady, hint).to.equal(true);
  const ours = state.orders.open().map((order) => `${order.venueOrderID} ${order.cumQty}`);
  const theirs = queries
    .openOrders('A')
    .map(({ orderId, filled }) => `${orderId} ${toDecimalText(filled) ?? ''}`);
  expect(ours.sort(), `${hint} open orders`).to.deep.equal(theirs.sort());
  for (const { trade, fill } of queries.fills('A')) {
    const known = state.fills.get(fill.fillId);
    expect(known?.lastPx, `${hint} ${fill.fillId}`).to.equal(toDecimalText(trade.price));
    expect(known?.venueOrderID, `${hint} ${fill.fillId}`).to.equal(fill.order.orderId);
  }
  expect(state.fills.size, `${hint} fills`).to.equal(queries.fills('A').length);
  const positions = queries.positions('A').filter(({ size }) => Number(size) !== 0);
  expect(
    state.positions
      .all()
      .map(({ symbol, qty }) => `${symbol} ${qty}`)
      .sort(),
    `${hint} positions`,
  ).to.deep.equal(
    positions.map(({ symbol, size }) => `${symbol} ${toDecimalText(size) ?? ''}`).sort(),
  );
};

describe('our feeds against the simulator’s feeds', () => {
  const variants: readonly (readonly [name: string, settings: Partial<FeedSettings>])[] = [
    ['as recorded', {}],
    [
      'with every switch the other way',
      {
        snapshot: 'before-ack',
        privateAck: 'echo-credentials',
        immediatePartialFill: 'order-first',
        immediatePartialFillReason: 'partial_fill',
        makerFill: 'fills-first',
        crossingEdit: 'order-first',
        fullFillShape: 'id-only',
        cancelShape: 'body',
        postReject: 'id-only-on-both',
        iocRemainder: 'terminal',
      },
    ],
  ];

  for (const [name, settings] of variants)
    it(`agree on books, orders, fills and positions, ${name}`, () => {
      const scene = open(settings, SEED);
      const { market, account, venue, random } = scene;
      pass(scene, 3_000);
      for (let step = 0; step < STEPS; step++) {
        act(scene, step);
        if (random.chance(0.2)) pass(scene, 50);
      }
      pass(scene, 5_000);
      venue.hub.onHeartbeat();
      venue.hub.onTickerRound();
      pass(scene, 1_000);
      const hint = `SEED=${SEED} ${name}`;
      compareBooks(scene, hint);
      // Only what is left of an order that never rested may have gone without a word.
      const answers = answerQuestions(scene);
      expect(answers, hint).to.be.lessThan(STEPS / 20);
      compareAccount(scene, hint);
      expect(venue.world.exchange.queries.fills('A').length, hint).to.be.greaterThan(20);
      expect(market.feed.status().isPublicUp, hint).to.equal(true);
      expect(account.feed.status().isPrivateUp, hint).to.equal(true);
      expect([...market.oddities, ...account.oddities], hint).to.deep.equal([]);
      expect([...market.notices, ...account.notices], hint).to.deep.equal([]);
      // An account that knows no fill asks once whether it has older ones.
      const others = account.findings.filter(({ type }) => type !== 'CheckOrder');
      expect(others, hint).to.deep.equal([{ type: 'CheckFills', reason: 'SnapshotMayHaveHole' }]);
      if (settings.iocRemainder === 'terminal') expect(answers, hint).to.equal(0);
    });

  it('agree again after cuts, with a question for every order that closed unseen', () => {
    const scene = open({}, SEED);
    const { market, account, random } = scene;
    pass(scene, 3_000);
    for (let step = 0; step < STEPS; step++) {
      act(scene, step);
      if (random.chance(0.1)) pass(scene, 50);
      if (step % 60 === 59) {
        market.cut();
        account.cut();
        act(scene, 10_000 + step);
        pass(scene, 5_000);
      }
    }
    pass(scene, 60_000);
    const hint = `SEED=${SEED} cuts`;
    compareBooks(scene, hint);
    answerQuestions(scene);
    compareAccount(scene, hint);
    expect([...market.oddities, ...account.oddities], hint).to.deep.equal([]);
    expect(market.feed.status().epoch, hint).to.be.greaterThan(3);
    const alarms = account.findings.filter(({ type }) => type === 'Alarm');
    expect(alarms, hint).to.deep.equal([]);
  });
});
