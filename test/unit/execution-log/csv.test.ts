import { expect } from 'chai';
import fc from 'fast-check';

import { encodeCsvRow, isCellOf, parseCsvRecord } from '../../../src/execution-log/csv.ts';
import { toNanoseconds } from '../../../src/execution-log/execution-record.ts';
import { tradingDay, tradingDayOfNs } from '../../../src/execution-log/trading-day.ts';
import { epochMs } from '../../../src/lib/time.ts';
import { withoutFormula } from '../../../src/lib/csv.ts';
import { escapeHidden } from '../../../src/lib/plain-text.ts';
import { fill } from './log-harness.ts';

describe('execution log CSV', () => {
  it('reads back any text that a record carries', () => {
    const shown = (text: string): string =>
      withoutFormula(escapeHidden(text.replaceAll(/[\r\n]+/g, ' ')));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (account, strategy) => {
        const row = encodeCsvRow(fill(1, { account, clOrdId: strategy }), [1, 1], (text) => text);
        expect(row).not.to.match(/[\r\n]/);
        const parsed = parseCsvRecord(row);
        expect(parsed.ok && parsed.value['account']).to.equal(shown(account));
        expect(parsed.ok && parsed.value['clOrdId']).to.equal(shown(strategy));
      }),
    );
  });

  it('has no formula in any column, least of all in the ids that clients choose', () => {
    for (const field of ['clOrdId', 'account', 'symbol', 'text', 'reasonCode'] as const) {
      const row = encodeCsvRow(fill(1, { [field]: '=1+1' }), [1, 1], (text) => text);
      const parsed = parseCsvRecord(row);
      expect(parsed.ok && parsed.value[field]).to.equal("'=1+1");
    }
    const rebate = encodeCsvRow(fill(1, { fee: '-0.5' }), [1, 1], (text) => text);
    expect(rebate).to.contain(',-0.5,');
  });

  it('knows a cell of an earlier version, which had its apostrophe elsewhere', () => {
    expect(isCellOf('=1', "'=1")).to.equal(true);
    expect(isCellOf('=1', '=1')).to.equal(true);
    expect(isCellOf('-5', "'-5")).to.equal(true);
    expect(isCellOf('-5', '-5')).to.equal(true);
    expect(isCellOf('\t5', "'\\u00095")).to.equal(true);
    expect(isCellOf('a', "'a")).to.equal(false);
    expect(isCellOf('=1', '=2')).to.equal(false);
  });

  it('refuses rows of another schema and rows cut short', () => {
    expect(parseCsvRecord('er/2,1')).to.deep.equal({ ok: false, error: 'schema is not er/1' });
    expect(parseCsvRecord('er/1,1')).to.deep.equal({ ok: false, error: '2 cells' });
    expect(parseCsvRecord('"')).to.deep.equal({ ok: false, error: 'quotes do not match' });
  });
});

describe('trading day', () => {
  it('is named after the date on which it ends, and begins at 22:00 UTC', () => {
    const at = (hours: number, ms = 0): string =>
      tradingDay(epochMs(Date.UTC(2026, 11, 31, hours) + ms));
    expect(at(0)).to.equal('20261231');
    expect(at(21, 3_599_999)).to.equal('20261231');
    expect(at(22)).to.equal('20270101');
    expect(tradingDayOfNs(toNanoseconds(epochMs(Date.UTC(2026, 11, 31, 22))))).to.equal('20270101');
    expect(tradingDayOfNs('soon')).to.equal(undefined);
    expect(tradingDayOfNs('')).to.equal(undefined);
  });

  it('takes nanoseconds that keep microseconds', () => {
    expect(toNanoseconds(epochMs(1_700_000_000_123.456))).to.equal('1700000000123456000');
    expect(toNanoseconds(epochMs(0))).to.equal('0');
  });
});
