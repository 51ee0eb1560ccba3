import { expect } from 'chai';
import { type BookPort } from '../../src/domain/book.ts';
import { type DecimalText, type TradingSymbol } from '../../src/domain/ids.ts';
import { makePreferredBooks } from '../../src/kraken/books/preferred-books.ts';
import { monotonicMs } from '../../src/lib/time.ts';
import { FixLine, WebSocketLine } from '../simulation/book-day.ts';
import { NO_FAULTS } from '../simulation/faulty-line.ts';
import { SimulatedVenue } from '../simulation/simulated-venue.ts';
import { SimRandom } from '../unit/kraken/websocket/sim-random.ts';

const SEED = 20_261_126;

interface Scene {
  readonly venue: SimulatedVenue;
  readonly lines: readonly (WebSocketLine | FixLine)[];
  readonly books: BookPort;
}

const scene = (
  make: (venue: SimulatedVenue, random: SimRandom) => Pick<Scene, 'lines' | 'books'>,
): Scene => {
  const venue = new SimulatedVenue(SEED, 3);
  return { venue, ...make(venue, new SimRandom(SEED)) };
};

const pass = ({ venue, lines }: Scene, ms: number): void => {
  for (let left = ms; left > 0; left -= 1_000) {
    venue.passTo(venue.now + Math.min(left, 1_000));
    for (const line of lines) line.catchUp();
  }
};

const moveAll = ({ venue }: Scene): void => {
  for (let at = 0; at < venue.symbols.length; at++) venue.move(at);
};

const alone = (line: WebSocketLine | FixLine): Pick<Scene, 'lines' | 'books'> => ({
  lines: [line],
  books: line.books,
});

/** Every way to get books, and what each of them promises who uses the port. */
const ways: readonly (readonly [
  name: string,
  make: (venue: SimulatedVenue, random: SimRandom) => Pick<Scene, 'lines' | 'books'>,
])[] = [
  ['WebSocket', (venue, random) => alone(new WebSocketLine(venue, random))],
  ['FIX market data', (venue, random) => alone(new FixLine(venue, random))],
  [
    'FIX market data preferred to WebSocket',
    (venue, random) => {
      const lines = [new FixLine(venue, random), new WebSocketLine(venue, random)];
      const sources = lines.map((line) => line.books);
      return { lines, books: makePreferredBooks(sources, () => monotonicMs(venue.now)) };
    },
  ],
];

for (const [name, make] of ways)
  describe(`the book port over ${name}`, () => {
    let here: Scene;
    let symbol: TradingSymbol;
    beforeEach(() => {
      here = scene(make);
      symbol = here.venue.symbols[0] as TradingSymbol;
      moveAll(here);
      pass(here, 5_000);
    });
    const now = () => monotonicMs(here.venue.now);
    const book = () => {
      const found = here.books.book(symbol);
      if (found === undefined) throw new Error('no book');
      return found;
    };
    const qty = (text: string): DecimalText => text as DecimalText;

    it('names its instruments, and has no book of another', () => {
      expect([...here.books.symbols()].sort()).to.deep.equal([...here.venue.symbols].sort());
      expect(here.books.book('PF_NOSUCHUSD' as TradingSymbol)).to.equal(undefined);
      expect(book().symbol).to.equal(symbol);
    });

    it('is healthy with a snapshot, best price first on both sides and never crossed', () => {
      expect(book().health(now())).to.equal('Healthy');
      expect(now() - (book().updatedAt() ?? 0)).to.be.within(0, 10_000);
      const [bids, offers] = [book().depth('Bid', 5), book().depth('Offer', 5)];
      expect(bids).to.have.length(5);
      expect(bids[0]).to.deep.equal(book().best('Bid'));
      expect(offers[0]).to.deep.equal(book().best('Offer'));
      const prices = (levels: typeof bids): number[] => levels.map(({ price }) => Number(price));
      expect(prices(bids)).to.deep.equal([...prices(bids)].sort((a, b) => b - a));
      expect(prices(offers)).to.deep.equal([...prices(offers)].sort((a, b) => a - b));
      expect(Number(bids[0]?.price)).to.be.lessThan(Number(offers[0]?.price));
    });

    it('follows the market, in canonical text', () => {
      for (let round = 0; round < 20; round++) moveAll(here);
      pass(here, 1_000);
      const theirs = here.venue.exchange.queries.book(symbol, 1);
      expect(Number(book().best('Bid')?.price)).to.equal(Number(theirs?.bids[0]?.price));
      for (const level of [...book().depth('Bid', 10), ...book().depth('Offer', 10)])
        expect(`${level.price} ${level.qty}`).to.match(
          /^(0|[1-9]\d*)(\.\d*[1-9])? (0|[1-9]\d*)(\.\d*[1-9])?$/,
        );
    });

    it('says what taking a quantity costs, and when there is too little of it', () => {
      const best = book().best('Offer');
      const small = book().sweep('Offer', best?.qty ?? qty('1'), 'linear');
      expect(small).to.deep.include({ vwap: best?.price, worst: best?.price, isComplete: true });
      const all = book().sweep('Offer', qty('1000000000'), 'linear');
      expect(all?.isComplete).to.equal(false);
      expect(Number(all?.worst)).to.be.greaterThan(Number(best?.price));
      expect(book().sweep('Offer', qty('0'), 'linear')).to.equal(undefined);
    });

    it('is not healthy while no line is up, shows no price then, and is healthy again after', () => {
      const held = book();
      for (const line of here.lines) line.cut();
      expect(held.health(now())).to.equal('Down');
      expect(held.best('Bid')).to.equal(undefined);
      pass(here, 40_000);
      moveAll(here);
      pass(here, 1_000);
      expect(book().health(now())).to.equal('Healthy');
      expect(held.best('Bid')).to.deep.equal(book().best('Bid'));
    });

    it('shows no wrong price as healthy for long when an update is lost', () => {
      for (const line of here.lines) line.faults = { lose: 1, duplicate: 0, cut: 0 };
      here.venue.move(0);
      for (const line of here.lines) line.faults = NO_FAULTS;
      for (let round = 0; round < 5; round++) moveAll(here);
      pass(here, 20_000);
      const theirs = here.venue.exchange.queries.book(symbol, 10);
      expect(book().health(now())).to.equal('Healthy');
      expect(
        book()
          .depth('Bid', 10)
          .map(({ price }) => Number(price)),
      ).to.deep.equal(theirs?.bids.map(({ price }) => Number(price)));
    });

    it('is stale after a silence, whatever it shows', () => {
      expect(book().health(monotonicMs(now() + 3_700_000))).to.equal('Stale');
    });
  });

describe('books of FIX market data with WebSocket behind them', () => {
  it('change to the feed while FIX is down, and back when its book is healthy', () => {
    const venue = new SimulatedVenue(SEED, 1);
    const random = new SimRandom(SEED);
    const [fix, web] = [new FixLine(venue, random), new WebSocketLine(venue, random)];
    const books = makePreferredBooks([fix.books, web.books], () => monotonicMs(venue.now));
    const all = { venue, lines: [fix, web], books };
    moveAll(all);
    pass(all, 5_000);
    const symbol = venue.symbols[0] as TradingSymbol;
    const book = books.book(symbol);
    const levels = (): number | undefined => book?.depth('Bid', 10_000).length;
    const fixLevels = fix.books.book(symbol)?.depth('Bid', 10_000).length;
    expect(levels()).to.equal(fixLevels);
    fix.cut();
    expect(fix.books.book(symbol)?.health(monotonicMs(venue.now))).to.equal('Down');
    expect(book?.health(monotonicMs(venue.now))).to.equal('Healthy');
    expect(book?.best('Bid')).to.deep.equal(web.books.book(symbol)?.best('Bid'));
    web.cut();
    expect(book?.health(monotonicMs(venue.now))).to.equal('Down');
    pass(all, 40_000);
    expect(fix.books.book(symbol)?.health(monotonicMs(venue.now))).to.equal('Healthy');
    expect(book?.updatedAt()).to.equal(fix.books.book(symbol)?.updatedAt());
  });
});
