import { expect } from 'chai';
import { type TradingSymbol } from '../../../../../src/domain/ids.ts';
import { c, place, text } from '../../../../support/bench.ts';
import {
  acked,
  canceledUnasked,
  execID,
  given,
  live,
  traded,
  v,
} from '../../../../support/given.ts';

describe('a report that fits nothing', () => {
  it('of an unknown order is kept and alerted', () => {
    const outcome = given().when((at) => at.report({ venueOrderID: v('X') }));
    outcome.then(
      { type: 'ReportQuarantined' },
      { type: 'AlertRaised', code: 'REPORT_QUARANTINED' },
    );
    expect(outcome.bench.state.quarantine.size).to.equal(1);
  });

  it('of an unknown order is kept once', () => {
    const same = { venueOrderID: v('X'), execID: execID('SAME') };
    const { bench } = given((at) => at.report(same)).when((at) =>
      at.report(same, { possDup: true }),
    );
    expect(bench.facts).to.be.empty;
  });

  it('is booked as soon as its OrderID(37) becomes known, in the order of arrival', () => {
    const trade = {
      execType: 'Trade',
      ordStatus: 'PartiallyFilled',
      venueOrderID: v('A'),
    } as const;
    const { bench } = given(
      place('A'),
      (at) => at.report({ ...trade, lastQty: text('1'), lastPx: text('100'), cumQty: text('1') }),
      (at) => at.report({ ...trade, lastQty: text('2'), lastPx: text('101'), cumQty: text('3') }),
    ).when(acked('A'));
    expect(bench.order('A')).to.deep.include({
      cumQty: '3',
      base: 'PartiallyFilled',
      leavesQty: '7',
    });
    expect(bench.factsOfType('QuarantineReleased')).to.have.length(2);
    expect(bench.state.quarantine.size).to.equal(0);
  });

  it('and contradicts the order is kept, alerted and not applied', () => {
    const doubtful = [
      { symbol: 'PF_ETHUSD' as TradingSymbol },
      { side: 'Sell' as const },
      { venueOrderID: v('other'), clOrdID: c(1) },
      { clOrdID: c(2) },
    ];
    for (const more of doubtful) {
      const { bench } = given(live('A'), live('B')).when((at) =>
        at.report({
          venueOrderID: v('A'),
          clOrdID: c(1),
          execType: 'Canceled',
          ordStatus: 'Canceled',
          ...more,
        }),
      );
      expect(bench.facts.map(({ type }) => type)).to.deep.equal(['ReportDoubted', 'AlertRaised']);
      expect(bench.order('A').base).to.equal('New');
    }
  });

  it('because the lifecycle has no cell for it is kept, alerted and not applied', () => {
    const { bench } = given(live('A'), traded('A', '10')).when(canceledUnasked('A'));
    expect(bench.factsOfType('ReportDoubted')[0]!.report).to.deep.include({ execType: 'Canceled' });
    expect(bench.alerts()).to.deep.equal(['REPORT_DOUBTED']);
    expect(bench.order('A').base).to.equal('Filled');
  });

  it('because a trade has no quantity is kept, alerted and not applied', () => {
    const { bench } = given(live('A')).when((at) =>
      at.report({ venueOrderID: v('A'), execType: 'Trade', ordStatus: 'PartiallyFilled' }),
    );
    expect(bench.alerts()).to.deep.equal(['REPORT_DOUBTED']);
    expect(bench.order('A').cumQty).to.equal('0');
  });

  it('of an order that we called rejected is believed: the venue has it', () => {
    const { bench } = given((at) => (at.adapter = 'refuses'), place('A')).when(acked('A'));
    expect(bench.order('A').base).to.equal('New');
    expect(bench.alerts()).to.deep.equal(['LIVE_AFTER_REJECT']);
    expect(bench.state.openOrderIDs.size).to.equal(1);
  });

  it('is processed in every state of the link', () => {
    const { bench } = given(live('A'), (at) => at.cut()).when(traded('A', '4'));
    expect(bench.order('A').cumQty).to.equal('4');
  });
});
