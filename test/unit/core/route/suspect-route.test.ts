import { expect } from 'chai';
import { routingOf } from '../../../../src/core/route-phase.ts';
import { type Bench, cancel, place, plain, replayed, SESSION } from '../../../support/bench.ts';
import { acked, cut, given, live, logOn, synchronize } from '../../../support/given.ts';

const suspect =
  (epoch = 1) =>
  (bench: Bench): unknown =>
    bench.input({
      ...{ type: 'SuspectRoute', session: SESSION, epoch },
      reason: 'request X has no answer after 2000 ms',
    });
const trust = { type: 'TrustRoute', session: SESSION, epoch: 1 } as const;

const phaseOf = ({ state }: Bench): string => routingOf(state.routes.get(SESSION)).phase;

describe('a suspect route', () => {
  it('refuses new orders at once and says why, and lets cancels pass', () => {
    const { bench } = given(live('A'), suspect()).when(place('B'), cancel('C', 'A'));
    const [refused] = bench.factsOfType('OrderRefused');
    expect(refused?.code).to.equal('ROUTE_CLOSED');
    expect(refused?.text).to.include('suspect: request X has no answer');
    expect(bench.effectsOfType('SendNewOrder')).to.be.empty;
    expect(bench.effectsOfType('SendCancel')).to.have.length(1);
  });

  it('takes orders again once the venue answered', () => {
    const { bench } = given(place('A'), suspect(), acked('A'), trust).when(place('B'));
    expect(bench.effectsOfType('SendNewOrder')).to.have.length(1);
    expect(phaseOf(bench)).to.equal('FIX_ACTIVE');
  });

  it('is said once, and only of the connection that is up', () => {
    given(suspect()).when(suspect()).then();
    given().when(suspect(0)).then();
    given(cut).when(suspect()).then();
    given().when(trust).then();
  });

  it('is fenced when the link is lost, and FIX gets a new token when it is back', () => {
    const { bench } = given(suspect(), cut).when();
    expect(phaseOf(bench)).to.equal('DOWN_FENCED');
    const before = routingOf(bench.state.routes.get(SESSION)).token;
    for (const step of [logOn, synchronize]) {
      if (typeof step === 'function') step(bench);
    }
    expect(phaseOf(bench)).to.equal('FIX_ACTIVE');
    const { token } = routingOf(bench.state.routes.get(SESSION));
    expect(token).to.deep.equal({ route: 'FIX', epoch: before.epoch + 1 });
  });

  it('is the same after a replay of the journal', () => {
    const { bench } = given(live('A'), suspect(), cut).when();
    expect(plain(replayed(bench.journal, bench.manager))).to.deep.equal(plain(bench.state));
  });

  it('is read out of a journal that knew the link alone', () => {
    const { bench } = given(cut, logOn, synchronize).when();
    const old = bench.journal.map(
      (fact) =>
        JSON.parse(
          JSON.stringify(fact, (key, value: unknown) =>
            key === 'phase' || key === 'token' ? undefined : value,
          ),
        ) as typeof fact,
    );
    const { phase, drops, token } = routingOf(replayed(old, bench.manager).routes.get(SESSION));
    expect({ phase, drops: drops.length, token }).to.deep.equal({
      ...{ phase: 'FIX_ACTIVE', drops: 1, token: { route: 'FIX', epoch: 0 } },
    });
  });
});
