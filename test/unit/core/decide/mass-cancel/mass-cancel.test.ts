import { expect } from 'chai';
import { epochMs } from '../../../../../src/lib/time.ts';
import { type Bench, c, PI_XBTUSD } from '../../../../support/bench.ts';
import {
  businessReject,
  canceledUnasked,
  cancelRejected,
  given,
  givenDeps,
  live,
  traded,
} from '../../../../support/given.ts';
import {
  asked,
  cancelled,
  expectSameAfterReplay,
  later,
  lives,
  lookAgain,
  ofAll,
  ofClient,
  otherClients,
  reconnect,
  roomFor,
} from '../../../../support/mass-cancels.ts';

describe('cancelling everything', () => {
  it('of one client sends a cancel per open order', () => {
    const { bench } = given(live('A'), live('B'), traded('B', '10'), live('C'), otherClients).when(
      ofClient,
    );
    expect(cancelled(bench)).to.deep.equal([c(1), c(3)]);
    expect(bench.effectsOfType('SendMassCancel')).to.be.empty;
  });

  it('hides no fill behind PendingCancel, because nobody is told how that cancel ends', () => {
    const { bench } = given(live('A'), live('B'), otherClients, ofClient).when(traded('A', '10'));
    const [{ report } = {}] = bench.effectsOfType('ReportExecution');
    expect(report).to.deep.include({ execType: 'Trade', ordStatus: 'Filled' });
  });

  it('of one symbol leaves the others', () => {
    const { bench } = given(live('A'), live('B', { symbol: PI_XBTUSD })).when({
      ...ofClient,
      symbol: PI_XBTUSD,
    });
    expect(bench.effectsOfType('SendCancel').map(({ symbol }) => symbol)).to.deep.equal([
      PI_XBTUSD,
    ]);
  });

  it('is one request to the venue when that covers exactly the orders that are meant', () => {
    const { bench } = given(...lives(3)).when(ofAll, canceledUnasked('A1'));
    expect(bench.effectsOfType('SendMassCancel')).to.have.length(1);
    expect(cancelled(bench)).to.be.empty;
    expect(bench.factsOfType('OrderCanceled')[0]!.unsolicited).to.equal(true);
    const client = given(...lives(3)).when(ofClient);
    expect(client.bench.effectsOfType('SendMassCancel')).to.have.length(1);
  });

  it('is single cancels when the venue’s own would reach the orders of somebody else', () => {
    const { bench } = given(...lives(4), otherClients).when(ofClient);
    expect(bench.effectsOfType('SendMassCancel')).to.be.empty;
    expect(cancelled(bench)).to.have.length(4);
  });

  it('is single cancels when an order was made on an earlier connection', () => {
    const { bench } = given(...lives(3), reconnect, live('B')).when(ofAll);
    expect(bench.effectsOfType('SendMassCancel')).to.be.empty;
    expect(cancelled(bench)).to.have.length(4);
  });

  it('turns to single cancels for what is open when the venue’s answer is over', () => {
    const { bench } = given(...lives(3), ofAll, canceledUnasked('A1')).when((at) =>
      at.input({ type: 'TimerFired', name: `mass:${c(4)}` }),
    );
    expect(bench.factsOfType('MassCancelSettled')).to.have.length(1);
    expect(cancelled(bench)).to.deep.equal([c(2), c(3)]);
    bench.input({ type: 'TimerFired', name: `mass:${c(4)}` });
    expect(cancelled(bench)).to.have.length(2);
  });

  it('turns to single cancels when the venue refuses it', () => {
    const { bench } = given(...lives(3), ofAll).when(
      businessReject('q', () => c(4), 'EGeneral:Other'),
    );
    expect(bench.alerts()).to.deep.equal(['MASS_CANCEL_REFUSED']);
    expect(cancelled(bench)).to.have.length(3);
  });

  it('is finished when the last order is closed, by whatever', () => {
    const { bench } = given(live('A1'), live('A2'), ofClient).when(
      canceledUnasked('A1'),
      traded('A2', '10'),
    );
    expect(bench.factsOfType('MassCancelCompleted')).to.have.length(1);
    expect(bench.state.activeMassCancels.size).to.equal(0);
    expectSameAfterReplay(bench);
  });

  it('does not reach orders that are made after it', () => {
    const { bench } = given(live('A1'), ofClient, live('A2')).when(later(20_000), lookAgain);
    expect(cancelled(bench)).to.deep.equal([c(1)]);
  });
});

describe('a mass cancel that the rate budget does not let through at once', () => {
  it('goes on until nothing of 72 orders is open, and is looked at when there is room again', () => {
    const { bench } = givenDeps(roomFor(50), ...lives(72), otherClients).when(asked('Q'));
    expect(cancelled(bench)).to.have.length(50);
    expect(bench.factsOfType('MassCancelUnfinished').at(-1)).to.include({
      open: 72,
      lookAgainAfterMs: 700,
    });
    for (let n = 1; n <= 50; n += 1) canceled(bench, `A${n}`);
    bench.input({ type: 'TimerFired', name: 'mass-cancel:M1' });
    expect(new Set(cancelled(bench)).size).to.equal(72);
    for (let n = 51; n <= 72; n += 1) canceled(bench, `A${n}`);
    expect(bench.factsOfType('MassCancelCompleted')).to.have.length(1);
    expect(bench.order('A72').base).to.equal('Canceled');
    expectSameAfterReplay(bench);
  });

  it('waits for room for the venue’s own request rather than send many', () => {
    const { bench } = givenDeps(roomFor(1), ...lives(3)).when(ofClient);
    expect(cancelled(bench)).to.be.empty;
    expect(bench.factsOfType('MassCancelUnfinished')[0]).to.include({ lookAgainAfterMs: 900 });
  });

  it('tries again what the session did not take', () => {
    const { bench } = given(live('A1'), live('A2'), (at) => (at.adapter = 'refuses')).when(ofAll);
    expect(bench.factsOfType('CancelFailed')).to.have.length(2);
    bench.adapter = 'writes';
    bench.effects.length = 0;
    bench.input({ type: 'TimerFired', name: 'mass-cancel:M1' });
    expect(cancelled(bench)).to.deep.equal([c(1), c(2)]);
  });

  it('asks again for an order whose cancel was refused or never answered, but not at once', () => {
    const { bench } = given(live('A1'), live('A2'), ofAll, cancelRejected('A1')).when(lookAgain);
    expect(cancelled(bench)).to.be.empty;
    bench.at = epochMs(bench.at + 10_000);
    bench.input({ type: 'TimerFired', name: 'mass-cancel:M1' });
    expect(cancelled(bench)).to.deep.equal([c(1), c(2)]);
    // One request of ours for an order at a time.
    expect(bench.order('A2').pending).to.have.length(1);
  });

  it('tells the operator of survivors by number and name, again each minute, and of the end', () => {
    const { bench } = given(live('A1'), live('A2'), ofAll, canceledUnasked('A1')).when(
      later(10_000),
      lookAgain,
    );
    expect(bench.alerts()).to.deep.equal(['MASS_CANCEL_SURVIVORS']);
    expect(bench.effectsOfType('Alert')[0]!.text).to.match(/1 orders still open.*: F2$/);
    bench.input({ type: 'TimerFired', name: 'mass-cancel:M1' });
    expect(bench.alerts()).to.have.length(1);
    bench.at = epochMs(bench.at + 60_000);
    bench.input({ type: 'TimerFired', name: 'mass-cancel:M1' });
    expect(bench.alerts()).to.have.length(2);
    canceled(bench, 'A2');
    expect(bench.alerts()).to.deep.equal([
      'MASS_CANCEL_SURVIVORS',
      'MASS_CANCEL_SURVIVORS',
      'MASS_CANCEL_DONE',
    ]);
    expectSameAfterReplay(bench);
  });
});

const canceled = (bench: Bench, id: string): void => {
  const step = canceledUnasked(id);
  if (typeof step === 'function') step(bench);
};
