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

describe('exchange margin [rest 2.4, 6.2]', () => {
  it('counts collateral at its index price less its haircut', () => {
    const world = flex({ USD: '5000', XBT: '0.1', EUR: '100' });
    expect(wallet(world)).to.include({
      balanceValue: '13508',
      collateralValue: '13253.84',
      marginEquity: '13253.84',
      availableMargin: '13253.84',
      initialMargin: '0',
    });
  });

  it('asks initial margin for the worse of all buys and all sells, at the mark price and the schedule’s rate', () => {
    const world = flex({ USD: '5000' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '83000' });
    expect(wallet(world)).to.include({
      initialMargin: '0',
      initialMarginWithOrders: '840',
      availableMargin: '4160',
    });
    world.place('A', { side: 'sell', size: '0.5', limitPrice: '85000' });
    expect(wallet(world)).to.include({ initialMarginWithOrders: '840' });
    world.place('A', { side: 'sell', size: '1.5', limitPrice: '85000' });
    expect(wallet(world)).to.include({ initialMarginWithOrders: '1680' });
  });

  it('raises the rate of the whole size at the next step of the schedule', () => {
    const world = flex({ USD: '50000' });
    world.place('A', { side: 'buy', size: '11.9047', limitPrice: '83000', cliOrdId: 'x' });
    expect(wallet(world)['initialMarginWithOrders']).to.equal('9999.948');
    world.edit('A', { cliOrdId: 'x', size: '12', qtyMode: 'ABSOLUTE' });
    expect(wallet(world)['initialMarginWithOrders']).to.equal('20160');
  });

  it('takes the next step at its very bound, by USD on flexible and by contracts on inverse contracts', () => {
    const world = flex({ USD: '50000' });
    world.index('80000');
    world.place('A', { side: 'buy', size: '12.4999', limitPrice: '79000', cliOrdId: 'x' });
    expect(wallet(world)['initialMarginWithOrders']).to.equal('9999.92');
    world.edit('A', { cliOrdId: 'x', size: '12.5', qtyMode: 'ABSOLUTE' });
    expect(wallet(world)['initialMarginWithOrders']).to.equal('20000');
    const pi = { symbol: 'PI_XBTUSD', side: 'buy', limitPrice: '79000' } as const;
    world.index('80000', 'PI_XBTUSD');
    world.place('B', { ...pi, size: '499999', cliOrdId: 'y' });
    expect(wallet(world, 'fi_xbtusd', 'B')['initialMarginWithOrders']).to.equal('0.12499975');
    world.edit('B', { cliOrdId: 'y', size: '500000', qtyMode: 'ABSOLUTE' });
    expect(wallet(world, 'fi_xbtusd', 'B')['initialMarginWithOrders']).to.equal('0.25');
  });

  it('refuses what the margin does not cover, to the last cent', () => {
    const world = flex({ USD: '840' });
    expect(
      story(world.place('A', { side: 'buy', size: '1.0001', limitPrice: '83000' })),
    ).to.deep.equal(['rejected INSUFFICIENT_MARGIN']);
    expect(
      story(world.place('A', { side: 'buy', size: '1', limitPrice: '83000', cliOrdId: 'x' })),
    ).to.deep.equal(['accepted x', 'booked x 1']);
    expect(
      story(world.place('A', { side: 'buy', size: '0.0001', limitPrice: '83000' })),
    ).to.deep.equal(['rejected INSUFFICIENT_MARGIN']);
    expect(story(world.edit('A', { cliOrdId: 'x', size: '1.0001' }))).to.deep.equal([
      'edit rejected INSUFFICIENT_MARGIN',
    ]);
  });

  it('refuses a taking order whose price would push equity under the maintenance margin', () => {
    const world = flex({ USD: '900' });
    world.place('B', { side: 'sell', size: '1', limitPrice: '84600' });
    expect(story(world.place('A', { side: 'buy', size: '1', limitPrice: '84600' }))).to.deep.equal([
      'rejected WOULD_CAUSE_LIQUIDATION',
    ]);
  });

  it('always lets an account close what it holds', () => {
    const world = flex({ USD: '900' });
    world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000' });
    world.place('C', { side: 'buy', size: '1', limitPrice: '83900' });
    expect(
      story(world.place('A', { side: 'sell', size: '1', orderType: 'mkt', cliOrdId: 'c' })),
    ).to.deep.equal(['accepted c', 'trade 83900 x 1']);
  });

  it('keeps single-collateral wallets apart, in their own currency, by contracts', () => {
    const world = makeWorld({
      accounts: [account('A', { balances: { fi_xbtusd: { XBT: '0.01' } } }), account('B')],
    });
    const pi = { symbol: 'PI_XBTUSD', limitPrice: '84000' } as const;
    world.place('B', { ...pi, side: 'sell', size: '42000' });
    expect(story(world.place('A', { ...pi, side: 'buy', size: '42001' }))).to.deep.equal([
      'rejected INSUFFICIENT_MARGIN',
    ]);
    world.place('A', { ...pi, side: 'buy', size: '21000', cliOrdId: 'x' });
    expect(wallet(world, 'fi_xbtusd')).to.include({
      initialMargin: '0.005',
      maintenanceMargin: '0.0025',
      balanceValue: '0.009875',
    });
    const [position] = world.exchange.queries.positions('A');
    expect(position).to.include({ size: '21000', entryPrice: '84000', unrealizedPnl: '0' });
  });

  it('pays profit of an inverse contract as size x (1/entry - 1/exit)', () => {
    const world = makeWorld();
    const pi = { symbol: 'PI_XBTUSD', size: '84000' } as const;
    world.place('B', { ...pi, side: 'sell', limitPrice: '80000' });
    world.place('A', { ...pi, side: 'buy', limitPrice: '80000' });
    world.place('B', { ...pi, side: 'buy', limitPrice: '84000' });
    const trade = one(world.place('A', { ...pi, side: 'sell', limitPrice: '84000' }), 'Trade');
    expect(trade.taker.realizedPnl).to.equal('0.05');
    expect(trade.taker.fee).to.equal('0.0005');
    expect(trade.maker.realizedPnl).to.equal('-0.05');
    checkConservation(world.exchange);
  });

  it('caps leverage when it is asked to, and refuses a cap that the schedule or the margin does not allow', () => {
    const world = flex({ USD: '5000' });
    const cap = (maxLeverage?: string): readonly string[] =>
      story(
        world.send({
          type: 'SetLeverage',
          account: 'A',
          symbol: 'PF_XBTUSD',
          ...(maxLeverage === undefined ? {} : { maxLeverage }),
        }),
      );
    expect(cap('101')).to.deep.equal(['refused fixedLeverageTooHigh']);
    expect(cap('0.5')).to.deep.equal(['refused invalidArgument']);
    expect(cap('20')).to.deep.equal([]);
    world.place('A', { side: 'buy', size: '1', limitPrice: '83000' });
    expect(wallet(world)['initialMarginWithOrders']).to.equal('4200');
    expect(cap('10')).to.deep.equal(['refused wouldCauseLiquidation']);
    expect(cap()).to.deep.equal([]);
    expect(wallet(world)['initialMarginWithOrders']).to.equal('840');
    expect(
      story(
        world.send({ type: 'SetLeverage', account: 'A', symbol: 'PI_XBTUSD', maxLeverage: '2' }),
      ),
    ).to.deep.equal(['refused notMultiCollateral']);
    cap('100');
    expect(
      story(world.place('A', { side: 'sell', size: '12', limitPrice: '85000' })),
    ).to.deep.equal(['rejected FIXED_LEVERAGE_TOO_HIGH']);
  });

  it('multiplies initial margin in extreme volatility', () => {
    const world = flex({ USD: '5000' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '83000' });
    world.send({
      type: 'SetMarketState',
      symbol: 'PF_XBTUSD',
      extremeVolatilityInitialMarginMultiplier: 3,
    });
    expect(wallet(world)['initialMarginWithOrders']).to.equal('2520');
    expect(
      world.exchange.queries.instrumentStatus('PF_XBTUSD')?.experiencingExtremeVolatility,
    ).to.equal(true);
  });

  it('pays profit in the preferred currency at the index price', () => {
    const world = flex({ USD: '5000' });
    world.send({ type: 'SetPnlCurrency', account: 'A', symbol: 'PF_XBTUSD', currency: 'BTC' });
    world.place('B', { side: 'sell', size: '1', limitPrice: '83160' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '83160' });
    world.place('B', { side: 'buy', size: '1', limitPrice: '84000' });
    world.place('A', { side: 'sell', size: '1', limitPrice: '84000' });
    expect(world.exchange.queries.balances('A')['flex']).to.deep.equal({
      USD: '4916.42',
      XBT: '0.01',
    });
    checkConservation(world.exchange);
  });

  it('pays profit in the preferred currency though the dollars are owed', () => {
    const world = flex({ XBT: '1' });
    world.send({ type: 'SetPnlCurrency', account: 'A', symbol: 'PF_XBTUSD', currency: 'BTC' });
    world.place('B', { side: 'sell', size: '1', limitPrice: '83160' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '83160' });
    world.place('B', { side: 'buy', size: '1', limitPrice: '84000' });
    world.place('A', { side: 'sell', size: '1', limitPrice: '84000' });
    expect(world.exchange.queries.balances('A')['flex']).to.deep.equal({
      USD: '-83.58',
      XBT: '1.01',
    });
    checkConservation(world.exchange);
  });

  it('tells the price of liquidation of a position', () => {
    const world = flex({ USD: '1000' });
    world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000' });
    const [figures] = world.exchange.queries.positionMargins('A');
    const threshold = Number(figures?.liquidationThreshold);
    // 958 of equity - (84000 - p) = p x 0.005
    expect(threshold).to.be.closeTo(83042 / 0.995, 1e-6);
    world.index(Math.ceil(threshold).toFixed(0));
    expect(only(world.events, 'LiquidationStarted')).to.have.length(0);
    world.index(Math.floor(threshold - 1).toFixed(0));
    expect(only(world.events, 'LiquidationStarted')).to.have.length(1);
  });

  it('tells the price at which the initial margin of a position is reached, orders counted', () => {
    const world = flex({ USD: '5000' });
    world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000' });
    const threshold = () =>
      Number(world.exchange.queries.positionMargins('A')[0]?.initialMarginThreshold);
    // 4958 of equity - (84000 - p) = p x 0.01, and twice that once another 1 is offered.
    expect(threshold()).to.be.closeTo(79042 / 0.99, 1e-6);
    world.place('A', { side: 'buy', size: '1', limitPrice: '76000' });
    expect(threshold()).to.be.closeTo(79042 / 0.98, 1e-6);
  });

  for (const side of ['buy', 'sell'] as const) {
    it(`the same of an inverse contract: ${side} meets it at that mark price`, () => {
      const world = makeWorld({
        accounts: [account('A', { balances: { fi_xbtusd: { XBT: '1' } } }), account('B')],
      });
      const terms = { symbol: 'PI_XBTUSD', size: '400000', limitPrice: '84000' } as const;
      world.place('B', { ...terms, side: side === 'buy' ? 'sell' : 'buy' });
      world.place('A', { ...terms, side });
      const [figures] = world.exchange.queries.positionMargins('A');
      const price = Number(figures?.initialMarginThreshold);
      const liquidation = Number(figures?.liquidationThreshold);
      expect(side === 'buy' ? price - liquidation : liquidation - price).to.be.greaterThan(0);
      world.index(price.toFixed(4), 'PI_XBTUSD');
      const then = wallet(world, 'fi_xbtusd');
      expect(Number(then['initialMargin'])).to.be.greaterThan(0);
      expect(Number(then['availableMargin'])).to.be.closeTo(0, 1e-7);
    });
  }
});
