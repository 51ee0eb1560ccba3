import { expect } from 'chai';
import { makeConversation } from './conversation.ts';
import { BOOKS, HEARTBEAT, subscribed, bookSnapshot, alert, statesOf } from './venue-frames.ts';

describe('feed machine: what was refused, not answered, or fell silent is asked for again', () => {
  it('asks again for a product that was refused: after a wait that doubles, and on the next connection, each time alone', () => {
    const refused = alert("Couldn't subscribe to invalid product `PF_XBTUSD`");
    const talk = makeConversation({ subscriptions: [BOOKS] })
      .connect()
      .frame(refused);
    talk.frame(subscribed('book', 'PF_ETHUSD')).frame(bookSnapshot('PF_ETHUSD')).take();
    const waits: number[] = [];
    for (let since = talk.now; waits.length < 11 && talk.now < 4_000_000; talk.pass(1_000)) {
      talk.give({ type: 'PongReceived' });
      const [request] = talk.sent();
      if (request === undefined) continue;
      expect(request['product_ids']).to.deep.equal(['PF_XBTUSD']);
      waits.push((talk.now - since) / 1_000);
      since = talk.now;
      talk.frame(refused);
    }
    expect(waits).to.deep.equal([2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
    talk.give({ type: 'Closed', reason: 'x' }).pass(1_000).take();
    talk.greet().frame(subscribed('book', 'PF_XBTUSD')).pass(50);
    const asked = talk.sent().map((request) => request['product_ids']);
    expect(asked).to.deep.equal([['PF_XBTUSD'], ['PF_ETHUSD']]);
    expect(statesOf(talk)).to.deep.equal([
      'book PF_XBTUSD Acknowledged',
      'book PF_ETHUSD Requested',
    ]);
  });

  it('names feed, product, reason and the next try of everything that came to nothing', () => {
    const talk = makeConversation({ subscriptions: [BOOKS] }).connect();
    talk.frame(alert("Couldn't subscribe to invalid product `PF_XBTUSD`")).pass(10_000);
    const lines = talk
      .take()
      .flatMap((output) =>
        output.type === 'Notice' && output.severity === 'warn' && output.code !== 'ALERT'
          ? [`${output.code} ${output.text}`]
          : [],
      );
    expect(lines).to.deep.equal([
      "SUBSCRIPTION_REFUSED book PF_XBTUSD: refused by the venue (Couldn't subscribe to invalid product `PF_XBTUSD`); asked again in 2000 ms",
      'NO_ANSWER book PF_ETHUSD: no answer to the subscribe request within 10000 ms; asked again in 2000 ms',
    ]);
  });

  it('counts nothing of a request as live because the venue says "Already subscribed" once, and does not ask without end', () => {
    const products = Array.from({ length: 60 }, (_, at) => `PF_${at}USD`);
    const talk = makeConversation({ subscriptions: [{ feed: 'ticker', products }] }).connect();
    const second = new Set(products.slice(50));
    const already = alert('Already subscribed to feed, re-requesting');
    let asked = 0;
    for (let half = 0; half < 7_200; half++) {
      talk.give({ type: 'PongReceived' });
      for (const request of talk.sent()) {
        const named = request['product_ids'] as string[];
        if (request['event'] === 'unsubscribe') {
          for (const each of named)
            talk.frame({ event: 'unsubscribed', feed: 'ticker', product_ids: [each] });
          continue;
        }
        if (named.some((each) => second.has(each))) {
          asked++;
          talk.frame(already);
        } else for (const each of named) talk.frame(subscribed('ticker', each));
      }
      if (half % 60 === 0)
        for (const product_id of products.slice(0, 50))
          talk.frame({ feed: 'ticker', product_id, time: 1 });
      talk.take();
      const live = talk.machine.status().subscriptions.filter(({ state }) => state === 'Live');
      expect(live.some(({ product }) => second.has(product))).to.equal(false);
      talk.pass(500);
    }
    expect(asked / second.size, 'requests per product in an hour').to.be.within(20, 70);
    expect(talk.machine.status().epoch, 'connections').to.equal(1);
  });

  it('asks again for what was not answered, and takes a new connection after two silences when it carries nothing', () => {
    const talk = makeConversation({ subscriptions: [HEARTBEAT] }).connect();
    talk.take();
    expect(talk.pass(12_000).sent().length).to.equal(1);
    talk.give({ type: 'PongReceived' });
    expect(talk.pass(10_000).types()).to.include('Terminate');
    expect(talk.machine.status().phase).to.equal('Waiting');
  });

  it('keeps a connection that carries something when one product is never answered, and goes on asking', () => {
    const talk = makeConversation({ subscriptions: [BOOKS] }).connect();
    talk.frame(subscribed('book', 'PF_XBTUSD')).frame(bookSnapshot('PF_XBTUSD')).take();
    let asked = 0;
    let connections = 0;
    for (let second = 0; second < 3_600; second++) {
      talk.give({ type: 'PongReceived' }).pass(1_000);
      for (const output of talk.take()) {
        if (output.type === 'Connect') {
          connections++;
          talk.greet();
          talk.frame(subscribed('book', 'PF_XBTUSD')).frame(bookSnapshot('PF_XBTUSD'));
        }
        if (output.type === 'SendText' && output.text.includes('PF_ETHUSD')) asked++;
      }
    }
    expect(connections, 'new connections in an hour').to.be.within(1, 6);
    expect(asked, 'requests in an hour').to.be.within(40, 120);
    talk.frame(subscribed('book', 'PF_ETHUSD'));
    expect(statesOf(talk)).to.include('book PF_ETHUSD Acknowledged');
  });

  for (const text of [
    'Rate limit exceeded',
    'Unknown product_id',
    'Scheduled maintenance in 10 minutes',
  ])
    it(`blames no product for the alert "${text}", and asks for all of them on the next connection`, () => {
      const talk = makeConversation({ subscriptions: [HEARTBEAT, BOOKS] }).connect();
      talk.frame(subscribed('heartbeat')).pass(100);
      for (let time = 0; time < 3; time++) talk.frame(alert(text)).pass(100);
      expect(statesOf(talk)).to.include.members([
        'book PF_XBTUSD Requested',
        'book PF_ETHUSD Requested',
      ]);
      talk.give({ type: 'Closed', reason: 'x' }).pass(1_000).take();
      talk.greet().frame(subscribed('heartbeat')).pass(50);
      expect(talk.sent()[1]?.['product_ids']).to.deep.equal(['PF_XBTUSD', 'PF_ETHUSD']);
    });

  it('blames no subscription for an alert that names a product which was not asked for', () => {
    const talk = makeConversation({
      subscriptions: [{ feed: 'book', products: ['PF_XBTUSD'] }],
    }).connect();
    talk.frame(alert("Couldn't subscribe to invalid product `PF_SOLUSD`"));
    expect(statesOf(talk)).to.deep.equal(['book PF_XBTUSD Requested']);
  });

  it('notices a ticker that was live and falls silent, and subscribes to it again', () => {
    const subscriptions = [{ feed: 'ticker', products: ['PF_XBTUSD', 'PF_ETHUSD'] }];
    const talk = makeConversation({ subscriptions }).connect();
    for (const product of ['PF_XBTUSD', 'PF_ETHUSD']) talk.frame(subscribed('ticker', product));
    talk.take();
    for (let second = 0; second < 58; second++)
      talk.pass(1_000).frame({ feed: 'ticker', product_id: 'PF_XBTUSD', time: 1 });
    expect(talk.sent()).to.deep.equal([]);
    talk.pass(3_000);
    const outputs = talk.take();
    const texts = outputs.flatMap((output) => (output.type === 'Notice' ? [output.text] : []));
    expect(texts).to.deep.equal([
      'ticker PF_ETHUSD: was live, and nothing came for 60000 ms; unsubscribed, asked again 2000 ms later',
    ]);
    expect(talk.machine.status().isPublicUp).to.equal(false);
    talk.frame({ event: 'unsubscribed', feed: 'ticker', product_ids: ['PF_ETHUSD'] }).take();
    talk.frame({ feed: 'ticker', product_id: 'PF_XBTUSD', time: 1 });
    expect(talk.pass(2_000).sent()).to.deep.equal([
      { event: 'subscribe', feed: 'ticker', product_ids: ['PF_ETHUSD'] },
    ]);
  });

  it('asks again for what the venue takes away unasked', () => {
    const talk = makeConversation({
      subscriptions: [{ feed: 'book', products: ['PF_XBTUSD'] }],
    }).connect();
    talk.frame(subscribed('book', 'PF_XBTUSD')).frame(bookSnapshot('PF_XBTUSD')).take();
    talk.frame({ event: 'unsubscribed', feed: 'book', product_ids: ['PF_XBTUSD'] });
    expect(talk.machine.status().isPublicUp).to.equal(false);
    expect(talk.pass(2_000).sent()[0]?.['event']).to.equal('subscribe');
  });
});
