import { expect } from 'chai';
import { makeWorld, one, only, story, type World } from '../exchange-world.ts';

const protectedWorld = (): World => {
  const world = makeWorld();
  world.send({ type: 'SetMakerProtection', symbol: 'PF_XBTUSD', millis: 20 });
  return world;
};

describe('exchange maker protection [rest 10; fix 5.5]', () => {
  it('holds what is not post-only, shows it nowhere, and gives it its place at release', () => {
    const world = protectedWorld();
    const held = world.place('A', {
      side: 'buy',
      size: '1',
      limitPrice: '83000',
      cliOrdId: 'a',
      requestId: 'r',
    });
    expect(story(held)).to.deep.equal(['held a']);
    expect(only(held, 'RequestCompleted')).to.have.length(0);
    expect(one(held, 'OrderHeld').releaseAt).to.equal(world.now() + 20);
    expect(world.exchange.nextDueAt()).to.equal(world.now() + 20);
    expect(world.exchange.queries.openOrders('A')).to.deep.equal([]);
    world.place('B', {
      side: 'buy',
      size: '1',
      limitPrice: '83000',
      orderType: 'post',
      cliOrdId: 'b',
    });
    expect(story(world.wait(19))).to.deep.equal([]);
    const released = world.wait(1);
    expect(story(released)).to.deep.equal(['accepted a', 'booked a 1']);
    expect(released.map(({ requestId }) => requestId)).to.deep.equal(released.map(() => 'r'));
    expect(one(released, 'RequestCompleted').requestId).to.equal('r');
    expect(
      world.exchange.queries.bookOrders('PF_XBTUSD').map(({ orderId }) => orderId)[1],
    ).to.equal(one(released, 'OrderBooked').order.orderId);
  });

  it('acknowledges a cancel in the hold, which is not final: the order is released as IOC', () => {
    const world = protectedWorld();
    world.place('B', { side: 'sell', size: '0.4', limitPrice: '84000', orderType: 'post' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000', cliOrdId: 'a' });
    expect(story(world.cancel('A', 'a'))).to.deep.equal(['held canceled a']);
    expect(story(world.wait(20))).to.deep.equal([
      'accepted a',
      'trade 84000 x 0.4',
      'canceled a PARTIAL_FILL',
    ]);
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000', cliOrdId: 'c' });
    world.send({ type: 'CancelOrders', account: 'A' });
    expect(story(world.wait(20))).to.deep.equal(['rejected IOC_WOULD_NOT_EXECUTE']);
  });

  it('leaves an order whose edit is held, when everything is cancelled', () => {
    const world = makeWorld();
    world.place('A', { side: 'buy', size: '1', limitPrice: '83000', cliOrdId: 'edited' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '83000', cliOrdId: 'other' });
    world.send({ type: 'SetMakerProtection', symbol: 'PF_XBTUSD', millis: 20 });
    world.send({ type: 'EditOrder', account: 'A', cliOrdId: 'edited', limitPrice: '82000' });
    const canceled = one(world.send({ type: 'CancelOrders', account: 'A' }), 'OrdersCanceled');
    expect(canceled.orders.map(({ cliOrdId }) => cliOrdId)).to.deep.equal(['other']);
    world.wait(20);
    expect(
      world.exchange.queries.openOrders('A').map(({ limitPrice }) => limitPrice),
    ).to.deep.equal(['82000']);
  });

  it('prices a market order when it is released, not when it comes', () => {
    const world = protectedWorld();
    world.place('A', { side: 'buy', size: '1', orderType: 'mkt', cliOrdId: 'a' });
    world.place('B', { side: 'sell', size: '1', limitPrice: '84000', orderType: 'post' });
    const released = world.wait(20);
    expect(story(released)).to.deep.equal(['accepted a', 'trade 84000 x 1']);
    expect(one(released, 'OrderAccepted').order.limitPrice).to.equal('84840');
  });

  it('cancels the own resting order that a released order would hit, whatever the strategy', () => {
    const world = protectedWorld();
    world.place('A', {
      side: 'sell',
      size: '1',
      limitPrice: '84000',
      orderType: 'post',
      cliOrdId: 'mine',
    });
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000', cliOrdId: 'taker' });
    expect(story(world.wait(20))).to.deep.equal([
      'accepted taker',
      'canceled mine CANCELLED_BY_SELF_TRADE',
      'booked taker 1',
    ]);
  });

  it('holds an edit too, and leaves the order as it is meanwhile', () => {
    const world = protectedWorld();
    world.place('A', { side: 'buy', size: '1', limitPrice: '83000', cliOrdId: 'a' });
    world.wait(20);
    expect(story(world.edit('A', { cliOrdId: 'a', size: '2' }))).to.deep.equal(['held a']);
    expect(world.exchange.queries.openOrders('A')[0]?.size).to.equal('1');
    expect(story(world.wait(20))).to.deep.equal(['edited a 2 @ 83000']);
    world.edit('A', { cliOrdId: 'a', size: '3' });
    world.cancel('A', 'a');
    expect(story(world.wait(20))).to.deep.equal(['edit rejected ORDER_FOR_EDIT_NOT_FOUND']);
  });

  it('judges the deadline after the hold', () => {
    const world = protectedWorld();
    world.place('A', {
      side: 'buy',
      size: '1',
      limitPrice: '83000',
      processBefore: (world.now() + 10) as never,
    });
    expect(story(world.wait(20))).to.deep.equal(['rejected WOULD_PROCESS_AFTER_SPECIFIED_TIME']);
  });

  it('holds no more than 250 requests of an account', () => {
    const world = protectedWorld();
    const place = (i: number): readonly string[] =>
      story(
        world.place('A', {
          side: 'buy',
          size: '0.0001',
          limitPrice: '83000',
          cliOrdId: `x${String(i)}`,
        }),
      );
    for (let i = 1; i <= 250; i += 1) expect(place(i)).to.deep.equal([`held x${String(i)}`]);
    expect(place(251)).to.deep.equal(['rejected HELD_ORDER_LIMIT_EXCEEDED']);
    world.wait(20);
    expect(world.exchange.queries.openOrders('A')).to.have.length(250);
  });

  it('lets a batch through up to its first taking instruction, the rest waits together, cancels never', () => {
    const world = protectedWorld();
    world.place('A', {
      side: 'buy',
      size: '1',
      limitPrice: '82000',
      orderType: 'post',
      cliOrdId: 'old',
    });
    const order = {
      type: 'PlaceOrder',
      account: 'A',
      owner: 'rest',
      side: 'buy',
      size: '1',
      symbol: 'PF_XBTUSD',
      limitPrice: '83000',
    } as const;
    const events = world.send({
      type: 'BatchOrders',
      account: 'A',
      requestId: 'batch',
      instructions: [
        { ...order, orderType: 'post', cliOrdId: 'p1', requestId: '1' },
        { ...order, orderType: 'lmt', cliOrdId: 'l', requestId: '2' },
        { ...order, orderType: 'post', cliOrdId: 'p2', requestId: '3' },
        { type: 'CancelOrder', account: 'A', cliOrdId: 'old', requestId: '4' },
      ],
    });
    expect(story(events)).to.deep.equal([
      'accepted p1',
      'booked p1 1',
      'held l',
      'held p2',
      'canceled old CANCELLED_BY_USER',
    ]);
    expect(only(events, 'RequestCompleted').map(({ requestId }) => requestId)).to.deep.equal([
      '1',
      '4',
      'batch',
    ]);
    const late = world.wait(20);
    expect(story(late)).to.deep.equal(['accepted l', 'booked l 1', 'accepted p2', 'booked p2 1']);
    expect(only(late, 'RequestCompleted').map(({ requestId }) => requestId)).to.deep.equal([
      '2',
      '3',
    ]);
  });
});
