import { expect } from 'chai';
import { isJsonObject, type JsonObject } from '../../../../../../src/lib/lossless-json.ts';
import { Secret } from '../../../../../../src/lib/secret.ts';
import { signedChallenge } from '../../../../../../src/simulator/gateways/websocket/connection/feed-connection.ts';
import { signText } from '../../../../../../src/kraken/signature.ts';
import { CHALLENGE_EXAMPLES, exampleFrame } from '../../../../kraken/websocket/examples.ts';
import { makeFeedWorld, parseFrame, textOf } from '../feed-world.ts';

const BTC = 'PF_XBTUSD';
const exampleMessage = (name: string): string => textOf(parseFrame(exampleFrame(name))['message']);

describe('the simulator’s WebSocket dialogue [websocket 3.2, 4]', () => {
  it('acknowledges each product of a request by itself, in the order of the request', () => {
    const client = makeFeedWorld().connect();
    client.say({ event: 'subscribe', feed: 'ticker', product_ids: ['PF_XBTUSD', 'PF_ETHUSD'] });
    const acks = client.take().filter((text) => text.includes('"event"'));
    expect(acks).to.deep.equal([
      exampleFrame('ticker.variants.multi_product_request_gets_one_ack_per_product[1]'),
      exampleFrame('ticker.variants.multi_product_request_gets_one_ack_per_product[2]'),
    ]);
  });

  it('compares products without regard to case', () => {
    const client = makeFeedWorld().connect();
    client.say({ event: 'subscribe', feed: 'book', product_ids: ['pf_xbtusd'] });
    expect(client.take()[0]).to.equal(exampleFrame('book.subscribed'));
  });

  it('acknowledges the valid products and alerts about the invalid one at its position', () => {
    const client = makeFeedWorld().connect();
    const products = ['PF_XBTUSD', 'PF_NOTAREALTHING', 'PF_ETHUSD'];
    client.say({ event: 'subscribe', feed: 'ticker_lite', product_ids: products });
    const events = client.frames().filter((frame) => frame['event'] !== undefined);
    expect(events.map((frame) => textOf(frame['event']))).to.deep.equal([
      'subscribed',
      'alert',
      'subscribed',
    ]);
    expect(textOf(events[1]?.['message'])).to.equal(
      exampleMessage('ticker.variants.invalid_product[1]'),
    );
  });

  it('alerts about an unknown feed, also one that other venues have', () => {
    const client = makeFeedWorld().connect();
    const probed = ['liquidations', 'liquidation', 'product', 'instrument', 'instruments'];
    for (const feed of [...probed, 'funding', 'open_interest', 'candles_spot_1m']) {
      client.say({ event: 'subscribe', feed, product_ids: [BTC] });
      expect(client.take(), feed).to.deep.equal([
        '{"event":"alert","message":"Couldn\'t subscribe to invalid feed"}',
      ]);
    }
  });

  it('answers a duplicate subscription with an alert and a fresh snapshot', () => {
    const client = makeFeedWorld().connect();
    const request = { event: 'subscribe', feed: 'book', product_ids: [BTC] };
    client.say(request);
    client.take();
    client.say(request);
    const [alert, snapshot] = client.frames();
    expect(textOf(alert?.['message'])).to.equal('Already subscribed to feed, re-requesting');
    expect(textOf(snapshot?.['feed'])).to.equal('book_snapshot');
  });

  it('answers a duplicate subscription with an alert only, when switched so', () => {
    const client = makeFeedWorld({ duplicateSubscribe: 'alert-only' }).connect();
    const request = { event: 'subscribe', feed: 'book', product_ids: [BTC] };
    client.say(request);
    client.take();
    client.say(request);
    expect(client.take()).to.have.length(1);
  });

  it('alerts about an unsubscription of what is not held, and stops what is', () => {
    const world = makeFeedWorld();
    const client = world.connect();
    client.say({ event: 'unsubscribe', feed: 'book', product_ids: [BTC] });
    expect(client.take()).to.deep.equal(['{"event":"alert","message":"Not subscribed to feed"}']);
    client.say({ event: 'subscribe', feed: 'book', product_ids: [BTC] });
    client.take();
    client.say({ event: 'unsubscribe', feed: 'book', product_ids: [BTC] });
    expect(client.take()).to.deep.equal([exampleFrame('book.unsubscribed')]);
    world.place('B', { side: 'buy', size: '1', limitPrice: '80000' });
    expect(client.take()).to.have.length(0);
  });

  it('refuses what is no request', () => {
    const client = makeFeedWorld().connect();
    const answers: readonly (readonly [object | string, string])[] = [
      ['{"event":', '{"event":"error","message":"Json Error"}'],
      [{ event: 'ping' }, exampleFrame('connection.variants.json_ping_is_rejected[1]')],
      [{ event: 'toast' }, '{"event":"alert","message":"Bad websocket message"}'],
      ['[1]', '{"event":"alert","message":"Bad websocket message"}'],
      [{ event: 'subscribe' }, '{"event":"alert","message":"Bad websocket message"}'],
      [{ event: 'challenge' }, '{"event":"alert","message":"Bad websocket message"}'],
      [{ event: 'subscribe', feed: 'book' }, '{"event":"alert","message":"Bad websocket message"}'],
      [
        { event: 'subscribe', feed: 'book', product_ids: BTC },
        '{"event":"alert","message":"Bad websocket message"}',
      ],
    ];
    for (const [request, answer] of answers) {
      client.say(request);
      expect(client.take(), JSON.stringify(request)).to.deep.equal([answer]);
    }
  });

  it('ignores a JSON ping, when switched so', () => {
    const client = makeFeedWorld({ jsonPing: 'ignore' }).connect();
    client.say({ event: 'ping' });
    expect(client.take()).to.have.length(0);
  });

  it('sends the snapshot before the acknowledgement, when switched so', () => {
    const client = makeFeedWorld({ snapshot: 'before-ack' }).connect();
    client.say({ event: 'subscribe', feed: 'book', product_ids: [BTC] });
    const [first, second] = client.frames();
    expect([textOf(first?.['feed']), textOf(second?.['event'])]).to.deep.equal([
      'book_snapshot',
      'subscribed',
    ]);
  });

  it('fails in the words of the documentation, when switched so', () => {
    const errors = makeFeedWorld({ failure: 'error' }).connect();
    errors.say({ event: 'subscribe', feed: 'book', product_ids: ['PF_NOTAREALTHING'] });
    errors.say({ event: 'subscribe', feed: 'nothing' });
    expect(errors.take()).to.deep.equal([
      exampleFrame('connection.errors[2]'),
      exampleFrame('connection.errors[1]'),
    ]);
    const failed = makeFeedWorld({ failure: 'subscribed_failed' }).connect();
    failed.say({ event: 'subscribe', feed: 'book', product_ids: ['PF_NOTAREALTHING'] });
    expect(failed.take()).to.deep.equal([
      '{"event":"subscribed_failed","feed":"book","product_ids":["PF_NOTAREALTHING"]}',
    ]);
  });
});

describe('challenge authentication on the simulator [websocket 5]', () => {
  const vectors = (CHALLENGE_EXAMPLES['vectors'] as readonly JsonObject[]).filter(isJsonObject);

  it('signs as the reference’s vectors do, like our client', () => {
    expect(vectors).to.have.length(3);
    for (const vector of vectors) {
      const secret = new Secret(textOf(vector['api_secret']));
      const challenge = textOf(vector['challenge']);
      expect(signedChallenge(secret, challenge)).to.equal(textOf(vector['signed_challenge']));
      expect(signText(challenge, secret)).to.equal(textOf(vector['signed_challenge']));
    }
  });

  it('hands out a challenge for any key', () => {
    const client = makeFeedWorld().connect();
    client.say({ event: 'challenge', api_key: 'no such key' });
    const [frame] = client.frames();
    expect(Object.keys(frame ?? {})).to.deep.equal(
      Object.keys(parseFrame(exampleFrame('challenge.subscribed'))),
    );
  });

  it('acknowledges bare, and accepts one challenge for every private feed of the connection', () => {
    const client = makeFeedWorld().connect();
    for (const feed of ['fills', 'open_orders', 'open_positions', 'balances', 'account_log']) {
      client.subscribePrivate(feed, 'A');
      expect(client.take()[0]).to.equal(exampleFrame(`${feed}.subscribed`));
    }
  });

  it('echoes the credentials, when switched so', () => {
    const client = makeFeedWorld({ privateAck: 'echo-credentials' }).connect();
    client.subscribePrivate('open_orders', 'A');
    const [ack] = client.frames();
    const example = parseFrame(exampleFrame('open_orders.variants.ack_with_credentials_echoed[0]'));
    expect(Object.keys(ack ?? {})).to.deep.equal(Object.keys(example));
  });

  it('answers every failure of authentication alike', () => {
    const world = makeFeedWorld();
    const client = world.connect();
    const good = client.credentials('A') as Record<string, string>;
    const failures: readonly (readonly [string, object])[] = [
      ['no credentials', {}],
      ['wrong signature', { ...good, signed_challenge: 'AAAA' }],
      ['unknown key', { ...good, api_key: 'nobody' }],
      ['another key’s challenge', { ...good, api_key: 'key-B' }],
      [
        'a challenge never issued',
        { ...good, original_challenge: 'c100b894-1729-464d-ace1-52dbce11db42' },
      ],
      ['a key without permission', client.credentials('C')],
    ];
    for (const [name, credentials] of failures) {
      client.take();
      client.say({ event: 'subscribe', feed: 'fills', ...credentials });
      expect(client.take(), name).to.deep.equal([
        exampleFrame('challenge.variants.stale_or_wrong_signature[1]'),
      ]);
    }
    client.say({ event: 'subscribe', feed: 'fills', ...good });
    expect(client.take()[0]).to.equal(exampleFrame('fills.subscribed'));
  });

  it('does not accept the challenge of another connection', () => {
    const world = makeFeedWorld();
    const credentials = world.connect().credentials('A');
    const other = world.connect();
    other.say({ event: 'subscribe', feed: 'fills', ...credentials });
    expect(other.take()).to.deep.equal([
      exampleFrame('challenge.variants.stale_or_wrong_signature[1]'),
    ]);
  });

  it('lets challenges expire, when switched so', () => {
    const world = makeFeedWorld({ challengeLifetimeMs: 1_000 });
    const client = world.connect();
    client.subscribePrivate('fills', 'A');
    expect(client.take()[0]).to.equal(exampleFrame('fills.subscribed'));
    world.wait(1_001);
    client.subscribePrivate('balances', 'A');
    expect(client.take()).to.deep.equal([
      exampleFrame('challenge.variants.stale_or_wrong_signature[1]'),
    ]);
  });

  it('wants the credentials for unsubscribing too', () => {
    const client = makeFeedWorld().connect();
    client.subscribePrivate('fills', 'A');
    client.take();
    client.say({ event: 'unsubscribe', feed: 'fills' });
    expect(client.take()).to.deep.equal([
      exampleFrame('challenge.variants.stale_or_wrong_signature[1]'),
    ]);
    client.say({ event: 'unsubscribe', feed: 'fills', ...client.credentials('A') });
    expect(client.take()).to.deep.equal([exampleFrame('fills.unsubscribed')]);
  });

  it('sends each account its own', () => {
    const world = makeFeedWorld();
    const [a, b] = [world.connect(), world.connect()];
    a.subscribePrivate('open_orders', 'A');
    b.subscribePrivate('open_orders', 'B');
    a.take();
    b.take();
    world.place('A', { side: 'buy', size: '1', limitPrice: '80000' });
    expect([a.take().length, b.take().length]).to.deep.equal([1, 0]);
  });

  it('forgets a connection that ended', () => {
    const world = makeFeedWorld();
    const client = world.connect();
    client.subscribePrivate('open_orders', 'A');
    client.say({ event: 'subscribe', feed: 'book', product_ids: [BTC] });
    expect(world.hub.registry.size).to.equal(2);
    client.connection.onClosed();
    expect(world.hub.registry.size).to.equal(0);
  });
});
