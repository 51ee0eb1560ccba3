import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkMoney } from '../../../bench/load/money-check.ts';

const FILL = { kind: 'fill', account: 'A', symbol: 'PF_XBTUSD' };
const BOOKING = { kind: 'booking', account: 'A', wallet: 'flex', currency: 'USD' };
const LINES = [
  { ...FILL, side: 'buy', lastQty: '0.3' },
  { ...BOOKING, oldBalance: '100', newBalance: '99.9' },
  { ...FILL, side: 'sell', lastQty: '0.1' },
  { ...BOOKING, oldBalance: '99.9', newBalance: '99.8' },
];
const STATE = {
  A: {
    positions: [{ symbol: 'PF_XBTUSD', size: '0.2' }],
    balances: { flex: { USD: '99.8' } },
    openOrders: [],
  },
};

const problemsOf = async (lines: readonly object[], state: typeof STATE) => {
  const dir = mkdtempSync(join(tmpdir(), 'fathom-money-'));
  const file = join(dir, 'ledger.jsonl');
  writeFileSync(
    file,
    lines.map((each, i) => `${JSON.stringify({ line: i + 1, ...each })}\n`).join(''),
  );
  const { problems } = await checkMoney(file, state);
  rmSync(dir, { recursive: true });
  return problems;
};

const stateWith = (size: string, usd: string): typeof STATE => ({
  A: { ...STATE.A, positions: [{ symbol: 'PF_XBTUSD', size }], balances: { flex: { USD: usd } } },
});

describe('load: the ledger against the venue', () => {
  it('finds nothing when positions and balances are what the ledger says', async () => {
    expect(await problemsOf(LINES, STATE)).to.deep.equal([]);
  });

  it('finds a position that is not the sum of its fills', async () => {
    expect(await problemsOf(LINES, stateWith('0.3', '99.8'))).to.have.length(1);
    const without = { A: { ...STATE.A, positions: [] } };
    expect(await problemsOf(LINES, without)).to.have.length(1);
  });

  it('finds a balance that was never booked, and a booking that does not follow the one before', async () => {
    expect(await problemsOf(LINES, stateWith('0.2', '99.7'))).to.have.length(1);
    const torn = LINES.map((line, i) => (i === 3 ? { ...line, oldBalance: '99.85' } : line));
    expect(await problemsOf(torn, STATE)).to.have.length(1);
  });

  it('finds a missing line', async () => {
    const lines = LINES.map((line, i) => (i === 3 ? { ...line, line: 5 } : line));
    expect(await problemsOf(lines, STATE)).to.have.length(1);
  });
});
