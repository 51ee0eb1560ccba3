import { expect } from 'chai';
import { RestRouteStage } from '../../support/rest-route-stage.ts';
import { until } from '../../support/until.ts';

/** Long enough for a busy machine, short enough to say soon what did not come. */
const CEILING_MS = 30_000;

/** One engine; FIX is up in the first part, and away in the second. */
describe('REST as a route for orders, against the simulator', function () {
  this.timeout(180_000);
  let stage: RestRouteStage;
  before(async () => {
    stage = await RestRouteStage.open();
  });
  after(async () => {
    await stage.close();
  });

  const lost = (endpoint: string, when: 'before' | 'after'): void => {
    stage.simulator.faults.inject({ kind: 'answer-lost', endpoints: [endpoint], when, times: 1 });
  };
  const httpError = (endpoint: string, status: number, when: 'before' | 'after'): void => {
    const fault = { endpoints: [endpoint], status, when, times: 1 };
    stage.simulator.faults.inject({ kind: 'http-error', ...fault, body: 'html' });
  };
  const soon = (condition: () => boolean, what: string | (() => string)): Promise<void> =>
    until(
      condition,
      () => `${typeof what === 'string' ? what : what()}; alerts ${stage.alerts.join(' ')}`,
      CEILING_MS,
    );
  const becomes = async (id: string, base: string): Promise<void> => {
    await soon(
      () => stage.order(id).base === base,
      () => `${id} ${base}: ${JSON.stringify(stage.order(id))}`,
    );
  };

  describe('replace: editOrder, with FIX up', () => {
    it('edits the venue’s order, which keeps its id, and the client’s id moves on', async () => {
      const id = await stage.place({ symbol: 'PF_XBTUSD', price: '50000' });
      const { venueOrderID } = stage.order(id);
      const edited = await stage.replace(id, { orderQty: '12', price: '50001' });
      await soon(() => stage.order(edited).pending.length === 0, 'the edit answered');
      expect(stage.order(edited)).to.deep.include({ clientOrderID: edited, venueOrderID });
      expect(stage.order(edited).terms).to.deep.include({ orderQty: '12', price: '50001' });
      const [there] = stage.atVenue('PF_XBTUSD');
      expect(there).to.deep.include({ orderId: venueOrderID });
      expect(Number(there?.limitPrice)).to.equal(50_001);
      const again = await stage.replace(edited, { price: '50002' });
      await soon(() => stage.order(again).pending.length === 0, 'the second edit answered');
      expect(stage.order(again)).to.deep.include({ clientOrderID: again, venueOrderID });
      expect(stage.calls.count('editorder')).to.equal(2);
    });

    it('answers what the venue refuses by 35=9 with 434=2 and the reason', async () => {
      const id = await stage.place({ symbol: 'PF_ETHUSD', price: '2000' });
      const edited = await stage.replace(id, { price: '90000' });
      await soon(() => stage.refusals.has(edited), 'the refusal');
      expect(stage.refusals.get(edited)).to.deep.include({
        ...{ cxlRejResponseTo: 2, code: 'PRICE_COLLAR' },
      });
      expect(stage.order(id)).to.deep.include({ clientOrderID: id, base: 'New', pending: [] });
    });

    it('ends an order whose quantity is to be what is filled already', async () => {
      const id = await stage.place({ symbol: 'PF_LTCUSD', price: '46' });
      stage.submit('background-taker', {
        ...{ symbol: 'PF_LTCUSD', side: 'sell', size: '4', limitPrice: '46' },
      });
      await soon(() => stage.order(id).cumQty === '4', 'the fill');
      const edited = await stage.replace(id, { orderQty: '3' });
      await becomes(edited, 'Filled');
      expect(stage.order(edited).terms.orderQty).to.equal('4');
    });

    it('UAT-6: says TOO_LATE when the venue edits no orders of FIX, and leaves the order', async () => {
      const id = await stage.place({ symbol: 'PF_ETHUSD', price: '1900' });
      await stage.restOptions({ fixOrders: 'cancel' });
      const edited = await stage.replace(id, { price: '1901' });
      await soon(() => stage.refusals.has(edited), 'the refusal');
      await stage.restOptions({ fixOrders: 'all' });
      expect(stage.refusals.get(edited)).to.deep.include({ cxlRejResponseTo: 2, code: 'TOO_LATE' });
      expect(stage.order(id)).to.deep.include({ clientOrderID: id, pending: [] });
      expect(stage.alerts).to.include('GONE_AT_VENUE');
    });

    it('F11: an edit whose answer is lost is the doubt D5, and is never called again', async () => {
      const id = await stage.place({ symbol: 'PF_SOLUSD', price: '150' });
      const before = stage.calls.count('editorder');
      lost('editorder', 'after');
      await stage.replace(id, { price: '151' });
      await soon(() => stage.alerts.includes('REST_UNKNOWN'), 'the doubt');
      expect(stage.calls.count('editorder')).to.equal(before + 1);
      expect(stage.simulator.queries.openOrders('desk').length).to.be.greaterThan(0);
      expect(stage.atVenue('PF_SOLUSD')).to.have.length(1);
    });
  });

  describe('cancels, with FIX down', () => {
    const resting: string[] = [];
    before(async () => {
      for (const price of ['40', '41', '42', '43', '44', '45']) {
        resting.push(await stage.place({ symbol: 'PF_LTCUSD', price }));
      }
      stage.submit('desk', { symbol: 'PF_XRPUSD', side: 'buy', size: '10', limitPrice: '1' });
      stage.submit('desk', { symbol: 'PF_XRPUSD', side: 'buy', size: '10', limitPrice: '2' });
      await soon(() => {
        const all = [...stage.engine.state.orders.values()];
        return all.filter(({ client }) => client === 'EXTERNAL').length === 2;
      }, 'the orders of somebody else adopted');
      await stage.cutFix();
    });

    it('a client’s cancel goes by REST, and the venue’s order is gone', async () => {
      const [id = ''] = resting;
      await stage.cancel(id);
      await becomes(id, 'Canceled');
      expect(stage.atVenue('PF_LTCUSD')).to.have.length(5);
      expect(stage.calls.count('cancelorder')).to.equal(1);
    });

    it('a mass cancel goes in one batch, while new orders are refused', async () => {
      await stage.engine.cancelAll({ symbol: 'PF_LTCUSD' });
      for (const id of resting.slice(1)) await becomes(id, 'Canceled');
      expect(stage.atVenue('PF_LTCUSD')).to.deep.equal([]);
      expect(stage.calls.count('batchorder')).to.equal(1);
      const id = await stage.place({ symbol: 'PF_LTCUSD', price: '40' });
      expect(stage.order(id)).to.deep.include({ base: 'Rejected', code: 'ROUTE_CLOSED' });
    });

    it('a kill switch leaves EXTERNAL orders alone, and cancels them when it is asked to', async () => {
      const scope = { scope: 'instrument:PF_XRPUSD', by: 'ann', reason: 'test' };
      const kill = async (external: boolean): Promise<void> => {
        const answer = await stage.engine.kill({ ...scope, external });
        expect(answer.ok, JSON.stringify(answer)).to.equal(true);
      };
      await kill(false);
      expect(stage.atVenue('PF_XRPUSD')).to.have.length(2);
      await kill(true);
      await soon(() => stage.atVenue('PF_XRPUSD').length === 0, 'nothing of the account open');
    });
  });

  describe('new orders, while the route is REST', () => {
    before(() => {
      stage.routeByRest();
    });
    const ltc = (terms: object, how?: 'sent'): Promise<string> => {
      stage.routeByRest();
      return stage.place({ symbol: 'PF_LTCUSD', price: '40', ...terms }, how);
    };

    it('rest, are filled by what the feeds tell, and are reported with their route', async () => {
      const routes: string[] = [];
      stage.engine.on('execution', ({ route, clientOrderID }) => {
        routes.push(`${clientOrderID} ${route}`);
      });
      const id = await ltc({});
      expect(stage.order(id)).to.deep.include({ base: 'New' });
      expect(stage.order(id).attempt).to.deep.include({ route: 'REST', answered: true });
      stage.submit('background-taker', {
        ...{ symbol: 'PF_LTCUSD', side: 'sell', size: '10', limitPrice: '40' },
      });
      await becomes(id, 'Filled');
      expect(stage.order(id).cumQty).to.equal('10');
      const own = routes.filter((one) => one.startsWith(`${id} `));
      expect(new Set(own)).to.deep.equal(new Set([`${id} REST`]));
      expect(stage.alerts).not.to.include('FILL_WITHOUT_FIX');
    });

    it('market and IOC orders trade at once, each execution booked once', async () => {
      stage.submit('background-maker', {
        ...{ symbol: 'PF_LTCUSD', side: 'sell', size: '6', limitPrice: '80' },
      });
      const ioc = await ltc({ price: '80', timeInForce: 'IOC' });
      await becomes(ioc, 'Canceled');
      expect(stage.order(ioc)).to.deep.include({ cumQty: '6', leavesQty: '0' });
      const idle = await ltc({ price: '80', timeInForce: 'IOC' });
      expect(stage.order(idle)).to.deep.include({
        ...{ base: 'Rejected', code: 'IOC_WOULD_NOT_EXECUTE' },
      });
    });

    it('stops, take-profits and trailing stops wait, and are cancelled by REST', async () => {
      const ids = [
        await ltc({ ordType: 'Stop', price: undefined, stopPx: '200' }),
        await ltc({ ordType: 'TakeProfitLimit', price: '30', stopPx: '31' }),
        await ltc({ ordType: 'TrailingStop', price: undefined, stopPx: '5', side: 'Sell' }),
      ];
      for (const id of ids) expect(stage.order(id).base, stage.order(id).text).to.equal('New');
      for (const id of ids) await stage.cancel(id);
      for (const id of ids) await becomes(id, 'Canceled');
    });

    it('refuses with NOT_ON_REST what REST cannot express', async () => {
      const id = await ltc({ ordType: 'StopLimit', stopPx: '41', timeInForce: 'IOC' });
      expect(stage.order(id)).to.deep.include({ base: 'Rejected', code: 'NOT_ON_REST' });
    });

    it('a burst goes in one batch', async () => {
      const before = stage.calls.count('batchorder');
      stage.routeByRest();
      const placed = [1, 2, 3].map((n) =>
        stage.engine.submit({
          ...{ clientOrderID: `B-${n}`, symbol: 'PF_LTCUSD', side: 'Buy', ordType: 'Limit' },
          ...{ orderQty: '1', price: String(30 + n) },
        }),
      );
      await Promise.all(placed);
      for (const n of [1, 2, 3]) await becomes(`B-${n}`, 'New');
      expect(stage.calls.count('batchorder')).to.equal(before + 1);
    });

    it('F23: a refused nonce is a rejected order: nothing came of it, and it is not called again', async () => {
      const before = stage.calls.count('sendorder');
      const fault = { endpoints: ['sendorder'], times: 1 };
      stage.simulator.faults.inject({
        kind: 'nonce-error',
        ...fault,
        error: 'nonceBelowThreshold',
      });
      const id = await ltc({});
      expect(stage.order(id)).to.deep.include({ base: 'Rejected', code: 'NOT_SENT' });
      expect(stage.calls.count('sendorder')).to.equal(before + 1);
    });

    for (const [name, inject] of [
      ['F20: a time-out of sendorder', () => lost('sendorder', 'after')],
      ['F21: a 502 after the order was placed', () => httpError('sendorder', 502, 'after')],
    ] as const)
      it(`${name}: one order, one request, found by the feeds`, async () => {
        const before = stage.calls.count('sendorder');
        inject();
        stage.routeByRest();
        const id = await stage.place({ symbol: 'PF_LTCUSD', price: '37' }, 'sent');
        await becomes(id, 'New');
        expect(stage.calls.count('sendorder')).to.equal(before + 1);
        expect(stage.doubtOf(id)).to.equal(undefined);
        const found = stage
          .atVenue('PF_LTCUSD')
          .filter(({ limitPrice }) => Number(limitPrice) === 37);
        expect(found).to.have.length(1);
        await stage.cancel(id);
        await becomes(id, 'Canceled');
      });

    it('F21: a 500 proves no refusal: the doubt D2r, nothing sent again, no false reject', async () => {
      const before = stage.calls.count('sendorder');
      const there = stage.atVenue('PF_LTCUSD').length;
      httpError('sendorder', 500, 'before');
      const id = await ltc({}, 'sent');
      await soon(() => stage.doubtOf(id) === 'D2r', 'the doubt');
      expect(stage.order(id).base).to.equal('PendingNew');
      expect(stage.calls.count('sendorder')).to.equal(before + 1);
      expect(stage.atVenue('PF_LTCUSD')).to.have.length(there);
    });
  });
});
