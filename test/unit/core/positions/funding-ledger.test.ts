import { expect } from 'chai';
import { FundingLedger } from '../../../../src/core/positions/funding-ledger.ts';
import { type TradingSymbol } from '../../../../src/domain/ids.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { PF_XBTUSD, PI_XBTUSD, text } from '../../../support/bench.ts';

const paid = (id: number, amount: string, symbol: TradingSymbol = PF_XBTUSD) => ({
  ...{ id, at: epochMs(1_000 * id) },
  funding: { symbol, currency: 'USD', amount: text(amount) },
});
const other = (id: number) => ({ id, at: epochMs(1_000 * id) });
const sumOf = (ledger: FundingLedger, symbol = PF_XBTUSD) =>
  ledger.of(symbol, undefined)?.amounts.get('USD')?.toFixed();

describe('funding from the account log', () => {
  it('is nothing that is known before an entry came', () => {
    expect(new FundingLedger().of(PF_XBTUSD, undefined)).to.equal(undefined);
  });

  it('counts each entry once, by instrument, in whatever order they come', () => {
    const ledger = new FundingLedger();
    ledger.note([paid(3, '-1'), other(2), paid(1, '0.25')]);
    ledger.note([paid(3, '-1'), paid(4, '5', PI_XBTUSD)]);
    expect(sumOf(ledger)).to.equal('-0.75');
    expect(sumOf(ledger, PI_XBTUSD)).to.equal('5');
    expect(ledger.of(PF_XBTUSD, undefined)?.gap).to.equal(undefined);
  });

  it('names the entries that are missing, until they come', () => {
    const ledger = new FundingLedger();
    ledger.note([paid(1, '1'), paid(2, '1'), paid(6, '1')]);
    expect(ledger.of(PF_XBTUSD, undefined)?.gap).to.equal(
      'entries 3 to 5 of the account log were not seen',
    );
    ledger.note([other(4), paid(3, '1'), paid(5, '1')]);
    expect(ledger.of(PF_XBTUSD, undefined)?.gap).to.equal(undefined);
    expect(sumOf(ledger)).to.equal('5');
  });

  it('is whole when the log reaches back to before the positions began, and else says from when', () => {
    const ledger = new FundingLedger();
    ledger.note([paid(7, '1'), paid(8, '1')]);
    expect(ledger.of(PF_XBTUSD, epochMs(7_000))?.gap).to.equal(undefined);
    expect(ledger.of(PF_XBTUSD, epochMs(6_999))?.gap).to.equal(
      'payments before entry 7 of the account log, of 1970-01-01T00:00:07.000Z are not counted',
    );
  });

  it('says so for good when an entry could not be read', () => {
    const ledger = new FundingLedger();
    ledger.note([paid(1, '1')]);
    ledger.noteUnreadable();
    expect(ledger.of(PF_XBTUSD, undefined)?.gap).to.include('could not be read');
  });

  it('does not follow a log of holes without bound', () => {
    const ledger = new FundingLedger();
    ledger.note(Array.from({ length: 1_500 }, (_, at) => other(1 + at * 2)));
    expect(ledger.of(PF_XBTUSD, undefined)?.gap).to.include('could not be read');
  });
});
