import { expect } from 'chai';
import { type BookHealth } from '../../../../../src/domain/book.ts';
import { type TradingSymbol } from '../../../../../src/domain/ids.ts';
import { MarketFeed } from '../../../../../src/kraken/websocket/feeds/market-feed.ts';
import { monotonicMs } from '../../../../../src/lib/time.ts';
import { Conversation } from '../connection/conversation.ts';
import { alert, subscribed } from '../connection/venue-frames.ts';

const XBT = 'PF_XBTUSD' as TradingSymbol;

const snapshot = (seq: number, extra = {}): object => ({
  feed: 'book_snapshot',
  product_id: XBT,
  timestamp: 1,
  seq,
  tickSize: null,
  bids: [{ price: 100, qty: 2 }],
  asks: [{ price: 101, qty: 3 }],
  ...extra,
});
const update = (seq: number, side: 'buy' | 'sell', price: number, qty: number): object => ({
  feed: 'book',
  product_id: XBT,
  side,
  seq,
  price,
  qty,
  timestamp: 1,
});

const open = (): Conversation<MarketFeed> => {
  const subscriptions = [{ feed: 'book', products: [XBT] }];
  return new Conversation(new MarketFeed({ subscriptions, random: () => 0.5 })).connect();
};
const live = (): Conversation<MarketFeed> => {
  const talk = open().frame(subscribed('book', XBT)).frame(snapshot(10)).pass(100);
  talk.take();
  return talk;
};
const healthOf = ({ machine, now }: Conversation<MarketFeed>): BookHealth | undefined =>
  machine.books.book(XBT)?.health(monotonicMs(now));
const eventsSent = (talk: Conversation<MarketFeed>): unknown[] =>
  talk.sent().map((request) => request['event']);

describe('market feed: books on a feed machine', () => {
  it('goes from Down through Waiting to Healthy', () => {
    const subscriptions = [{ feed: 'book', products: [XBT] }];
    const talk = new Conversation(new MarketFeed({ subscriptions, random: () => 0.5 }));
    expect(healthOf(talk)).to.equal('Down');
    talk.connect();
    expect(healthOf(talk)).to.equal('Waiting');
    talk.frame(subscribed('book', XBT)).frame(snapshot(10));
    expect(healthOf(talk)).to.equal('Healthy');
    expect(talk.machine.books.book(XBT)?.best('Bid')).to.deep.equal({ price: '100', qty: '2' });
  });

  it('resyncs only the product that shows a gap, in two steps', () => {
    const talk = live();
    talk.frame(update(11, 'buy', 99, 1)).frame(update(13, 'buy', 98, 1));
    expect(healthOf(talk)).to.equal('Gap');
    expect(eventsSent(talk)).to.deep.equal(['unsubscribe']);
    talk.frame(update(14, 'buy', 97, 1));
    talk.frame({ event: 'unsubscribed', feed: 'book', product_ids: [XBT] }).pass(50);
    expect(eventsSent(talk)).to.deep.equal(['subscribe']);
    expect(healthOf(talk)).to.equal('Waiting');
    talk
      .frame(subscribed('book', XBT))
      .frame(snapshot(5))
      .frame(update(6, 'sell', 101, 0));
    expect(healthOf(talk)).to.equal('Healthy');
    expect(talk.machine.books.book(XBT)?.best('Offer')).to.equal(undefined);
  });

  it('resyncs a book that stays crossed for more than a second', () => {
    const talk = live()
      .frame(update(11, 'buy', 102, 1))
      .pass(1_000);
    expect(eventsSent(talk)).to.deep.equal([]);
    talk.pass(300);
    expect(healthOf(talk)).to.equal('Crossed');
    expect(eventsSent(talk)).to.deep.equal(['unsubscribe']);
  });

  it('resyncs a book that is silent for a minute while the connection lives', () => {
    const talk = live();
    for (let beat = 0; beat < 6; beat++) talk.pass(9_900).give({ type: 'PongReceived' });
    expect(eventsSent(talk)).to.deep.equal([]);
    talk.pass(1_000);
    expect(healthOf(talk)).to.equal('Stale');
    expect(eventsSent(talk)).to.deep.equal(['unsubscribe']);
  });

  it('does not use a snapshot with a level that it cannot read', () => {
    const talk = open().frame(subscribed('book', XBT));
    talk.take();
    talk.frame(snapshot(10, { bids: [{ price: '?', qty: 1 }] })).pass(50);
    expect(healthOf(talk)).to.equal('Waiting');
    expect(eventsSent(talk)).to.deep.equal(['unsubscribe']);
  });

  it('keeps the connection for the others when one market stays crossed, and asks for it a few times a minute', () => {
    const talk = live();
    const crossed = { bids: [{ price: 102, qty: 1 }] };
    let asked = 0;
    for (let quarter = 0; quarter < 480; quarter++) {
      talk.pass(250).give({ type: 'PongReceived' });
      for (const event of eventsSent(talk)) {
        const answer = { event: `${String(event)}d`, feed: 'book', product_ids: [XBT] };
        talk.frame(answer);
        if (event !== 'subscribe') continue;
        asked += 1;
        talk.frame(snapshot(10 + asked, crossed));
      }
      if (quarter === 0) talk.frame(update(11, 'buy', 102, 1));
    }
    expect(asked, 'in two minutes').to.be.within(6, 8);
    expect(healthOf(talk)).to.equal('Crossed');
    expect(talk.machine.status().epoch).to.equal(1);
  });

  it('resyncs when the venue counts anew on the same connection', () => {
    const talk = live().frame(update(11, 'buy', 99, 1));
    talk.frame(update(11, 'buy', 99, 1)).frame(update(3, 'buy', 98, 1));
    expect(healthOf(talk)).to.equal('Healthy');
    talk.frame(update(4, 'buy', 97, 1));
    expect(healthOf(talk)).to.equal('Gap');
    expect(eventsSent(talk)).to.deep.equal(['unsubscribe']);
  });

  for (const [what, act] of [
    ['the connection is closed', (talk) => talk.give({ type: 'Closed', reason: 'x' })],
    ['nothing comes for 30 seconds', (talk) => talk.pass(30_000)],
    ['the engine is unavailable', (talk) => talk.frame(alert('Trading engine unavailable'))],
    ['it is stopped', (talk) => talk.give({ type: 'Stop' })],
  ] as const satisfies readonly (readonly [string, (talk: Conversation<MarketFeed>) => unknown])[])
    it(`takes every book down when ${what}`, () => {
      const talk = live();
      act(talk);
      expect(healthOf(talk)).to.equal('Down');
      expect(talk.machine.books.book(XBT)?.best('Bid')).to.equal(undefined);
    });

  it('takes the book of a refused product down', () => {
    const talk = open().frame(alert("Couldn't subscribe to invalid product `PF_XBTUSD`"));
    expect(healthOf(talk)).to.equal('Down');
  });

  it('keeps a book for a product that is subscribed later', () => {
    const talk = live();
    const subscription = { feed: 'book', products: ['PF_ETHUSD'] };
    talk.give({ type: 'Subscribe', subscription });
    expect(talk.machine.books.symbols()).to.deep.equal([XBT, 'PF_ETHUSD']);
  });
});
