import { expect } from 'chai';
import { c, PI_XBTUSD, place, SESSION, text } from '../../../support/bench.ts';
import {
  acked,
  askResend,
  cut,
  doubtsOf,
  factTypes,
  given,
  live,
  logOn,
  logOnWithReset,
  synchronize,
  traded,
  v,
} from '../../../support/given.ts';

describe('a new order without an answer (D2)', () => {
  it('is absent when the venue asks to resend its number and the replay has no trace of it', () => {
    const outcome = given(place('A'), cut, logOn, askResend(2)).when(synchronize);
    outcome.then({ type: 'AttemptAbsent', clOrdID: c(1) }, { type: 'RouteOpened' });
    expect(outcome.bench.factsOfType('AttemptAbsent')[0]!.proof).to.deep.equal({
      kind: 'sequence',
      session: SESSION,
      msgSeqNum: 2,
      beginSeqNo: 2,
    });
    expect(outcome.bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
      ordStatus: 'Rejected',
      code: 'ABSENT',
    });
    expect(outcome.bench.effectsOfType('SendNewOrder'), 'never sent again').to.be.empty;
    expect(doubtsOf(outcome.bench)).to.be.empty;
  });

  it('is absent also when the link breaks again between the proof and its use, and the venue does not ask again', () => {
    const outcome = given(place('A'), cut, logOn, askResend(2), cut, logOn).when(synchronize);
    outcome.then({ type: 'AttemptAbsent', clOrdID: c(1) }, { type: 'RouteOpened' });
    expect(doubtsOf(outcome.bench)).to.be.empty;
  });

  it('stays in doubt when the link broke between the proof and the acknowledgement that contradicts it', () => {
    const outcome = given(place('A'), place('B'), cut, logOn, askResend(2), cut, logOn, acked('B'));
    outcome.when(synchronize);
    expect(outcome.bench.factsOfType('AttemptAbsent')).to.be.empty;
  });

  it('stays in doubt when the venue asks for nothing, and freezes its instrument alone', () => {
    const { bench } = given(place('A'), cut, logOn).when(synchronize);
    expect(doubtsOf(bench)).to.deep.equal(['D2']);
    expect(bench.alerts()).to.deep.equal(['IN_DOUBT']);
    bench.input(place('B'));
    bench.input(place('C', { symbol: PI_XBTUSD }));
    expect(bench.factsOfType('OrderRefused').map(({ code }) => code)).to.deep.equal([
      'DOUBT_FREEZE',
    ]);
    expect(bench.factsOfType('OrderAccepted').map(({ terms }) => terms.symbol)).to.deep.equal([
      PI_XBTUSD,
    ]);
  });

  it('stays in doubt when the venue asks from above its number', () => {
    const { bench } = given(place('A'), cut, logOn, askResend(3)).when(synchronize);
    expect(doubtsOf(bench)).to.deep.equal(['D2']);
  });

  it('is live when the replay acknowledges it', () => {
    const { bench } = given(place('A'), cut, logOn, acked('A')).when(synchronize);
    expect(bench.order('A').base).to.equal('New');
    expect(doubtsOf(bench)).to.be.empty;
    bench.input(place('B'));
    expect(bench.factsOfType('OrderAccepted')).to.have.length(1);
  });

  it('is closed when the replay fills it', () => {
    const { bench } = given(place('A'), cut, logOn, traded('A', '10')).when(synchronize);
    expect(bench.order('A')).to.deep.include({ base: 'Filled', cumQty: '10' });
    expect(doubtsOf(bench)).to.be.empty;
  });

  it('that arrives after the gate opened ends its doubt', () => {
    const { bench } = given(place('A'), cut, logOn, synchronize).when(acked('A'));
    expect(doubtsOf(bench)).to.be.empty;
  });

  it('is not absent when the venue also asks for a message whose effect we saw: its counter went back', () => {
    const { bench } = given(live('A'), place('B'), cut, logOn).when(askResend(2), synchronize);
    expect(bench.alerts()).to.deep.equal(['PROOF_VOID', 'IN_DOUBT']);
    expect(bench.state.doubts.get(bench.order('B').orderID)).to.equal('D2');
    expect(bench.factsOfType('AttemptAbsent')).to.be.empty;
  });

  it('is not absent when the replay shows the effect of a later message', () => {
    const { bench } = given(place('A'), place('B'), cut, logOn, askResend(2), acked('B')).when(
      synchronize,
    );
    expect(bench.factsOfType('AttemptAbsent')).to.be.empty;
    expect(bench.state.doubts.get(bench.order('A').orderID)).to.equal('D2');
  });

  it('is not absent by a request to resend on the connection that it was sent on', () => {
    const { bench } = given(cut, logOn, synchronize, place('A')).when(askResend(2), synchronize);
    expect(bench.factsOfType('AttemptAbsent')).to.be.empty;
    expect(bench.order('A').base).to.equal('PendingNew');
  });

  it('loses its proof with a reset of the numbers: unconfirmed, alerted, frozen', () => {
    const { bench } = given(place('A'), live('B'), cut).when(
      logOnWithReset,
      askResend(1),
      synchronize,
    );
    expect(doubtsOf(bench)).to.deep.equal(['UNCONFIRMED', 'UNCONFIRMED']);
    expect(bench.alerts()).to.deep.equal(['PROOF_WOULD_BE_LOST', 'IN_DOUBT']);
    bench.input(place('C'));
    expect(bench.factsOfType('OrderRefused')[0]!.code).to.equal('DOUBT_FREEZE');
  });

  it('that is unconfirmed ends with a report that agrees with our sums, by whatever channel', () => {
    const { bench } = given(live('A'), traded('A', '4'), cut, logOnWithReset, synchronize).when(
      (at) =>
        at.report(
          {
            venueOrderID: v('A'),
            execType: 'OrderStatus',
            ordStatus: 'PartiallyFilled',
            cumQty: text('4'),
            leavesQty: text('6'),
          },
          { channel: 'rest' },
        ),
    );
    expect(doubtsOf(bench)).to.be.empty;
    expect(factTypes(bench)).to.include('DoubtsSettled');
  });

  it('that is unconfirmed stays so while a fill is missing', () => {
    const { bench } = given(live('A'), cut, logOnWithReset, synchronize).when((at) =>
      at.report(
        {
          venueOrderID: v('A'),
          execType: 'OrderStatus',
          ordStatus: 'PartiallyFilled',
          cumQty: text('4'),
        },
        { channel: 'rest' },
      ),
    );
    expect(doubtsOf(bench)).to.deep.equal(['UNCONFIRMED']);
    expect(bench.alerts()).to.deep.equal(['CUM_QTY_MISMATCH']);
  });
});
