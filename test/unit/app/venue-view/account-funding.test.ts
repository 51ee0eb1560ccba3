import { expect } from 'chai';
import { noteFunding } from '../../../../src/app/venue-view/account-funding.ts';
import { FundingLedger } from '../../../../src/core/positions/funding-ledger.ts';
import { type AccountLogEntry } from '../../../../src/kraken/websocket/events/private-events.ts';
import { PF_XBTUSD, text } from '../../../support/bench.ts';

const payment = (id: number, more: Partial<AccountLogEntry> = {}): AccountLogEntry => ({
  ...{ id, info: 'funding rate change', contract: 'pf_xbtusd', asset: 'usd' },
  figures: { realizedFunding: text('-0.5') },
  ...more,
});
const ledgerOf = (...entries: readonly AccountLogEntry[]) => {
  const ledger = new FundingLedger();
  for (const entry of entries)
    noteFunding(ledger, { type: 'Event', event: { type: 'AccountLogUpdate', entry } });
  const view = ledger.of(PF_XBTUSD, undefined);
  return { paid: view?.amounts.get('USD')?.toFixed(), gap: view?.gap };
};

describe('funding in the account log feed', () => {
  it('is counted from payments and from the money leg of trades, and from no other entry', () => {
    const { paid, gap } = ledgerOf(
      payment(1),
      payment(2, { info: 'futures trade', figures: { realizedFunding: text('0.2') } }),
      payment(3, { info: 'futures trade', asset: 'pf_xbtusd' }),
      payment(4, { info: 'futures trade', figures: { realizedFunding: text('0') } }),
      payment(5, { info: 'transfer', figures: {} }),
    );
    expect(paid).to.equal('-0.3');
    expect(gap).to.equal(undefined);
  });

  it('is incomplete when a payment has no amount, or a frame could not be read', () => {
    expect(ledgerOf(payment(1, { figures: {} })).gap).to.include('could not be read');
    const ledger = new FundingLedger();
    noteFunding(ledger, { type: 'Unreadable', feed: 'account_log' });
    expect(ledger.of(PF_XBTUSD, undefined)?.gap).to.include('could not be read');
  });
});
