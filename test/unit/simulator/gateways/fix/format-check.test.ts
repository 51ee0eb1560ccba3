import { expect } from 'chai';
import { dictionaryPath, loadDictionary } from '../../../../../src/fix/dictionary/jspurefix.ts';
import { makeFormatCheck } from '../../../../../src/simulator/gateways/fix/format-check.ts';
import { message } from '../../../kraken/fix/market-data/market-data-frames.ts';
import { L3, request } from './market-data/market-data-scene.ts';

const ORDER =
  '11=a17d4971-f00d-4f67-94d1-e7d604104ed2|18=s|38=0.1|40=2|44=1000|54=1|55=PF_ETHUSD|59=1|60=20250303-14:09:32.896|';

describe('format checks of the simulator’s FIX gateways [fix 4.4]', () => {
  const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
  if (!dictionary.ok) throw new Error(dictionary.error);
  const check = makeFormatCheck(dictionary.value);

  it('refuses in the words of the reference', () => {
    expect(check(message('D', ORDER))).to.equal(undefined);
    expect(check(message('D', ORDER.replace('54=1|', '')))).to.deep.equal({
      ...{ reason: 1, refTagID: 54, text: 'Missing mandatory field: Side (54)' },
    });
    expect(check(message('D', ORDER.replace('40=2', '40=Z')))).to.deep.equal({
      ...{ reason: 5, refTagID: 40, text: 'Invalid value for tag 40: OrderType' },
    });
    expect(check(message('D', ORDER.replace('38=0.1', '38=x')))).to.include({
      ...{ reason: 6, refTagID: 38 },
    });
  });

  it('leaves values of a market data request to the service, which refuses them with 35=Y', () => {
    for (const body of [request({ depth: '7' }), request({ ...L3, types: '267=1|269=7|' })])
      expect(check(message('V', body)), body).to.equal(undefined);
    expect(check(message('V', request().replace('262=1|', '')))).to.include({ refTagID: 262 });
  });
});
