import { expect } from 'chai';
import { comb, makeTradingScene, tagOf, type TradingScene, XBT } from './trading-scene.ts';

const [ORDER, OTHER, ID] = [comb(1), comb(2), comb(9)];
const TAIL = `54=1|55=${XBT}|60=20261122-12:00:00.000|`;

/**
 * A request of each type under an id: an order, a cancel of OTHER, a mass cancel, an amend of
 * ORDER.
 */
const REQUESTS: Readonly<
  Record<string, (scene: TradingScene, id: string, orderID: string) => readonly string[]>
> = {
  D: ({ order }, id) => order(id, { 44: '81000' }),
  F: ({ say }, id) => say('F', `11=${id}|41=${OTHER}|${TAIL}`),
  q: ({ say }, id) => say('q', `11=${id}|530=1|55=PF_ETHUSD|60=20261122-12:00:00.000|`),
  G: ({ say }, id, orderID) =>
    say('G', `11=${id}|37=${orderID}|38=0.02|40=2|41=${ORDER}|44=80000|59=1|${TAIL}`),
};

describe('ClOrdID(11) on the simulator’s FIX [fix 5.1]', () => {
  for (const [first, ask] of Object.entries(REQUESTS)) {
    for (const [again, askAgain] of Object.entries(REQUESTS)) {
      // The amend has given the order another id, so its second amend finds no order.
      if (first === 'G' && again === 'G') continue;
      it(`of a ${first} is refused on a ${again} of the same session`, () => {
        const scene = makeTradingScene({ amend: 'uat' });
        const orderID = tagOf(scene.order(ORDER, { 44: '80000' })[0], 37) ?? '';
        scene.order(OTHER, { 44: '80000' });
        ask(scene, ID, orderID);
        const before = scene.world.exchange.queries.openOrders('A').length;
        expect(askAgain(scene, ID, orderID)).to.deep.equal([
          `35=j|45=0|58=ClOrdID ${ID} : EGeneral:Other:CLIENT_ORDER_ID_IN_USE|372=${again}|379=${ID}|380=0`,
        ]);
        expect(scene.world.exchange.queries.openOrders('A')).to.have.length(before);
      });
    }
  }

  it('of a request that the format checks refused is good for the next', () => {
    const { order } = makeTradingScene();
    expect(tagOf(order(ID, { 59: '4' })[0], 35)).to.equal('3');
    expect(tagOf(order(ID)[0], 150)).to.equal('0');
  });
});
