import { expect } from 'chai';
import { Blotter } from '../../../../src/cli/demo/blotter.ts';
import { PAGE, renderScreen, type ScreenState } from '../../../../src/cli/demo/screen.ts';
import { type FixMessage } from '../../../../src/fix/codec/fix-message.ts';

const message = (fields: Readonly<Record<number, string>>): FixMessage =>
  ({ get: (tag: number) => fields[tag] }) as unknown as FixMessage;

const LABELS = ['trading', 'books', 'desk1', 'venue: FATHOM-DRV', 'routing client'];

const stateWith = (orders: number): ScreenState => {
  const blotter = new Blotter();
  for (let n = 1; n <= orders; n += 1) {
    const clOrdID = `TPAV2U-${n}`;
    const side = n % 2 === 0 ? 'Buy' : 'Sell';
    blotter.sent({
      ...{ clOrdID, symbol: 'PF_XBTUSD', side, kind: 'over limit', orderQty: '0.0125' },
      price: '84000.5',
    });
    const text = n % 3 === 0 ? 'OFF_TICK: price 84000.25 is not a multiple of 0.5 \u001b[2J' : '';
    blotter.apply(
      message({
        ...{ 11: clOrdID, 17: `EMIKX8Q3P-${n}`, 55: 'PF_XBTUSD', 58: text },
        ...(n % 3 === 0
          ? { 39: '8', 150: '8', 151: '0' }
          : { 39: '2', 150: 'F', 14: '0.0125', 6: '83999.75', 32: '0.0125', 31: '83999.75' }),
      }),
    );
  }
  return {
    title: 'Fathom demo on the embedded simulator',
    sessions: LABELS.map((label, at) => ({
      ...{ id: label, label, role: 'initiator', epoch: 1 },
      phase: at === 1 ? 'Disconnected' : 'LoggedOn',
      ...{ nextSenderMsgSeqNum: 12_345, nextTargetMsgSeqNum: 98_765 },
      ...{ lastReceivedAt: undefined, lastSentAt: undefined },
      peer: at === 1 ? undefined : '127.0.0.1:54321',
    })),
    ...{ blotter, inDoubt: 0, elapsedSeconds: 61, totalSeconds: undefined },
  };
};

const plain = (line: string): string => line.replaceAll(/\u001b\[\d+m/g, '');

describe('the screen of the demo', () => {
  const sizes = [
    [80, 24],
    [81, 25],
    [100, 30],
    [120, 24],
    [80, 60],
    [200, 50],
    [300, 100],
  ] as const;

  for (const [columns, rows] of sizes) {
    for (const isColored of [false, true]) {
      it(`fits ${columns}x${rows}${isColored ? ' with colours' : ''}, however many orders there are`, () => {
        for (const orders of [0, 1, 5, 12, 400]) {
          const lines = renderScreen(stateWith(orders), { columns, rows, isColored });
          expect(lines.length, `${orders} orders`).to.be.at.most(rows - 1);
          for (const line of lines) expect(plain(line).length, line).to.be.at.most(columns);
          const text = lines.map(plain).join('\n');
          for (const label of LABELS) expect(text).to.include(label);
          expect(text).to.include(`sent ${orders}, `);
          if (orders >= 5) expect(text).to.include(`TPAV2U-${orders}`).and.include('Trade');
        }
      });
    }
  }

  it('uses a larger terminal: more orders by rows, more columns and text by columns', () => {
    const small = renderScreen(stateWith(400), { columns: 80, rows: 24, isColored: false });
    const large = renderScreen(stateWith(400), { columns: 200, rows: 60, isColored: false });
    expect(large).to.have.length(59);
    expect(small).to.have.length(23);
    expect(large.join('\n')).to.include('AvgPx').and.include('is not a multiple of 0.5');
    expect(small.join('\n')).to.include('status').and.include('ClOrdID');
  });

  it('has colours only where they are wanted, and nothing else that a terminal obeys', () => {
    const look = { columns: 120, rows: 40 };
    const colored = renderScreen(stateWith(9), { ...look, isColored: true }).join('\n');
    expect(colored).to.include('\u001b[32m').and.include('\u001b[31m');
    expect(colored).not.to.include('\u001b[2J');
    for (const lines of [
      renderScreen(stateWith(9), { ...look, isColored: false }),
      renderScreen(stateWith(9), PAGE),
    ])
      expect(lines.join('\n')).not.to.include('\u001b');
  });

  it('survives a window that is far too small', () => {
    for (const [columns, rows] of [
      [20, 5],
      [1, 1],
    ] as const)
      for (const line of renderScreen(stateWith(9), { columns, rows, isColored: false }))
        expect(line.length).to.be.at.most(columns);
  });
});
