import { expect } from 'chai';
import { epochMs } from '../../../../../src/lib/time.ts';
import {
  double,
  iso,
  isoMicros,
  isoSeconds,
  paddedText,
  plain,
} from '../../../../../src/simulator/gateways/rest/json.ts';

describe('numbers and times as the venue writes them [rest 7]', () => {
  it('writes plain numbers with the digits they have', () => {
    for (const [text, written] of [
      ['0.001', '0.001'],
      ['9400.00', '9400'],
      ['-12.50', '-12.5'],
      ['0', '0'],
      ['12345678901234567890.123456789', '12345678901234567890.123456789'],
    ] as const) {
      expect(plain(text).text).to.equal(written);
    }
  });

  it('writes doubles with a point, and small ones with an exponent', () => {
    for (const [text, written] of [
      ['66596', '66596.0'],
      ['0.001', '0.001'],
      ['0.00001', '1e-05'],
      ['-0.000000003995839963', '-3.995839963e-09'],
      ['0.00000006272058425', '6.272058425e-08'],
      ['0', '0.0'],
      ['0.0001', '0.0001'],
    ] as const) {
      expect(double(text).text, text).to.equal(written);
    }
    expect(paddedText('1950.5966', 15)).to.equal('1950.596600000000000');
  });

  it('writes times with milliseconds, without, and with microseconds', () => {
    const at = epochMs(Date.UTC(2026, 8, 2, 17, 52, 21) + 57.577);
    expect(iso(at)).to.equal('2026-09-02T17:52:21.057Z');
    expect(isoSeconds(at)).to.equal('2026-09-02T17:52:21Z');
    expect(isoMicros(at)).to.equal('2026-09-02T17:52:21.057577Z');
  });
});
