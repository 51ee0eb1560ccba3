import { expect } from 'chai';
import { epochMs } from '../../../../../src/lib/time.ts';
import { type PlaceOrder } from '../../../../../src/simulator/exchange/model/commands.ts';
import { makeWorld, one, only, story, type World } from '../exchange-world.ts';

/** A two-sided book around 84000 and a last price of 84000. */
const open = (): World => {
  const world = makeWorld();
  world.place('B', { side: 'sell', size: '5', limitPrice: '84100', cliOrdId: 'ask' });
  world.place('B', { side: 'buy', size: '5', limitPrice: '83900', cliOrdId: 'bid' });
  world.place('C', { side: 'sell', size: '0.1', limitPrice: '84000' });
  world.place('A', { side: 'buy', size: '0.1', limitPrice: '84000' });
  return world;
};

const last = (world: World, price: string): readonly string[] => {
  world.place('C', { side: 'buy', size: '0.1', limitPrice: price });
  return story(world.place('B', { side: 'sell', size: '0.1', limitPrice: price }));
};

describe('exchange triggers [rest 6.3]', () => {
  const stop = (
    world: World,
    terms: Partial<PlaceOrder> & Pick<PlaceOrder, 'side'>,
  ): readonly string[] =>
    story(
      world.place('A', {
        size: '1',
        orderType: 'stp',
        triggerSignal: 'index',
        cliOrdId: 's',
        ...terms,
      }),
    );

  it('waits without being in the book and shows its trigger', () => {
    const world = open();
    expect(stop(world, { side: 'sell', stopPrice: '83000' })).to.deep.equal([
      'accepted s',
      'booked s 1',
    ]);
    const order = world.exchange.queries.openOrderByCliOrdId('A', 's');
    expect(order?.status).to.equal('TriggerPlaced');
    expect(order?.trigger).to.deep.equal({
      stopPrice: '83000',
      side: 'trigger_below',
      signal: 'index',
      trailingStop: undefined,
    });
    expect(world.exchange.queries.book('PF_XBTUSD')?.asks).to.have.length(1);
  });

  const sides = [
    ['stp', 'buy', '85000', '84999.9', '85000'],
    ['stp', 'sell', '83000', '83000.1', '83000'],
    ['take_profit', 'buy', '83000', '83000.1', '83000'],
    ['take_profit', 'sell', '85000', '84999.9', '85000'],
  ] as const;
  for (const [orderType, side, stopPrice, before, at] of sides) {
    it(`${orderType} ${side} at ${stopPrice} sleeps at ${before} and fires at ${at}`, () => {
      const world = open();
      stop(world, { side, stopPrice, orderType });
      expect(only(world.index(before), 'TriggerFired')).to.have.length(0);
      expect(one(world.index(at), 'TriggerFired').triggerPrice).to.equal(at);
    });
  }

  it('becomes an IOC at the protection price when it has no limit, and keeps its client order id', () => {
    const world = open();
    stop(world, { side: 'sell', stopPrice: '83000' });
    const events = world.index('83000');
    expect(story(events)).to.deep.equal(['fired s at 83000', 'accepted s', 'trade 83900 x 1']);
    const fired = one(events, 'TriggerFired');
    const born = one(events, 'OrderAccepted').order;
    expect([born.orderType, born.orderId, born.triggeredBy]).to.deep.equal([
      'ioc',
      fired.orderId,
      fired.order.orderId,
    ]);
    expect(fired.orderId).to.not.equal(fired.order.orderId);
    expect(world.exchange.queries.openOrders('A')).to.deep.equal([]);
  });

  it('becomes a limit order that may rest when it has a limit', () => {
    const world = open();
    stop(world, { side: 'sell', stopPrice: '83000', limitPrice: '84050' });
    const events = world.index('83000');
    expect(story(events)).to.deep.equal(['fired s at 83000', 'accepted s', 'booked s 1']);
    expect(one(events, 'OrderBooked').reason).to.equal('limitFromStop');
  });

  it('takes a limit as an offset of the trigger price: 79000 and -0.5 percent give 78605', () => {
    const world = open();
    stop(world, {
      side: 'sell',
      stopPrice: '79000',
      limitPriceOffset: { value: '-0.5', unit: 'PERCENT' },
    });
    expect(world.exchange.queries.openOrders('A')[0]?.limitPrice).to.equal('78605');
    expect(
      stop(world, {
        side: 'sell',
        cliOrdId: 't',
        stopPrice: '79000',
        limitPrice: '79000',
        limitPriceOffset: { value: '1', unit: 'QUOTE_CURRENCY' },
      }),
    ).to.deep.equal(['rejected LIMIT_PRICE_SET_AS_ABSOLUTE_AND_RELATIVE']);
    expect(
      stop(world, {
        side: 'sell',
        cliOrdId: 't',
        stopPrice: '79000',
        limitPriceOffset: { value: '0.5', unit: 'QUOTE_CURRENCY' },
      }),
    ).to.deep.equal([
      'rejected LIMIT_PRICE_OFFSET_QUOTE_CURRENCY_VALUE_MUST_BE_MULTIPLE_OF_TICK_SIZE',
    ]);
  });

  it('refuses an offset limit in a word of its own, and takes half the trigger price at most', () => {
    const world = open();
    const word = (limitPriceOffset: { value?: string; unit?: string }) =>
      stop(world, { side: 'sell', stopPrice: '79000', limitPriceOffset })[0];
    const PERCENT = 'PERCENT';
    const QUOTE = 'QUOTE_CURRENCY';
    const refused = (what: string) => `rejected LIMIT_PRICE_OFFSET_${what}`;
    expect(word({ value: '-1' })).to.equal(refused('MUST_HAVE_VALUE_AND_UNIT'));
    expect(word({ unit: PERCENT })).to.equal(refused('MUST_HAVE_VALUE_AND_UNIT'));
    expect(word({ value: 'much', unit: PERCENT })).to.equal(refused('VALUE_INVALID'));
    expect(word({ value: '-1', unit: 'percent' })).to.equal(refused('UNIT_INVALID'));
    expect(word({ value: '-0.125', unit: PERCENT })).to.equal(
      refused('PERCENT_VALUE_TOO_MANY_DECIMAL_PLACES'),
    );
    expect(word({ value: '50.01', unit: PERCENT })).to.equal(refused('TOO_HIGH'));
    expect(word({ value: '39501', unit: QUOTE })).to.equal(refused('TOO_HIGH'));
    expect(word({ value: '-50.01', unit: PERCENT })).to.equal(refused('TOO_LOW'));
    expect(word({ value: '-39501', unit: QUOTE })).to.equal(refused('TOO_LOW'));
    for (const [value, unit] of [
      ['-50', PERCENT],
      ['50', PERCENT],
      ['-39500', QUOTE],
      ['0', PERCENT],
    ] as const) {
      const fresh = open();
      const limitPriceOffset = { value, unit };
      const told = stop(fresh, { side: 'sell', stopPrice: '79000', limitPriceOffset });
      expect(told[0], value).to.equal('accepted s');
    }
  });

  it('keeps an offset limit within bounds when the trigger price is edited', () => {
    const world = open();
    const limitPriceOffset = { value: '-35000', unit: 'QUOTE_CURRENCY' };
    stop(world, { side: 'sell', stopPrice: '79000', limitPriceOffset });
    expect(story(world.edit('A', { cliOrdId: 's', stopPrice: '69000' }))).to.deep.equal([
      'edit rejected LIMIT_PRICE_OFFSET_TOO_LOW',
    ]);
    expect(story(world.edit('A', { cliOrdId: 's', stopPrice: '75000' }))).to.deep.equal([
      'edited s 1 @ 40000',
    ]);
  });

  it('has no offset limit on an order that is no trigger', () => {
    const world = open();
    const terms = {
      side: 'buy',
      size: '1',
      limitPriceOffset: { value: '1', unit: 'PERCENT' },
    } as const;
    expect(story(world.place('A', { ...terms, limitPrice: '80000' }))).to.deep.equal([
      'rejected INVALID_PRICE',
    ]);
    expect(story(world.place('A', { ...terms, orderType: 'mkt' }))).to.deep.equal([
      'rejected INVALID_PRICE',
    ]);
  });

  it('follows the last price by default, and one trigger can set off another', () => {
    const world = open();
    stop(world, { side: 'buy', stopPrice: '84050', triggerSignal: 'last', cliOrdId: 'first' });
    world.place('C', {
      side: 'buy',
      size: '0.2',
      orderType: 'stp',
      stopPrice: '84100',
      cliOrdId: 'second',
    });
    expect(last(world, '84050')).to.deep.equal([
      'accepted -',
      'trade 84050 x 0.1',
      'fired first at 84050',
      'accepted first',
      'trade 84100 x 1',
      'fired second at 84100',
      'accepted second',
      'trade 84100 x 0.2',
    ]);
  });

  it('fires on the mark price', () => {
    const world = open();
    stop(world, { side: 'buy', stopPrice: '84500', triggerSignal: 'mark' });
    expect(only(world.index('84600'), 'TriggerFired')).to.have.length(1);
  });

  it('says why a fired trigger came to nothing', () => {
    const world = open();
    stop(world, { side: 'buy', stopPrice: '84500', reduceOnly: true });
    world.place('A', { side: 'sell', size: '0.1', limitPrice: '83900' });
    expect(story(world.index('84600'))).to.deep.equal([
      'fired s at 84600',
      'failed s WOULD_NOT_REDUCE_POSITION',
    ]);
    const order = world.exchange.queries.orderByCliOrdId('A', 's', epochMs(world.now()));
    expect(order?.status).to.equal('TriggerActivationFailure');
  });

  it('needs a stop price, and on the grid', () => {
    const world = open();
    expect(stop(world, { side: 'buy' })).to.deep.equal(['rejected INVALID_PRICE']);
    expect(stop(world, { side: 'buy', stopPrice: '84000.5' })).to.deep.equal([
      'rejected INVALID_PRICE',
    ]);
  });

  it('can be edited: the trigger price and the limit move, an ordinary order cannot get one', () => {
    const world = open();
    stop(world, { side: 'buy', stopPrice: '86000', limitPrice: '86100' });
    const edited = one(
      world.edit('A', { cliOrdId: 's', stopPrice: '85000', limitPrice: '85100', size: '2' }),
      'OrderEdited',
    );
    expect([
      edited.order.trigger?.stopPrice,
      edited.order.limitPrice,
      edited.order.size,
    ]).to.deep.equal(['85000', '85100', '2']);
    expect(only(world.index('85000'), 'TriggerFired')).to.have.length(1);
  });
});
