import { expect } from 'chai';
import { account, makeWorld, one, story } from '../exchange-world.ts';

describe('exchange reduce-only [rest 6.3]', () => {
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

  it('cuts the youngest first among orders at one price', () => {
    const world = long();
    for (const cliOrdId of ['old', 'young']) {
      world.place('A', {
        side: 'sell',
        size: '0.5',
        limitPrice: '85000',
        reduceOnly: true,
        cliOrdId,
      });
    }
    world.edit('A', { cliOrdId: 'old', size: '0.4' });
    world.edit('A', { cliOrdId: 'old', size: '0.5' });
    world.place('B', { side: 'buy', size: '1', limitPrice: '84000' });
    // The edit that grew put "old" behind "young".
    expect(
      story(world.place('A', { side: 'sell', size: '0.1', limitPrice: '84000', cliOrdId: 'm' })),
    ).to.deep.equal(['accepted m', 'trade 84000 x 0.1', 'reduced old 0.4']);
  });
});

describe('exchange self-trade prevention [rest 6.3]', () => {
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
    expect(story(world.place('A', { side: 'buy', size: '1', limitPrice: '84000' }))).to.deep.equal([
      'rejected WOULD_EXECUTE_SELF',
    ]);
  });
});
