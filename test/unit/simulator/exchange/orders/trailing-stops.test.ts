import { expect } from 'chai';
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

describe('exchange trailing stops [rest 6.3]', () => {
  const trail = (
    world: World,
    side: 'buy' | 'sell',
    maxDeviation: string,
    unit: 'PERCENT' | 'QUOTE_CURRENCY',
  ): readonly string[] =>
    story(
      world.place('A', {
        side,
        size: '1',
        orderType: 'trailing_stop',
        triggerSignal: 'index',
        trailingStop: { maxDeviation, unit },
        cliOrdId: 't',
      }),
    );

  it('follows the best price and fires when the market comes back by the deviation', () => {
    const world = open();
    expect(trail(world, 'sell', '1', 'PERCENT')).to.deep.equal(['accepted t', 'booked t 1']);
    const stopPrice = (): string | undefined =>
      world.exchange.queries.openOrderByCliOrdId('A', 't')?.trigger?.stopPrice;
    expect(stopPrice()).to.equal('83160');
    expect(one(world.index('90000'), 'TriggerUpdated').order.trigger?.stopPrice).to.equal('89100');
    expect(only(world.index('89500'), 'TriggerUpdated')).to.have.length(0);
    expect(stopPrice()).to.equal('89100');
    expect(only(world.index('89100'), 'TriggerFired')).to.have.length(1);
  });

  it('trails a buy above the lowest price by an amount', () => {
    const world = open();
    trail(world, 'buy', '500', 'QUOTE_CURRENCY');
    world.index('83000');
    expect(world.exchange.queries.openOrderByCliOrdId('A', 't')?.trigger?.stopPrice).to.equal(
      '83500',
    );
    expect(only(world.index('83500'), 'TriggerFired')).to.have.length(1);
  });

  it('refuses deviations that are too small, too large, too fine or off the tick', () => {
    const world = open();
    expect(trail(world, 'sell', '0.09', 'PERCENT')).to.deep.equal([
      'rejected TRAILING_STOP_MAX_DEVIATION_TOO_SMALL',
    ]);
    expect(trail(world, 'sell', '50.01', 'PERCENT')).to.deep.equal([
      'rejected TRAILING_STOP_MAX_DEVIATION_TOO_LARGE',
    ]);
    expect(trail(world, 'sell', '1.001', 'PERCENT')).to.deep.equal([
      'rejected TRAILING_STOP_PERCENT_DEVIATION_EXCEEDS_MAX_DECIMAL_PLACES',
    ]);
    expect(trail(world, 'sell', '0.5', 'QUOTE_CURRENCY')).to.deep.equal([
      'rejected TRAILING_STOP_QUOTE_DEVIATION_NOT_MULTIPLE_OF_TICK_SIZE',
    ]);
    expect(trail(world, 'sell', '84000', 'QUOTE_CURRENCY')).to.deep.equal([
      'rejected TRAILING_STOP_MAX_DEVIATION_TOO_LARGE',
    ]);
    expect(
      story(
        world.place('A', {
          side: 'sell',
          size: '1',
          orderType: 'trailing_stop',
          symbol: 'PF_SOLUSD',
          trailingStop: { maxDeviation: '1', unit: 'PERCENT' },
        }),
      ),
    ).to.deep.equal([
      'rejected NO_REFERENCE_PRICE_AVAILABLE_FOR_CALCULATING_TRAILING_STOP_TRIGGER_PRICE',
    ]);
  });

  it('recomputes its trigger when the deviation is sent again, and refuses price edits', () => {
    const world = open();
    trail(world, 'sell', '1', 'PERCENT');
    world.index('83500');
    expect(story(world.edit('A', { cliOrdId: 't', stopPrice: '83000' }))).to.deep.equal([
      'edit rejected CANNOT_EDIT_TRIGGER_PRICE_OF_TRAILING_STOP',
    ]);
    expect(story(world.edit('A', { cliOrdId: 't', limitPrice: '83000' }))).to.deep.equal([
      'edit rejected CANNOT_EDIT_LIMIT_PRICE_OF_TRAILING_STOP',
    ]);
    const edited = one(
      world.edit('A', { cliOrdId: 't', trailingStop: { maxDeviation: '1', unit: 'PERCENT' } }),
      'OrderEdited',
    );
    expect(edited.order.trigger?.stopPrice).to.equal('82665');
  });

  it('limits how many of them an account has in a market', () => {
    const world = makeWorld({ rules: { trailingStopsMax: 1 } });
    trail(world, 'sell', '1', 'PERCENT');
    expect(
      story(
        world.place('A', {
          side: 'sell',
          size: '1',
          orderType: 'trailing_stop',
          triggerSignal: 'index',
          trailingStop: { maxDeviation: '1', unit: 'PERCENT' },
        }),
      ),
    ).to.deep.equal(['rejected TRAILING_STOP_ORDER_LIMIT_EXCEEDED']);
  });
});
