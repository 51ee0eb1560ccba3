import { expect } from 'chai';
import {
  type Bench,
  c,
  cancel,
  place,
  plain,
  replace,
  replayed,
  SESSION,
  text,
} from '../../../support/bench.ts';
import {
  askResend,
  cancelRejected,
  canceledUnasked,
  cut,
  doubtsOf,
  givenDeps,
  live,
  logOn,
  synchronize,
  traded,
  v,
} from '../../../support/given.ts';
import {
  asked,
  fillOf,
  lateTimer,
  round,
  roundBegins,
  roundEnds,
  row,
  verdicts,
  view,
  wait,
} from '../../../support/doubts.ts';

const on = asked();
const CLOSED = { leavesQty: text('0'), status: 'canceled' } as const;

describe('a replace without an answer (D5)', () => {
  const lost = [live('A'), replace('R', 'A', { orderQty: text('20') }, { policy: 'amend' }), cut];

  it('is made when the live order has the new terms', () => {
    const { bench } = givenDeps(on, ...lost, logOn, synchronize).when(
      round({ openorders: { orders: [row('A', { leavesQty: text('20') })] } }),
    );
    expect(bench.order('A').terms.orderQty).to.equal('20');
    expect(bench.order('A').pending).to.be.empty;
    expect(doubtsOf(bench)).to.be.empty;
  });

  it('is not made when it has the old ones: the client is told', () => {
    const { bench } = givenDeps(on, ...lost, logOn, synchronize).when(
      round({ openorders: { orders: [row('A')] } }),
    );
    expect(bench.factsOfType('CancelFailed').map(({ code }) => code)).to.deep.equal([
      'NOT_REPLACED',
    ]);
    expect(doubtsOf(bench)).to.be.empty;
    expect(bench.effectsOfType('SendReplace'), 'never sent again').to.be.empty;
  });

  it('stays in doubt when it has neither', () => {
    const { bench } = givenDeps(on, ...lost, logOn, synchronize).when(
      round({ openorders: { orders: [row('A', { leavesQty: text('15') })] } }),
    );
    expect(doubtsOf(bench)).to.deep.equal(['D5']);
  });

  it('ends with the order when that is closed', () => {
    const { bench } = givenDeps(on, ...lost, logOn, synchronize).when(
      round({ 'history-orders': { orders: [row('A', { ...CLOSED, cumQty: text('0') })] } }),
    );
    expect(bench.order('A')).to.deep.include({ base: 'Canceled' });
    expect(bench.order('A').pending).to.be.empty;
    expect(doubtsOf(bench)).to.be.empty;
  });
});

describe('a cancel without an answer (D4)', () => {
  it('is asked again by REST, by the order’s id at the venue, while FIX is down', () => {
    const { bench } = givenDeps(on, live('A'), cancel('X', 'A'), cut).when(roundBegins);
    expect(bench.effectsOfType('AskVenue')[0]).to.deep.include({ cancels: [v('A')] });
    expect(bench.effectsOfType('AskVenue')[0]!.views[0]).to.equal('cancelorder');
  });

  it('that the venue answers with “unknown order” starts a doubt, and the fill is found', () => {
    const { bench } = givenDeps(on, live('A'), cancel('X', 'A')).when(
      cancelRejected('A'),
      (at) => expect(doubtsOf(at)).to.deep.equal(['D3']),
      round({ fills: { fills: [fillOf('A', '10')] } }),
    );
    expect(bench.order('A')).to.deep.include({ base: 'Filled', cumQty: '10' });
    expect(doubtsOf(bench)).to.be.empty;
  });
});

describe('an order that the private feeds show otherwise than the books', () => {
  const shown = (code: string) => (bench: Bench) =>
    bench.input({
      ...{ type: 'VenueViewAlerted', severity: 'critical', code, text: code },
      orderID: bench.order('A').orderID,
    });

  it('is asked about when they show its end, and closed by the evidence', () => {
    const end = row('A', { ...CLOSED, cumQty: text('0') });
    const { bench } = givenDeps(on, live('A')).when(
      shown('VENUE_ORDER_CLOSED'),
      (at) => expect(doubtsOf(at)).to.deep.equal(['D3']),
      round({ 'history-orders': { orders: [end] } }),
    );
    expect(bench.order('A').base).to.equal('Canceled');
  });

  it('is adopted when it was ended here as absent, and the venue has it open after all', () => {
    const open = { openorders: { orders: [row('A', { clOrdID: c(1) })] } };
    const { bench } = givenDeps(on, place('A'), cut, logOn, askResend(2), synchronize).when(
      wait(5_000),
      round(),
      (at) => expect(at.order('A').base).to.equal('Rejected'),
      shown('VENUE_ORDER_OPEN'),
      round(open),
    );
    expect(bench.order('A')).to.deep.include({ base: 'New', venueOrderID: v('A') });
    expect(bench.alerts()).to.include('LIVE_AFTER_REJECT');
    expect(doubtsOf(bench)).to.be.empty;
  });
});

describe('rounds of questions', () => {
  it('wait 1, 2, 5, 10 and then 30 seconds', () => {
    const { bench } = givenDeps(on, live('A'), cut).when(
      round(),
      round(),
      round(),
      round(),
      round(),
      round(),
    );
    expect(bench.factsOfType('DoubtsDue').map(({ afterMs }) => afterMs)).to.deep.equal([
      2_000, 5_000, 10_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('are one at a time, and answers of an earlier one count for nothing', () => {
    const { bench } = givenDeps(on, live('A'), cut, logOn, synchronize).when(
      roundBegins,
      roundBegins,
      (at) => expect(at.factsOfType('RoundBegun')).to.have.length(1),
      (at) =>
        at.input({
          ...{ type: 'EvidenceSeen', session: SESSION, round: 99, view: 'openorders' },
          ...{ channel: 'rest', complete: true, orders: [row('A')], fills: [] },
        }),
    );
    expect(bench.factsOfType('EvidenceNoted')).to.be.empty;
  });

  it('that a crash interrupted begin anew with the next start', () => {
    const { bench } = givenDeps(on, live('A'), cut, roundBegins, view('openorders')).when({
      type: 'EngineStarted',
    });
    expect(bench.factsOfType('DoubtsDue')).to.have.length(1);
    bench.input({ type: 'TimerFired', name: `doubts:${SESSION}` });
    expect(bench.factsOfType('RoundBegun').map((fact) => fact.round)).to.deep.equal([2]);
  });

  it('are not judged while the replay is under way: FIX has the first word', () => {
    const { bench } = givenDeps(on, live('A'), cut, logOn).when(
      round({ openorders: { orders: [row('A')] } }),
    );
    expect(verdicts(bench)).to.be.empty;
  });

  it('tell an operator after 5 s, and page after 60 s, once each', () => {
    const { bench } = givenDeps(on, live('A'), cut).when(
      (at) => {
        const names = at.effectsOfType('SetTimer');
        expect(names).to.be.empty;
      },
      wait(5_000),
      { type: 'TimerFired', name: `doubts-alert:${SESSION}/alert/1` },
      { type: 'TimerFired', name: `doubts-alert:${SESSION}/alert/2` },
      wait(55_000),
      { type: 'TimerFired', name: `doubts-alert:${SESSION}/page/1` },
      { type: 'TimerFired', name: `doubts-alert:${SESSION}/page/2` },
    );
    expect(bench.alerts()).to.deep.equal(['IN_DOUBT', 'IN_DOUBT_PAGE']);
  });

  it('sweep the fills once more for orders that were closed shortly before the link was lost (D8)', () => {
    const closed = [live('A'), traded('A', '4'), canceledUnasked('A')] as const;
    const { bench } = givenDeps(on, ...closed, cut, logOn, synchronize).when(
      wait(120_000),
      lateTimer,
      view('fills', { fills: [fillOf('A', '2', { venueCumQty: text('6') })] }),
      view('history-executions'),
      roundEnds,
    );
    expect(bench.order('A').cumQty).to.equal('6');
    expect(bench.factsOfType('LateWatchEnded')).to.have.length(1);
    expect(bench.state.lateWatches.size).to.equal(0);
  });

  it('make the same books when the journal is replayed', () => {
    const fill = fillOf('A', '3');
    const { bench } = givenDeps(on, live('A'), place('B'), cut, logOn, askResend(3)).when(
      synchronize,
      wait(5_000),
      round({
        openorders: { orders: [row('A', { cumQty: text('3'), leavesQty: text('7') })] },
        fills: { fills: [fill] },
      }),
      roundBegins,
      view('orders-status'),
    );
    expect(plain(replayed(bench.journal, bench.manager))).to.deep.equal(plain(bench.state));
  });
});
