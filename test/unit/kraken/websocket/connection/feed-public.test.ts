import { expect } from 'chai';
import { makeConversation } from './conversation.ts';
import { BOOKS, HEARTBEAT, subscribed, bookSnapshot, alert, statesOf } from './venue-frames.ts';

describe('feed machine: public subscriptions', () => {
  it('counts a product as held only when it is acknowledged and its snapshot came', () => {
    const talk = makeConversation({ subscriptions: [BOOKS] }).connect();
    expect(talk.sent()).to.deep.equal([
      { event: 'subscribe', feed: 'book', product_ids: ['PF_XBTUSD', 'PF_ETHUSD'] },
    ]);
    talk.frame(subscribed('book', 'PF_XBTUSD')).frame(bookSnapshot('PF_XBTUSD'));
    talk.frame(subscribed('book', 'PF_ETHUSD'));
    expect(statesOf(talk)).to.deep.equal(['book PF_XBTUSD Live', 'book PF_ETHUSD Acknowledged']);
    expect(talk.machine.status().isPublicUp).to.equal(false);
    talk.frame(bookSnapshot('PF_ETHUSD'));
    expect(talk.machine.status().isPublicUp).to.equal(true);
  });

  it('accepts a snapshot before its acknowledgement', () => {
    const subscriptions = [{ feed: 'book', products: ['PF_XBTUSD'] }];
    const talk = makeConversation({ subscriptions }).connect();
    talk.frame(bookSnapshot('PF_XBTUSD'));
    expect(statesOf(talk)).to.deep.equal(['book PF_XBTUSD Requested']);
    talk.frame(subscribed('book', 'PF_XBTUSD'));
    expect(statesOf(talk)).to.deep.equal(['book PF_XBTUSD Live']);
  });

  it('asks for 120 products in paced batches of at most 50, one request at a time', () => {
    const products = Array.from({ length: 120 }, (_, at) => `PF_${at}USD`);
    const talk = makeConversation({ subscriptions: [{ feed: 'ticker', products }] }).connect();
    const sizes: number[] = [];
    for (let batch = 0; batch < 3; batch++) {
      const requests = talk.sent();
      expect(requests.length).to.equal(1);
      const asked = requests[0]?.['product_ids'] as string[];
      sizes.push(asked.length);
      for (const product of asked) {
        expect(talk.sent()).to.deep.equal([]);
        talk.frame(subscribed('ticker', product));
      }
      talk.pass(49);
      if (batch < 2) expect(talk.outputs.some(({ type }) => type === 'SendText')).to.equal(false);
      talk.pass(1);
    }
    expect(sizes).to.deep.equal([50, 50, 20]);
    expect(talk.machine.status().isPublicUp).to.equal(true);
  });

  it('drops the product that an alert names and keeps the others', () => {
    const talk = makeConversation({ subscriptions: [BOOKS] }).connect();
    talk.frame(alert("Couldn't subscribe to invalid product `PF_XBTUSD`"));
    talk.frame(subscribed('book', 'PF_ETHUSD')).frame(bookSnapshot('PF_ETHUSD'));
    expect(statesOf(talk)).to.deep.equal(['book PF_XBTUSD Refused', 'book PF_ETHUSD Live']);
  });

  it('asks for each product alone when an error does not name the bad one', () => {
    const talk = makeConversation({ subscriptions: [BOOKS] }).connect();
    talk.take();
    talk.frame({ event: 'error', message: 'Invalid product id' }).pass(50);
    expect(talk.sent().map((request) => request['product_ids'])).to.deep.equal([['PF_XBTUSD']]);
    talk.frame({ event: 'error', message: 'Invalid product id' }).pass(50);
    expect(talk.sent().map((request) => request['product_ids'])).to.deep.equal([['PF_ETHUSD']]);
    talk.frame(subscribed('book', 'PF_ETHUSD'));
    expect(statesOf(talk)).to.deep.equal(['book PF_XBTUSD Refused', 'book PF_ETHUSD Acknowledged']);
  });

  it('takes "Already subscribed" for an acknowledgement once a frame shows that it is held', () => {
    const talk = makeConversation({ subscriptions: [HEARTBEAT] }).connect();
    talk.frame(alert('Already subscribed to feed, re-requesting'));
    expect(statesOf(talk)).to.deep.equal(['heartbeat Acknowledged']);
    talk.frame({ feed: 'heartbeat', time: 1 });
    expect(statesOf(talk)).to.deep.equal(['heartbeat Live']);
  });

  it('fetches a snapshot anew that does not come within 15 seconds', () => {
    const subscriptions = [{ feed: 'book', products: ['PF_XBTUSD'] }];
    const talk = makeConversation({ subscriptions }).connect();
    talk.frame(subscribed('book', 'PF_XBTUSD')).take();
    talk.pass(14_999);
    expect(talk.sent()).to.deep.equal([]);
    expect(
      talk
        .pass(1)
        .sent()
        .map((request) => request['event']),
    ).to.deep.equal(['unsubscribe']);
  });

  it('resyncs by unsubscribing, waiting, and subscribing again', () => {
    const talk = makeConversation({ subscriptions: [BOOKS] }).connect();
    for (const product of BOOKS.products)
      talk.frame(subscribed('book', product)).frame(bookSnapshot(product));
    talk.pass(100).take();
    talk.give({ type: 'Resync', feed: 'book', product: 'PF_ETHUSD' });
    expect(talk.sent()).to.deep.equal([
      { event: 'unsubscribe', feed: 'book', product_ids: ['PF_ETHUSD'] },
    ]);
    talk.frame({ event: 'unsubscribed', feed: 'book', product_ids: ['PF_ETHUSD'] }).pass(50);
    expect(talk.sent()).to.deep.equal([
      { event: 'subscribe', feed: 'book', product_ids: ['PF_ETHUSD'] },
    ]);
    talk.frame(subscribed('book', 'PF_ETHUSD'));
    expect(statesOf(talk)).to.deep.equal(['book PF_XBTUSD Live', 'book PF_ETHUSD Acknowledged']);
    talk.frame(bookSnapshot('PF_ETHUSD', 9));
    expect(talk.machine.status().isPublicUp).to.equal(true);
  });

  for (const [what, answer] of [
    ['no answer within two seconds', undefined],
    ['"Not subscribed to feed"', alert('Not subscribed to feed')],
  ] as const)
    it(`subscribes again after an unsubscribe with ${what}`, () => {
      const subscriptions = [{ feed: 'book', products: ['PF_XBTUSD'] }];
      const talk = makeConversation({ subscriptions }).connect();
      talk.frame(subscribed('book', 'PF_XBTUSD')).frame(bookSnapshot('PF_XBTUSD')).pass(100);
      talk.give({ type: 'Resync', feed: 'book', product: 'PF_XBTUSD' }).take();
      if (answer === undefined) talk.pass(2_000);
      else talk.frame(answer).pass(50);
      expect(talk.sent().map((request) => request['event'])).to.deep.equal(['subscribe']);
    });

  it('takes a new connection when one book needs more than four resyncs a minute', () => {
    const subscriptions = [{ feed: 'book', products: ['PF_XBTUSD'] }];
    const talk = makeConversation({ subscriptions }).connect();
    for (let resync = 0; resync < 5; resync++) {
      talk.frame(subscribed('book', 'PF_XBTUSD')).frame(bookSnapshot('PF_XBTUSD')).pass(100);
      expect(talk.types()).not.to.include('Terminate');
      talk.give({ type: 'Resync', feed: 'book', product: 'PF_XBTUSD' });
      talk.frame({ event: 'unsubscribed', feed: 'book', product_ids: ['PF_XBTUSD'] }).pass(100);
    }
    expect(talk.types()).to.include('Terminate');
  });

  it('subscribes and unsubscribes at run time', () => {
    const talk = makeConversation({ subscriptions: [HEARTBEAT] }).connect();
    talk.frame(subscribed('heartbeat')).pass(100).take();
    const ticker = { feed: 'ticker', products: ['PF_XBTUSD'] };
    talk.give({ type: 'Subscribe', subscription: ticker });
    expect(talk.sent()).to.deep.equal([
      { event: 'subscribe', feed: 'ticker', product_ids: ['PF_XBTUSD'] },
    ]);
    talk.frame(subscribed('ticker', 'PF_XBTUSD')).pass(100);
    talk.give({ type: 'Unsubscribe', subscription: ticker });
    expect(talk.sent()).to.deep.equal([
      { event: 'unsubscribe', feed: 'ticker', product_ids: ['PF_XBTUSD'] },
    ]);
    talk.frame({ event: 'unsubscribed', feed: 'ticker', product_ids: ['PF_XBTUSD'] }).pass(5_000);
    expect(talk.sent()).to.deep.equal([]);
    expect(statesOf(talk)).to.deep.equal(['heartbeat Live']);
  });

  it('leaves the venue when its engine is unavailable and subscribes everything anew', () => {
    const talk = makeConversation({ subscriptions: [HEARTBEAT] }).connect();
    talk.frame(subscribed('heartbeat')).take();
    const types = talk.frame(alert('Trading engine unavailable')).types();
    expect(types).to.deep.equal(['Notice', 'Terminate', 'ConnectionLost', 'Notice']);
    talk.pass(1_000).take();
    expect(talk.greet().sent()).to.deep.equal([{ event: 'subscribe', feed: 'heartbeat' }]);
  });

  it('shows an unknown alert and lives on', () => {
    const talk = makeConversation({ subscriptions: [HEARTBEAT] }).connect();
    talk.frame(subscribed('heartbeat')).take();
    expect(talk.frame(alert('Full moon')).codes()).to.deep.equal(['ALERT_UNKNOWN']);
    expect(talk.machine.status().phase).to.equal('Ready');
  });

  it('counts frames that it does not know and goes on', () => {
    const talk = makeConversation({ subscriptions: [HEARTBEAT] }).connect();
    talk.take();
    talk.frame({ feed: 'liquidations' }).frame('nonsense').frame({ feed: 'book', seq: 1 });
    expect(talk.types()).to.deep.equal(['Oddities', 'Unreadable', 'Oddities', 'Unreadable']);
  });
});
