import { expect } from 'chai';
import { type FillRecord } from '../../../../../src/simulator/exchange/reads/exchange-queries.ts';
import { epochMs } from '../../../../../src/lib/time.ts';
import { makeWorld, one, story } from '../exchange-world.ts';

describe('exchange cancels [rest 2.1]', () => {
  it('tells what was left and remembers the order for five seconds', () => {
    const world = makeWorld();
    world.place('A', { side: 'sell', size: '1', limitPrice: '84000', cliOrdId: 'x' });
    world.place('B', { side: 'buy', size: '0.25', limitPrice: '84000' });
    const { order } = one(world.cancel('A', 'x'), 'OrderCanceled');
    expect([order.size, order.filled, order.remaining, order.status]).to.deep.equal([
      '1',
      '0.25',
      '0.75',
      'Canceled',
    ]);
    const closed = (afterMs: number) =>
      world.exchange.queries.orderByCliOrdId('A', 'x', epochMs(world.now() + afterMs));
    expect(closed(0)?.status).to.equal('Canceled');
    expect(one(world.cancel('A', 'x'), 'CancelRejected').order?.orderId).to.equal(order.orderId);
    world.wait(6_000);
    world.place('A', { side: 'sell', size: '1', limitPrice: '85000', cliOrdId: 'y' });
    world.cancel('A', 'y');
    expect(closed(0)).to.equal(undefined);
  });

  it('forgets a finished order by the time of the question, though nothing else ends meanwhile', () => {
    const world = makeWorld();
    world.place('A', { side: 'sell', size: '1', limitPrice: '84000', cliOrdId: 'x' });
    world.place('B', { side: 'buy', size: '1', limitPrice: '84000' });
    const [{ fill }] = world.exchange.queries.fills('A') as [FillRecord];
    const { queries } = world.exchange;
    const seenAfter = (ms: number) => {
      const at = epochMs(world.now() + ms);
      return [queries.order(fill.order.orderId, at), queries.orderByCliOrdId('A', 'x', at)];
    };
    expect(seenAfter(4_999).map((order) => order?.status)).to.deep.equal(['Filled', 'Filled']);
    expect(seenAfter(5_000)).to.deep.equal([undefined, undefined]);
    world.wait(4_999);
    expect(one(world.cancel('A', 'x'), 'CancelRejected').order?.status).to.equal('Filled');
    world.wait(1);
    expect(one(world.cancel('A', 'x'), 'CancelRejected').order).to.equal(undefined);
  });

  it('reaches only orders of the owner that is named', () => {
    const world = makeWorld();
    world.place('A', {
      side: 'buy',
      size: '1',
      limitPrice: '80000',
      cliOrdId: 'f',
      owner: 'fix:DESK:1',
    });
    world.place('A', {
      side: 'buy',
      size: '1',
      limitPrice: '80000',
      cliOrdId: 'g',
      owner: 'fix:DESK:2',
    });
    world.place('A', {
      side: 'buy',
      size: '1',
      limitPrice: '80000',
      cliOrdId: 'r',
      owner: 'rest',
    });
    const all = (owner: string): readonly string[] =>
      story(world.send({ type: 'CancelOrders', account: 'A', owner }));
    expect(all('fix:DES')).to.deep.equal([]);
    expect(all('fix:DESK:2')).to.deep.equal(['canceled g CANCELLED_BY_USER']);
    expect(all('fix:DESK')).to.deep.equal(['canceled f CANCELLED_BY_USER']);
    expect(world.exchange.queries.openOrders('A').map((order) => order.cliOrdId)).to.deep.equal([
      'r',
    ]);
  });

  it('cancels all orders of one market, triggers included, and none of another account', () => {
    const world = makeWorld();
    world.place('A', { side: 'buy', size: '1', limitPrice: '80000', cliOrdId: 'x' });
    world.place('A', {
      side: 'buy',
      size: '1',
      orderType: 'stp',
      stopPrice: '90000',
      cliOrdId: 's',
    });
    world.place('A', {
      side: 'buy',
      size: '1',
      limitPrice: '1900',
      symbol: 'PF_ETHUSD',
      cliOrdId: 'e',
    });
    world.place('B', { side: 'buy', size: '1', limitPrice: '80000', cliOrdId: 'b' });
    const events = world.send({ type: 'CancelOrders', account: 'A', symbol: 'PF_XBTUSD' });
    expect(story(events)).to.deep.equal([
      'canceled x CANCELLED_BY_USER',
      'canceled s CANCELLED_BY_USER',
    ]);
    expect(one(events, 'OrdersCanceled').orders).to.have.length(2);
    expect(world.exchange.queries.openOrders('B')).to.have.length(1);
  });
});

describe('exchange edits [rest 2.1]', () => {
  const open = (): ReturnType<typeof makeWorld> => {
    const world = makeWorld();
    world.place('A', { side: 'buy', size: '1', limitPrice: '83000', cliOrdId: 'x' });
    world.place('B', { side: 'sell', size: '0.4', limitPrice: '83000' });
    return world;
  };

  it('reads a relative size as the open remainder and an absolute one as the total', () => {
    const world = open();
    expect(one(world.edit('A', { cliOrdId: 'x', size: '1' }), 'OrderEdited').order).to.include({
      size: '1.4',
      filled: '0.4',
      remaining: '1',
    });
    const absolute = one(
      world.edit('A', { cliOrdId: 'x', size: '1', qtyMode: 'ABSOLUTE' }),
      'OrderEdited',
    );
    expect(absolute.order).to.include({ size: '1', filled: '0.4', remaining: '0.6' });
    expect(
      story(world.edit('A', { cliOrdId: 'x', size: '0.4', qtyMode: 'ABSOLUTE' })),
    ).to.deep.equal(['edit rejected INVALID_QUANTITY']);
  });

  it('keeps the place in the queue when only the size shrinks, and loses it otherwise', () => {
    const world = makeWorld();
    for (const uid of ['A', 'B'])
      world.place(uid, { side: 'buy', size: '1', limitPrice: '83000', cliOrdId: 'x' });
    const first = (): string | undefined => world.exchange.queries.bookOrders('PF_XBTUSD')[0]?.size;
    world.edit('A', { cliOrdId: 'x', size: '0.5' });
    expect(first()).to.equal('0.5');
    world.edit('A', { cliOrdId: 'x', size: '0.6' });
    expect(first()).to.equal('1');
  });

  it('trades when the new price crosses, as takerAfterEdit, and rests the remainder', () => {
    const world = makeWorld();
    world.place('A', { side: 'buy', size: '1', limitPrice: '83000', cliOrdId: 'x' });
    world.place('B', { side: 'sell', size: '0.3', limitPrice: '84000' });
    const events = world.edit('A', { cliOrdId: 'x', limitPrice: '84000' });
    expect(story(events)).to.deep.equal([
      'edited x 1 @ 84000',
      'trade 84000 x 0.3',
      'booked x 0.7',
    ]);
    expect(one(events, 'Trade').taker.fillType).to.equal('takerAfterEdit');
  });

  it('leaves the old order as it was when it refuses', () => {
    const world = makeWorld();
    world.place('A', {
      side: 'buy',
      size: '1',
      orderType: 'post',
      limitPrice: '83000',
      cliOrdId: 'x',
    });
    world.place('B', { side: 'sell', size: '0.3', limitPrice: '84000' });
    const before = world.exchange.queries.openOrders('A');
    expect(story(world.edit('A', { cliOrdId: 'x', limitPrice: '84000' }))).to.deep.equal([
      'edit rejected POST_WOULD_EXECUTE',
    ]);
    expect(story(world.edit('A', { cliOrdId: 'x', limitPrice: '84000.5' }))).to.deep.equal([
      'edit rejected INVALID_PRICE',
    ]);
    expect(story(world.edit('A', { cliOrdId: 'x', stopPrice: '84000' }))).to.deep.equal([
      'edit rejected ORDER_CANNOT_HAVE_TRIGGER_PRICE',
    ]);
    expect(story(world.edit('A', { cliOrdId: 'x', limitPrice: '83000' }))).to.deep.equal([
      'edit rejected EDIT_HAS_NO_EFFECT',
    ]);
    expect(story(world.edit('A', { cliOrdId: 'nope', size: '1' }))).to.deep.equal([
      'edit rejected ORDER_FOR_EDIT_NOT_FOUND',
    ]);
    expect(world.exchange.queries.openOrders('A')).to.deep.equal(before);
  });
});
