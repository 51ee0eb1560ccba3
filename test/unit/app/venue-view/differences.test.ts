import { expect } from 'chai';
import { orderDifferences } from '../../../../src/app/venue-view/differences.ts';
import { type DecimalText, type TradingSymbol } from '../../../../src/domain/ids.ts';
import { PrivateState } from '../../../../src/kraken/websocket/views/private-state.ts';
import { type JsonNumber } from '../../../../src/lib/lossless-json.ts';
import { epochMs, monotonicMs } from '../../../../src/lib/time.ts';
import { SESSION, text } from '../../../support/bench.ts';
import { execID, given, live, type Step, traded, v } from '../../../support/given.ts';
import { venueCase } from '../../../support/venue-case.ts';

const AT = monotonicMs(0);

/** The venue's view of order A after these fills. */
const viewOf = (...fills: readonly string[]): PrivateState => {
  const state = new PrivateState({ stepOf: () => '0.001' as DecimalText });
  state.applyFillsPoll(
    fills.map((lastQty, nth) => ({
      fillID: `f${nth}`,
      symbol: 'PF_XBTUSD' as TradingSymbol,
      venueOrderID: v('A'),
      ...({ side: 'Buy', liquidity: 'Maker', fillType: 'maker' } as const),
      lastPx: text('100'),
      lastQty: text(lastQty),
      at: epochMs(nth),
    })),
    AT,
  );
  return state;
};

const codesOf = (steps: readonly Step[], ...fills: readonly string[]): readonly string[] =>
  orderDifferences(given(live('A'), ...steps).bench.state, viewOf(...fills), SESSION).map(
    ({ code }) => code,
  );

const first = traded('A', '4', '100', { execID: execID('T1') });
const second = traded('A', '3', '100', { execID: execID('T2'), cumQty: text('7') });
const change =
  (execType: 'TradeCancel' | 'TradeCorrect', lastQty: string, cumQty: string): Step =>
  (at) =>
    at.report({
      ...({ execType, ordStatus: 'PartiallyFilled', execRefID: execID('T1') } as const),
      ...(execType === 'TradeCorrect' ? { lastQty: text(lastQty), lastPx: text('100') } : {}),
      venueOrderID: v('A'),
      cumQty: text(cumQty),
    });

describe('differences between our books and the venue', () => {
  it("has no missing fill after a bust or a correction, which take nothing from the venue's fills", () => {
    expect(codesOf([first, change('TradeCancel', '', '0')], '4')).to.deep.equal([]);
    expect(codesOf([first, second, change('TradeCancel', '', '3')], '4', '3')).to.deep.equal([]);
    expect(codesOf([first, change('TradeCorrect', '1', '1')], '4')).to.deep.equal([]);
    expect(codesOf([first, change('TradeCorrect', '6', '6')], '4')).to.deep.equal([]);
  });

  it('has one all the same when the venue filled more than FIX ever reported', () => {
    const missing = ['VENUE_FILL_MISSING'];
    expect(codesOf([first], '4', '1')).to.deep.equal(missing);
    expect(codesOf([first, change('TradeCancel', '', '0')], '4', '0.5')).to.deep.equal(missing);
    expect(codesOf([first, change('TradeCorrect', '1', '1')], '4', '3')).to.deep.equal(missing);
  });

  it('has none for fills that are finer than the configured step', () => {
    const { fills } = venueCase('fills-finer-than-the-step') as { fills: readonly JsonNumber[] };
    const sizes = fills.map(({ text: size }) => size);
    const steps = sizes.map((size, nth) => {
      const sum = sizes.slice(0, nth + 1).reduce((total, one) => total + Number(one) * 10_000, 0);
      return traded('A', size, '100', {
        execID: execID(`T${nth}`),
        cumQty: text(String(Math.round(sum) / 10_000)),
      });
    });
    expect(codesOf(steps, ...sizes)).to.deep.equal([]);
    expect(viewOf('0.0004').orders.get(v('A'))?.cumQty).to.equal('0.0004');
    expect(viewOf('0.3333', '0.0003').orders.get(v('A'))?.cumQty).to.equal('0.3336');
  });
});
