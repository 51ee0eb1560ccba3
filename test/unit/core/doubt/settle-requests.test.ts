import { expect } from 'chai';
import { c, cancel, place, SESSION } from '../../../support/bench.ts';
import {
  acked,
  askResend,
  cut,
  doubtsOf,
  factTypes,
  given,
  live,
  logOn,
  synchronize,
  traded,
  v,
  type Step,
} from '../../../support/given.ts';

const replaceSent: Step = (bench) => {
  const { orderID, session, terms } = bench.order('A');
  const ids = { orderID, clOrdID: c(5), origClOrdID: c(1), session };
  const by = bench.order('A').client;
  bench.apply({ type: 'ReplaceIntended', at: bench.at, ...ids, by, terms });
  bench.input({
    type: 'RequestSent',
    clOrdID: c(5),
    session,
    epoch: bench.epoch,
    msgSeqNum: 9,
  });
};

describe('after the replay', () => {
  it('live orders are what the books say, and the gate opens', () => {
    const { bench } = given(live('A'), cut, logOn).when(synchronize);
    expect(factTypes(bench)).to.deep.equal(['DoubtsSettled', 'RouteOpened']);
    expect(bench.order('A').base).to.equal('New');
    expect(bench.state.routes.get(SESSION)!.phase).to.equal('Active');
  });

  it('a cancel without an answer is asked again under a new ClOrdID, silently', () => {
    const { bench } = given(live('A'), cancel('B', 'A'), cut, logOn).when(synchronize);
    expect(bench.factsOfType('CancelIntended')[0]!).to.deep.include({
      clOrdID: c(3),
      repeats: c(2),
      clientOrderID: 'B',
    });
    expect(bench.effectsOfType('SendCancel')).to.have.length(1);
    expect(bench.effectsOfType('ReportExecution')).to.be.empty;
    expect(bench.order('A').pending.map(({ clOrdID }) => clOrdID)).to.deep.equal([c(3)]);
  });

  it('the answer to the first of two cancels ends both', () => {
    const { bench } = given(live('A'), cancel('B', 'A'), cut, logOn, synchronize).when((at) =>
      at.report({
        venueOrderID: v('A'),
        clOrdID: c(2),
        origClOrdID: c(1),
        execType: 'Canceled',
        ordStatus: 'Canceled',
      }),
    );
    expect(bench.order('A')).to.deep.include({ base: 'Canceled', pending: [] });
    expect(bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
      clientOrderID: 'B',
    });
  });

  it('a cancel of an order that closed meanwhile is too late', () => {
    const { bench } = given(live('A'), cancel('B', 'A'), cut, logOn, traded('A', '10')).when(
      synchronize,
    );
    expect(bench.effectsOfType('RejectCancel')[0]!.report).to.deep.include({
      cxlRejReason: 0,
      ordStatus: 'Filled',
    });
    expect(bench.state.openOrderIDs.size).to.equal(0);
    expect(doubtsOf(bench)).to.be.empty;
  });

  it('a cancel of an absent order is answered, too', () => {
    const { bench } = given(place('A'), cancel('B', 'A'), cut, logOn, askResend(2)).when(
      synchronize,
    );
    expect(factTypes(bench)).to.deep.equal(['AttemptAbsent', 'CancelFailed', 'RouteOpened']);
    expect(bench.effectsOfType('RejectCancel')[0]!.report).to.deep.include({
      ordStatus: 'Rejected',
    });
  });

  it('a cancel that was sent on this connection is not repeated', () => {
    const { bench } = given(live('A'), cut, logOn, cancel('B', 'A')).when(synchronize);
    expect(bench.factsOfType('CancelIntended')).to.be.empty;
  });

  it('a replace without an answer fails by proof, and stays in doubt without', () => {
    const proved = given(live('A'), replaceSent, cut, logOn, askResend(9)).when(synchronize);
    expect(factTypes(proved.bench)).to.deep.equal(['CancelFailed', 'DoubtsSettled', 'RouteOpened']);
    const unproved = given(live('A'), replaceSent, cut, logOn).when(synchronize);
    expect(doubtsOf(unproved.bench)).to.deep.equal(['D5']);
  });

  it('a cancel is answered when the replay brought acknowledgement and fill of its order', () => {
    const { bench } = given(place('A'), cancel('B', 'A'), cut, logOn, acked('A')).when(
      traded('A', '10'),
      synchronize,
    );
    expect(bench.effectsOfType('RejectCancel')[0]!.report).to.deep.include({
      ...{ clientOrderID: 'B', cxlRejReason: 0, ordStatus: 'Filled' },
    });
    expect(bench.order('A').pending).to.be.empty;
    expect(bench.state.openOrderIDs.size).to.equal(0);
  });

  it('a replace stays in doubt when the replay brought the acknowledgement alone', () => {
    const { bench } = given(place('A'), replaceSent, cut, logOn, acked('A')).when(synchronize);
    expect(doubtsOf(bench)).to.deep.equal(['D5']);
    const filled = given(place('A'), replaceSent, cut, logOn, acked('A')).when(
      traded('A', '10'),
      synchronize,
    );
    expect(doubtsOf(filled.bench)).to.be.empty;
    expect(filled.bench.order('A').pending).to.be.empty;
  });

  it('says nothing when the connection is another one', () => {
    const { bench } = given(cut, logOn).when({
      type: 'RouteSynchronized',
      session: SESSION,
      epoch: 99,
    });
    expect(bench.facts).to.be.empty;
  });
});
