import { expect } from 'chai';
import { comb, makeTradingScene, tagOf, XBT } from './trading-scene.ts';

const [FIRST, SECOND] = [comb(1), comb(2)];
const REFUSED = '371=18|372=D|373=5|58=Invalid value for tag 18: ExecInst';

/** Orders that must take, or may when their trigger fires. */
const MUST_TAKE: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'immediate-or-cancel': { 44: '84000', 59: '3' },
  market: { 40: '1', 44: '' },
  'market and immediate-or-cancel': { 40: '1', 44: '', 59: '3' },
  'stop-loss': { 40: '3', 44: '', 99: '84100' },
  'take-profit': { 40: 'R', 44: '', 99: '83000' },
  'trailing stop': { 40: 'U', 44: '', 99: '100' },
  'stop-loss-limit and immediate-or-cancel': { 40: '4', 59: '3', 99: '84100' },
};

describe('post-only on FIX orders of the simulator [fix 5.2]', () => {
  for (const [what, fields] of Object.entries(MUST_TAKE)) {
    it(`refuses an order that is ${what}, whatever the book: it never takes`, () => {
      for (const hasAsk of [true, false]) {
        const { world, order } = makeTradingScene();
        if (hasAsk) world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
        expect(order(FIRST, { ...fields, 18: 'P s' })).to.deep.equal([`35=3|45=2|${REFUSED}`]);
        expect(world.exchange.queries.openOrders('A')).to.deep.equal([]);
      }
    });
  }

  it('refuses an amend that asks it of a stop-loss', () => {
    const { order, say } = makeTradingScene({ amend: 'uat' });
    const [accepted] = order(FIRST, { 40: '3', 44: '', 54: '2', 99: '80000' });
    const head = `11=${SECOND}|18=P s|37=${tagOf(accepted, 37) ?? ''}|41=${FIRST}|54=2|55=${XBT}|`;
    expect(say('G', `${head}38=0.02|40=3|59=1|99=80000|60=20261122-12:00:00.000|`)).to.deep.equal([
      `35=3|45=2|${REFUSED.replace('372=D', '372=G')}`,
    ]);
  });
});
