import { expect } from 'chai';
import { type InputBody } from '../../../../src/core/input.ts';
import { type KillScope } from '../../../../src/core/kill-scope.ts';
import { type ClientName } from '../../../../src/domain/ids.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { Bench, DEPS, limitsOf, PF_XBTUSD, place } from '../../../support/bench.ts';
import { expectSameAfterReplay } from '../../../support/mass-cancels.ts';

const ENGINE: KillScope = { type: 'engine' };
const HOUR_MS = 3_600_000;
const person = (name: string): ClientName => `operator:${name}` as ClientName;

const kill = (scope: KillScope = ENGINE): InputBody => ({
  ...{ type: 'SetKillSwitch', scope, state: 'CANCEL_ONLY', by: person('zoe') },
  ...{ reason: 'wrong prices', withExternal: false },
});
const release = (by = 'ann', scope: KillScope = ENGINE): InputBody => ({
  ...{ type: 'ReleaseKillSwitch', scope, state: 'ACTIVE', by: person(by), reason: 'checked' },
});
const approve = (by: string, proposalID = 'K1'): InputBody => ({
  ...{ type: 'ApproveKillRelease', proposalID, by: person(by) },
});
const withdraw = (by: string, proposalID = 'K1'): InputBody => ({
  ...{ type: 'WithdrawKillRelease', proposalID, by: person(by), reason: 'no' },
});

const benchWith = (inputs: readonly InputBody[], bench = Bench.ready()): Bench => {
  for (const input of inputs) bench.input(input);
  return bench;
};
const isKilled = (bench: Bench): boolean => bench.state.killSwitches.has('engine');

describe('the release of a kill switch', () => {
  it('is only proposed by the first person, and orders stay refused', () => {
    const bench = benchWith([kill(), release()]);
    expect(isKilled(bench)).to.equal(true);
    bench.input(place('A'));
    expect(bench.order('A').code).to.equal('KILL_SWITCH');
    const [proposal] = bench.state.killProposals.values();
    expect(proposal).to.deep.include({ id: 'K1', state: 'ACTIVE', reason: 'checked' });
    expect((proposal?.expiresAt ?? 0) - (proposal?.at ?? 0)).to.equal(HOUR_MS);
    expectSameAfterReplay(bench);
  });

  it('is done by the second person, and both stand in the journal', () => {
    const bench = benchWith([kill(), release('ann'), approve('bob'), place('A')]);
    expect(isKilled(bench)).to.equal(false);
    expect(bench.order('A').code).to.equal(undefined);
    const [released] = bench.factsOfType('KillSwitchReleased');
    expect(released).to.deep.include({
      ...{ by: person('ann'), approvedBy: person('bob'), proposalID: 'K1', reason: 'checked' },
    });
    expect(bench.state.killProposals.size).to.equal(0);
    expectSameAfterReplay(bench);
  });

  it('is not approved by the person who proposed it, whatever the spelling', () => {
    for (const name of ['ann', 'ANN', 'a.nn', ' ann ']) {
      expect(isKilled(benchWith([kill(), release('ann'), approve(name)])), name).to.equal(true);
    }
  });

  it('is void when nobody approved it in time, also after a restart', () => {
    const bench = benchWith([kill(), release()]);
    bench.at = epochMs(bench.at + HOUR_MS);
    bench.input(approve('bob'));
    expect(isKilled(bench)).to.equal(true);
    expect(
      bench.factsOfType('KillReleaseEnded').map(({ by, reason }) => [by, reason]),
    ).to.deep.equal([['engine', 'not approved in time']]);
    expect(bench.state.killProposals.size).to.equal(0);
    expectSameAfterReplay(bench);
  });

  it('ends by its timer', () => {
    const bench = benchWith([kill(), release()]);
    bench.at = epochMs(bench.at + HOUR_MS);
    bench.input({ type: 'TimerFired', name: 'limit:K1' });
    expect(bench.state.killProposals.size).to.equal(0);
  });

  it('is taken back by anybody', () => {
    const bench = benchWith([kill(), release(), withdraw('zoe'), approve('bob')]);
    expect(isKilled(bench)).to.equal(true);
  });

  it('is void once the switch was set again, on its own scope alone', () => {
    const scope: KillScope = { type: 'instrument', symbol: PF_XBTUSD };
    const bench = benchWith([kill(), kill(scope), release('ann'), release('ann', scope), kill()]);
    bench.input(approve('bob', 'K1'));
    bench.input(approve('bob', 'K2'));
    expect([...bench.state.killSwitches.keys()]).to.deep.equal(['engine']);
  });

  it('takes one person where the configuration says so', () => {
    const changes = { holdMsMax: 1, proposalMsMax: HOUR_MS, killRelease: 'onePerson' as const };
    const deps = { ...DEPS, limits: limitsOf({ changes }) };
    expect(isKilled(benchWith([kill(), release()], Bench.ready(deps)))).to.equal(false);
  });

  it('is for operators alone, where they are named', () => {
    const changes = { holdMsMax: 1, proposalMsMax: HOUR_MS, operators: new Set(['ann', 'bob']) };
    const deps = { ...DEPS, limits: limitsOf({ changes }) };
    const bench = benchWith([kill(), release('mallory')], Bench.ready(deps));
    expect(bench.state.killProposals.size).to.equal(0);
    bench.input(release('ann'));
    bench.input(approve('mallory'));
    expect(isKilled(bench)).to.equal(true);
    bench.input(approve('bob'));
    expect(isKilled(bench)).to.equal(false);
  });
});
