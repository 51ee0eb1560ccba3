import { expect } from 'chai';
import { accountUid } from '../../../../../../src/simulator/account-uid.ts';
import { type JsonObject } from '../../../../../../src/lib/lossless-json.ts';
import { epochMs } from '../../../../../../src/lib/time.ts';
import { exampleFrame } from '../../../../kraken/websocket/examples.ts';
import { expectLike, makeBusy } from '../feed-examples.ts';
import { at, makeFeedWorld, parseFrame, shapeOf } from '../feed-world.ts';

describe('account feeds of the simulator, beside the reference’s examples', () => {
  it('open_positions: always the full list, numbered per subscription; a flat one is missing', () => {
    const world = makeBusy();
    const client = world.connect();
    client.subscribePrivate('open_positions', 'A');
    const [ack, first] = client.frames();
    expectLike(ack, 'open_positions.subscribed');
    expectLike(first, 'open_positions.snapshot');
    expect([at(first, 'positions.0.balance'), at(first, 'seq')]).to.deep.equal(['0.1', '0']);
    world.index('80500');
    world.hub.onTickerRound();
    const [moved] = client.frames();
    expect(at(moved, 'seq')).to.equal('1');
    world.hub.onTickerRound();
    expect(client.take()).to.have.length(0);
    world.place('A', { side: 'sell', size: '0.1', orderType: 'mkt' });
    const flat = client.frames().at(-1);
    expect([flat?.['positions'], at(flat, 'seq')]).to.deep.equal([[], '2']);
  });

  it('balances: everything first, then only the sections that changed', () => {
    const world = makeBusy();
    const client = world.connect();
    client.subscribePrivate('balances', 'A');
    const [ack, snapshot] = client.frames();
    expectLike(ack, 'balances.subscribed');
    const example = parseFrame(exampleFrame('balances.snapshot'));
    expect(Object.keys(snapshot ?? {})).to.deep.equal(Object.keys(example));
    const like = (name: string, path: readonly string[]): void => {
      const member = (frame: JsonObject | undefined): unknown =>
        path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], frame);
      expect(shapeOf(member(snapshot) as JsonObject), name).to.deep.equal(
        shapeOf(member(example) as JsonObject),
      );
    };
    like('single-collateral wallet', ['futures', 'F-XBT:USD']);
    like('currency', ['flex_futures', 'currencies', 'USD']);
    like('cross', ['flex_futures', 'cross']);
    const flexKeys = Object.keys(snapshot?.['flex_futures'] as JsonObject);
    expect(flexKeys).to.deep.equal(Object.keys(example['flex_futures'] as JsonObject));
    world.place('A', { side: 'buy', size: '0.01', orderType: 'mkt' });
    const [delta] = client.frames();
    expect(Object.keys(delta ?? {})).to.deep.equal([
      'feed',
      'account',
      'flex_futures',
      'timestamp',
      'seq',
    ]);
    expect(at(delta, 'seq')).to.equal('1');
    world.send({
      ...{
        type: 'Transfer',
        fromAccount: 'A',
        toAccount: 'A',
        fromWallet: 'cash',
        toWallet: 'flex',
      },
      ...{ currency: 'USD', amount: '1000' },
    });
    const [both] = client.frames();
    expect(at(both, 'holding.USD')).to.equal('999000.0');
    expect(both?.['futures']).to.deep.equal({});
  });

  it('names accounts as REST does, by UUID, on every private feed', () => {
    const world = makeBusy();
    const client = world.connect();
    const feeds = ['open_orders', 'fills', 'open_positions', 'balances'] as const;
    for (const feed of feeds) client.subscribePrivate(feed, 'A');
    world.place('A', { side: 'buy', size: '0.01', orderType: 'mkt' });
    const named = client
      .frames()
      .flatMap((frame) => [frame['account'], frame['username']])
      .filter((name) => name !== undefined);
    expect(named).to.have.length.greaterThan(feeds.length);
    expect([...new Set(named)]).to.deep.equal([accountUid('A')]);
    expect(accountUid('A')).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('balances: only the inverse wallet when only that changed', () => {
    const world = makeBusy();
    const client = world.connect();
    client.subscribePrivate('balances', 'A');
    client.take();
    world.send({
      ...{ type: 'Deposit', account: 'A', wallet: 'fi_xbtusd', currency: 'XBT', amount: '2' },
    });
    const [delta] = client.frames();
    const example = exampleFrame('balances.variants.delta_single_collateral_only[0]');
    expect(shapeOf(delta)).to.deep.equal(shapeOf(parseFrame(example)));
    expect(at(delta, 'futures.F-XBT:USD.balance')).to.equal('1002.0');
  });

  it('account_log: recent entries newest first, then one new entry each', () => {
    const world = makeBusy();
    const client = world.connect();
    world.place('A', { side: 'buy', size: '0.02', orderType: 'mkt' });
    client.subscribePrivate('account_log', 'A');
    const [ack, snapshot] = client.frames();
    expectLike(ack, 'account_log.subscribed');
    expect([at(snapshot, 'logs.0.id'), at(snapshot, 'logs.1.id')]).to.deep.equal(['2', '1']);
    world.place('A', { side: 'buy', size: '0.03', orderType: 'mkt' });
    const [update] = client.frames();
    const { contract, ...entry } = update?.['new_entry'] as JsonObject;
    expect(contract).to.equal('pf_xbtusd');
    const example = parseFrame(exampleFrame('account_log.update'))['new_entry'] as JsonObject;
    expect(shapeOf(entry)).to.deep.equal(shapeOf(example));
    expect(at(update, 'new_entry.id')).to.equal('3');
  });

  it('notifications_auth: present notices at once, later ones when they are posted', () => {
    const world = makeFeedWorld();
    world.notices.post({
      ...{ type: 'market', priority: 'low', note: 'A note describing the notification.' },
      effectiveTime: epochMs(1520288300000),
    });
    const client = world.connect();
    client.subscribePrivate('notifications_auth', 'A');
    const [ack, first] = client.frames();
    expectLike(ack, 'notifications_auth.subscribed');
    expectLike(first, 'notifications_auth.snapshot');
    world.notices.post({
      ...{ type: 'maintenance', priority: 'high', note: 'Simulated maintenance window.' },
      ...{ effectiveTime: epochMs(1791600000000), expectedDowntimeMinutes: 15 },
    });
    world.hub.onTickerRound();
    const [update] = client.frames();
    expectLike(update, 'notifications_auth.update');
    expect(update?.['notifications']).to.have.length(1);
    world.hub.onTickerRound();
    expect(client.take()).to.have.length(0);
  });
});
