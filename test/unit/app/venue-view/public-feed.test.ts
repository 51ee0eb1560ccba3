import { expect } from 'chai';
import fc from 'fast-check';
import { followFeed } from '../../../../src/app/venue-view/public-feed.ts';
import { MarketFeed } from '../../../../src/kraken/websocket/feeds/market-feed.ts';
import { SubscriptionTable } from '../../../../src/kraken/websocket/connection/requests/subscription-table.ts';
import { epochMs, monotonicMs } from '../../../../src/lib/time.ts';

const AT = monotonicMs(0);
const clock = { wall: () => epochMs(0), monotonic: () => AT };
const PRODUCTS = Array.from({ length: 300 }, (_, at) => `PF_S${at}USD`);

const level = (price: number): string => `{"price":${price}.0,"qty":1.0}`;
const snapshot = (product: string): string =>
  `{"feed":"book_snapshot","product_id":"${product}","timestamp":1791518718655,"seq":1,"tickSize":null,"bids":[${level(99)}],"asks":[${level(101)}]}`;
const update = (product: string, seq: number): string =>
  `{"feed":"book","product_id":"${product}","side":"buy","seq":${seq},"price":98.0,"qty":${seq}.0,"timestamp":1791518718656}`;

describe('books from the public feeds', () => {
  it('tells the health of 300 products after every frame without building a status', () => {
    const feed = new MarketFeed({
      subscriptions: [{ feed: 'book', products: PRODUCTS }],
      random: () => 0.5,
    });
    const healths: boolean[] = [];
    const tell = {
      output: () => undefined,
      health: (isUp: boolean) => {
        if (healths.at(-1) !== isUp) healths.push(isUp);
      },
    };
    const follow = followFeed(feed, { marks: new Map(), tell, clock });
    let outputs = 0;
    const step = (input: Parameters<MarketFeed['step']>[0]): void => {
      for (const output of feed.step(input, AT)) {
        outputs += 1;
        follow(output);
      }
    };
    const receive = (text: string): void => {
      step({ type: 'FrameReceived', text });
    };
    feed.status = () => {
      throw new Error('a status was built for a frame');
    };
    step({ type: 'Start' });
    step({ type: 'Opened' });
    receive('{"event":"info","version":1}');
    for (const product of PRODUCTS) {
      receive(JSON.stringify({ event: 'subscribed', feed: 'book', product_ids: [product] }));
      expect(feed.isPublicUp, product).to.equal(false);
    }
    for (const product of PRODUCTS) receive(snapshot(product));
    expect(feed.isPublicUp).to.equal(true);
    const before = outputs;
    for (let seq = 2; seq < 5; seq += 1) for (const one of PRODUCTS) receive(update(one, seq));
    expect(outputs - before).to.be.at.least(900);
    expect(healths).to.deep.equal([false, true]);
    step({ type: 'Closed', reason: 'gone' });
    expect(healths).to.deep.equal([false, true, false]);
  });
});

describe('health of subscriptions', () => {
  it('is what a look at all of them says, whatever happened to them', () => {
    const feeds = ['book', 'ticker', 'fills', 'open_positions'];
    const states = ['Wanted', 'Requested', 'Live', 'Leaving'] as const;
    const deed = fc.record({
      what: fc.constantFrom('add', 'mark', 'ack', 'snapshot', 'leave', 'restart'),
      feed: fc.constantFrom(...feeds),
      product: fc.constantFrom('', 'A', 'B'),
      state: fc.constantFrom(...states),
      isEnding: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
        const table = new SubscriptionTable([]);
        for (const { what, feed, product, state, isEnding } of deeds) {
          if (what === 'add') table.add(feed, [product]);
          if (what === 'mark') table.mark(feed, product, state);
          if (what === 'ack') table.acknowledge(feed, product, AT);
          if (what === 'snapshot') table.snapshotCame(feed, product, AT);
          if (what === 'leave') table.leave(feed, product, isEnding);
          if (what === 'restart') table.restart();
          const isPrivate = (name: string) => name === 'fills' || name === 'open_positions';
          for (const side of ['private', 'public'] as const) {
            const own = table.all().filter((one) => isPrivate(one.feed) === (side === 'private'));
            const isLive = own.length > 0 && own.every((one) => one.state === 'Live');
            expect(table.isLive(side)).to.equal(isLive);
          }
          const isAllLive = table.all().every((one) => one.state === 'Live');
          expect(table.isAllLive).to.equal(isAllLive);
        }
      }),
    );
  });
});
