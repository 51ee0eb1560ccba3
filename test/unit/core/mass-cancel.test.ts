import { expect } from 'chai';
import { type ClientName } from '../../../src/domain/ids.ts';
import { type Bench, c, CLIENT, PI_XBTUSD, place } from '../../support/bench.ts';
import { businessReject, canceledUnasked, given, live, traded } from '../../support/given.ts';

const OTHER = 'fix:DESK2' as ClientName;

describe('cancelling everything', () => {
  const cancelAll = { type: 'CancelAll', by: 'operator:ann' as ClientName } as const;

  it('of one client sends a cancel per open order', () => {
    const { bench } = given(live('A'), live('B'), traded('B', '10'), live('C'), (at) =>
      at.input(place('D', {}, { client: OTHER })),
    ).when({ ...cancelAll, client: CLIENT });
    expect(bench.effectsOfType('SendCancel').map(({ origClOrdID }) => origClOrdID)).to.deep.equal([
      c(1),
      c(3),
    ]);
    expect(bench.effectsOfType('SendMassCancel')).to.be.empty;
  });

  it('of one symbol leaves the others', () => {
    const { bench } = given(live('A'), live('B', { symbol: PI_XBTUSD })).when({
      ...cancelAll,
      client: CLIENT,
      symbol: PI_XBTUSD,
    });
    expect(bench.effectsOfType('SendCancel').map(({ symbol }) => symbol)).to.deep.equal([
      PI_XBTUSD,
    ]);
  });

  it('of all is one mass cancel, whose cancels come unasked', () => {
    const { bench } = given(live('A')).when(cancelAll, canceledUnasked('A'));
    expect(bench.effectsOfType('SendMassCancel')).to.have.length(1);
    expect(bench.factsOfType('OrderCanceled')[0]!.unsolicited).to.equal(true);
  });

  it('turns to single cancels for what is open when its timer fires', () => {
    const { bench } = given(live('A'), live('B'), cancelAll, canceledUnasked('A')).when((at) =>
      at.input({ type: 'TimerFired', name: `mass:${c(3)}` }),
    );
    expect(bench.factsOfType('MassCancelSettled')).to.have.length(1);
    expect(bench.effectsOfType('SendCancel').map(({ origClOrdID }) => origClOrdID)).to.deep.equal([
      c(2),
    ]);
    bench.input({ type: 'TimerFired', name: `mass:${c(3)}` });
    expect(bench.effectsOfType('SendCancel')).to.have.length(1);
  });

  it('turns to single cancels when the venue refuses it', () => {
    const { bench } = given(live('A'), cancelAll).when(
      businessReject('q', () => c(2), 'EGeneral:Other'),
    );
    expect(bench.alerts()).to.deep.equal(['MASS_CANCEL_REFUSED']);
    expect(bench.effectsOfType('SendCancel')).to.have.length(1);
  });

  it('is alerted when it cannot be sent', () => {
    const down = given(live('A'), (at) => at.cut()).when(cancelAll);
    expect(down.bench.alerts()).to.deep.equal(['ROUTE_CLOSED']);
    const refused = given(live('A'), (at) => (at.adapter = 'refuses')).when(cancelAll);
    expect(refused.bench.alerts()).to.deep.equal(['MASS_CANCEL_NOT_SENT']);
    expect(refused.bench.state.massCancels.size).to.equal(0);
  });

  it('after a lost link cancels the survivors one by one', () => {
    const { bench } = given(
      live('A'),
      cancelAll,
      (at) => at.cut(),
      (at) => {
        at.logOn();
      },
    ).when((at: Bench) => at.synchronize());
    expect(bench.effectsOfType('SendCancel').map(({ origClOrdID }) => origClOrdID)).to.deep.equal([
      c(1),
    ]);
  });
});
