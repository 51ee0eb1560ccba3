import { expect } from 'chai';
import { makeWorld, one, only, story } from '../exchange-world.ts';
import { checkConservation } from '../naive-money.ts';

const HOUR = 3_600_000;

describe('exchange settlement [rest 6.2]', () => {
  const DECEMBER = Date.UTC(2026, 11, 25, 8);

  it('ends a dated contract at its last trading time: orders go, positions are paid at the index with the taker fee', () => {
    const world = makeWorld();
    const ff = { symbol: 'FF_XBTUSD_261225', size: '1' } as const;
    world.place('B', { ...ff, side: 'sell', limitPrice: '84000' });
    world.place('A', { ...ff, side: 'buy', limitPrice: '84000' });
    world.place('A', { ...ff, side: 'sell', limitPrice: '90000', cliOrdId: 'x' });
    world.index('85000', 'FF_XBTUSD_261225');
    const events = world.wait(DECEMBER - world.now());
    expect(story(events)).to.deep.equal(['canceled x CONTRACT_EXPIRED']);
    expect(one(events, 'Settled').price).to.equal('85000');
    const settled = only(events, 'PositionChanged').find(
      ({ account: uid, reason }) => uid === 'A' && reason === 'settlement',
    );
    expect([settled?.realizedPnl, settled?.fee, settled?.after.size]).to.deep.equal([
      '1000',
      '42.5',
      '0',
    ]);
    expect(story(world.place('A', { ...ff, side: 'buy', limitPrice: '84000' }))).to.deep.equal([
      'rejected MARKET_INACTIVE',
    ]);
    checkConservation(world.exchange);
  });

  it('settles at the index, wherever the mark stands', () => {
    const world = makeWorld();
    const ff = { symbol: 'FF_XBTUSD_261225', size: '1' } as const;
    world.place('C', { ...ff, side: 'buy', limitPrice: '84400' });
    world.place('C', { ...ff, side: 'sell', limitPrice: '84600' });
    world.wait(HOUR);
    world.index('84000', 'FF_XBTUSD_261225');
    const ticker = world.exchange.queries.ticker('FF_XBTUSD_261225');
    expect(Number(ticker?.markPrice)).to.be.greaterThan(84_400);
    const events = world.wait(DECEMBER - world.now());
    expect(one(events, 'Settled').price).to.equal('84000');
  });

  it('can be settled by hand, once', () => {
    const world = makeWorld();
    const settle = (): readonly string[] =>
      story(world.send({ type: 'Settle', symbol: 'FI_XBTUSD_261225', price: '83333.37' }));
    const fi = { symbol: 'FI_XBTUSD_261225', limitPrice: '84000' } as const;
    world.place('B', { ...fi, side: 'sell', size: '100' });
    world.place('A', { ...fi, side: 'buy', size: '30' });
    world.place('C', { ...fi, side: 'buy', size: '70' });
    expect(settle()).to.deep.equal([]);
    checkConservation(world.exchange);
    expect(settle()).to.deep.equal(['refused invalidArgument']);
  });
});
