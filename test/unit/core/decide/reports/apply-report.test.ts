import { expect } from 'chai';
import { epochMs } from '../../../../../src/lib/time.ts';
import { c, cancel, executionReport, place, text } from '../../../../support/bench.ts';
import {
  acked,
  canceled,
  canceledUnasked,
  execID,
  expired,
  given,
  live,
  rejected,
  traded,
  v,
} from '../../../../support/given.ts';

describe('a report of the venue', () => {
  it('acknowledges: the order gets its OrderID(37) and the timer is called off', () => {
    const outcome = given(place('A')).when(acked('A'));
    outcome.then({
      type: 'OrderAcknowledged',
      answers: c(1),
      ordStatus: 'New',
      venueOrderID: v('A'),
    });
    expect(outcome.bench.effects[0]).to.deep.equal({ type: 'CancelTimer', name: `ack:${c(1)}` });
    expect(outcome.bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
      orderID: 'F1',
      execType: 'New',
      ordStatus: 'New',
      venueOrderID: v('A'),
      venueClOrdID: c(1),
      avgPx: '0',
    });
  });

  it('fills: everything that the client needs is in one report', () => {
    const more = {
      fee: text('0.05'),
      feeCurrency: 'USD',
      liquidity: 'Taker' as const,
      tradeID: 'T1',
      transactTime: epochMs(1_795_348_799_999),
    };
    const { bench } = given(live('A'), traded('A', '3', '100.5')).when(
      traded('A', '1', '101', more),
    );
    expect(bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
      ...more,
      execType: 'Trade',
      ordStatus: 'PartiallyFilled',
      lastQty: '1',
      lastPx: '101',
      cumQty: '4',
      leavesQty: '6',
      avgPx: '100.625',
    });
  });

  it('averages our own executions, half to even at 12 decimals', () => {
    const { bench } = given(live('A'), traded('A', '1', '100'), traded('A', '1', '100.5')).when(
      traded('A', '1', '100.5'),
    );
    expect(bench.effectsOfType('ReportExecution')[0]!.report.avgPx).to.equal('100.333333333333');
  });

  it('counts once, whatever flags it comes again with', () => {
    const again = { execID: execID('SAME') };
    const { bench } = given(live('A'), traded('A', '4', '100', again)).when(
      traded('A', '4', '100', again),
      (at) => at.report(executionReport({ ...again, venueOrderID: v('A') }), { possDup: true }),
      (at) => at.report(executionReport({ ...again, venueOrderID: v('A') }), { possResend: true }),
    );
    expect(bench.facts).to.be.empty;
    expect(bench.order('A').cumQty).to.equal('4');
  });

  it('that fills before the acknowledgement is booked, and the acknowledgement after it does no harm', () => {
    const outcome = given(place('A'), traded('A', '10')).when(acked('A'));
    outcome.then({ type: 'OrderAcknowledged', ordStatus: 'Filled' });
    expect(outcome.bench.order('A')).to.deep.include({
      base: 'Filled',
      cumQty: '10',
      leavesQty: '0',
    });
  });

  it('that fills after the cancel is booked, alerted, and the order stays cancelled', () => {
    const { bench } = given(live('A'), cancel('B', 'A'), canceled('A')).when(traded('A', '4'));
    expect(bench.order('A')).to.deep.include({ base: 'Canceled', cumQty: '4', leavesQty: '0' });
    expect(bench.alerts()).to.deep.equal(['FILL_AFTER_CLOSE']);
    expect(bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
      execType: 'Trade',
      ordStatus: 'Canceled',
      cumQty: '4',
    });
  });

  it('that cancels a held order twice (Maker Protection) is reported as it came', () => {
    given(live('A'), cancel('B', 'A'), canceled('A'))
      .when(canceledUnasked('A'))
      .then({ type: 'OrderCanceled', ordStatus: 'Canceled', unsolicited: true });
  });

  it('that cancels unasked keys on OrderID(37) alone', () => {
    const { bench } = given(live('A')).when((at) =>
      at.report({
        venueOrderID: v('A'),
        execType: 'Canceled',
        ordStatus: 'Canceled',
        leavesQty: text('0'),
        text: 'CANCELLED_BY_SELF_TRADE',
      }),
    );
    expect(bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
      clientOrderID: 'A',
      ordStatus: 'Canceled',
      unsolicited: true,
      text: 'CANCELLED_BY_SELF_TRADE',
    });
  });

  it('expires an order', () => {
    given(live('A'))
      .when(expired('A'))
      .then({ type: 'OrderExpired', ordStatus: 'Expired', leavesQty: text('0') });
  });

  it('rejects an order that was not acknowledged', () => {
    const { bench } = given(place('A')).when(rejected('A', { text: 'EOrder:Insufficient funds' }));
    expect(bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
      execType: 'Rejected',
      ordStatus: 'Rejected',
      code: 'INSUFFICIENT_FUNDS',
      ordRejReason: 99,
    });
  });

  it('replaces: ClOrdID, quantity and price change, the fills stay', () => {
    const { bench } = given(live('A'), traded('A', '4')).when((at) =>
      at.report({
        venueOrderID: v('A'),
        clOrdID: c(77),
        origClOrdID: c(1),
        execType: 'Replaced',
        ordStatus: 'Replaced',
        orderQty: text('6'),
        price: text('99'),
        cumQty: text('4'),
        leavesQty: text('2'),
      }),
    );
    expect(bench.order('A')).to.deep.include({
      base: 'PartiallyFilled',
      venueClOrdID: c(77),
      leavesQty: '2',
    });
    expect(bench.order('A').terms).to.deep.include({ orderQty: '6', price: '99' });
    bench.report({ venueOrderID: v('Z'), clOrdID: c(77) });
    expect(bench.alerts(), 'the new ClOrdID leads to the order').to.deep.equal(['REPORT_DOUBTED']);
  });

  it('restates a fired stop as a limit order', () => {
    const { bench } = given(live('A', { ordType: 'StopLimit', stopPx: text('99') })).when((at) =>
      at.report({
        venueOrderID: v('A'),
        execType: 'Restated',
        ordStatus: 'New',
        ordType: 'Limit',
        price: text('100'),
      }),
    );
    expect(bench.order('A').terms).to.deep.include({ ordType: 'Limit', price: '100' });
    expect(bench.order('A').terms).to.not.have.property('stopPx');
    expect(bench.order('A').base).to.equal('New');
  });

  it('restates late trades: the missing fills are alerted, not made up', () => {
    const { bench } = given(live('A')).when((at) =>
      at.report({
        venueOrderID: v('A'),
        execType: 'Restated',
        ordStatus: 'PartiallyFilled',
        cumQty: text('3'),
        execRestatementReason: 3,
      }),
    );
    expect(bench.order('A').cumQty).to.equal('0');
    expect(bench.alerts()).to.deep.equal(['CUM_QTY_MISMATCH']);
  });

  it('holds and frees an order', () => {
    const { bench } = given(live('A')).when((at) =>
      at.report({ venueOrderID: v('A'), execType: 'Suspended', ordStatus: 'Suspended' }),
    );
    expect(bench.order('A').base).to.equal('Suspended');
    bench.report({ venueOrderID: v('A'), execType: 'New', ordStatus: 'New' });
    expect(bench.order('A').base).to.equal('New');
  });

  it('that answers a question proves an unacknowledged order live and changes no fill', () => {
    const { bench } = given(place('A')).when((at) =>
      at.report({ venueOrderID: v('A'), clOrdID: c(1), execType: 'OrderStatus', ordStatus: 'New' }),
    );
    expect(bench.order('A')).to.deep.include({ base: 'New', cumQty: '0', venueOrderID: v('A') });
  });

  it('that fills more than was ordered is booked and alerted', () => {
    const { bench } = given(live('A'), traded('A', '10')).when(
      traded('A', '1', '100', { leavesQty: text('0') }),
    );
    expect(bench.order('A')).to.deep.include({ base: 'Filled', cumQty: '11', leavesQty: '0' });
    expect(bench.alerts()).to.deep.equal(['FILL_AFTER_CLOSE', 'OVERFILL']);
  });

  it('whose CumQty(14) is not our sum is alerted, and the sum stands', () => {
    const { bench } = given(live('A')).when(traded('A', '4', '100', { cumQty: text('7') }));
    expect(bench.order('A').cumQty).to.equal('4');
    expect(bench.alerts()).to.deep.equal(['CUM_QTY_MISMATCH']);
  });
});
