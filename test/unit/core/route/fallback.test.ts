import { expect } from 'chai';
import {
  type RouteSurvey,
  type Routing,
  routingOf,
  type RoutingRules,
} from '../../../../src/core/route-phase.ts';

import { epochMs } from '../../../../src/lib/time.ts';
import { Bench, DEPS, place, plain, replayed, SESSION } from '../../../support/bench.ts';

const RULES: RoutingRules = {
  ...{ fallback: 'auto', graceMs: 5_000, codMaxMs: 80_000, restReservePoints: 60 },
  ...{ restWithoutWs: false, deadManSwitchSeconds: 60, handbackStableMs: 30_000 },
  ...{ flapDropsMax: 3, flapWindowMs: 600_000, onFlap: 'stayOnRest' },
};

const FIT: RouteSurvey = {
  ...{ clockSkewMs: 5, isRestAnswering: true, restPoints: 300, areFeedsUp: true },
  ...{ roundsAgreed: 2, isPlanned: false },
};

/** An account of these rules whose FIX is up. */
const ready = (rules: Partial<RoutingRules> = {}): Bench =>
  Bench.ready({
    accounts: [{ ...DEPS.accounts[0], routing: { ...RULES, ...rules } }],
  });

const routing = ({ state }: Bench): Routing => routingOf(state.routes.get(SESSION));
const phase = (bench: Bench): string => routing(bench).phase;

const pass = (bench: Bench, ms: number): void => {
  bench.at = epochMs(bench.at + ms);
};

/** As the shell does: until a look changes nothing. */
const look = (bench: Bench, survey: Partial<RouteSurvey> = {}): void => {
  for (let n = 0; n < 6; n += 1) {
    const before = phase(bench);
    bench.input({ type: 'LookAtRoute', session: SESSION, survey: { ...FIT, ...survey } });
    if (phase(bench) === before) return;
  }
};

const seen = (bench: Bench, state: 'off' | 'armed' | 'unconfirmed', firesInMs?: number): void => {
  const firesBy = firesInMs === undefined ? {} : { firesBy: epochMs(bench.at + firesInMs) };
  bench.input({ type: 'DeadManSwitchSeen', session: SESSION, state, ...firesBy });
};

const say = (bench: Bench, command: 'fallback' | 'handback' | 'halt' | 'resume'): void => {
  bench.input({ type: 'CommandRoute', session: SESSION, command, by: 'alice', reason: 'because' });
};

/** FIX down for longer than the venue may take to notice. */
const down = (bench: Bench): Bench => {
  bench.cut();
  pass(bench, 80_000);
  return bench;
};

const onRest = (bench: Bench): Bench => {
  down(bench);
  look(bench);
  seen(bench, 'armed');
  look(bench);
  expect(phase(bench)).to.equal('REST_ACTIVE');
  return bench;
};

const backInStep = (bench: Bench): Bench => {
  bench.logOn();
  bench.synchronize();
  return bench;
};

const switches = (bench: Bench): string[] =>
  bench.effectsOfType('SetDeadManSwitch').map(({ want }) => want);

describe('new orders by REST', () => {
  it('begin when every guard holds, with a token of a new epoch and the switch armed first', () => {
    const bench = down(ready());
    const before = routing(bench).token;
    look(bench);
    expect(phase(bench)).to.equal('RESOLVING');
    expect(switches(bench)).to.deep.equal(['armed']);
    seen(bench, 'armed');
    look(bench);
    expect(phase(bench)).to.equal('REST_ACTIVE');
    expect(routing(bench).token).to.deep.equal({ route: 'REST', epoch: before.epoch + 1 });
    expect(bench.alerts()).to.include('ROUTE_REST_ACTIVE');
  });

  for (const [what, survey] of [
    ['REST does not answer', { isRestAnswering: false }],
    ['the clocks differ by a second', { clockSkewMs: -1_000 }],
    ['the budget is below its reserve', { restPoints: 59 }],
    ['the private feeds are down', { areFeedsUp: false }],
    ['FIX is away by plan', { isPlanned: true }],
  ] as const) {
    it(`do not begin while ${what}`, () => {
      const bench = down(ready());
      look(bench, survey);
      expect(phase(bench)).to.equal('RESOLVING');
      expect(switches(bench)).to.deep.equal([]);
    });
  }

  it('do not begin before graceMs, nor while FIX is logged on again', () => {
    const bench = ready({ codMaxMs: 0 });
    bench.cut();
    pass(bench, 4_000);
    look(bench);
    expect(phase(bench)).to.equal('DOWN_FENCED');
    bench.logOn();
    pass(bench, 10_000);
    look(bench);
    expect(phase(bench)).to.equal('FIX_RECOVERING');
  });

  it('do not begin before codMaxMs while an order is in doubt (F08)', () => {
    const bench = ready();
    bench.input(place('A'));
    bench.cut();
    pass(bench, 79_000);
    look(bench);
    expect(phase(bench)).to.equal('RESOLVING');
    expect(switches(bench)).to.deep.equal([]);
    pass(bench, 2_000);
    look(bench);
    expect(switches(bench)).to.deep.equal(['armed']);
  });

  it('begin right after graceMs when nothing of the account is in doubt', () => {
    const bench = ready();
    bench.cut();
    pass(bench, 5_000);
    look(bench);
    expect(switches(bench)).to.deep.equal(['armed']);
  });

  it('do not begin without the venue’s echo of the dead man’s switch', () => {
    const bench = down(ready());
    look(bench);
    seen(bench, 'unconfirmed', 60_000);
    look(bench);
    expect(phase(bench)).to.equal('RESOLVING');
    expect(bench.alerts()).to.include('DEAD_MAN_SWITCH_UNCONFIRMED');
  });

  it('wait with `fallback: manual` for an operator, who is told what to type', () => {
    const bench = down(ready({ fallback: 'manual' }));
    look(bench);
    pass(bench, 11_000);
    look(bench);
    expect(phase(bench)).to.equal('RESOLVING');
    say(bench, 'fallback');
    look(bench);
    seen(bench, 'armed');
    look(bench);
    expect(phase(bench)).to.equal('REST_ACTIVE');
  });

  it('never begin with `fallback: off`', () => {
    const bench = down(ready({ fallback: 'off' }));
    look(bench);
    say(bench, 'fallback');
    look(bench);
    expect(phase(bench)).to.equal('DOWN_FENCED');
  });

  it('stop when REST is not fit any more, and resolve again when it is', () => {
    const bench = onRest(ready());
    look(bench, { isRestAnswering: false });
    expect(phase(bench)).to.equal('CANCEL_ONLY');
    expect(bench.alerts()).to.include('ROUTE_CANCEL_ONLY');
    look(bench);
    expect(phase(bench)).to.equal('REST_ACTIVE');
  });

  it('stop when a renewal of the dead man’s switch is not confirmed (F35)', () => {
    const bench = onRest(ready());
    seen(bench, 'unconfirmed', 60_000);
    look(bench);
    expect(phase(bench)).to.equal('RESOLVING');
    expect(bench.alerts()).to.include.members(['DEAD_MAN_SWITCH_UNCONFIRMED', 'ROUTE_CANCEL_ONLY']);
  });

  it('resolve anew after a restart, with a switch that may still be armed', () => {
    const before = onRest(ready());
    const bench = before.restarted({ accounts: before.deps.accounts });
    expect(phase(bench)).to.equal('RESOLVING');
    expect(routing(bench).deadManSwitch.state).to.equal('unconfirmed');
    expect(plain(replayed(bench.journal, bench.manager))).to.deep.equal(plain(bench.state));
  });
});

describe('the way back to FIX', () => {
  it('leads through agreeing rounds, a switch that is off, and a new token', () => {
    const bench = backInStep(onRest(ready()));
    look(bench);
    expect(phase(bench)).to.equal('REST_ACTIVE');
    pass(bench, 30_000);
    look(bench);
    expect(phase(bench)).to.equal('HANDBACK');
    expect(switches(bench).at(-1)).to.equal('off');
    seen(bench, 'off');
    look(bench);
    expect(phase(bench)).to.equal('FIX_ACTIVE');
    expect(routing(bench).token).to.deep.equal({ route: 'FIX', epoch: 3 });
    bench.input(place('B'));
    expect(bench.order('B').base).to.equal('PendingNew');
    expect(plain(replayed(bench.journal, bench.manager))).to.deep.equal(plain(bench.state));
  });

  it('waits for two rounds that agree', () => {
    const bench = backInStep(onRest(ready()));
    pass(bench, 31_000);
    look(bench, { roundsAgreed: 1 });
    expect(phase(bench)).to.equal('REST_ACTIVE');
  });

  it('is refused while the switch is not confirmed as off, and tried again later (F36)', () => {
    const bench = backInStep(onRest(ready()));
    pass(bench, 30_000);
    look(bench);
    seen(bench, 'unconfirmed', 60_000);
    bench.input({ type: 'LookAtRoute', session: SESSION, survey: FIT });
    expect(phase(bench)).to.equal('RESOLVING');
    expect(bench.alerts()).to.include('HANDBACK_REFUSED');
    bench.input(place('B'));
    expect(bench.order('B').code).to.equal('ROUTE_CLOSED');
    look(bench);
    seen(bench, 'armed');
    look(bench);
    expect(phase(bench)).to.equal('REST_ACTIVE');
    pass(bench, 30_000);
    look(bench);
    expect(phase(bench)).to.equal('HANDBACK');
  });

  it('ends when FIX is lost on the way', () => {
    const bench = backInStep(onRest(ready()));
    pass(bench, 30_000);
    look(bench);
    bench.cut();
    expect(phase(bench)).to.equal('RESOLVING');
  });

  it('does not follow a flapping FIX, until the window is quiet or an operator says so (F26)', () => {
    const bench = ready();
    for (let n = 0; n < 3; n += 1) {
      bench.cut();
      if (n < 2) backInStep(bench);
    }
    expect(bench.alerts()).to.include('ROUTE_FLAPPING');
    pass(bench, 80_000);
    look(bench);
    seen(bench, 'armed');
    look(bench);
    backInStep(bench);
    pass(bench, 60_000);
    look(bench);
    expect(phase(bench)).to.equal('REST_ACTIVE');
    say(bench, 'handback');
    look(bench);
    expect(phase(bench)).to.equal('HANDBACK');
  });

  it('is closed by the limit of drops where the configuration says halt', () => {
    const bench = ready({ onFlap: 'halt' });
    for (let n = 0; n < 3; n += 1) {
      bench.cut();
      if (n < 2) backInStep(bench);
    }
    expect(phase(bench)).to.equal('HALTED');
    backInStep(bench);
    expect(phase(bench)).to.equal('HALTED');
    bench.input(place('A'));
    expect(bench.order('A').code).to.equal('ROUTE_CLOSED');
    say(bench, 'resume');
    look(bench);
    expect(phase(bench)).to.equal('FIX_ACTIVE');
  });

  it('needs an operator’s word with `fallback: manual`', () => {
    const bench = down(ready({ fallback: 'manual' }));
    say(bench, 'fallback');
    look(bench);
    seen(bench, 'armed');
    look(bench);
    backInStep(bench);
    pass(bench, 60_000);
    look(bench);
    expect(phase(bench)).to.equal('REST_ACTIVE');
    expect(bench.alerts()).to.include('ROUTE_NEEDS_OPERATOR');
    say(bench, 'handback');
    look(bench);
    expect(phase(bench)).to.equal('HANDBACK');
  });
});
