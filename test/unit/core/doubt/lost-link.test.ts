import { expect } from 'chai';
import { ORDERS_PER_FACT_MAX } from '../../../../src/core/fact.ts';
import { Bench, c, cancel, PF_XBTUSD, place, SESSION } from '../../../support/bench.ts';
import {
  type Step,
  acked,
  askResend,
  businessReject,
  cut,
  doubtsOf,
  factTypes,
  given,
  givenDeps,
  live,
  logOn,
  synchronize,
  traded,
} from '../../../support/given.ts';

const CANCELS = { name: 'main', session: SESSION, cancelOnDisconnect: true };

describe('a lost link', () => {
  it('closes the gate and classes what is open by what we do not know', () => {
    const { bench } = given(
      live('A'),
      place('B'),
      live('C'),
      cancel('D', 'C'),
      live('E'),
      traded('E', '10'),
    ).when(cut);
    expect(factTypes(bench)).to.deep.equal(['RouteLost', 'OrdersDoubted']);
    expect([...bench.state.doubts]).to.deep.equal([
      ['F1', 'D3'],
      ['F2', 'D2'],
      ['F3', 'D4'],
    ]);
    bench.input(place('G'));
    expect(bench.factsOfType('OrderRefused')[0]!.code).to.equal('ROUTE_CLOSED');
  });

  it('knows that the venue may cancel on disconnect', () => {
    const { bench } = givenDeps({ accounts: [CANCELS] }, live('A')).when(cut);
    expect(doubtsOf(bench)).to.deep.equal(['D6']);
  });

  it('tells the client of a sent and unanswered order that its fate is unknown, and rejects nothing', () => {
    const { bench } = given(place('A')).when(cut);
    expect(bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
      execType: 'OrderStatus',
      ordStatus: 'PendingNew',
      code: 'IN_DOUBT',
    });
    expect(bench.order('A').base).to.equal('PendingNew');
  });

  it('ends what was never handed to the session: rejected, never written late', () => {
    const { bench } = given((at) => (at.adapter = 'dies'), place('A')).when(cut);
    expect(factTypes(bench)).to.deep.equal(['RouteLost', 'OrderRejected']);
    expect(bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
      ordStatus: 'Rejected',
      code: 'NOT_SENT',
    });
  });

  it('is news once, and only of the link that we have', () => {
    const { bench } = given(live('A')).when(
      { type: 'RouteDown', session: SESSION, epoch: 0, reason: 'stale' },
      cut,
      cut,
    );
    expect(factTypes(bench).filter((type) => type === 'RouteLost')).to.have.length(1);
  });

  it('that a new connection replaced is lost all the same', () => {
    const { bench } = given(place('A')).when(logOn);
    expect(factTypes(bench)).to.deep.equal(['RouteLost', 'OrdersDoubted', 'RouteRecovering']);
  });

  it('splits a long list of doubts into facts of limited length', () => {
    const names = Array.from({ length: ORDERS_PER_FACT_MAX + 1 }, (_, at) => `A${at}`);
    const { bench } = given(...names.map((name) => live(name))).when(cut);
    expect(bench.factsOfType('OrdersDoubted').map(({ orders }) => orders.length)).to.deep.equal([
      ORDERS_PER_FACT_MAX,
      1,
    ]);
  });
});

describe('an order that was written although it was ended as never sent', () => {
  /** The link breaks within the turn that sends: the news of the break overtakes the number. */
  const overtaken: Step = (bench) => {
    bench.adapter = 'dies';
    bench.input(place('A'));
    bench.adapter = 'writes';
    bench.cut();
    const { epoch } = bench;
    bench.msgSeqNum = 2;
    bench.input({ type: 'RequestSent', clOrdID: c(1), session: SESSION, epoch, msgSeqNum: 2 });
  };

  it('is alerted and freezes its instrument', () => {
    const { bench } = given().when(overtaken, logOn, synchronize, place('B'));
    expect(bench.alerts()).to.include('SENT_AFTER_END');
    expect(bench.factsOfType('OrderRefused')[0]!.code).to.equal('DOUBT_FREEZE');
  });

  it('is believed when the venue acknowledges it', () => {
    const { bench } = given(overtaken, logOn).when(acked('A'), synchronize);
    expect(bench.order('A').base).to.equal('New');
    expect(doubtsOf(bench)).to.be.empty;
  });

  it('is over when the venue refuses it, or asks for its number', () => {
    const refused = given(overtaken, logOn).when(
      businessReject('D', () => c(1), 'POST_WOULD_EXECUTE'),
      synchronize,
    );
    expect(doubtsOf(refused.bench)).to.be.empty;
    const absent = given(overtaken, logOn).when(askResend(2), synchronize);
    expect(doubtsOf(absent.bench)).to.be.empty;
  });
});

describe('a new run', () => {
  it('of an empty journal has nothing to say', () => {
    const bench = new Bench();
    expect(bench.input({ type: 'EngineStarted' })).to.be.empty;
  });

  it('ends an order that was accepted and never sent, and never sends it', () => {
    const before = given((at) => (at.adapter = 'dies'), place('A')).bench;
    const bench = before.restarted();
    expect(factTypes(bench)).to.deep.equal(['RouteLost', 'OrderRejected']);
    expect(bench.effectsOfType('SendNewOrder')).to.be.empty;
    expect(bench.order('A')).to.deep.include({ base: 'Rejected', code: 'NOT_SENT' });
  });

  it('ends a cancel that was never sent, and says so', () => {
    const before = given(live('A'), (at) => (at.adapter = 'dies'), cancel('B', 'A')).bench;
    const bench = before.restarted();
    expect(bench.effectsOfType('RejectCancel')[0]!.report).to.deep.include({ code: 'NOT_SENT' });
    expect(bench.order('A').pending).to.be.empty;
  });

  it('has a sent and unanswered order in doubt until the replay or the proof', () => {
    const bench = given(place('A')).bench.restarted();
    expect(doubtsOf(bench)).to.deep.equal(['D2']);
    bench.logOn();
    bench.askResend(2);
    bench.synchronize();
    expect(bench.factsOfType('AttemptAbsent')).to.have.length(1);
  });

  it('goes on with the counters of the last one', () => {
    const before = given(live('A')).bench;
    const bench = before.restarted();
    bench.logOn();
    bench.synchronize();
    bench.input(place('B'));
    expect(bench.order('B')).to.deep.include({ orderID: 'F2', venueClOrdID: c(2) });
    expect(bench.order('B').terms.symbol).to.equal(PF_XBTUSD);
  });
});

describe('timers', () => {
  it('of a late acknowledgement alert and reject nothing', () => {
    const { bench } = given(place('A')).when({ type: 'TimerFired', name: `ack:${c(1)}` });
    expect(bench.alerts()).to.deep.equal(['ACK_LATE']);
    expect(bench.order('A').base).to.equal('PendingNew');
  });

  it('of a late acknowledgement tell the client that its order is in doubt, once', () => {
    const fired = { type: 'TimerFired', name: `ack:${c(1)}` } as const;
    const { bench } = given(place('A')).when(fired);
    expect(bench.effectsOfType('ReportExecution').map(({ report }) => report)).to.have.length(1);
    expect(bench.effectsOfType('ReportExecution')[0]?.report).to.deep.include({
      ...{ clientOrderID: 'A', execType: 'OrderStatus', ordStatus: 'PendingNew' },
      ...{ code: 'IN_DOUBT', leavesQty: '10', cumQty: '0' },
      text: 'IN_DOUBT: the venue has not answered the order within 2000 ms',
    });
    const lost = given(place('A'), cut).when(fired).bench;
    expect(lost.effectsOfType('ReportExecution')).to.be.empty;
  });

  it('of a late answer to a cancel tell the client under the ClOrdID of its request', () => {
    const { bench } = given(live('A'), cancel('B', 'A')).when({
      type: 'TimerFired',
      name: `ack:${c(2)}`,
    });
    expect(bench.effectsOfType('ReportExecution')[0]?.report).to.deep.include({
      ...{ clientOrderID: 'B', origClientOrderID: 'A', ordStatus: 'PendingCancel' },
      ...{ execType: 'OrderStatus', code: 'IN_DOUBT' },
    });
    expect(bench.order('A').pending).to.have.length(1);
  });

  it('of late answers name client, ClOrdID and symbol to the operator', () => {
    const placed = given(place('A')).when({ type: 'TimerFired', name: `ack:${c(1)}` }).bench;
    const asked = given(live('A'), cancel('B', 'A')).when({
      type: 'TimerFired',
      name: `ack:${c(2)}`,
    }).bench;
    for (const bench of [placed, asked]) {
      expect(bench.effectsOfType('Alert')[0]?.text).to.match(
        /^ACK_LATE: .* \(fix:DESK1, ClOrdID\(11\) A, PF_XBTUSD\)$/,
      );
    }
  });

  it('of a late cancel alert', () => {
    const { bench } = given(live('A'), cancel('B', 'A')).when({
      type: 'TimerFired',
      name: `ack:${c(2)}`,
    });
    expect(bench.alerts()).to.deep.equal(['ACK_LATE']);
  });

  it('that fire after the answer, or belong to nothing, say nothing', () => {
    const { bench } = given(live('A')).when(
      { type: 'TimerFired', name: `ack:${c(1)}` },
      { type: 'TimerFired', name: 'ack:unknown' },
      { type: 'TimerFired', name: 'mass:unknown' },
      { type: 'TimerFired', name: 'nonsense' },
    );
    expect(bench.facts).to.be.empty;
  });
});
