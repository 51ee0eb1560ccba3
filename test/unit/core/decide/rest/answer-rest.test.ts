import { expect } from 'chai';
import {
  type Bench,
  cancel,
  place,
  plain,
  replayed,
  SESSION,
  text,
} from '../../../../support/bench.ts';
import { cut, doubtsOf, logOn, synchronize, v } from '../../../../support/given.ts';
import {
  accepted,
  answered,
  filled,
  liveByRest,
  NOT_CALLED,
  placedByRest,
  refusedBy,
  restReady,
  UNKNOWN,
} from '../../../../support/rest-orders.ts';

const reports = (bench: Bench): readonly string[] =>
  bench
    .effectsOfType('ReportExecution')
    .map(({ report }) => `${report.execType} ${report.ordStatus} ${report.cumQty}`);

const run = (bench: Bench, step: ReturnType<typeof cancel> | ((at: Bench) => unknown)): void => {
  if (typeof step === 'function') step(bench);
  else bench.input(step);
};

describe('answers to orders by REST', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = restReady();
  });
  afterEach(() => {
    expect(plain(replayed(bench.journal, bench.manager))).to.deep.equal(plain(bench.state));
  });

  it('acknowledges an order that rests, with its id at the venue, and says the route', () => {
    const clOrdID = placedByRest(bench, 'A');
    expect([...bench.state.restRequests.keys()]).to.deep.equal([clOrdID]);
    answered(bench, clOrdID, accepted());
    expect(bench.order('A')).to.deep.include({ base: 'New', venueOrderID: v('A') });
    expect(bench.order('A').attempt).to.deep.include({ route: 'REST', answered: true });
    expect(bench.effectsOfType('ReportExecution').at(-1)?.report.route).to.equal('REST');
    expect(bench.state.restRequests.size).to.equal(0);
  });

  it('books the executions of the answer, each once, and the rest when the order fills', () => {
    const clOrdID = placedByRest(bench, 'A');
    answered(bench, clOrdID, accepted({ fills: [filled('3'), filled('4')] }));
    expect(reports(bench).slice(-3)).to.deep.equal([
      'New New 0',
      'Trade PartiallyFilled 3',
      'Trade PartiallyFilled 7',
    ]);
    expect(bench.order('A').cumQty).to.equal('7');
  });

  it('links the same execution of the private feed: one booking', () => {
    const clOrdID = placedByRest(bench, 'A');
    answered(bench, clOrdID, accepted({ fills: [filled('3')] }));
    const fill = {
      ...{ type: 'Fill', fillID: 'fill-3', venueOrderID: v('A'), symbol: 'PF_XBTUSD', side: 'Buy' },
      ...{ lastQty: text('3'), lastPx: text('100'), at: bench.at, venueCumQty: text('3') },
      ...{ fee: text('0.1'), liquidity: 'Taker' },
    } as never;
    const source = { channel: 'websocket', session: SESSION, epoch: 0 } as never;
    bench.input({ type: 'VenueFillsSeen', fills: [{ fill, isLasting: true }], source });
    expect(bench.order('A').cumQty).to.equal('3');
    expect(bench.state.executions.size).to.equal(1);
    expect([...bench.state.executions.values()][0]).to.deep.include({
      fillID: 'fill-3',
      fee: '0.1',
    });
  });

  it('cancels what an IOC did not fill, and ends a whole fill as Filled', () => {
    const part = placedByRest(bench, 'A', { timeInForce: 'IOC' });
    answered(bench, part, accepted({ fills: [filled('3')], isResting: false }));
    expect(bench.order('A')).to.deep.include({ base: 'Canceled', cumQty: '3', leavesQty: '0' });
    const whole = placedByRest(bench, 'B', { timeInForce: 'IOC' });
    answered(
      bench,
      whole,
      accepted({ venueOrderID: v('B'), fills: [filled('10')], isResting: false }),
    );
    expect(bench.order('B')).to.deep.include({ base: 'Filled', cumQty: '10' });
  });

  it('concludes nothing from an answer that it could not read whole', () => {
    const clOrdID = placedByRest(bench, 'A', { timeInForce: 'IOC' });
    answered(bench, clOrdID, accepted({ isResting: false, isComplete: false }));
    expect(bench.order('A')).to.deep.include({ base: 'New', cumQty: '0' });
  });

  it('does not take a limit order for cancelled because its answer shows nothing that rests', () => {
    const clOrdID = placedByRest(bench, 'A');
    answered(bench, clOrdID, accepted({ fills: [filled('3')], isResting: false }));
    expect(bench.order('A')).to.deep.include({ base: 'PartiallyFilled', cumQty: '3' });
  });

  it('rejects with the reason what the venue has refused for certain', () => {
    const clOrdID = placedByRest(bench, 'A');
    answered(bench, clOrdID, refusedBy('INSUFFICIENT_FUNDS'));
    expect(bench.order('A')).to.deep.include({ base: 'Rejected', code: 'INSUFFICIENT_FUNDS' });
    expect(doubtsOf(bench)).to.deep.equal([]);
  });

  it('ends as Canceled an order that was refused after it may have filled', () => {
    const clOrdID = placedByRest(bench, 'A');
    answered(bench, clOrdID, refusedBy('WOULD_EXECUTE_SELF', true));
    expect(bench.order('A').base).to.equal('Canceled');
  });

  it('rejects with NOT_SENT what provably never left', () => {
    const clOrdID = placedByRest(bench, 'A');
    answered(bench, clOrdID, NOT_CALLED);
    expect(bench.order('A')).to.deep.include({ base: 'Rejected', code: 'NOT_SENT' });
  });

  it('F20: a lost answer is the doubt D2r: nothing is sent again, the instrument is frozen', () => {
    const clOrdID = placedByRest(bench, 'A');
    const sends = bench.effectsOfType('SendNewOrder').length;
    answered(bench, clOrdID, UNKNOWN);
    expect(doubtsOf(bench)).to.deep.equal(['D2r']);
    expect(bench.order('A').base).to.equal('PendingNew');
    expect(bench.effectsOfType('SendNewOrder')).to.have.length(sends);
    expect(bench.effectsOfType('ReportExecution').at(-1)?.report.code).to.equal('IN_DOUBT');
    bench.input(place('B'));
    expect(bench.order('B').code).to.equal('DOUBT_FREEZE');
    for (const step of [cut, logOn, synchronize]) run(bench, step);
    expect(doubtsOf(bench), 'it never flips to FIX').to.deep.equal(['D2r']);
    expect(bench.effectsOfType('SendNewOrder')).to.have.length(sends);
  });

  it('a loss of FIX changes nothing of an order that went by REST', () => {
    liveByRest(bench, 'A');
    run(bench, cut);
    expect(doubtsOf(bench)).to.deep.equal([]);
    expect(bench.order('A').base).to.equal('New');
  });

  it('a call that was under way when the engine died is a doubt; one not yet sent never was', () => {
    const sent = placedByRest(bench, 'A');
    bench = bench.restarted();
    expect(doubtsOf(bench)).to.deep.equal(['D2r']);
    expect(bench.state.restRequests.size).to.equal(0);
    answered(bench, sent, accepted());
    expect(bench.order('A').base, 'the answer of a dead engine').to.equal('PendingNew');
  });

  describe('cancels', () => {
    beforeEach(() => {
      liveByRest(bench, 'A');
      bench.input(cancel('X', 'A'));
    });
    const request = () => bench.order('A').pending[0]!.clOrdID;

    it('go by the route of their order, and end it', () => {
      expect(bench.effectsOfType('SendCancel').at(-1)).to.deep.include({
        ...{ route: 'REST', venueOrderID: v('A') },
      });
      answered(bench, request(), accepted({ text: 'cancelled', canceledCumQty: text('0') }));
      expect(bench.order('A')).to.deep.include({ base: 'Canceled', pending: [] });
      expect(reports(bench).at(-1)).to.equal('Canceled Canceled 0');
    });

    it('say that it is too late for an order that is not open any more', () => {
      answered(bench, request(), refusedBy('UNKNOWN_ORDER', true));
      expect(bench.order('A')).to.deep.include({ base: 'New', pending: [] });
      expect(bench.effectsOfType('RejectCancel').at(-1)?.report).to.deep.include({
        ...{ cxlRejResponseTo: 1, cxlRejReason: 0, code: 'TOO_LATE' },
      });
      expect(bench.alerts()).to.include('GONE_AT_VENUE');
    });

    it('are the doubt D4 when nothing proves what became of them', () => {
      answered(bench, request(), UNKNOWN);
      expect(doubtsOf(bench)).to.deep.equal(['D4']);
      expect(bench.order('A').pending).to.have.length(1);
    });

    it('leave the order open for fills that its answer counts and the feeds tell later', () => {
      answered(bench, request(), accepted({ text: 'cancelled', canceledCumQty: text('4') }));
      expect(bench.order('A')).to.deep.include({ base: 'Canceled', cumQty: '0' });
      const fill = {
        ...{ type: 'Fill', fillID: 'late', venueOrderID: v('A'), symbol: 'PF_XBTUSD', side: 'Buy' },
        ...{ lastQty: text('4'), lastPx: text('100'), at: bench.at, venueCumQty: text('4') },
      } as never;
      const source = { channel: 'websocket', session: SESSION, epoch: 0 } as never;
      bench.input({ type: 'VenueFillsSeen', fills: [{ fill, isLasting: true }], source });
      expect(bench.order('A')).to.deep.include({ base: 'Canceled', cumQty: '4' });
      expect(bench.alerts()).not.to.include('CUM_QTY_MISMATCH');
    });
  });
});
