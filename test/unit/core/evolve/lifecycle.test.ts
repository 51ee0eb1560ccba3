import { expect } from 'chai';
import { type ExecType, type OrdStatus } from '../../../../src/domain/order.ts';
import { isClosedStatus, statusAfter } from '../../../../src/core/evolve/lifecycle.ts';
import { decimal } from '../../../../src/lib/decimal.ts';

const after = (base: OrdStatus, execType: ExecType, cumQty = '0'): OrdStatus | undefined =>
  statusAfter(base, execType, { orderQty: decimal('10'), cumQty: decimal(cumQty) });

const BASES: readonly OrdStatus[] = [
  'PendingNew',
  'New',
  'PartiallyFilled',
  'Filled',
  'DoneForDay',
  'Canceled',
  'Stopped',
  'Rejected',
  'Suspended',
  'Calculated',
  'Expired',
];

describe('lifecycle: OrdStatus x ExecType', () => {
  it('books a trade in every status: a fill outranks every earlier report', () => {
    for (const base of BASES) expect(after(base, 'Trade', '4'), base).to.not.equal(undefined);
  });

  it('fills a cancelled and an expired order only when nothing is left, and never opens it', () => {
    for (const base of ['Canceled', 'Expired'] as const) {
      expect(after(base, 'Trade', '4')).to.equal(base);
      expect(after(base, 'Trade', '10')).to.equal('Filled');
      expect(after(base, 'TradeCorrect', '10')).to.equal('Filled');
      expect(after(base, 'TradeCancel', '0')).to.equal(base);
    }
  });

  it('a bust takes an order that was filled after its cancel back to cancelled, not to open', () => {
    const quantities = { orderQty: decimal('10'), cumQty: decimal('4') };
    for (const closedAs of ['Canceled', 'Expired'] as const) {
      expect(statusAfter('Filled', 'TradeCancel', quantities, closedAs)).to.equal(closedAs);
      expect(statusAfter('Filled', 'TradeCorrect', quantities, closedAs)).to.equal(closedAs);
      expect(statusAfter('Filled', 'Replaced', quantities, closedAs)).to.equal(undefined);
      expect(statusAfter('Filled', 'OrderStatus', quantities, closedAs)).to.equal('Filled');
    }
  });

  it('fills a held order only when nothing is left', () => {
    for (const base of ['DoneForDay', 'Suspended', 'Stopped', 'Calculated'] as const) {
      expect(after(base, 'Trade', '4')).to.equal(base);
      expect(after(base, 'Trade', '10')).to.equal('Filled');
    }
  });

  it('follows the fills when quantities change', () => {
    expect(after('Filled', 'TradeCancel', '0')).to.equal('New');
    expect(after('Filled', 'Replaced', '4')).to.equal('PartiallyFilled');
    expect(after('PartiallyFilled', 'Replaced', '10')).to.equal('Filled');
  });

  it('never cancels, expires or rejects a filled order', () => {
    for (const execType of ['Canceled', 'Expired', 'Rejected', 'Suspended'] as const) {
      expect(after('Filled', execType, '10'), execType).to.equal(undefined);
    }
  });

  it('never rejects an order with fills, and never revives one by PendingNew', () => {
    expect(after('PartiallyFilled', 'Rejected', '4')).to.equal(undefined);
    // Overtaken on its way, PendingNew says nothing new; of an order that we ended it is evidence.
    for (const base of BASES.filter((status) => status !== 'Rejected')) {
      expect(after(base, 'PendingNew'), base).to.equal(base);
    }
    expect(after('Rejected', 'PendingNew')).to.equal(undefined);
  });

  it('leads nowhere from the statuses that are derived and never stored', () => {
    for (const base of ['Replaced', 'PendingCancel', 'PendingReplace'] as const) {
      expect(after(base, 'Trade', '4')).to.equal(undefined);
    }
  });

  it('calls four statuses closed', () => {
    expect(BASES.filter(isClosedStatus)).to.deep.equal([
      'Filled',
      'Canceled',
      'Rejected',
      'Expired',
    ]);
  });
});
