import { expect } from 'chai';
import { makeWorld, one, only, story } from '../../../exchange/exchange-world.ts';

describe('exchange orders [rest 3.4, 6.3]', () => {
  it('lets a limit order rest and fills it at its own price, oldest first', () => {
    const world = makeWorld();
    world.place('A', { side: 'buy', size: '0.3', limitPrice: '83990', cliOrdId: 'a1' });
    world.place('C', { side: 'buy', size: '0.3', limitPrice: '83990', cliOrdId: 'c1' });
    const events = world.place('B', {
      side: 'sell',
      size: '0.4',
      limitPrice: '83000',
      cliOrdId: 'b1',
    });
    expect(story(events)).to.deep.equal(['accepted b1', 'trade 83990 x 0.3', 'trade 83990 x 0.1']);
    expect(only(events, 'Trade').map((event) => event.maker.order.cliOrdId)).to.deep.equal([
      'a1',
      'c1',
    ]);
    expect(world.exchange.queries.book('PF_XBTUSD')?.bids).to.deep.equal([
      { price: '83990', size: '0.2', orders: 1 },
    ]);
  });

  it('charges maker and taker as the fee example of [fix 6.3] says: 84 USD at 5 bps is 0.042', () => {
    const world = makeWorld();
    world.place('A', { side: 'sell', size: '0.001', limitPrice: '84000' });
    const trade = one(
      world.place('B', { side: 'buy', size: '0.001', limitPrice: '84000' }),
      'Trade',
    );
    expect([trade.taker.fee, trade.taker.feeCurrency, trade.maker.fee]).to.deep.equal([
      '0.042',
      'USD',
      '0.0168',
    ]);
    expect(trade.taker.order.status).to.equal('Filled');
    expect(world.exchange.queries.balances('B')['flex']).to.deep.equal({ USD: '9999999.958' });
  });

  it('prices a market order 1% through the touch and cuts it to the tick: 66596 gives 67261', () => {
    const world = makeWorld();
    world.index('66600');
    world.place('A', { side: 'sell', size: '1', limitPrice: '66596' });
    const events = world.place('B', { side: 'buy', size: '0.001', orderType: 'mkt' });
    expect(one(events, 'OrderAccepted').order.limitPrice).to.equal('67261');
    expect(story(events)).to.deep.equal(['accepted -', 'trade 66596 x 0.001']);
  });

  const cases: readonly (readonly [
    string,
    Parameters<ReturnType<typeof makeWorld>['place']>[1],
    readonly string[],
  ])[] = [
    [
      'a post-only order that would cross',
      { side: 'buy', size: '1', orderType: 'post', limitPrice: '84010' },
      ['rejected POST_WOULD_EXECUTE'],
    ],
    [
      'an IOC that meets nothing',
      { side: 'buy', size: '1', orderType: 'ioc', limitPrice: '84009' },
      ['rejected IOC_WOULD_NOT_EXECUTE'],
    ],
    [
      'a FOK that cannot be filled whole',
      { side: 'buy', size: '2', orderType: 'fok', limitPrice: '84010' },
      ['rejected IOC_WOULD_NOT_EXECUTE'],
    ],
    [
      'a FOK that can',
      { side: 'buy', size: '1', orderType: 'fok', limitPrice: '84010' },
      ['accepted x', 'trade 84010 x 1'],
    ],
    [
      'an IOC that fills in part',
      { side: 'buy', size: '1.5', orderType: 'ioc', limitPrice: '84010' },
      ['accepted x', 'trade 84010 x 1', 'canceled x PARTIAL_FILL'],
    ],
    [
      'a limit order that fills in part',
      { side: 'buy', size: '1.5', limitPrice: '84010' },
      ['accepted x', 'trade 84010 x 1', 'booked x 0.5'],
    ],
    [
      'a market order without a book',
      { side: 'sell', size: '1', orderType: 'mkt' },
      ['rejected IOC_WOULD_NOT_EXECUTE'],
    ],
    [
      'a price off the tick',
      { side: 'buy', size: '1', limitPrice: '84000.5' },
      ['rejected INVALID_PRICE'],
    ],
    ['a price of zero', { side: 'buy', size: '1', limitPrice: '0' }, ['rejected INVALID_PRICE']],
    [
      'a negative price',
      { side: 'buy', size: '1', limitPrice: '-84000' },
      ['rejected INVALID_PRICE'],
    ],
    ['a limit order without a price', { side: 'buy', size: '1' }, ['rejected INVALID_PRICE']],
    [
      'a market order with a price',
      { side: 'buy', size: '1', orderType: 'mkt', limitPrice: '84000' },
      ['rejected INVALID_PRICE'],
    ],
    [
      'a size off the lot',
      { side: 'buy', size: '0.00005', limitPrice: '84000' },
      ['rejected INVALID_QUANTITY'],
    ],
    [
      'a size of zero',
      { side: 'buy', size: '0', limitPrice: '84000' },
      ['rejected INVALID_QUANTITY'],
    ],
    [
      'a size with an exponent',
      { side: 'buy', size: '1e1', limitPrice: '84000' },
      ['rejected INVALID_QUANTITY'],
    ],
    [
      'an unknown market',
      { side: 'buy', size: '1', limitPrice: '84000', symbol: 'PF_NOPEUSD' },
      ['rejected MARKET_NOT_FOUND'],
    ],
    [
      'a price outside the collar',
      { side: 'buy', size: '1', limitPrice: '92401' },
      ['rejected PRICE_COLLAR'],
    ],
    [
      'a price at the collar',
      { side: 'buy', size: '1', limitPrice: '92400' },
      ['accepted x', 'trade 84010 x 1'],
    ],
    [
      'a size over the position limit',
      { side: 'buy', size: '1200.0001', limitPrice: '80000' },
      ['rejected MAX_POSITION_EXCEEDED'],
    ],
    [
      'reduce-only without a position',
      { side: 'buy', size: '1', limitPrice: '84010', reduceOnly: true },
      ['rejected WOULD_NOT_REDUCE_POSITION'],
    ],
  ];
  for (const [name, terms, expected] of cases) {
    it(`answers ${name}: ${expected.join(', ')}`, () => {
      const world = makeWorld();
      world.place('A', { side: 'sell', size: '1', limitPrice: '84010', cliOrdId: 'a1' });
      expect(story(world.place('B', { cliOrdId: 'x', ...terms }))).to.deep.equal(expected);
    });
  }

  it('refuses a client order id that is in use, and takes it again once the order ended', () => {
    const world = makeWorld();
    world.place('A', { side: 'buy', size: '1', limitPrice: '80000', cliOrdId: 'x' });
    expect(
      story(world.place('A', { side: 'buy', size: '1', limitPrice: '80000', cliOrdId: 'x' })),
    ).to.deep.equal(['rejected CLIENT_ORDER_ID_IN_USE']);
    world.cancel('A', 'x');
    expect(
      story(world.place('A', { side: 'buy', size: '1', limitPrice: '80000', cliOrdId: 'x' })),
    ).to.deep.equal(['accepted x', 'booked x 1']);
  });

  it('never takes a client order id twice when its scope is forever', () => {
    const world = makeWorld({ rules: { cliOrdIdScope: 'forever' } });
    world.place('A', { side: 'buy', size: '1', limitPrice: '80000', cliOrdId: 'x' });
    world.cancel('A', 'x');
    expect(
      story(world.place('A', { side: 'buy', size: '1', limitPrice: '80000', cliOrdId: 'x' })),
    ).to.deep.equal(['rejected CLIENT_ORDER_ID_IN_USE']);
  });

  it('refuses too long and malformed client order ids', () => {
    const world = makeWorld();
    const place = (cliOrdId: string): readonly string[] =>
      story(world.place('A', { side: 'buy', size: '1', limitPrice: '80000', cliOrdId }));
    expect(place('x'.repeat(101))).to.deep.equal(['rejected CLIENT_ORDER_ID_TOO_LONG']);
    expect(place('a b')).to.deep.equal(['rejected CLIENT_ORDER_ID_INVALID']);
    expect(place('')).to.deep.equal(['rejected CLIENT_ORDER_ID_INVALID']);
  });

  it('limits the open orders of an account', () => {
    const world = makeWorld({ rules: { openOrdersMax: 2 } });
    for (const cliOrdId of ['1', '2'])
      world.place('A', { side: 'buy', size: '1', limitPrice: '80000', cliOrdId });
    expect(story(world.place('A', { side: 'buy', size: '1', limitPrice: '80000' }))).to.deep.equal([
      'rejected ORDER_LIMIT_EXCEEDED',
    ]);
  });

  it('limits small orders', () => {
    const world = makeWorld({ rules: { smallOrderUsd: '100', smallOrdersMax: 1 } });
    world.place('A', { side: 'buy', size: '0.001', limitPrice: '80000' });
    expect(
      story(world.place('A', { side: 'buy', size: '0.001', limitPrice: '80000' })),
    ).to.deep.equal(['rejected SMALL_ORDER_LIMIT_EXCEEDED']);
    expect(
      story(
        world.place('A', { side: 'buy', size: '0.01', limitPrice: '80000', cliOrdId: 'big' }),
      )[0],
    ).to.equal('accepted big');
  });

  it('refuses a request that comes after its deadline', () => {
    const world = makeWorld();
    const late = { processBefore: (world.now() - 1) as never };
    expect(
      story(world.place('A', { side: 'buy', size: '1', limitPrice: '80000', ...late })),
    ).to.deep.equal(['rejected WOULD_PROCESS_AFTER_SPECIFIED_TIME']);
    world.place('A', { side: 'buy', size: '1', limitPrice: '80000', cliOrdId: 'x' });
    expect(story(world.edit('A', { cliOrdId: 'x', size: '2', ...late }))).to.deep.equal([
      'edit rejected WOULD_PROCESS_AFTER_SPECIFIED_TIME',
    ]);
    expect(
      story(world.send({ type: 'CancelOrder', account: 'A', cliOrdId: 'x', ...late })),
    ).to.deep.equal(['cancel rejected WOULD_PROCESS_AFTER_SPECIFIED_TIME']);
  });

  it('echoes the requestId on every event of a command and ends with RequestCompleted', () => {
    const world = makeWorld();
    world.place('A', { side: 'sell', size: '1', limitPrice: '84000' });
    const events = world.place('B', {
      side: 'buy',
      size: '2',
      limitPrice: '84000',
      requestId: 'r1',
    });
    expect(events.map((event) => event.requestId)).to.deep.equal(events.map(() => 'r1'));
    expect(events[events.length - 1]?.type).to.equal('RequestCompleted');
  });

  it('makes the same events from the same seed, and other ids from another', () => {
    const run = (seed: number): string => {
      const world = makeWorld({ seed });
      world.place('A', { side: 'sell', size: '1', limitPrice: '84000' });
      world.place('B', { side: 'buy', size: '2', limitPrice: '84000' });
      return JSON.stringify(world.events);
    };
    expect(run(7)).to.equal(run(7));
    expect(run(7)).to.not.equal(run(8));
  });
});
