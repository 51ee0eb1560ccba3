import { expect } from 'chai';
import { makeWorld, one, only, story, account } from './exchange-world.ts';

describe('exchange orders (venue reference rest 3.4, 6.3)', () => {
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

  it('charges maker and taker as the fee example of FIX 6.3 says: 84 USD at 5 bps is 0.042', () => {
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

  it('refuses too long and odd client order ids', () => {
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

  describe('cancels', () => {
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
      expect(world.exchange.queries.orderByCliOrdId('A', 'x')?.status).to.equal('Canceled');
      expect(one(world.cancel('A', 'x'), 'CancelRejected').order?.orderId).to.equal(order.orderId);
      world.wait(6_000);
      world.place('A', { side: 'sell', size: '1', limitPrice: '85000', cliOrdId: 'y' });
      world.cancel('A', 'y');
      expect(world.exchange.queries.orderByCliOrdId('A', 'x')).to.equal(undefined);
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

    it('cancels all orders of one market, triggers included, and nobody else’s', () => {
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

  describe('edits', () => {
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
      const first = (): string | undefined =>
        world.exchange.queries.bookOrders('PF_XBTUSD')[0]?.size;
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

  describe('reduce-only', () => {
    const long = (): ReturnType<typeof makeWorld> => {
      const world = makeWorld();
      world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
      world.place('A', { side: 'buy', size: '1', limitPrice: '84000' });
      return world;
    };

    it('cuts an order to the position and says by how much', () => {
      const world = long();
      const events = world.place('A', {
        side: 'sell',
        size: '1.5',
        limitPrice: '85000',
        reduceOnly: true,
        cliOrdId: 'r',
      });
      expect(story(events)).to.deep.equal(['accepted r', 'booked r 1']);
      expect(one(events, 'OrderAccepted').reducedQuantity).to.equal('0.5');
    });

    it('cuts and cancels resting orders when the position shrinks, the least aggressive first', () => {
      const world = long();
      world.place('A', {
        side: 'sell',
        size: '0.6',
        limitPrice: '85000',
        reduceOnly: true,
        cliOrdId: 'near',
      });
      world.place('A', {
        side: 'sell',
        size: '0.4',
        limitPrice: '86000',
        reduceOnly: true,
        cliOrdId: 'far',
      });
      world.place('B', { side: 'buy', size: '1', limitPrice: '84000' });
      expect(
        story(world.place('A', { side: 'sell', size: '0.2', limitPrice: '84000', cliOrdId: 'm' })),
      ).to.deep.equal(['accepted m', 'trade 84000 x 0.2', 'reduced far 0.2']);
      expect(
        story(world.place('A', { side: 'sell', size: '0.5', limitPrice: '84000', cliOrdId: 'n' })),
      ).to.deep.equal([
        'accepted n',
        'trade 84000 x 0.5',
        'reduced near 0.3',
        'canceled far WOULD_NOT_REDUCE_POSITION',
      ]);
    });
  });

  describe('self-trade prevention', () => {
    const family = [
      account('M'),
      account('S', { master: 'M' }),
      account('T', { master: 'M' }),
      account('B'),
    ];
    const meet = (
      strategy: 'REJECT_TAKER' | 'CANCEL_MAKER_SELF' | 'CANCEL_MAKER_CHILD' | 'CANCEL_MAKER_ANY',
      maker: string,
      taker: string,
    ): readonly string[] => {
      const world = makeWorld({ accounts: family });
      world.send({ type: 'SetSelfTradeStrategy', account: taker, strategy });
      world.place('B', { side: 'sell', size: '0.2', limitPrice: '84000' });
      world.place(maker, { side: 'sell', size: '1', limitPrice: '84001', cliOrdId: 'mine' });
      return story(
        world.place(taker, { side: 'buy', size: '0.5', limitPrice: '84001', cliOrdId: 't' }),
      );
    };
    const stops = ['accepted t', 'trade 84000 x 0.2', 'canceled t WOULD_EXECUTE_SELF_REASON'];
    const removes = [
      'accepted t',
      'trade 84000 x 0.2',
      'canceled mine WOULD_EXECUTE_SELF_REASON',
      'booked t 0.3',
    ];
    const cases2 = [
      ['REJECT_TAKER', 'M', 'M', stops],
      ['REJECT_TAKER', 'S', 'M', stops],
      ['REJECT_TAKER', 'T', 'S', stops],
      ['CANCEL_MAKER_SELF', 'M', 'M', removes],
      ['CANCEL_MAKER_SELF', 'S', 'M', stops],
      ['CANCEL_MAKER_CHILD', 'S', 'M', removes],
      ['CANCEL_MAKER_CHILD', 'M', 'S', stops],
      ['CANCEL_MAKER_ANY', 'M', 'S', removes],
      ['CANCEL_MAKER_ANY', 'T', 'S', removes],
    ] as const;
    for (const [strategy, maker, taker, expected] of cases2) {
      it(`${strategy}: ${taker} meets an order of ${maker}: ${expected === stops ? 'the taker stops' : 'the maker goes'}`, () => {
        expect(meet(strategy, maker, taker)).to.deep.equal(expected);
      });
    }

    it('refuses the taker outright when its first match would be its own', () => {
      const world = makeWorld();
      world.place('A', { side: 'sell', size: '1', limitPrice: '84000' });
      expect(
        story(world.place('A', { side: 'buy', size: '1', limitPrice: '84000' })),
      ).to.deep.equal(['rejected WOULD_EXECUTE_SELF']);
    });
  });
});
