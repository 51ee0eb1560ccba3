import { expect } from 'chai';
import { account, makeWorld, one, only, story, type World } from '../exchange-world.ts';
import { checkConservation } from '../naive-money.ts';

const flex = (balances: Record<string, string>): World =>
  makeWorld({
    accounts: [account('A', { balances: { flex: balances } }), account('B'), account('C')],
  });

const wallet = (world: World, name = 'flex', uid = 'A'): Record<string, unknown> => {
  const view = world.exchange.queries.wallets(uid).find((each) => each.wallet === name);
  return { ...view, currencies: undefined };
};

describe('exchange liquidation [rest 13 row 14]', () => {
  const sinking = (): World => {
    const world = flex({ USD: '1000' });
    world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '0.01', limitPrice: '70000', cliOrdId: 'rest' });
    return world;
  };

  it('cancels the orders and sells on the book at no worse than the bankruptcy price', () => {
    const world = sinking();
    world.place('C', { side: 'buy', size: '2', limitPrice: '83100' });
    const events = world.index('83400');
    expect(story(events)).to.deep.equal([
      'canceled rest LIQUIDATION',
      'accepted -',
      'trade 83100 x 1',
    ]);
    const trade = one(events, 'Trade');
    expect([
      trade.trade.tradeType,
      trade.taker.fillType,
      trade.taker.order.orderType,
    ]).to.deep.equal(['liquidation', 'liquidation', 'liquidation']);
    expect(world.exchange.queries.positions('A')).to.deep.equal([]);
    checkConservation(world.exchange);
  });

  it('drops orders that the equity no longer covers, the youngest first, and keeps the position', () => {
    const world = flex({ USD: '1000' });
    world.place('B', { side: 'sell', size: '0.8', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '0.8', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '0.1', limitPrice: '80000', cliOrdId: 'old' });
    world.place('A', { side: 'buy', size: '0.2', limitPrice: '80000', cliOrdId: 'young' });
    world.place('A', { side: 'sell', size: '0.8', limitPrice: '90000', cliOrdId: 'closing' });
    // Fee 33.6. At 83800 equity is 806.4: 0.8 held and 0.1 offered ask for 754.2, 0.3 offered would
    // ask for 921.8.
    const events = world.index('83800');
    expect(story(events)).to.deep.equal(['canceled young NOT_ENOUGH_MARGIN']);
    expect(wallet(world)).to.include({
      marginEquity: '806.4',
      initialMarginWithOrders: '754.2',
      availableMargin: '52.2',
    });
    expect(story(world.index('83750'))).to.deep.equal([]);
    checkConservation(world.exchange);
  });

  it('gives what the book does not take to the assignment programme, then unwinds the most profitable opposite positions', () => {
    const world = sinking();
    world.send({
      type: 'SetAssignment',
      account: 'C',
      preference: {
        contractType: 'flex',
        contract: 'PF_XBTUSD',
        maxSize: '0.4',
        acceptLong: true,
        acceptShort: false,
        timeFrame: 'ALL',
        enabled: true,
      },
    });
    const events = world.index('83400');
    expect(
      only(events, 'Trade').map(({ trade, maker, taker }) => [
        trade.tradeType,
        trade.size,
        trade.price,
        maker.account,
        maker.fillType,
        taker.fillType,
      ]),
    ).to.deep.equal([
      ['assignment', '0.4', '83042', 'C', 'assignee', 'assignor'],
      ['unwind', '0.6', '83042', 'B', 'unwindCounterparty', 'unwindBankrupt'],
    ]);
    expect(
      only(events, 'Trade').every(({ taker, maker }) => taker.fee === '0' && maker.fee === '0'),
    ).to.equal(true);
    expect(wallet(world)).to.include({ balanceValue: '0', maintenanceMargin: '0' });
    checkConservation(world.exchange);
  });

  it('assigns the contracts of the pair that a participant named, and no other', () => {
    const takers = (base: string): readonly string[] => {
      const world = sinking();
      const preference = {
        contractType: 'flex',
        base,
        quote: 'USD',
        acceptLong: true,
        acceptShort: true,
        timeFrame: 'ALL',
        enabled: true,
      } as const;
      world.send({ type: 'SetAssignment', account: 'C', preference });
      return only(world.index('83400'), 'Trade').map(({ maker }) => maker.account);
    };
    expect(takers('BTC')).to.deep.equal(['C']);
    expect(takers('ETH')).to.deep.equal(['B']);
  });

  it('lets the insurance fund pay what a gap took beyond everything', () => {
    const world = sinking();
    const events = world.index('60000');
    expect(only(events, 'Trade').length).to.be.greaterThan(0);
    expect(world.exchange.queries.positions('A')).to.deep.equal([]);
    expect(Number(wallet(world)['balanceValue'])).to.be.at.least(0);
    checkConservation(world.exchange);
  });

  it('lets the insurance fund pay the fee that a liquidation at the bankruptcy price leaves owing', () => {
    const world = flex({ USD: '1000' });
    world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000' });
    world.place('C', { side: 'buy', size: '1', limitPrice: '83042' });
    const events = world.index('83400');
    const paid = only(events, 'AccountLogged').find(({ entry }) => entry.info === 'admin transfer');
    expect([paid?.entry.oldBalance, paid?.entry.newBalance]).to.deep.equal(['-41.521', '0']);
    checkConservation(world.exchange);
  });

  it('takes the most demanding position first and no more than it must', () => {
    const world = flex({ USD: '1500' });
    const sol = { symbol: 'PF_SOLUSD', size: '100' } as const;
    world.place('B', { ...sol, side: 'sell', limitPrice: '140' });
    world.place('A', { ...sol, side: 'buy', limitPrice: '140' });
    world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000' });
    world.place('C', { side: 'buy', size: '1', limitPrice: '83100' });
    const events = world.index('83050');
    expect(only(events, 'LiquidationStarted')).to.have.length(1);
    expect(story(events)).to.deep.equal(['accepted -', 'trade 83100 x 1']);
    expect(world.exchange.queries.positions('A').map(({ symbol }) => symbol)).to.deep.equal([
      'PF_SOLUSD',
    ]);
    checkConservation(world.exchange);
  });

  it('liquidates at once when a bust opens a position again that cannot be kept', () => {
    const world = flex({ USD: '1000' });
    world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000' });
    world.place('B', { side: 'buy', size: '1', limitPrice: '84000' });
    const closing = one(
      world.place('A', { side: 'sell', size: '1', limitPrice: '84000' }),
      'Trade',
    );
    world.place('C', { side: 'buy', size: '2', limitPrice: '83100' });
    expect(story(world.index('83400'))).to.deep.equal([]);
    const events = world.send({ type: 'BustTrade', tradeId: closing.trade.tradeId });
    expect(only(events, 'LiquidationStarted').map((event) => event.account)).to.deep.equal(['A']);
    expect(one(events, 'Trade').trade).to.include({ tradeType: 'liquidation', size: '1' });
    expect(world.exchange.queries.positions('A')).to.deep.equal([]);
    checkConservation(world.exchange);
  });

  it('liquidates no account while the market is post-only or suspended', () => {
    for (const state of [{ postOnly: true }, { suspended: true }]) {
      const world = sinking();
      world.send({ type: 'SetMarketState', symbol: 'PF_XBTUSD', ...state });
      expect(only(world.index('60000'), 'LiquidationStarted')).to.have.length(0);
    }
  });

  it('sinks an account whose collateral fell', () => {
    const world = flex({ ETH: '1' });
    const eth = { symbol: 'PF_SOLUSD', size: '400' } as const;
    world.place('B', { ...eth, side: 'sell', limitPrice: '140' });
    world.place('A', { ...eth, side: 'buy', limitPrice: '140' });
    expect(only(world.index('1500', 'PF_ETHUSD'), 'LiquidationStarted')).to.have.length(0);
    expect(only(world.index('500', 'PF_ETHUSD'), 'LiquidationStarted')).to.have.length(1);
  });

  it('ranks holders for unwinding by their return', () => {
    const world = makeWorld();
    world.place('C', { side: 'buy', size: '2', limitPrice: '84000' });
    world.place('A', { side: 'sell', size: '1', limitPrice: '84000' });
    world.place('B', { side: 'buy', size: '1', limitPrice: '84500' });
    world.place('A', { side: 'sell', size: '1', limitPrice: '84500' });
    world.index('86000');
    expect(world.exchange.queries.unwindQueue('C')).to.deep.equal([
      { symbol: 'PF_XBTUSD', percentile: 100 },
    ]);
    expect(world.exchange.queries.unwindQueue('B')[0]?.percentile).to.equal(60);
  });
});
