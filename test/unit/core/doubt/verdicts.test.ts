import { expect } from 'chai';
import { c, place, SESSION, text } from '../../../support/bench.ts';
import {
  acked,
  askResend,
  canceledUnasked,
  cut,
  doubtsOf,
  given,
  givenDeps,
  live,
  logOn,
  logOnWithReset,
  synchronize,
  traded,
  v,
} from '../../../support/given.ts';
import { asked, fillOf, noteOpening, round, row, verdicts, wait } from '../../../support/doubts.ts';

const on = asked();
const CLOSED = { leavesQty: text('0'), status: 'canceled' } as const;

describe('a live order after a lost link (D3)', () => {
  it('is live when the open orders have it, and every fill that they count is booked', () => {
    const { bench } = givenDeps(on, live('A'), traded('A', '4'), cut, logOn, synchronize).when(
      round({ openorders: { orders: [row('A', { cumQty: text('4'), leavesQty: text('6') })] } }),
    );
    expect(verdicts(bench)).to.deep.equal(['LIVE']);
    expect(doubtsOf(bench)).to.be.empty;
    expect(bench.order('A')).to.deep.include({ base: 'PartiallyFilled', cumQty: '4' });
  });

  it('stays in doubt when the venue kept no reports and no view has it, however many rounds', () => {
    const { bench } = givenDeps(on, live('A'), cut, logOn, synchronize).when(
      round(),
      wait(100_000),
      round(),
      wait(100_000),
      round(),
    );
    expect(verdicts(bench)).to.be.empty;
    expect(doubtsOf(bench)).to.deep.equal(['D3']);
    expect(bench.order('A').base).to.equal('New');
  });

  it('has the fill that FIX never reported booked once, and is live with it', () => {
    const fill = fillOf('A', '3');
    const { bench } = givenDeps(on, live('A'), cut, logOn, synchronize).when(
      round({
        openorders: { orders: [row('A', { cumQty: text('3'), leavesQty: text('7') })] },
        fills: { fills: [fill] },
        'history-executions': { fills: [fill] },
      }),
    );
    expect(bench.factsOfType('OrderFilled')).to.have.length(1);
    expect(bench.order('A')).to.deep.include({ base: 'PartiallyFilled', cumQty: '3' });
    expect(verdicts(bench)).to.deep.equal(['LIVE']);
  });

  it('stays in doubt while a fill that the venue counts is not booked', () => {
    const { bench } = givenDeps(on, live('A'), cut, logOn, synchronize).when(
      round({ openorders: { orders: [row('A', { cumQty: text('3'), leavesQty: text('7') })] } }),
    );
    expect(doubtsOf(bench)).to.deep.equal(['D3']);
  });

  it('is filled when its executions add up to its quantity, whatever a status says', () => {
    const { bench } = givenDeps(on, live('A'), cut, logOn, synchronize).when(
      round({
        'orders-status': { orders: [row('A', { ...CLOSED, cumQty: text('0') })] },
        fills: { fills: [fillOf('A', '10')] },
      }),
    );
    expect(verdicts(bench)).to.deep.equal(['CLOSED-FILLED']);
    expect(bench.order('A').base).to.equal('Filled');
  });

  it('is cancelled when history says so and the fills add up to what it had', () => {
    const end = row('A', { ...CLOSED, cumQty: text('4') });
    const { bench } = givenDeps(on, live('A'), traded('A', '4'), cut, logOn, synchronize).when(
      round({ 'history-orders': { orders: [end] } }),
    );
    expect(verdicts(bench)).to.deep.equal(['CLOSED-CANCELED']);
    expect(bench.order('A')).to.deep.include({ base: 'Canceled', cumQty: '4' });
    const reports = bench.effectsOfType('ReportExecution');
    expect(reports.map(({ report }) => report.execType)).to.deep.equal(['Canceled']);
  });

  it('stays in doubt when its end is known and the view of fills is cut off', () => {
    const end = row('A', { ...CLOSED, cumQty: text('0') });
    const { bench } = givenDeps(on, live('A'), cut, logOn, synchronize).when(
      round({
        'history-orders': { orders: [end] },
        fills: { complete: false },
        'history-executions': { complete: false },
      }),
    );
    expect(doubtsOf(bench)).to.deep.equal(['D3']);
  });

  it('stays in doubt while one view calls it open and another one ended', () => {
    const { bench } = givenDeps(on, live('A'), cut, logOn, synchronize).when(
      round({
        openorders: { orders: [row('A')] },
        'history-orders': { orders: [row('A', CLOSED)] },
      }),
    );
    expect(doubtsOf(bench)).to.deep.equal(['D3']);
  });

  it('that REST showed as cancelled is told once: the report of FIX that comes later is ignored', () => {
    const end = row('A', { ...CLOSED, cumQty: text('0') });
    const { bench } = givenDeps(
      on,
      live('A'),
      cut,
      logOn,
      synchronize,
      round({ 'history-orders': { orders: [end] } }),
    ).when(canceledUnasked('A'));
    expect(bench.effectsOfType('ReportExecution')).to.be.empty;
    expect(bench.factsOfType('ReportIgnored')).to.have.length(1);
  });

  it('does not freeze its instrument', () => {
    const { bench } = givenDeps(on, live('A'), cut, logOn, synchronize).when(place('B'));
    expect(bench.factsOfType('OrderAccepted')).to.have.length(1);
  });

  it('is settled by the replay alone where nobody can be asked', () => {
    const { bench } = given(live('A'), cut, logOn).when(synchronize);
    expect(doubtsOf(bench)).to.be.empty;
  });

  it('is asked about again when the link is back, although it was settled while it was down', () => {
    const open = { openorders: { orders: [row('A')] } };
    const { bench } = givenDeps(on, live('A'), cut, round(open)).when(logOn, synchronize);
    expect(doubtsOf(bench)).to.deep.equal(['D3']);
  });
});

describe('an order that the venue was to cancel with the link (D6)', () => {
  const cod = {
    ...on,
    accounts: [{ name: 'main', session: SESSION, cancelOnDisconnect: true }],
  } as const;
  const open = { openorders: { orders: [row('A')] } };

  it('is not live while the venue may still cancel it', () => {
    const { bench } = givenDeps(cod, live('A'), cut).when(round(open));
    expect(doubtsOf(bench)).to.deep.equal(['D6']);
  });

  it('is live when it is open after the longest time, and an operator is told that the wish was not honoured', () => {
    const { bench } = givenDeps(cod, live('A'), cut, wait(10_000)).when(round(open));
    expect(verdicts(bench)).to.deep.equal(['LIVE']);
    expect(bench.alerts()).to.include('COD_NOT_HONOURED');
  });
});

describe('a new order without an answer (D2), where the venue can be asked', () => {
  const lost = [place('A'), cut, logOn] as const;

  it('is live when a view has it under our ClOrdID, and its OrderID is learnt', () => {
    const { bench } = givenDeps(on, ...lost, synchronize).when(
      round({ openorders: { orders: [row('A', { clOrdID: c(1) })] } }),
    );
    expect(verdicts(bench)).to.deep.equal(['LIVE']);
    expect(bench.order('A')).to.deep.include({ base: 'New', venueOrderID: v('A') });
    const [report] = bench.effectsOfType('ReportExecution');
    expect(report?.report).to.deep.include({ execType: 'New', ordStatus: 'New' });
  });

  it('is filled when its fills alone are to be seen', () => {
    const fill = fillOf('A', '10', { clOrdID: c(1) });
    const { bench } = givenDeps(on, ...lost, synchronize).when(round({ fills: { fills: [fill] } }));
    expect(bench.order('A')).to.deep.include({ base: 'Filled', cumQty: '10' });
    expect(doubtsOf(bench)).to.be.empty;
  });

  it('is rejected when history has its rejection and no fill', () => {
    const end = row('A', { clOrdID: c(1), status: 'rejected', cumQty: text('0') });
    const { bench } = givenDeps(on, ...lost, synchronize).when(
      round({ 'history-orders': { orders: [end] } }),
    );
    expect(verdicts(bench)).to.deep.equal(['REJECTED']);
    expect(bench.order('A').base).to.equal('Rejected');
  });

  it('is absent by its sequence number only with a clean round, five seconds after the proof', () => {
    const early = givenDeps(on, ...lost, askResend(2), synchronize).when(wait(1_000), round());
    expect(verdicts(early.bench)).to.be.empty;
    const late = givenDeps(on, ...lost, askResend(2), synchronize).when(wait(5_000), round());
    expect(verdicts(late.bench)).to.deep.equal(['ABSENT(seq)']);
    expect(late.bench.order('A')).to.deep.include({ base: 'Rejected', code: 'ABSENT' });
    expect(doubtsOf(late.bench)).to.be.empty;
  });

  it('is not absent when one view of the round is incomplete', () => {
    for (const name of ['orders-status', 'openorders', 'fills', 'history-orders'] as const) {
      const { bench } = givenDeps(on, ...lost, askResend(2), synchronize).when(
        wait(5_000),
        round({ [name]: { complete: false, why: 'cut off' } }),
      );
      expect(verdicts(bench), name).to.be.empty;
    }
  });

  it('is not absent when the proof is void: a later message had an effect after all', () => {
    const { bench } = givenDeps(
      on,
      place('A'),
      place('B'),
      cut,
      logOn,
      askResend(2),
      synchronize,
      acked('B'),
    ).when(wait(5_000), round());
    expect(verdicts(bench)).to.not.include('ABSENT(seq)');
    expect(bench.state.doubts.get(bench.order('A').orderID)).to.equal('D2');
  });

  it('is not absent when an order without an id could be it', () => {
    const { bench } = givenDeps(on, ...lost, askResend(2), synchronize).when(
      wait(5_000),
      round({ openorders: { orders: [row('A')] } }),
    );
    expect(doubtsOf(bench)).to.deep.equal(['D2']);
    expect(bench.order('A').base).to.equal('PendingNew');
  });

  it('is not absent while the position is not the sum of our executions', () => {
    const bought = { positions: [{ symbol: row('A').symbol!, qty: text('10') }] };
    const { bench } = givenDeps(on, noteOpening, ...lost, askResend(2), synchronize).when(
      wait(5_000),
      round({ openpositions: bought }),
      wait(5_000),
      round({ openpositions: bought }),
    );
    expect(doubtsOf(bench)).to.deep.equal(['D2']);
  });
});

describe('an order that no proof of FIX is left for (UNCONFIRMED)', () => {
  const auto = asked({ absentFullAuto: true });
  const lost = [noteOpening, place('A'), cut, logOnWithReset, synchronize] as const;

  it('is absent after two clean rounds, the second 90 s after the end of the connection', () => {
    const { bench } = givenDeps(auto, ...lost).when(
      round(),
      wait(89_000),
      round(),
      (at) => expect(doubtsOf(at)).to.deep.equal(['UNCONFIRMED']),
      wait(1_000),
      round(),
    );
    expect(verdicts(bench)).to.deep.equal(['ABSENT(full)']);
    expect(bench.order('A')).to.deep.include({ base: 'Rejected', code: 'ABSENT' });
  });

  it('needs thirty seconds between the two rounds', () => {
    const { bench } = givenDeps(auto, ...lost).when(wait(91_000), round(), wait(29_000), round());
    expect(doubtsOf(bench)).to.deep.equal(['UNCONFIRMED']);
    const later = givenDeps(auto, ...lost).when(wait(91_000), round(), wait(30_000), round());
    expect(verdicts(later.bench)).to.deep.equal(['ABSENT(full)']);
  });

  it('needs two persons unless the configuration says otherwise', () => {
    const { bench } = givenDeps(on, ...lost).when(round(), wait(91_000), round());
    expect(doubtsOf(bench)).to.deep.equal(['UNCONFIRMED']);
  });

  it('is not absent when history, which lags, has it at last', () => {
    const late = row('A', { clOrdID: c(1), status: 'known' });
    const { bench } = givenDeps(auto, ...lost).when(
      round(),
      wait(75_000),
      round({ 'history-orders': { orders: [late] } }),
      wait(100_000),
      round(),
      wait(100_000),
      round(),
    );
    expect(doubtsOf(bench)).to.deep.equal(['UNCONFIRMED']);
  });

  it('freezes its instrument, and lets orders pass that can only reduce', () => {
    const { bench } = givenDeps(on, ...lost).when(place('B'), place('C', { reduceOnly: true }));
    expect(bench.factsOfType('OrderRefused').map(({ code }) => code)).to.deep.equal([
      'DOUBT_FREEZE',
    ]);
    expect(bench.factsOfType('OrderAccepted')).to.have.length(1);
  });
});
