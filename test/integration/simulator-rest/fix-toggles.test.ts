import { expect } from 'chai';
import { until } from '../../support/until.ts';
import { ChannelStage, FORM, KEY } from './channel-stage.ts';

describe('toggles of the simulator’s FIX trading gateway [fix 11]', () => {
  let at: ChannelStage;
  afterEach(() => at.stop());

  const openOrders = (): number => at.stage.simulator.queries.openOrders('alice').length;

  it('secondLogon: by default the second connection takes over', async () => {
    at = await ChannelStage.open();
    const first = await at.trade();
    const second = await at.trade();
    await until(() => first.raw.isClosed, 'the end of the first');
    second.order('buy', '82000');
    expect((await second.report('0')).get('39')).to.equal('0');
  });

  it('secondLogon refuse-new: the second is turned away, the first goes on', async () => {
    at = await ChannelStage.open({ secondLogon: 'refuse-new' });
    const first = await at.trade();
    const second = at.trader();
    void second.logon(KEY).catch(() => undefined);
    await until(() => second.raw.isClosed, 'the end of the second');
    expect(second.raw.received.map((message) => message.get('35'))).to.not.include('A');
    first.order('buy', '82000');
    expect((await first.report('0')).get('39')).to.equal('0');
  });

  for (const { cancelOnLogout, left } of [
    { cancelOnLogout: false, left: 1 },
    { cancelOnLogout: true, left: 0 },
  ]) {
    it(`cancelOnLogout ${String(cancelOnLogout)}: a clean Logout leaves ${String(left)} of one order`, async () => {
      at = await ChannelStage.open({ cancelOnLogout });
      const trader = await at.trade(false);
      trader.order('buy', '82000');
      await trader.report('0');
      trader.raw.send('5', '');
      await trader.raw.expect(({ type }) => type === '5', 'the Logout is answered');
      trader.raw.close();
      const [session] = at.stage.simulator.acceptor.sessions();
      await until(() => session?.view().phase === 'Disconnected', 'the end of the session');
      expect(openOrders()).to.equal(left);
    });
  }

  for (const { queueReports, fills } of [
    { queueReports: true, fills: 1 },
    { queueReports: false, fills: 0 },
  ]) {
    it(`queueReports ${String(queueReports)}: ${String(fills)} of one fill waits for a client that was away`, async () => {
      at = await ChannelStage.open({ queueReports });
      const trader = await at.trade();
      trader.order('buy', '83000');
      await trader.report('0');
      trader.raw.close();
      const [session] = at.stage.simulator.acceptor.sessions();
      await until(() => session?.view().phase === 'Disconnected', 'the end of the session');
      await at.post('sendorder', { ...FORM, side: 'sell' }, at.stage.bob);
      expect(openOrders()).to.equal(0);

      const back = at.trader();
      const next = trader.raw.nextSeqNum;
      await back.resume(KEY, next);
      back.raw.sendRaw(back.raw.frameOf('2', next + 1, '7=1|16=0'));
      // Answered after everything that is sent again.
      back.raw.sendRaw(back.raw.frameOf('1', next + 2, '112=END'));
      await back.raw.expect(({ type, get }) => type === '0' && get(112) === 'END', 'the end');
      expect(back.reports('0').map((report) => report.get('43'))).to.deep.equal(['Y']);
      expect(back.reports('F').map((report) => report.get('43'))).to.deep.equal(
        Array.from({ length: fills }, () => 'Y'),
      );
    });
  }
});
