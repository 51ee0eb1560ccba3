import { expect } from 'chai';
import { makeWorld, one, story } from '../exchange-world.ts';

describe('exchange market states [rest 11]', () => {
  const cases = [
    [{ suspended: true }, 'MARKET_SUSPENDED', 'MARKET_SUSPENDED'],
    [{ cancelOnly: true }, 'MARKET_IS_CANCEL_ONLY', 'MARKET_IS_CANCEL_ONLY'],
    [{ postOnly: true }, 'MARKET_IS_POST_ONLY', undefined],
  ] as const;
  for (const [state, taking, post] of cases) {
    it(`${JSON.stringify(state)} refuses a limit order as ${taking}, ${post === undefined ? 'takes' : 'refuses'} a post order, lets cancels pass`, () => {
      const world = makeWorld();
      world.place('A', { side: 'buy', size: '1', limitPrice: '83000', cliOrdId: 'old' });
      const events = world.send({ type: 'SetMarketState', symbol: 'PF_XBTUSD', ...state });
      expect(one(events, 'MarketStateChanged')).to.include(state);
      expect(
        story(world.place('A', { side: 'buy', size: '1', limitPrice: '83000' })),
      ).to.deep.equal([`rejected ${taking}`]);
      expect(
        story(
          world.place('A', { side: 'buy', size: '1', limitPrice: '83000', orderType: 'post' }),
        )[0],
      ).to.equal(post === undefined ? 'accepted -' : `rejected ${post}`);
      expect(story(world.cancel('A', 'old'))).to.deep.equal(['canceled old CANCELLED_BY_USER']);
    });
  }

  it('fires no trigger while the market does not trade, and catches up when it does', () => {
    const world = makeWorld();
    world.place('B', { side: 'sell', size: '1', limitPrice: '85000' });
    world.place('A', {
      side: 'buy',
      size: '1',
      orderType: 'stp',
      triggerSignal: 'index',
      stopPrice: '85000',
      cliOrdId: 's',
    });
    world.send({ type: 'SetMarketState', symbol: 'PF_XBTUSD', suspended: true });
    expect(story(world.index('85000'))).to.deep.equal([]);
    expect(
      story(world.send({ type: 'SetMarketState', symbol: 'PF_XBTUSD', suspended: false })),
    ).to.deep.equal(['fired s at 85000', 'accepted s', 'trade 85000 x 1']);
  });

  it('refuses orders that worsen a dislocation', () => {
    const world = makeWorld();
    world.send({ type: 'SetMarketState', symbol: 'PF_XBTUSD', dislocation: 'ABOVE_UPPER_BOUND' });
    expect(story(world.place('A', { side: 'buy', size: '1', limitPrice: '83000' }))).to.deep.equal([
      'rejected PRICE_DISLOCATION',
    ]);
    expect(story(world.place('A', { side: 'sell', size: '1', limitPrice: '85000' }))[0]).to.equal(
      'accepted -',
    );
    world.send({ type: 'SetMarketState', symbol: 'PF_XBTUSD', dislocation: 'none' });
    expect(story(world.place('A', { side: 'buy', size: '1', limitPrice: '83000' }))[0]).to.equal(
      'accepted -',
    );
  });

  it('refuses orders of an account whose trading is switched off, and of an unknown account', () => {
    const world = makeWorld();
    world.send({ type: 'SetTradingEnabled', account: 'A', enabled: false });
    expect(story(world.place('A', { side: 'buy', size: '1', limitPrice: '83000' }))).to.deep.equal([
      'rejected ACCOUNT_INACTIVE',
    ]);
    expect(
      story(world.place('nobody', { side: 'buy', size: '1', limitPrice: '83000' })),
    ).to.deep.equal(['rejected ACCOUNT_INACTIVE']);
    expect(
      story(
        world.send({ type: 'SetSelfTradeStrategy', account: 'nobody', strategy: 'REJECT_TAKER' }),
      ),
    ).to.deep.equal(['refused invalidAccount']);
    expect(story(world.index('1', 'PF_NOPEUSD'))).to.deep.equal(['refused contractNotFound']);
    expect(story(world.index('0'))).to.deep.equal(['refused invalidArgument']);
  });
});

describe('exchange dead man’s switch [rest 2.1]', () => {
  it('cancels everything of the account, triggers included, unless it is renewed or disarmed', () => {
    const world = makeWorld();
    const arm = (timeoutSeconds: number): unknown =>
      one(
        world.send({ type: 'SetDeadManSwitch', account: 'A', timeoutSeconds }),
        'DeadManSwitchSet',
      ).triggerAt;
    world.place('A', { side: 'buy', size: '1', limitPrice: '83000', cliOrdId: 'x' });
    world.place('A', {
      side: 'buy',
      size: '1',
      orderType: 'stp',
      stopPrice: '90000',
      cliOrdId: 's',
    });
    world.place('B', { side: 'buy', size: '1', limitPrice: '83000' });
    expect(arm(60)).to.equal(world.now() + 60_000);
    world.wait(50_000);
    arm(60);
    expect(story(world.wait(50_000))).to.deep.equal([]);
    expect(arm(0)).to.equal(undefined);
    expect(story(world.wait(100_000))).to.deep.equal([]);
    arm(1);
    const events = world.wait(5_000);
    expect(story(events)).to.deep.equal([
      'canceled x DEAD_MAN_SWITCH',
      'canceled s DEAD_MAN_SWITCH',
    ]);
    const fired = one(events, 'DeadManSwitchFired');
    expect([fired.canceled, fired.at]).to.deep.equal([2, world.now() - 4_000]);
    expect(world.exchange.queries.openOrders('B')).to.have.length(1);
  });
});
