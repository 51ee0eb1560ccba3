import { expect } from 'chai';
import { makeWorld, one, only, story, type World } from '../exchange-world.ts';
import { checkConservation } from '../naive-money.ts';

const SYMBOL = 'PF_XBTUSD';

const traded = (world: World, sizes: { maker: string; taker: string }): string => {
  world.place('B', { side: 'sell', size: sizes.maker, limitPrice: '84000', cliOrdId: 'maker' });
  const events = world.place('A', {
    side: 'buy',
    size: sizes.taker,
    limitPrice: '84000',
    cliOrdId: 'taker',
  });
  return one(events, 'Trade').trade.tradeId;
};

const usd = (world: World, uid: string): string | undefined =>
  world.exchange.queries.balances(uid)['flex']?.['USD'];

describe('exchange trades that the venue takes back or changes', () => {
  it('a bust gives back position, fees and the list of fills, and cancels what was filled', () => {
    const world = makeWorld();
    const before = [usd(world, 'A'), usd(world, 'B')];
    const tradeId = traded(world, { maker: '1', taker: '1' });
    expect([usd(world, 'A'), usd(world, 'B')]).to.not.deep.equal(before);
    const events = world.send({ type: 'BustTrade', tradeId });
    const { taker } = one(events, 'TradeBusted');
    expect(taker).to.deep.include({ realizedChange: '0', feeChange: '-42' });
    expect(taker.fill.order).to.deep.include({ filled: '0', remaining: '1', status: 'Open' });
    expect(story(events)).to.deep.equal([
      'canceled maker CANCELLED_BY_ADMIN',
      'canceled taker CANCELLED_BY_ADMIN',
    ]);
    const { queries } = world.exchange;
    expect([usd(world, 'A'), usd(world, 'B')]).to.deep.equal(before);
    for (const uid of ['A', 'B']) {
      expect(queries.positions(uid)).to.deep.equal([]);
      expect(queries.fills(uid)).to.deep.equal([]);
      expect(queries.openOrders(uid)).to.deep.equal([]);
    }
    expect(queries.trades(SYMBOL)).to.deep.equal([]);
    expect(queries.ticker(SYMBOL)?.openInterest).to.equal('0');
    checkConservation(world.exchange);
  });

  it('an order that still rests gets its quantity back, behind those of its price', () => {
    const world = makeWorld();
    const tradeId = traded(world, { maker: '3', taker: '1' });
    world.place('C', { side: 'sell', size: '1', limitPrice: '84000' });
    const events = world.send({ type: 'BustTrade', tradeId });
    expect(one(events, 'TradeBusted').maker.fill.order).to.deep.include({
      filled: '0',
      remaining: '3',
      status: 'Open',
    });
    const rows = world.exchange.queries.bookOrders(SYMBOL).map(({ size }) => size);
    expect(rows).to.deep.equal(['1', '3']);
    expect(world.exchange.queries.openOrders('B')[0]).to.deep.include({ remaining: '3' });
  });

  it('undoes the last trade of a position exactly: what it closed is open again at its old entry', () => {
    const world = makeWorld();
    traded(world, { maker: '1', taker: '1' });
    const cash = usd(world, 'A');
    world.place('B', { side: 'buy', size: '1', limitPrice: '85000' });
    const closing = one(
      world.place('A', { side: 'sell', size: '1', limitPrice: '85000' }),
      'Trade',
    );
    expect(closing.taker.realizedPnl).to.equal('1000');
    const { taker } = one(
      world.send({ type: 'BustTrade', fillId: closing.taker.fillId }),
      'TradeBusted',
    );
    expect(taker.realizedChange).to.equal('-1000');
    expect(world.exchange.queries.positions('A')[0]).to.deep.include({
      size: '1',
      entryPrice: '84000',
    });
    expect(usd(world, 'A')).to.equal(cash);
    checkConservation(world.exchange);
  });

  it('a correction changes price and size for both sides, and every list shows it', () => {
    const world = makeWorld();
    const tradeId = traded(world, { maker: '2', taker: '2' });
    const events = world.send({ type: 'CorrectTrade', tradeId, price: '83000', size: '1.5' });
    const told = one(events, 'TradeCorrected');
    expect([told.old.price, told.trade.price, told.trade.size]).to.deep.equal([
      '84000',
      '83000',
      '1.5',
    ]);
    // 5 bps of 124,500 instead of 5 bps of 168,000.
    expect(told.taker).to.deep.include({ realizedChange: '0', feeChange: '-21.75' });
    const { queries } = world.exchange;
    expect(queries.positions('A')[0]).to.deep.include({ size: '1.5', entryPrice: '83000' });
    expect(queries.fills('A').map(({ trade, fill }) => [trade.size, trade.price, fill.fee]))
      .to.deep //
      .equal([['1.5', '83000', '62.25']]);
    expect(queries.trades(SYMBOL)[0]).to.deep.include({ tradeId, price: '83000', size: '1.5' });
    const again = one(world.send({ type: 'BustTrade', tradeId }), 'TradeBusted');
    expect(again.taker.feeChange).to.equal('-62.25');
    expect(queries.positions('A')).to.deep.equal([]);
    checkConservation(world.exchange);
  });

  it('refuses what makes no sense: unknown trades, more than was traded, nothing new, off the grid', () => {
    const world = makeWorld();
    const tradeId = traded(world, { maker: '1', taker: '1' });
    const refused = (command: Parameters<World['send']>[0]): readonly string[] =>
      only(world.send(command), 'CommandRefused').map(({ reason }) => reason);
    expect(refused({ type: 'BustTrade', tradeId: 'nothing' })).to.deep.equal(['notFound']);
    expect(refused({ type: 'BustTrade' })).to.deep.equal(['notFound']);
    for (const terms of [
      {},
      { price: '84000' },
      { size: '2' },
      { size: '0' },
      { price: '84000.3' },
    ])
      expect(refused({ type: 'CorrectTrade', tradeId, ...terms }), JSON.stringify(terms)) //
        .to.deep.equal(['invalidArgument']);
    expect(refused({ type: 'BustTrade', tradeId })).to.deep.equal([]);
    expect(refused({ type: 'BustTrade', tradeId })).to.deep.equal(['notFound']);
  });

  it('a canceled order turns out to have matched first: it fills late and stays canceled', () => {
    const world = makeWorld();
    world.place('A', { side: 'buy', size: '1', limitPrice: '83000', cliOrdId: 'a' });
    const { orderId } = one(world.cancel('A', 'a'), 'OrderCanceled').order;
    const late = { type: 'FillLate', orderId, counterparty: 'B' } as const;
    const first = one(world.send({ ...late, size: '0.4' }), 'Trade');
    expect(first.trade).to.deep.include({ price: '83000', size: '0.4' });
    expect(first.maker.order).to.deep.include({ status: 'Canceled', filled: '0.4' });
    const rest = one(world.send(late), 'Trade');
    expect(rest.maker.order).to.deep.include({ status: 'Filled', filled: '1' });
    expect(world.exchange.queries.positions('A')[0]?.size).to.equal('1');
    expect(only(world.send(late), 'CommandRefused')[0]?.reason).to.equal('notFound');
    checkConservation(world.exchange);
  });
});
