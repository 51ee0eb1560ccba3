import { expect } from 'chai';
import { until } from '../../support/until.ts';
import { ChannelStage } from './channel-stage.ts';

describe('limits of a FIX session, when switched on [fix 1.8]', () => {
  let at: ChannelStage;
  afterEach(() => at.stop());

  it('too many errors in a second end the connection, and the client may come back', async () => {
    at = await ChannelStage.open({ errorsPerSecondMax: 2 });
    const trader = await at.trade();
    for (let n = 0; n < 3; n += 1) trader.cancel(`unknown-${String(n)}`);
    await until(() => trader.raw.isClosed, 'the end of the connection');
    const rejects = trader.raw.received.filter((each) => each.get('35') === 'j');
    expect(rejects.map((each) => each.get('380'))).to.deep.equal(['101', '101', '101']);
    expect((await at.trade()).raw.isClosed).to.equal(false);
  });

  it('a request beyond the budget is refused by name and never becomes an order', async () => {
    at = await ChannelStage.open({ requestsPer10sMax: 1 });
    const trader = await at.trade();
    trader.order('buy', '82000');
    const refused = trader.order('buy', '82100');
    const reject = await trader.raw.expect(({ type }) => type === 'j', 'a refusal');
    expect([reject.get('379'), reject.get('58')]).to.deep.equal([
      refused,
      'EOrder:Rate limit exceeded',
    ]);
    expect(at.stage.simulator.queries.openOrders('alice')).to.have.length(1);
  });
});
