import { expect } from 'chai';
import { Blotter } from '../../../../src/cli/demo/blotter.ts';
import { type FixMessage } from '../../../../src/fix/codec/fix-message.ts';

const message = (fields: Readonly<Record<number, string>>): FixMessage =>
  ({ get: (tag: number) => fields[tag] }) as unknown as FixMessage;

describe('blotter of the demo client', () => {
  let blotter: Blotter;
  beforeEach(() => {
    blotter = new Blotter();
    const terms = { symbol: 'PF_XBTUSD', side: 'Buy', kind: 'limit', orderQty: '1', price: '2' };
    blotter.sent({ ...terms, side: 'Buy', clOrdID: 'A' });
    blotter.apply(message({ 11: 'A', 17: 'E1', 39: '0', 150: '0', 151: '1' }));
  });

  it('takes an order that fills under its cancel as filled when the cancel is rejected (B.1.c)', () => {
    const terms = { 11: 'A', 14: '1', 151: '0' };
    blotter.apply(message({ ...terms, 17: 'E2', 39: '6', 150: 'F', 32: '1', 31: '2' }));
    expect(blotter.open().map(({ clOrdID }) => clOrdID)).to.deep.equal(['A']);
    blotter.cancelRejected(message({ 11: 'C', 41: 'A', 39: '2', 102: '0' }));
    expect(blotter.open()).to.deep.equal([]);
    expect(blotter.totals().filled).to.equal(1);
  });

  it('leaves an order open when its cancel is rejected for another reason', () => {
    blotter.cancelRejected(message({ 11: 'C', 41: 'A', 39: '0', 102: '99' }));
    blotter.cancelRejected(message({ 11: 'D', 41: 'A', 39: '8', 102: '1' }));
    expect(blotter.open().map(({ clOrdID }) => clOrdID)).to.deep.equal(['A']);
  });
});
