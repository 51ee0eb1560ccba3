import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until.ts';
import { RouteStage } from './stage.ts';

describe('a venue that is silent on a link that is up', function () {
  this.timeout(240_000);
  const stage = new RouteStage();

  before(() => stage.start({ ackSuspectMs: 400 }, { heartBtIntSeconds: 60 }));
  after(() => stage.stop());

  it('gets a few orders and no more, long before the session counts as lost', async () => {
    expect((await stage.submit()).status).to.equal('accepted');
    const asked = stage.simulator.faults.ask({
      ...{ kind: 'link-cut', how: 'silent', channel: 'trading' },
    });
    if (!asked.ok) throw new Error(asked.error);
    let sent = 0;
    let ack = await stage.submit();
    // The link would be given up after more than two minutes.
    const ceilingAt = performance.now() + 60_000;
    while (ack.status === 'accepted' && performance.now() < ceilingAt) {
      sent += 1;
      await sleep(20);
      ack = await stage.submit();
    }
    expect(ack.code, `${sent} orders went out`).to.equal('ROUTE_CLOSED');
    expect(ack.text).to.include('suspect: request ');
    for (let n = 0; n < 100; n += 1) {
      expect((await stage.submit()).code).to.equal('ROUTE_CLOSED');
    }
    expect((await stage.route()).phase).to.equal('FIX_SUSPECT');
    expect((await stage.route()).takesOrders).to.equal('none');
    await until(() => stage.alerts.includes('ROUTE_SUSPECT'), 'the alert');
  });
});
