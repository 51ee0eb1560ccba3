import { expect } from 'chai';
import { comb, makeTradingScene, tagOf, type TradingScene, XBT } from './trading-scene.ts';

const [STOP, OWN, REQUEST] = [comb(1), comb(2), comb(3)];
const SELL_STOP = { 40: '3', 44: '', 54: '2', 99: '83000' };

/** Trades 0.1 at 83000, which fires the stop; and returns the reports. */
const fire = ({ world, tell }: TradingScene): readonly string[] =>
  tell(world.place('C', { side: 'sell', size: '0.1', orderType: 'mkt' }));
const cancelOf = (by: string): string =>
  `11=${REQUEST}|${by}|54=2|55=${XBT}|60=20261122-12:00:00.000|`;

/** Why the order that a trigger becomes may be refused: what makes it so, and Text(58). */
const REFUSALS: readonly (readonly [string, string, (scene: TradingScene) => void])[] = [
  ['finds no counterparty', 'IOC_WOULD_NOT_EXECUTE_REASON', () => undefined],
  [
    'would meet an order of its own',
    'WOULD_EXECUTE_SELF_REASON',
    ({ order }) => void order(OWN, { 38: '1', 44: '83000' }),
  ],
  [
    'is more than its account can bear',
    'NOT_ENOUGH_MARGIN',
    ({ world }) => {
      world.place('B', { side: 'buy', size: '1', limitPrice: '82900' });
      const wallets = { fromWallet: 'flex', toWallet: 'cash' };
      const both = { fromAccount: 'A', toAccount: 'A', ...wallets };
      world.send({ type: 'Transfer', ...both, currency: 'USD', amount: '9999500' });
    },
  ],
];

describe('a FIX trigger of the simulator whose order is refused when it fires [fix 6.1]', () => {
  for (const [what, text, prepare] of REFUSALS) {
    it(`ends by 150=4 with ${text} when the order ${what}`, () => {
      const scene = makeTradingScene();
      scene.world.place('B', { side: 'buy', size: '0.1', limitPrice: '83000' });
      const [accepted] = scene.order(STOP, { ...SELL_STOP, 38: '2' });
      prepare(scene);
      const reports = fire(scene);
      expect(
        reports.map((each) => [150, 39, 14, 151, 58, 41].map((tag) => tagOf(each, tag))),
      ).to.deep.equal([
        ['D', '0', '0', '2', undefined, undefined],
        ['4', '4', '0', '0', text, undefined],
      ]);
      for (const each of reports) {
        expect([tagOf(each, 11), tagOf(each, 37)]).to.deep.equal([STOP, tagOf(accepted, 37)]);
      }
    });
  }

  it('ends by 150=4 with POST_WOULD_EXECUTE_REASON when the order is post-only and would take', () => {
    const scene = makeTradingScene();
    scene.world.place('B', { side: 'buy', size: '1', limitPrice: '83000' });
    scene.order(STOP, { ...SELL_STOP, 18: 'P s', 40: '4', 44: '82000' });
    expect(fire(scene).map((each) => [tagOf(each, 150), tagOf(each, 58)])).to.deep.equal([
      ['D', undefined],
      ['4', 'POST_WOULD_EXECUTE_REASON'],
    ]);
  });

  it('rests when the order is post-only and takes nothing', () => {
    const scene = makeTradingScene();
    scene.world.place('B', { side: 'buy', size: '1', limitPrice: '83000' });
    scene.order(STOP, { ...SELL_STOP, 18: 'P s', 40: '4', 44: '83500' });
    expect(fire(scene).map((each) => tagOf(each, 150))).to.deep.equal(['D']);
    const open = scene.world.exchange.queries.openOrders('A');
    expect(open.map(({ orderType }) => orderType)).to.deep.equal(['post']);
  });

  it('leaves nothing behind when the order is immediate-or-cancel', () => {
    const scene = makeTradingScene();
    scene.world.place('B', { side: 'buy', size: '0.3', limitPrice: '83000' });
    scene.order(STOP, { ...SELL_STOP, 38: '1', 40: '4', 44: '82000', 59: '3' });
    const reports = fire(scene).map((each) => [150, 39, 14, 151].map((tag) => tagOf(each, tag)));
    expect(reports).to.deep.equal([
      ['D', '0', '0', '1'],
      ['F', '1', '0.2', '0.8'],
      ['4', '4', '0.2', '0'],
    ]);
    expect(scene.world.exchange.queries.openOrders('A')).to.deep.equal([]);
  });

  for (const by of ['41', '37']) {
    it(`is unknown to a cancel by ${by} afterwards`, () => {
      const scene = makeTradingScene();
      scene.world.place('B', { side: 'buy', size: '0.1', limitPrice: '83000' });
      const [accepted] = scene.order(STOP, SELL_STOP);
      fire(scene);
      const value = by === '41' ? STOP : (tagOf(accepted, 37) ?? '');
      expect(scene.say('F', cancelOf(`${by}=${value}`))).to.deep.equal([
        `35=j|45=0|58=EOrder:Unknown order|372=F|379=${REQUEST}|380=101`,
      ]);
    });
  }
});
