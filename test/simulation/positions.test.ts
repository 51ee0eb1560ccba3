import { expect } from 'chai';
import { type PositionView } from '../../src/core/positions/position-view.ts';
import { type DecimalText, type TradingSymbol } from '../../src/domain/ids.ts';
import { toDecimalText } from '../../src/lib/decimal-text.ts';
import { decimal } from '../../src/lib/decimal.ts';
import { Prng } from '../../src/lib/prng.ts';
import { type EventOf } from '../../src/simulator/exchange/model/events.ts';
import { PositionBench } from '../support/position-bench.ts';
import { account, makeWorld, only } from '../unit/simulator/exchange/exchange-world.ts';

/** 10,000 by FATHOM_POSITION_ORDERS=10000. */
const ORDERS = Number(process.env['FATHOM_POSITION_ORDERS'] ?? '600');
const SEED = Number(process.env['SEED'] ?? '20261130');

const MARKETS = [
  { symbol: 'PF_XBTUSD', mid: 84_000, tick: 1, size: () => '0.0001', sizes: 10_000 },
  { symbol: 'PI_XBTUSD', mid: 84_000, tick: 0.5, size: () => '1', sizes: 5_000 },
  { symbol: 'PF_ETHUSD', mid: 2_000, tick: 0.1, size: () => '0.001', sizes: 20_000 },
] as const;
const TRADER = 'A';

describe('positions after random orders at the simulated exchange', function () {
  this.timeout(120_000 + ORDERS * 60);

  it(`are the exchange's own: quantity, entry price, profit and fees, seed ${SEED}`, () => {
    const random = new Prng(SEED);
    const below = (n: number): number => random.below(n);
    const world = makeWorld({
      accounts: [account(TRADER), account('B'), account('C')],
      symbols: MARKETS.map(({ symbol }) => symbol),
      seed: SEED,
    });
    const run = new PositionBench();
    const realized = new Map<string, ReturnType<typeof decimal>>();
    const fees = new Map<string, ReturnType<typeof decimal>>();
    let fills = 0;

    /** One side of a trade, as the venue's FIX session reports it to the engine. */
    const book = ({ trade, maker, taker }: EventOf<'Trade'>): void => {
      for (const fill of [maker, taker]) {
        if (fill.account !== TRADER) continue;
        const { symbol, price, size } = trade;
        const side = fill.side === 'buy' ? 'Buy' : 'Sell';
        fills += 1;
        run.trade({
          ...{ symbol: symbol as TradingSymbol, side, qty: plain(size), px: plain(price) },
          ...{ fee: plain(fill.fee), feeCurrency: fill.feeCurrency },
        });
        add(realized, symbol, fill.realizedPnl);
        add(fees, symbol, fill.fee);
      }
    };

    for (let n = 0; n < ORDERS; n += 1) {
      const { symbol, mid, tick, size, sizes } = MARKETS[below(MARKETS.length)]!;
      const ticks = Math.round(mid / tick) + below(41) - 20;
      const lots = decimal(size()).times(String(1 + below(sizes)));
      const events = world.place(['A', 'A', 'B', 'C'][below(4)]!, {
        symbol,
        side: below(2) === 0 ? 'buy' : 'sell',
        size: lots.toFixed(),
        limitPrice: decimal(String(tick)).times(String(ticks)).toFixed(),
      });
      for (const event of [...events, ...world.wait(below(50))]) {
        if (event.type === 'Trade') book(event);
      }
      if (n % 100 === 99 || n === ORDERS - 1) check();
    }
    expect(fills, `SEED=${SEED}`).to.be.greaterThan(ORDERS / 10);
    expect(only(world.events, 'TradeBusted')).to.have.length(0);
    const again = run.replayed();
    expect(again.keeper.all(again.state, 'account')).to.deep.equal(
      run.keeper.all(run.bench.state, 'account'),
    );

    function check(): void {
      for (const { symbol } of MARKETS) {
        const theirs = world.exchange.queries
          .positions(TRADER)
          .find((one) => one.symbol === symbol);
        const markPx = plain(theirs?.markPrice ?? '1') as DecimalText;
        const ours = run.views({ markOf: () => markPx }).find((one) => one.symbol === symbol);
        if (ours === undefined) {
          expect(theirs, `SEED=${SEED} ${symbol}`).to.equal(undefined);
          continue;
        }
        const { size = '0', entryPrice = '0', unrealizedPnl = '0' } = theirs ?? {};
        expect(figuresOf(ours), `SEED=${SEED} ${symbol}`).to.deep.equal({
          qty: plain(size),
          entryPx: plain(entryPrice),
          unrealizedPnl: plain(unrealizedPnl),
          realizedPnl: (realized.get(symbol) ?? decimal('0')).toFixed(),
          fee: (fees.get(symbol) ?? decimal('0')).toFixed(),
        });
      }
    }
  });
});

/** Rounded as the exchange shows it: entry prices at 10 decimals. */
const figuresOf = ({ qty, averagePx, realizedPnl, unrealizedPnl, fees }: PositionView) => ({
  ...{ qty, realizedPnl, unrealizedPnl },
  entryPx: decimal(averagePx ?? '0')
    .round(10)
    .toFixed(),
  fee: Object.values(fees)[0] ?? '0',
});

const plain = (text: string): string => toDecimalText(text)!;

const add = (sums: Map<string, ReturnType<typeof decimal>>, key: string, amount: string): void => {
  sums.set(key, (sums.get(key) ?? decimal('0')).plus(decimal(plain(amount))));
};
