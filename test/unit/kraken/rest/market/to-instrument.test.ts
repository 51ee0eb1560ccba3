import { expect } from 'chai';
import { qtyStepOf, toInstrument } from '../../../../../src/kraken/rest/market/to-instrument.ts';
import { examples, makeGateways, toReply } from '../gateways-support.ts';

describe('instrument from the venue list', () => {
  it('has the steps of the recorded markets', async () => {
    const { body } = examples.find((one) => one.id === 'instruments')!;
    const reading = await makeGateways(() => toReply(body)).market.instruments();
    const found = reading.ok ? reading.value.value.map((one) => toInstrument(one)) : [];
    expect(found).to.deep.equal([
      {
        symbol: 'PF_XBTUSD',
        contractType: 'linear',
        tickSize: '1',
        qtyStep: '0.0001',
        qtyMin: '0.0001',
        status: 'Online',
      },
      {
        symbol: 'PI_XBTUSD',
        contractType: 'inverse',
        tickSize: '0.5',
        qtyStep: '1',
        qtyMin: '1',
        status: 'Online',
      },
    ]);
  });

  it('reads negative precisions as whole multiples', () => {
    expect([4, 0, -1, -3].map(qtyStepOf)).to.deep.equal(['0.0001', '1', '10', '1000']);
  });

  it('is not online when it is expired, suspended or post-only', async () => {
    const { body } = examples.find((one) => one.id === 'instruments')!;
    const reading = await makeGateways(() => toReply(body)).market.instruments();
    const [listed] = reading.ok ? reading.value.value : [];
    expect(toInstrument({ ...listed!, isExpired: true }).status).to.equal('Suspended');
    expect(toInstrument(listed!, { symbol: 'PF_XBTUSD', isSuspended: true }).status).to.equal(
      'Suspended',
    );
    expect(toInstrument(listed!, { symbol: 'PF_XBTUSD', isPostOnly: true }).status).to.equal(
      'PostOnly',
    );
  });
});
