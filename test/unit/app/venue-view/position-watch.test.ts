import { expect } from 'chai';
import { PositionWatch } from '../../../../src/app/venue-view/position-watch.ts';
import { FLAT } from '../../../../src/core/positions/position.ts';
import { type KeptPosition } from '../../../../src/core/positions/position-keeper.ts';
import { PositionsView } from '../../../../src/kraken/websocket/views/account-view.ts';
import { decimal } from '../../../../src/lib/decimal.ts';
import { epochMs, monotonicMs } from '../../../../src/lib/time.ts';
import { PF_XBTUSD, PI_XBTUSD, SESSION, text } from '../../../support/bench.ts';

const LASTS_MS = 1_000;
const at = (ms: number) => monotonicMs(ms);

const theirs = (...list: readonly (readonly [typeof PF_XBTUSD, string, string])[]) => {
  const view = new PositionsView();
  view.apply({
    at: epochMs(1),
    isComplete: true,
    positions: list.map(([symbol, qty, entryPx]) => ({
      ...{ symbol, qty: text(qty), entryPx: text(entryPx) },
    })),
  });
  return view;
};
const ours = (qty: string): readonly KeptPosition[] => [
  {
    ...{ owner: { type: 'account', account: SESSION }, symbol: PF_XBTUSD, contractType: 'linear' },
    ...{ position: { ...FLAT, qty: decimal(qty) }, executions: 1, fees: new Map() },
    ...{ feesMissing: 0, feesOutdated: 0, lastAt: undefined, adjustedOrders: 0 },
  },
];

describe('the venue’s positions held against ours', () => {
  it('are the opening once every difference has lasted, with a price where nothing is mixed in', () => {
    const watch = new PositionWatch(LASTS_MS);
    const look = {
      theirs: theirs([PF_XBTUSD, '5', '100'], [PI_XBTUSD, '-300', '60000']),
      ours: ours('2'),
      isNoted: false,
    };
    expect(watch.look(look, at(0))).to.deep.equal({ alerts: [], isOpen: false });
    expect(watch.look(look, at(999)).opening).to.equal(undefined);
    expect(watch.look(look, at(1_000)).opening).to.deep.equal([
      { symbol: PF_XBTUSD, qty: '3' },
      { symbol: PI_XBTUSD, qty: '-300', entryPx: '60000' },
    ]);
  });

  it('are no opening while one of them moves', () => {
    const watch = new PositionWatch(LASTS_MS);
    const isNoted = false;
    watch.look({ theirs: theirs([PF_XBTUSD, '5', '100']), ours: ours('2'), isNoted }, at(0));
    const moved = { theirs: theirs([PF_XBTUSD, '6', '100']), ours: ours('2'), isNoted };
    expect(watch.look(moved, at(1_000)).opening).to.equal(undefined);
    expect(watch.look(moved, at(2_000)).opening).to.deep.equal([{ symbol: PF_XBTUSD, qty: '4' }]);
  });

  it('of an account that holds nothing are an opening of nothing', () => {
    const watch = new PositionWatch(LASTS_MS);
    const look = { theirs: theirs(), ours: [], isNoted: false };
    watch.look(look, at(0));
    expect(watch.look(look, at(1_000)).opening).to.deep.equal([]);
  });

  it('that differ from the first look on are alerted once, when the opening was noted before', () => {
    const watch = new PositionWatch(LASTS_MS);
    const look = { theirs: theirs([PF_XBTUSD, '5', '100']), ours: ours('4'), isNoted: true };
    expect(watch.look(look, at(0))).to.deep.equal({ alerts: [], isOpen: true });
    const { alerts } = watch.look(look, at(1_000));
    expect(alerts.map(({ text: said }) => said)).to.deep.equal([
      "PF_XBTUSD: the venue's position is 5, our executions make it 4",
    ]);
    expect(watch.look(look, at(3_000)).alerts).to.deep.equal([]);
  });

  it('that agree again after an alert are no other difference, and ours are never the venue’s plus it', () => {
    const watch = new PositionWatch(LASTS_MS);
    const list = theirs([PF_XBTUSD, '5', '100']);
    const look = (qty: string, ms: number): readonly string[] =>
      watch
        .look({ theirs: list, ours: ours(qty), isNoted: true }, at(ms))
        .alerts.map(({ text: said }) => said);
    look('4', 0);
    expect(look('4', 1_000)).to.have.length(1);
    for (const ms of [1_100, 2_200, 5_000]) expect(look('5', ms), String(ms)).to.deep.equal([]);
    look('3', 6_000);
    expect(look('3', 7_000)).to.deep.equal([
      "PF_XBTUSD: the venue's position is 5, our executions make it 3",
    ]);
    look('4', 8_000);
    expect(look('4', 9_000)).to.deep.equal([
      "PF_XBTUSD: the venue's position is 5, our executions make it 4",
    ]);
  });

  it('agree without an alert once the opening has become part of ours', () => {
    const watch = new PositionWatch(LASTS_MS);
    const list = theirs([PF_XBTUSD, '5', '100']);
    watch.look({ theirs: list, ours: ours('2'), isNoted: false }, at(0));
    watch.look({ theirs: list, ours: ours('2'), isNoted: false }, at(1_000));
    for (const ms of [1_001, 2_500, 5_000]) {
      const found = watch.look({ theirs: list, ours: ours('5'), isNoted: true }, at(ms));
      expect(found, String(ms)).to.deep.equal({ alerts: [], isOpen: false });
    }
  });

  it('prove nothing before the venue’s list came', () => {
    const watch = new PositionWatch(LASTS_MS);
    const look = { theirs: new PositionsView(), ours: ours('4'), isNoted: true };
    expect(watch.look(look, at(0)).isOpen).to.equal(false);
    expect(watch.look(look, at(9_000)).alerts).to.deep.equal([]);
  });
});
