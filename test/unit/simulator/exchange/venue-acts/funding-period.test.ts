import { expect } from 'chai';
import { account, makeWorld, only, story, type World } from '../exchange-world.ts';
import { checkConservation } from '../naive-money.ts';

const HOUR = 3_600_000;

/** A premium: the book stands 100 above the index, and A is long one from B. */
const held = (): World => {
  const world = makeWorld();
  world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
  world.place('A', { side: 'buy', size: '1', limitPrice: '84000' });
  world.place('C', { side: 'buy', size: '1', limitPrice: '84099' });
  world.place('C', { side: 'sell', size: '1', limitPrice: '84101' });
  return world;
};

const anHourOfPremium = (world: World): void => {
  for (let i = 0; i < 60; i += 1) {
    world.wait(60_000);
    world.index('84000');
  }
};

describe('exchange funding [rest 6.2]', () => {
  it('lets the mark follow the middle of the book, with a memory, no further than 1% from the index', () => {
    const world = held();
    const mark = (): number => Number(world.exchange.queries.ticker('PF_XBTUSD')?.markPrice);
    expect(mark()).to.equal(84000);
    world.wait(30_000);
    world.index('84000');
    expect(mark()).to.equal(84050);
    world.wait(10 * HOUR);
    world.index('84000');
    expect(mark()).to.be.closeTo(84100, 0.1);
    world.index('80000');
    expect(mark()).to.be.at.most(80800);
  });

  it('sets the rate hourly as the average premium over the coefficient, absolute and relative', () => {
    const world = held();
    anHourOfPremium(world);
    const set = only(world.events, 'FundingRateSet').find(({ symbol }) => symbol === 'PF_XBTUSD');
    const relative = Number(set?.relativeFundingRate);
    expect(relative)
      .to.be.greaterThan(100 / 84_000 / 8 / 1.2)
      .and.lessThan(100 / 84_000 / 8);
    expect(Number(set?.fundingRate)).to.be.closeTo(relative * 84_000, 1e-9);
    expect(world.exchange.queries.fundingRates('PF_XBTUSD')).to.have.length(1);
  });

  it('pays and sets the next rate when an operator asks, and the full hour still comes', () => {
    const world = held();
    anHourOfPremium(world);
    world.wait(HOUR / 4);
    world.index('84000');
    const [before] = world.exchange.queries.positions('A');
    const accrued = before?.unrealizedFunding;
    expect(Number(accrued)).to.be.lessThan(0);
    const events = world.send({ type: 'EndFundingPeriod', symbol: 'PF_XBTUSD' });
    const paid = only(events, 'PositionChanged').find((each) => each.account === 'A');
    expect([paid?.reason, paid?.realizedFunding]).to.deep.equal(['fundingRealisation', accrued]);
    expect(world.exchange.queries.positions('A')[0]?.unrealizedFunding).to.equal('0');
    expect(world.exchange.queries.fundingRates('PF_XBTUSD')).to.have.length(2);
    world.wait((HOUR * 3) / 4);
    expect(world.exchange.queries.fundingRates('PF_XBTUSD')).to.have.length(3);
    const dated = world.send({ type: 'EndFundingPeriod', symbol: 'FF_XBTUSD_261225' });
    expect(only(dated, 'CommandRefused')).to.have.length(1);
    checkConservation(world.exchange);
  });

  it('accrues continuously, pays hourly, and takes from one what it gives to the other', () => {
    const world = held();
    anHourOfPremium(world);
    const rate = Number(
      only(world.events, 'FundingRateSet').find(({ symbol }) => symbol === 'PF_XBTUSD')
        ?.fundingRate,
    );
    world.wait(HOUR / 2);
    const accrued = (uid: string): number =>
      Number(world.exchange.queries.positions(uid)[0]?.unrealizedFunding);
    expect(accrued('A')).to.be.closeTo(-rate / 2, 1e-12);
    expect(accrued('B')).to.equal(-accrued('A'));
    checkConservation(world.exchange);
    const events = world.wait(HOUR / 2);
    const paid = only(events, 'PositionChanged').filter(
      ({ reason }) => reason === 'fundingRealisation',
    );
    expect(paid.map(({ account: uid }) => uid).sort()).to.deep.equal(['A', 'B']);
    expect(Number(paid.find(({ account: uid }) => uid === 'A')?.realizedFunding)).to.be.closeTo(
      -rate,
      1e-12,
    );
    expect(accrued('A')).to.be.closeTo(0, 1e-12);
    checkConservation(world.exchange);
  });

  it('pays what accrued before a trade changes the position', () => {
    const world = held();
    anHourOfPremium(world);
    world.wait(HOUR / 4);
    const events = world.place('A', { side: 'sell', size: '0.5', limitPrice: '84099' });
    const log = only(events, 'AccountLogged').filter(({ entry }) => entry.account === 'A');
    expect(log.map(({ entry }) => entry.info)).to.deep.equal([
      'funding rate change',
      'futures trade',
    ]);
    const rate = Number(world.exchange.queries.ticker('PF_XBTUSD')?.fundingRate);
    expect(Number(log[0]?.entry.realizedFunding)).to.be.closeTo(-rate / 4, 1e-12);
    expect(Number(world.exchange.queries.positions('A')[0]?.unrealizedFunding)).to.equal(0);
    checkConservation(world.exchange);
  });

  it('stays within the market’s bounds', () => {
    const world = makeWorld({ accounts: [account('A'), account('G', { background: true })] });
    world.place('G', { side: 'buy', size: '1', limitPrice: '99000' });
    world.place('G', { side: 'sell', size: '1', limitPrice: '99001' });
    for (let i = 0; i < 70; i += 1) {
      world.wait(60_000);
      world.index('84000');
    }
    expect(Number(world.exchange.queries.ticker('PF_XBTUSD')?.relativeFundingRate)).to.be.at.most(
      0.005,
    );
    expect(Number(world.exchange.queries.ticker('PF_XBTUSD')?.markPrice)).to.be.at.most(84840);
  });
});

describe('exchange transfers [rest 2.8]', () => {
  const move = (
    world: World,
    terms: Partial<{
      fromAccount: string;
      toAccount: string;
      fromWallet: string;
      toWallet: string;
      currency: string;
      amount: string;
    }>,
  ): readonly string[] =>
    story(
      world.send({
        type: 'Transfer',
        fromAccount: 'A',
        toAccount: 'A',
        fromWallet: 'cash',
        toWallet: 'flex',
        currency: 'usd',
        amount: '10',
        ...terms,
      }),
    );

  it('moves money between wallets of an account and of its family, never between families', () => {
    const world = makeWorld({
      accounts: [account('A'), account('S', { master: 'A' }), account('B')],
    });
    expect(move(world, {})).to.deep.equal([]);
    expect(world.exchange.queries.balances('A')).to.deep.include({
      cash: { USD: '999990' },
      flex: { USD: '10000010' },
    });
    expect(move(world, { toAccount: 'S', toWallet: 'cash' })).to.deep.equal([]);
    expect(move(world, { toAccount: 'B' })).to.deep.equal(['refused invalidAccount']);
    expect(only(world.events, 'Transferred')).to.have.length(2);
    expect(only(world.events, 'AccountLogged').map(({ entry }) => entry.info)).to.deep.equal([
      'transfer',
      'transfer',
      'subaccount transfer',
      'subaccount transfer',
    ]);
  });

  const refusals = [
    [{ amount: '0' }, 'invalidAmount'],
    [{ amount: '-1' }, 'invalidAmount'],
    [{ amount: '1e3' }, 'invalidAmount'],
    [{ amount: '1000000.01' }, 'insufficientFunds'],
    [{ currency: 'NOPE' }, 'invalidUnit'],
    [{ toWallet: 'fi_xbtusd' }, 'invalidUnit'],
    [{ toWallet: 'nope' }, 'invalidAccount'],
    [{ fromAccount: 'nobody' }, 'invalidAccount'],
  ] as const;
  for (const [terms, reason] of refusals) {
    it(`refuses ${JSON.stringify(terms)} as ${reason}`, () => {
      expect(move(makeWorld(), terms)).to.deep.equal([`refused ${reason}`]);
    });
  }

  it('keeps in a margin wallet what its positions need', () => {
    const world = makeWorld({
      accounts: [account('A', { balances: { flex: { USD: '1000', XBT: '0.01' } } }), account('B')],
    });
    world.place('A', { side: 'buy', size: '1', limitPrice: '83000' });
    // 1000 + 0.01 x 84000 x 0.97 = 1814.8 of equity, 840 needed.
    const withdraw = (currency: string, amount: string): readonly string[] =>
      story(world.send({ type: 'Withdraw', account: 'A', wallet: 'flex', currency, amount }));
    expect(withdraw('USD', '974.81')).to.deep.equal(['refused insufficientFunds']);
    expect(withdraw('USD', '974.8')).to.deep.equal([]);
    expect(withdraw('XBT', '0.0000001')).to.deep.equal(['refused insufficientFunds']);
    checkConservation(world.exchange);
  });

  it('books deposits and withdrawals against the outside', () => {
    const world = makeWorld();
    world.send({
      type: 'Deposit',
      account: 'A',
      wallet: 'cash',
      currency: 'BTC',
      amount: '0.123456789012345678',
    });
    expect(world.exchange.queries.balances('A')['cash']?.['XBT']).to.equal('0.123456789012345678');
    world.send({
      type: 'Withdraw',
      account: 'A',
      wallet: 'cash',
      currency: 'XBT',
      amount: '0.123456789012345678',
    });
    expect(world.exchange.queries.balances('A')['cash']?.['XBT']).to.equal('0');
    checkConservation(world.exchange);
  });
});
