import { expect } from 'chai';
import { type Books, EXTERNAL } from '../../../../src/core/state.ts';
import { routingOf } from '../../../../src/core/route-phase.ts';
import { orderRouteOf } from '../../../../src/core/evolve/order-route.ts';
import {
  type Bench,
  cancel,
  PF_XBTUSD,
  place,
  SESSION,
  TERMS,
  text,
} from '../../../support/bench.ts';
import { cut, live, v } from '../../../support/given.ts';
import { accepted, answered, restReady } from '../../../support/rest-orders.ts';

const run = (bench: Bench, step: ReturnType<typeof cancel> | ReturnType<typeof live>): void => {
  if (typeof step === 'function') step(bench);
  else bench.input(step);
};
const routeByRest = (bench: Bench): void => {
  const route = bench.state.routes.get(SESSION)!;
  const routing = { ...routingOf(route), phase: 'REST_ACTIVE' as const };
  (bench.state as Books).routes.set(SESSION, { ...route, routing });
};
const lastCancel = (bench: Bench) => bench.effectsOfType('SendCancel').at(-1);

describe('the route of orders and cancels', () => {
  it('is FIX while FIX takes orders, none while it is down, REST in REST_ACTIVE', () => {
    const bench = restReady();
    expect(orderRouteOf(bench.state, SESSION)).to.equal('FIX');
    run(bench, cut);
    expect(orderRouteOf(bench.state, SESSION)).to.equal(undefined);
    routeByRest(bench);
    expect(orderRouteOf(bench.state, SESSION)).to.equal('REST');
    run(bench, place('A'));
    expect(bench.effectsOfType('SendNewOrder').at(-1)).to.deep.include({ route: 'REST' });
    const { attempt } = bench.order('A');
    expect(attempt).to.deep.include({ route: 'REST', requestNumber: 1 });
  });

  it('refuses with NOT_ON_REST what REST has no words for', () => {
    const bench = restReady();
    run(bench, cut);
    routeByRest(bench);
    run(bench, place('A', { ordType: 'StopLimit', stopPx: text('99'), timeInForce: 'IOC' }));
    expect(bench.order('A')).to.deep.include({ base: 'Rejected', code: 'NOT_ON_REST' });
  });

  it('a cancel goes by FIX while its link is up, and by REST while it is down or silent', () => {
    const bench = restReady();
    for (const id of ['A', 'B', 'C']) run(bench, live(id));
    run(bench, cancel('XA', 'A'));
    expect(lastCancel(bench)?.route).to.equal('FIX');
    bench.input({
      ...{ type: 'SuspectRoute', session: SESSION, epoch: bench.epoch, reason: 'silent' },
    } as never);
    run(bench, cancel('XB', 'B'));
    expect(lastCancel(bench)).to.deep.include({ route: 'REST', venueOrderID: v('B') });
    run(bench, cut);
    run(bench, cancel('XC', 'C'));
    expect(lastCancel(bench)).to.deep.include({ route: 'REST', venueOrderID: v('C') });
    answered(bench, bench.order('C').pending[0]!.clOrdID, accepted({ text: 'cancelled' }));
    expect(bench.order('C').base).to.equal('Canceled');
  });

  it('without a key for REST a cancel is refused while FIX is down, as before', () => {
    const bench = restReady({ accounts: [{ ...restReady().deps.accounts[0], hasRest: false }] });
    run(bench, live('A'));
    run(bench, cut);
    run(bench, cancel('X', 'A'));
    expect(bench.effectsOfType('RejectCancel').at(-1)?.report.code).to.equal('ROUTE_CLOSED');
  });

  it('FIX that tells a cancel by REST again, later, tells the client nothing new', () => {
    const bench = restReady();
    run(bench, live('A'));
    run(bench, cut);
    run(bench, cancel('X', 'A'));
    answered(bench, bench.order('A').pending[0]!.clOrdID, accepted({ text: 'cancelled' }));
    const reports = bench.effectsOfType('ReportExecution').length;
    bench.logOn();
    bench.report({
      ...{ venueOrderID: v('A'), clOrdID: bench.order('A').venueClOrdID! },
      ...{ execType: 'Canceled', ordStatus: 'Canceled', leavesQty: text('0') },
    });
    expect(bench.effectsOfType('ReportExecution')).to.have.length(reports);
    expect(bench.order('A').base).to.equal('Canceled');
  });

  it('a kill switch with --with-external reaches orders placed elsewhere, all by one call', () => {
    const bench = restReady();
    const source = { channel: 'websocket', session: SESSION, epoch: 0 } as never;
    const seen = ['V1', 'V2', 'V3'].map((venueOrderID) => ({
      ...{ venueOrderID, terms: TERMS, cumQty: '0', leavesQty: '10', ordStatus: 'New' },
    }));
    bench.input({ type: 'ExternalOrdersSeen', orders: seen as never, source });
    const kill = (withExternal: boolean): void => {
      bench.input({
        ...{ type: 'SetKillSwitch', scope: { type: 'instrument', symbol: PF_XBTUSD } },
        ...{ state: 'HALTED', by: 'ann', reason: 'test', withExternal },
      } as never);
    };
    kill(false);
    expect(bench.effectsOfType('SendCancel')).to.have.length(0);
    kill(true);
    const [all] = bench.effectsOfType('SendMassCancel');
    expect(all).to.deep.include({ route: 'REST', symbol: PF_XBTUSD });
    const canceled = seen.map(({ venueOrderID }) => ({ venueOrderID, cumQty: text('0') }));
    answered(bench, all!.clOrdID, accepted({ canceled: canceled as never, isResting: false }));
    const external = [...bench.state.orders.values()].filter(({ client }) => client === EXTERNAL);
    expect(external.map(({ base }) => base)).to.deep.equal(['Canceled', 'Canceled', 'Canceled']);
    expect(bench.state.activeMassCancels.size).to.equal(0);
  });

  it('a mass cancel while FIX is down cancels each order by REST, and no other', () => {
    const bench = restReady();
    for (const id of ['A', 'B', 'C', 'D']) run(bench, live(id));
    run(bench, cut);
    bench.input({ type: 'CancelAll', by: 'library' as never });
    const cancels = bench.effectsOfType('SendCancel');
    expect(cancels.map(({ route }) => route)).to.deep.equal(['REST', 'REST', 'REST', 'REST']);
    expect(bench.effectsOfType('SendMassCancel')).to.have.length(0);
  });
});
