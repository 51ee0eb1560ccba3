import { expect } from 'chai';
import {
  phaseAfter,
  ROUTE_PHASES,
  ROUTE_TRANSITIONS,
  type RouteEvent,
  type RoutePhase,
  type Routing,
} from '../../../src/core/route-phase.ts';
import { START_MS } from '../../support/bench.ts';

const routing = (phase: RoutePhase, more: Partial<Routing> = {}): Routing => ({
  ...{ phase, since: START_MS, reason: '', token: { route: 'FIX', epoch: 1 }, drops: [] },
  deadManSwitch: { state: 'off' },
  ...more,
});

const walk = (phase: RoutePhase, ...events: readonly RouteEvent[]): RoutePhase =>
  events.reduce((at, event) => phaseAfter(routing(at), event), phase);

describe('phases of an account between FIX and REST', () => {
  it('follow the diagram: FIX, suspect, down, resolving, REST, hand back, FIX', () => {
    const events = [
      'Suspected',
      'LinkLost',
      'GracePassed',
      'RestAllowed',
      'HandbackBegun',
    ] as const;
    expect(walk('FIX_ACTIVE', ...events, 'HandedBack')).to.equal('FIX_ACTIVE');
    expect(walk('FIX_SUSPECT', 'Answered')).to.equal('FIX_ACTIVE');
    expect(walk('HANDBACK', 'HandbackRefused')).to.equal('RESOLVING');
    expect(walk('HANDBACK', 'LinkLost')).to.equal('RESOLVING');
    expect(walk('REST_ACTIVE', 'RestUnfit')).to.equal('CANCEL_ONLY');
  });

  it('let only an operator out of HALTED, and only through RESOLVING', () => {
    expect(ROUTE_TRANSITIONS.HALTED).to.deep.equal({ Resumed: 'RESOLVING' });
    for (const phase of ROUTE_PHASES) {
      if (phase !== 'HALTED') expect(walk(phase, 'Halted'), phase).to.equal('HALTED');
    }
  });

  it('reach FIX_ACTIVE from REST by a hand back alone', () => {
    for (const phase of ['REST_ACTIVE', 'RESOLVING', 'CANCEL_ONLY'] as const) {
      const withRest = routing(phase, { token: { route: 'REST', epoch: 2 } });
      for (const event of ['LoggedOn', 'InStep'] as const) {
        expect(phaseAfter(withRest, event), `${phase} ${event}`).to.equal(phase);
      }
    }
  });

  it('do not open FIX while the dead man’s switch may be armed', () => {
    const armed = routing('RESOLVING', { deadManSwitch: { state: 'asked' } });
    expect(phaseAfter(armed, 'InStep')).to.equal('RESOLVING');
    expect(phaseAfter(routing('RESOLVING'), 'InStep')).to.equal('FIX_ACTIVE');
  });
});
