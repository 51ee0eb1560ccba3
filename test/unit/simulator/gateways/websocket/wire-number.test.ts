import { expect } from 'chai';
import {
  javaReal,
  noisyDifference,
  real,
  whole,
} from '../../../../../src/simulator/gateways/websocket/wire-number.ts';

describe('numbers on the simulator’s WebSocket [websocket 3.3]', () => {
  it('writes the public feeds’ doubles as recorded', () => {
    const recorded = [
      ['82380', '82380.0'],
      ['0.0003', '0.0003'],
      ['0', '0.0'],
      ['193603003.7945', '193603003.7945'],
      ['0.00001783425', '0.00001783425'],
      ['0.000012439370833333', '0.000012439370833333'],
      ['0.000009275625', '9.275625e-6'],
      ['-0.000000000062604214', '-6.2604214e-11'],
      ['0.0000001', '1e-7'],
    ] as const;
    for (const [amount, wire] of recorded) expect(real(amount).text, amount).to.equal(wire);
  });

  it('writes the doubles of fills as recorded', () => {
    const recorded = [
      ['1', '1.0'],
      ['0.001120305', '0.001120305'],
      ['0.000967535', '9.67535E-4'],
      ['0.000448', '4.48E-4'],
      ['0.0001', '1.0E-4'],
      ['-0.00009142857', '-9.142857E-5'],
    ] as const;
    for (const [amount, wire] of recorded) expect(javaReal(amount).text, amount).to.equal(wire);
  });

  it('carries the noise of doubles in remainders, as recorded', () => {
    expect(noisyDifference('1', '0.14')).to.equal('0.86');
    expect(noisyDifference('0.3', '0.1')).to.equal('0.19999999999999998');
    expect(noisyDifference('1', '1')).to.equal('0');
  });

  it('writes times and counters without a fraction', () => {
    expect(whole(1748434591319.75).text).to.equal('1748434591319');
  });
});
