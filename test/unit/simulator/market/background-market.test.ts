import { expect } from 'chai';
import { epochMs } from '../../../../src/lib/time.ts';
import {
  BACKGROUND_ACCOUNTS,
  makeBackgroundMarket,
} from '../../../../src/simulator/market/background-market.ts';
import { type ExchangeEvent } from '../../../../src/simulator/exchange/model/events.ts';
import { makeExchange, type Exchange } from '../../../../src/simulator/exchange/exchange.ts';
import {
  INDEX_PRICES,
  INSTRUMENT_CATALOGUE,
  WHOLE_CATALOGUE,
} from '../../../../src/simulator/exchange/model/instruments/instrument-catalogue.ts';

const START = Date.UTC(2026, 10, 22, 12);

const run = (
  seed: number,
  steps: number,
): { readonly exchange: Exchange; readonly events: readonly ExchangeEvent[] } => {
  const config = { seed, instruments: INSTRUMENT_CATALOGUE, indexPrices: INDEX_PRICES };
  const exchange = makeExchange({
    ...config,
    startAt: epochMs(START),
    accounts: BACKGROUND_ACCOUNTS,
  });
  const market = makeBackgroundMarket(config);
  const events: ExchangeEvent[] = [];
  for (let i = 1; i <= steps; i += 1) {
    const at = epochMs(START + i * 250);
    for (const command of market.step(at)) events.push(...exchange.handle(command, at));
  }
  return { exchange, events };
};

describe('background market', () => {
  it('gives the same market from the same seed, and another from another', () => {
    const text = (seed: number): string => JSON.stringify(run(seed, 5).events);
    expect(text(3)).to.equal(text(3));
    expect(text(3)).to.not.equal(text(4));
  });

  it('quotes both sides of every market around its index, and trades in each', () => {
    const { exchange, events } = run(1, 60);
    for (const { symbol } of INSTRUMENT_CATALOGUE) {
      const ticker = exchange.queries.ticker(symbol);
      const book = exchange.queries.book(symbol);
      expect(book?.bids.length, symbol).to.be.greaterThan(3);
      expect(book?.asks.length, symbol).to.be.greaterThan(3);
      const middle = (Number(ticker?.bid) + Number(ticker?.ask)) / 2;
      expect(Math.abs(middle / Number(ticker?.indexPrice) - 1), symbol).to.be.below(0.002);
      expect(exchange.queries.trades(symbol).length, symbol).to.be.greaterThan(5);
    }
    const refusals = events.filter(({ type }) => type === 'OrderRejected').length;
    const placed = events.filter(({ type }) => type === 'OrderAccepted').length;
    expect(refusals / placed, 'refusals per order').to.be.below(0.05);
  });

  it('keeps prices near where they started for hours, and moves them', () => {
    const instruments = INSTRUMENT_CATALOGUE.filter(({ symbol }) => symbol === 'PF_XBTUSD');
    const market = makeBackgroundMarket({ seed: 2, instruments, indexPrices: INDEX_PRICES });
    const prices: number[] = [];
    for (let i = 0; i < 3 * 3_600 * 4; i += 1) {
      for (const command of market.step(epochMs(START + i * 250))) {
        if (command.type === 'SetIndex') prices.push(Number(command.price));
      }
    }
    expect(Math.max(...prices), 'highest').to.be.within(84_100, 92_000);
    expect(Math.min(...prices), 'lowest').to.be.within(76_000, 83_900);
  });

  it('moves the first markets in every step and every other one in turn', () => {
    const instruments = WHOLE_CATALOGUE.slice(0, 200);
    const market = makeBackgroundMarket({ seed: 1, instruments, indexPrices: INDEX_PRICES });
    const movesBySymbol = new Map<string, number>();
    for (let step = 0; step < 30; step += 1) {
      const commands = market.step(epochMs(START + step * 100));
      const moved = commands.flatMap((each) => (each.type === 'SetIndex' ? [each.symbol] : []));
      expect(moved, 'in one step').to.have.length(36);
      for (const symbol of moved) movesBySymbol.set(symbol, (movesBySymbol.get(symbol) ?? 0) + 1);
    }
    expect(movesBySymbol.size).to.equal(200);
    expect(movesBySymbol.get('PF_XBTUSD')).to.equal(30);
    for (const { symbol } of instruments) {
      expect(movesBySymbol.get(symbol), symbol).to.be.at.least(3);
    }
  });
});
