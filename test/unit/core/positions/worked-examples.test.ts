import { expect } from 'chai';
import { FundingLedger, type LogEntry } from '../../../../src/core/positions/funding-ledger.ts';
import { type TradingSymbol } from '../../../../src/domain/ids.ts';
import { text } from '../../../support/bench.ts';
import { PositionBench } from '../../../support/position-bench.ts';
import { Fraction, naivePosition, type NaiveTrade, naiveUnrealized } from './naive-position.ts';
import { type Example, EXAMPLES } from './worked-examples.ts';

const TRADE = /^([+-])([\d.]+) @ ([\d.]+)(?: fee (-?[\d.]+) ([A-Z]+))?$/;
const CORRECTION = /^correct (\d+) to ([\d.]+) @ ([\d.]+)$/;

interface Played {
  readonly run: PositionBench;
  readonly symbol: TradingSymbol;
  readonly standing: (NaiveTrade | undefined)[];
}

const signedQty = (isBuy: boolean, qty: string): string => (isBuy ? qty : `-${qty}`);

const playTrade = ({ run, symbol, standing }: Played, parts: RegExpExecArray): void => {
  const [, sign, qty = '', px = '', fee, feeCurrency = ''] = parts;
  const isBuy = sign === '+';
  const fees = fee === undefined ? {} : { fee, feeCurrency };
  run.trade({ symbol, side: isBuy ? 'Buy' : 'Sell', qty, px, ...fees });
  standing.push({ qty: signedQty(isBuy, qty), px });
};

const playCorrection = ({ run, standing }: Played, parts: RegExpExecArray): void => {
  const [, number, qty = '', px = ''] = parts;
  const at = Number(number) - 1;
  run.correct(at, qty, px);
  standing[at] = { qty: signedQty(standing[at]?.qty.startsWith('-') !== true, qty), px };
};

const playBust = ({ run, standing }: Played, step: string): void => {
  const at = Number(/^bust (\d+)$/.exec(step)?.[1]) - 1;
  run.bust(at);
  standing[at] = undefined;
};

/** Plays an example through FIX reports, and keeps what stands for the oracle. */
const play = ({ symbol: name, opening, steps }: Example) => {
  const symbol = name as TradingSymbol;
  const played: Played = { run: new PositionBench(), symbol, standing: [] };
  const [qty = '0', px = '0'] = opening?.split(' @ ') ?? [];
  if (opening !== undefined) played.run.opened(symbol, qty, px);
  for (const step of steps) {
    const trade = TRADE.exec(step);
    const correction = CORRECTION.exec(step);
    if (trade !== null) playTrade(played, trade);
    else if (correction !== null) playCorrection(played, correction);
    else playBust(played, step);
  }
  const first = opening === undefined ? [] : [{ qty, px }];
  const trades = [...first, ...played.standing.filter((one) => one !== undefined)];
  return { run: played.run, symbol, trades };
};

const ledgerOf = (symbol: TradingSymbol, payments: readonly string[]): FundingLedger => {
  const ledger = new FundingLedger();
  const entries = payments.map((payment, at): LogEntry => {
    const [amount = '', currency = ''] = payment.split(' ');
    return { id: at + 1, funding: { symbol, currency, amount: text(amount) } };
  });
  // The log is told newest first, and then again.
  ledger.note([...entries].reverse());
  ledger.note(entries);
  return ledger;
};

describe('positions and PnL, worked examples', () => {
  for (const example of EXAMPLES) {
    it(`${example.symbol}: ${example.name}`, () => {
      const { run, symbol, trades } = play(example);
      const ledger = ledgerOf(symbol, example.funding ?? []);
      const view = run.view(symbol, {
        markOf: () => text(example.mark),
        fundingOf: () => ledger.of(symbol, undefined),
      });
      const { qty, averagePx, realizedPnl, unrealizedPnl, fees, funding } = view;
      const { expected } = example;
      expect({ qty, averagePx, realizedPnl, unrealizedPnl }).to.deep.equal({
        qty: expected.qty,
        averagePx: expected.averagePx,
        realizedPnl: expected.realizedPnl,
        unrealizedPnl: expected.unrealizedPnl,
      });
      if (expected.fees !== undefined) expect(fees).to.deep.equal(expected.fees);
      if (expected.funding !== undefined) expect(funding).to.deep.equal(expected.funding);

      const isInverse = symbol.startsWith('PI_');
      const naive = naivePosition(isInverse, trades);
      expect(naive.qty.text(18), 'quantity of the oracle').to.equal(qty);
      expect(naive.realized.text(18), 'realised by the oracle').to.equal(realizedPnl);
      const unrealized = naiveUnrealized(isInverse, naive, example.mark);
      expect(unrealized.text(18), 'unrealised by the oracle').to.equal(unrealizedPnl);
      if (averagePx !== undefined) expect(naive.average.text(12)).to.equal(averagePx);
      else expect(naive.qty.sign).to.equal(0);

      const again = run.replayed();
      expect(again.keeper.all(again.state, 'account')).to.deep.equal(
        run.keeper.all(run.bench.state, 'account'),
      );
    });
  }

  it('are at least twenty', () => {
    expect(EXAMPLES.length).to.be.at.least(20);
    expect(Fraction.of('0.5').plus(Fraction.of('0.25')).text(3)).to.equal('0.75');
  });
});
