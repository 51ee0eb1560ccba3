import { expect } from 'chai';
import { type ExternalOrder, type InputBody } from '../../../../../src/core/input.ts';
import { type TradingSymbol } from '../../../../../src/domain/ids.ts';
import { type ReportSource, type VenueFill } from '../../../../../src/domain/venue-report.ts';
import { type EpochMs } from '../../../../../src/lib/time.ts';
import { type Bench, PF_XBTUSD, place, SESSION, SOURCE, text } from '../../../../support/bench.ts';
import { acked, execID, given, live, traded, v } from '../../../../support/given.ts';
import { expectSameAfterReplay } from '../../../../support/mass-cancels.ts';

const fill = (fillID: string, more: Partial<VenueFill> = {}): VenueFill => ({
  ...{ type: 'Fill', fillID, venueOrderID: v('A'), symbol: PF_XBTUSD, side: 'Buy' },
  ...{ lastQty: text('4'), lastPx: text('100'), at: 1_000 as EpochMs, venueCumQty: text('4') },
  ...more,
});
const seen = (
  fills: readonly VenueFill[],
  isLasting = false,
  channel: ReportSource['channel'] = 'websocket',
): InputBody => ({
  type: 'VenueFillsSeen',
  fills: fills.map((one) => ({ fill: one, isLasting })),
  source: { ...SOURCE, channel },
});
const trades = (bench: Bench): number =>
  bench.effectsOfType('ReportExecution').filter(({ report }) => report.execType === 'Trade').length;
const executions = (bench: Bench) => [...bench.state.executions.values()];

describe('one execution on several channels', () => {
  it('is booked once by FIX, and carries the fill id of the feed', () => {
    const { bench } = given(live('A')).when(traded('A', '4'), seen([fill('f1')]));
    expect(bench.order('A').cumQty).to.equal('4');
    expect(executions(bench)[0]).to.include({ fillID: 'f1' });
    expect(trades(bench)).to.equal(1);
    expect(bench.alerts()).to.deep.equal([]);
    expectSameAfterReplay(bench);
  });

  it('that FIX owes is left alone for a while, then booked by the venue’s own sum', () => {
    const { bench } = given(live('A')).when(seen([fill('f1')]));
    expect(bench.facts).to.deep.equal([]);
    bench.input(seen([fill('f1')], true));
    expect(bench.order('A')).to.include({ cumQty: '4', base: 'PartiallyFilled', leavesQty: '6' });
    const report = bench.effectsOfType('ReportExecution').at(-1)?.report;
    expect(report).to.include({ execType: 'Trade', tradeID: 'f1', lastQty: '4' });
    expect(report?.venueExecID).to.equal(undefined);
    expect(bench.alerts()).to.deep.equal(['FILL_WITHOUT_FIX']);
    expectSameAfterReplay(bench);
  });

  it('that was booked by the feed is not booked again when FIX tells it late', () => {
    const { bench } = given(live('A')).when(
      seen([fill('f1')], true),
      (b) => {
        b.report({
          ...{ execType: 'Trade', ordStatus: 'PartiallyFilled', venueOrderID: v('A') },
          ...{ cumQty: text('4'), leavesQty: text('6'), lastQty: text('4'), lastPx: text('100') },
          execID: execID('LATE'),
        });
      },
      seen([fill('f1')], true, 'rest'),
    );
    expect(bench.order('A').cumQty).to.equal('4');
    expect(trades(bench)).to.equal(1);
    expect(executions(bench)[0]).to.include({ fillID: 'f1', fixExecID: 'LATE' });
    const last = bench.effectsOfType('ReportExecution').at(-1)?.report;
    expect(last).to.include({ execType: 'OrderStatus', venueExecID: 'LATE' });
    expect(last?.code).to.equal('EXECUTION_DETAILS');
    expectSameAfterReplay(bench);
  });

  it('twice the same quantity and price in one second are two, on both channels', () => {
    const sum = { venueCumQty: text('8') };
    const { bench } = given(live('A')).when(
      seen([fill('f1', sum), fill('f2', sum)]),
      traded('A', '4'),
      seen([fill('f1', sum), fill('f2', sum)]),
      traded('A', '4'),
      seen([fill('f2', sum)]),
    );
    expect(bench.order('A').cumQty).to.equal('8');
    expect(executions(bench).map(({ fillID }) => fillID)).to.deep.equal(['f1', 'f2']);
    expect(trades(bench)).to.equal(2);
  });

  it('a new one of FIX is booked although an equal one came by the feed alone', () => {
    const { bench } = given(live('A')).when(seen([fill('f1')], true), (b) => {
      b.report({
        ...{ execType: 'Trade', ordStatus: 'PartiallyFilled', venueOrderID: v('A') },
        ...{ cumQty: text('8'), leavesQty: text('2'), lastQty: text('4'), lastPx: text('100') },
      });
    });
    expect(bench.order('A').cumQty).to.equal('8');
    expect(bench.alerts()).to.deep.equal(['FILL_WITHOUT_FIX']);
  });

  it('gets its fee and liquidity later, which are published as details', () => {
    const more = { fee: text('0.2'), feeCurrency: 'USD', liquidity: 'Maker' as const };
    const { bench } = given(live('A'), traded('A', '4')).when(
      seen([fill('f1')]),
      seen([fill('f1', more)], false, 'history'),
      seen([fill('f1', more)], false, 'rest'),
    );
    expect(executions(bench)[0]).to.include(more);
    const reports = bench.effectsOfType('ReportExecution').map(({ report }) => report);
    expect(reports.map(({ execType }) => execType)).to.deep.equal(['OrderStatus', 'OrderStatus']);
    expect(reports[1]).to.include({ ...more, code: 'EXECUTION_DETAILS', cumQty: '4' });
    expect(reports[1]?.execRefID).to.equal(executions(bench)[0]?.execID);
  });

  it('that differs is alerted, and stops nothing', () => {
    const { bench } = given(live('A'), traded('A', '4', '100', { liquidity: 'Taker' })).when(
      seen([fill('f1', { liquidity: 'Maker' })]),
      traded('A', '6'),
    );
    expect(bench.alerts()).to.deep.equal(['EXECUTION_DIFFERS']);
    expect(bench.order('A').base).to.equal('Filled');
  });

  it('that fits no sum waits in quarantine, and is tried again with what is learned', () => {
    const odd = fill('f1', { lastQty: text('6'), venueCumQty: text('4') });
    const { bench } = given(live('A'), traded('A', '4')).when(seen([odd], true), seen([odd], true));
    expect(bench.alerts()).to.deep.equal(['EXECUTION_UNMATCHED']);
    expect(bench.state.quarantine.size).to.equal(1);
    const { bench: after } = given(live('A'), traded('A', '4'), seen([odd], true)).when(
      traded('A', '6'),
    );
    expect(after.state.quarantine.size).to.equal(0);
    expect(after.factsOfType('ExecutionLinked')[0]).to.include({ fillID: 'f1' });
    expectSameAfterReplay(after);
  });

  it('never fills more than was ordered by a second channel', () => {
    const { bench } = given(live('A'), traded('A', '8')).when(
      seen([fill('f1', { venueCumQty: text('12') })], true),
    );
    expect(bench.order('A').cumQty).to.equal('8');
    expect(bench.alerts()).to.deep.equal(['EXECUTION_UNMATCHED']);
  });

  it('that completes an order in doubt ends the doubt', () => {
    const { bench } = given(place('A'), (b) => b.cut()).when(
      seen([fill('f1', { clOrdID: '00000000-0000-4000-8000-000000000001' })], true),
      seen(
        [
          fill('f2', {
            ...{ clOrdID: '00000000-0000-4000-8000-000000000001' },
            ...{ lastQty: text('6'), venueCumQty: text('10') },
          }),
        ],
        true,
      ),
    );
    expect(bench.order('A').base).to.equal('Filled');
    expect(bench.state.doubts.size).to.equal(0);
  });

  it('that overfills freezes the instrument until an operator opens it', () => {
    const { bench } = given(live('A'), traded('A', '10')).when(traded('A', '1'), place('B'));
    expect(bench.alerts()).to.deep.equal(['FILL_AFTER_CLOSE', 'OVERFILL']);
    expect(bench.order('B').code).to.equal('KILL_SWITCH');
    expect(bench.order('B').text).to.include('OVERFILL');
    bench.input(place('C', { symbol: 'PI_XBTUSD' as TradingSymbol }));
    expect(bench.order('C').code).to.equal(undefined);
  });
});

const NOTED: InputBody = {
  type: 'OpeningPositionsSeen',
  session: SESSION,
  positions: [],
  fillsUntil: 500 as EpochMs,
};
const EXTERNAL_ORDER: ExternalOrder = {
  venueOrderID: v('X'),
  terms: {
    ...{ symbol: PF_XBTUSD, side: 'Buy', ordType: 'Limit', timeInForce: 'GTC' },
    ...{ orderQty: text('10'), price: text('90'), postOnly: false, reduceOnly: false },
  },
  ...{ cumQty: text('0'), leavesQty: text('10'), ordStatus: 'New' },
};
const external = (more: Partial<ExternalOrder> = {}): InputBody => ({
  type: 'ExternalOrdersSeen',
  orders: [{ ...EXTERNAL_ORDER, ...more }],
  source: { ...SOURCE, channel: 'websocket' },
});

describe('an order that was placed elsewhere on the account', () => {
  it('is adopted once, shown as EXTERNAL, and ends as the venue says', () => {
    const { bench } = given().when(external(), external());
    const [order] = [...bench.state.orders.values()];
    expect(order).to.include({ client: 'EXTERNAL', base: 'New', leavesQty: '10' });
    expect(bench.state.openOrderIDs.size).to.equal(1);
    expect(bench.alerts()).to.deep.equal(['VENUE_ORDER_UNKNOWN']);
    bench.input(external({ ordStatus: 'Canceled', leavesQty: text('0') }));
    expect(bench.state.openOrderIDs.size).to.equal(0);
    expectSameAfterReplay(bench);
  });

  it('is cancelled by no mass cancel and by no kill switch that does not say so', () => {
    const by = 'operator:ann' as never;
    const { bench } = given(external()).when(
      { type: 'CancelAll', by },
      {
        ...{ type: 'SetKillSwitch', scope: { type: 'engine' }, state: 'HALTED' },
        ...{ by, reason: 'x', withExternal: false },
      },
    );
    expect(bench.factsOfType('CancelIntended')).to.deep.equal([]);
    expect(bench.factsOfType('KillSwitchSet')[0]).to.include({ affected: 0 });
  });

  it('changes the position by its fills, but for those that the opening contains', () => {
    const old = fill('f0', { venueOrderID: v('X'), at: 400 as EpochMs });
    const young = fill('f1', { venueOrderID: v('X'), at: 600 as EpochMs });
    const { bench } = given(external()).when(seen([young], true));
    expect(executions(bench)).to.have.length(0);
    bench.input(NOTED);
    bench.input(seen([old, young], true));
    bench.input(seen([young], true, 'rest'));
    expect(executions(bench).map(({ fillID }) => fillID)).to.deep.equal(['f1']);
    expectSameAfterReplay(bench);
  });

  it('is adopted by a fill alone: a market order at a terminal, a liquidation', () => {
    const { bench } = given(NOTED).when(seen([fill('f1', { venueOrderID: v('Y') })], true));
    const [order] = [...bench.state.orders.values()];
    expect(order).to.include({ client: 'EXTERNAL', base: 'Filled', cumQty: '4' });
    expect(order?.text).to.include('known by its fills alone');
    expect(bench.state.openOrderIDs.size).to.equal(0);
  });

  it('is adopted by a FIX report whose ClOrdID(11) we never made', () => {
    const { bench } = given().when((b) =>
      b.report({ venueOrderID: v('Z'), clOrdID: 'theirs' as never, orderQty: text('10') }),
    );
    expect([...bench.state.orders.values()][0]).to.include({ client: 'EXTERNAL', base: 'New' });
    expect(bench.state.quarantine.size).to.equal(0);
  });

  it('is never taken for one of ours: a client cannot cancel it', () => {
    const { bench } = given(external(), live('A'), acked('A')).when({
      type: 'CancelOrder',
      request: { client: 'fix:DESK1', clientOrderID: 'C', orderID: 'F1' } as never,
    });
    expect(bench.factsOfType('CancelRefused')[0]).to.include({ code: 'UNKNOWN_ORDER' });
  });
});
