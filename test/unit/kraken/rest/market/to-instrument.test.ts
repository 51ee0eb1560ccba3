import { expect } from 'chai';
import { qtyStepOf, toInstrument } from '../../../../../src/kraken/rest/market/to-instrument.ts';
import { type JsonObject, toJsonText } from '../../../../../src/lib/lossless-json.ts';
import { venueCase } from '../../../../support/venue-case.ts';
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

  it('is not made of index rows, which are passed over, whatever else they carry', async () => {
    const listed = venueCase('index-rows');
    const rows = listed['instruments'] as readonly JsonObject[];
    const read = async (more: readonly JsonObject[]) => {
      const body = toJsonText({ ...listed, instruments: [...rows, ...more] });
      const reading = await makeGateways(() => toReply(body)).market.instruments();
      return reading.ok
        ? [reading.value.value.map(({ symbol }) => symbol), reading.value.isComplete]
        : [];
    };
    expect(await read([])).to.deep.equal([['PF_XBTUSD'], true]);
    for (const symbol of ['in_ethusd', 'RR_XBTUSD', 'IN_solusd'])
      expect(await read([{ symbol, type: 'moon index' }])).to.deep.equal([['PF_XBTUSD'], true]);
    expect(
      await read([{ symbol: 'PF_NEWUSD', tradeable: true }]),
      'a market is missing',
    ).to.deep.equal([['PF_XBTUSD'], false]);
  });

  it('is none for a type that the engine does not know: not linear', async () => {
    const { body } = examples.find((one) => one.id === 'instruments')!;
    const reading = await makeGateways(() => toReply(body)).market.instruments();
    const [listed] = reading.ok ? reading.value.value : [];
    for (const type of ['options', 'perpetual_swap', 'constructor', ''])
      expect(toInstrument({ ...listed!, type }), type).to.equal(undefined);
  });

  it('reads negative precisions as whole multiples', () => {
    expect([4, 0, -1, -3].map(qtyStepOf)).to.deep.equal(['0.0001', '1', '10', '1000']);
  });

  it('is not online when it is expired, suspended or post-only', async () => {
    const { body } = examples.find((one) => one.id === 'instruments')!;
    const reading = await makeGateways(() => toReply(body)).market.instruments();
    const [listed] = reading.ok ? reading.value.value : [];
    expect(toInstrument({ ...listed!, isExpired: true })?.status).to.equal('Suspended');
    expect(toInstrument(listed!, { symbol: 'PF_XBTUSD', isSuspended: true })?.status).to.equal(
      'Suspended',
    );
    expect(toInstrument(listed!, { symbol: 'PF_XBTUSD', isPostOnly: true })?.status).to.equal(
      'PostOnly',
    );
  });
});
