import { expect } from 'chai';
import { cancel, text } from '../../../../support/bench.ts';
import {
  canceled,
  canceledUnasked,
  execID,
  expired,
  given,
  live,
  traded,
  v,
} from '../../../../support/given.ts';

describe('busts and corrections', () => {
  const bust = { execType: 'TradeCancel', ordStatus: 'New', execRefID: execID('T1') } as const;
  const correction = {
    execType: 'TradeCorrect',
    ordStatus: 'PartiallyFilled',
    execRefID: execID('T1'),
    lastQty: text('3'),
    lastPx: text('110'),
  } as const;

  it('a bust takes the execution out and re-opens a filled order', () => {
    const { bench } = given(live('A'), traded('A', '10', '100', { execID: execID('T1') })).when(
      (at) => at.report({ ...bust, venueOrderID: v('A'), cumQty: text('0') }),
    );
    expect(bench.order('A')).to.deep.include({
      base: 'New',
      cumQty: '0',
      leavesQty: '10',
      executedNotional: '0',
    });
    expect(bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
      execType: 'TradeCancel',
      execRefID: 'E3',
      avgPx: '0',
    });
    expect(bench.alerts()).to.deep.equal(['TRADE_CHANGED']);
  });

  it('a correction replaces quantity and price, and chains lead to the first execution', () => {
    const { bench } = given(live('A'), traded('A', '4', '100', { execID: execID('T1') })).when(
      (at) =>
        at.report({ ...correction, execID: execID('G1'), venueOrderID: v('A'), cumQty: text('3') }),
      (at) =>
        at.report({
          ...correction,
          execID: execID('G2'),
          execRefID: execID('G1'),
          lastQty: text('2'),
          venueOrderID: v('A'),
          cumQty: text('2'),
        }),
    );
    expect(bench.order('A')).to.deep.include({
      cumQty: '2',
      executedNotional: '220',
      leavesQty: '8',
    });
    expect(bench.state.executions.get(execID('T1'))).to.deep.include({
      lastQty: '2',
      lastPx: '110',
    });
    const reports = bench.effectsOfType('ReportExecution').map(({ report }) => report);
    expect(reports.map(({ execRefID }) => execRefID)).to.deep.equal(['E3', 'E4']);
    expect(reports.map(({ execID: id }) => id)).to.deep.equal(['E4', 'E5']);
  });

  it('a bust on a cancelled order leaves it cancelled (matrix J.1.b)', () => {
    const { bench } = given(
      live('A'),
      traded('A', '4', '100', { execID: execID('T1') }),
      cancel('B', 'A'),
      canceled('A'),
    ).when((at) => at.report({ ...bust, venueOrderID: v('A'), cumQty: text('0') }));
    expect(bench.order('A')).to.deep.include({ base: 'Canceled', cumQty: '0', leavesQty: '0' });
  });

  it('a fill of all that was left, after a cancel, makes the order Filled; a bust cancelled again', () => {
    const late = given(
      live('A'),
      cancel('B', 'A'),
      canceled('A'),
      traded('A', '10', '100', { execID: execID('T1') }),
    );
    expect(late.bench.order('A')).to.deep.include({ base: 'Filled', cumQty: '10', leavesQty: '0' });
    expect(late.bench.effectsOfType('ReportExecution').at(-1)?.report).to.deep.include({
      execType: 'Trade',
      ordStatus: 'Filled',
    });
    const { bench } = late.when((at) =>
      at.report({ ...bust, venueOrderID: v('A'), cumQty: text('0') }),
    );
    expect(bench.order('A')).to.deep.include({ base: 'Canceled', cumQty: '0', leavesQty: '0' });
    expect(bench.state.openOrderIDs).to.be.empty;
    expect(bench.restarted().order('A').base).to.equal('Canceled');
  });

  it('fills after a cancel or an expiry that leave a rest keep the order closed', () => {
    const ends = [[cancel('B', 'A'), canceled('A')], [expired('A')], [canceledUnasked('A')]];
    for (const end of ends) {
      const { bench } = given(live('A'), traded('A', '3'), ...end).when(traded('A', '4'));
      expect(bench.order('A').cumQty).to.equal('7');
      expect(['Canceled', 'Expired']).to.include(bench.order('A').base);
      expect(bench.order('A').leavesQty).to.equal('0');
      const { bench: full } = given(live('A'), traded('A', '3'), ...end).when(traded('A', '7'));
      expect(full.order('A').base).to.equal('Filled');
    }
  });

  it('a bust that comes before its execution waits for it', () => {
    const { bench } = given(live('A')).when(
      (at) => at.report({ ...bust, execID: execID('H1'), venueOrderID: v('A') }),
      traded('A', '4', '100', { execID: execID('T1') }),
    );
    expect(bench.facts.map(({ type }) => type)).to.deep.equal([
      'ReportQuarantined',
      'AlertRaised',
      'OrderFilled',
      'QuarantineReleased',
      'TradeCanceled',
      'AlertRaised',
    ]);
    expect(bench.order('A').cumQty).to.equal('0');
    expect(bench.state.quarantine.size).to.equal(0);
  });

  it('a second bust of the same execution is doubted', () => {
    const { bench } = given(live('A'), traded('A', '4', '100', { execID: execID('T1') }), (at) =>
      at.report({ ...bust, venueOrderID: v('A'), cumQty: text('0') }),
    ).when((at) => at.report({ ...bust, venueOrderID: v('A'), cumQty: text('0') }));
    expect(bench.facts.map(({ type }) => type)).to.deep.equal(['ReportDoubted', 'AlertRaised']);
    expect(bench.order('A').cumQty).to.equal('0');
  });
});
