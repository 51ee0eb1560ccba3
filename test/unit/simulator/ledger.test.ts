import { expect } from 'chai';
import { makeLedger } from '../../../src/simulator/ledger.ts';
import { type LedgerEntry } from '../../../src/simulator/ledger-entry.ts';
import { account, makeWorld, type World } from './exchange/exchange-world.ts';

const kinds = (entries: readonly LedgerEntry[]): readonly string[] =>
  entries.map((entry) => {
    switch (entry.kind) {
      case 'order':
        return `order ${entry.event} ${entry.cliOrdId ?? '-'}`;
      case 'fill':
        return `fill ${entry.role} ${entry.cliOrdId ?? '-'} ${entry.lastQty} @ ${entry.price}`;
      case 'bust':
      case 'correction':
        return `${entry.kind} ${entry.role} ${entry.oldQty} @ ${entry.oldPrice} is ${entry.lastQty} @ ${entry.price}`;
      case 'refusal':
        return `refusal ${entry.request} ${entry.reason}`;
      case 'transfer':
        return `transfer ${entry.transfer} ${entry.amount} ${entry.currency}`;
      case 'booking':
        return `booking ${entry.info}`;
    }
  });

const traded = (): World => {
  const world = makeWorld({ accounts: [account('A'), account('G', { background: true })] });
  world.place('G', { side: 'sell', size: '0.4', limitPrice: '84000' });
  world.place('A', { side: 'buy', size: '1', limitPrice: '84000', cliOrdId: 'x' });
  world.place('A', { side: 'buy', size: '1', limitPrice: '84000', cliOrdId: 'x' });
  world.edit('A', { cliOrdId: 'x', size: '0.5' });
  world.cancel('A', 'x');
  world.cancel('A', 'x');
  world.send({ type: 'Deposit', account: 'A', wallet: 'cash', currency: 'USD', amount: '5' });
  return world;
};

describe('simulator ledger', () => {
  it('tells every order, fill, refusal, cancel and transfer with its client order id, and leaves out whom it should', () => {
    const ledger = makeLedger({ without: ['G'] });
    ledger.record(traded().events);
    expect(kinds(ledger.entries())).to.deep.equal([
      'order accepted x',
      'fill taker x 0.4 @ 84000',
      'booking futures trade',
      'order booked x',
      'refusal place CLIENT_ORDER_ID_IN_USE',
      'order edited x',
      'order canceled x',
      'refusal cancel ORDER_FOR_CANCELLATION_NOT_FOUND',
      'booking cross-exchange transfer',
      'transfer deposit 5 USD',
    ]);
    expect(ledger.entries().map(({ line }) => line)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('keeps both sides of a trade when no account is left out, by account', () => {
    const ledger = makeLedger();
    ledger.record(traded().events);
    expect(kinds(ledger.ofAccount('G'))).to.deep.equal([
      'order accepted -',
      'order booked -',
      'fill maker - 0.4 @ 84000',
    ]);
  });

  it('hands every entry to the listener, JSON all the way, and keeps no more than it may', () => {
    const lines: string[] = [];
    const ledger = makeLedger({
      onEntry: (entry) => lines.push(JSON.stringify(entry)),
      entriesMax: 4,
    });
    ledger.record(traded().events);
    expect(ledger.entries().length).to.be.at.most(4);
    expect(lines.length).to.be.greaterThan(10);
    for (const line of lines) expect(JSON.parse(line)).to.include.keys('line', 'at', 'seq', 'kind');
  });
});
