import { expect } from 'chai';
import { comb, makeTradingScene, tagOf, tagsOf, XBT } from './trading-scene.ts';

/** Printed in [fix 4.8, 4.12], without header and trailer. */
const EXAMPLES = {
  accepted:
    '35=8|6=0|11=a17d4971-f00d-4f67-94d1-e7d604104ed2|14=0|17=6B2NDTNHRQAAA:TRD001|37=9e58120f-40e0-44dc-beec-6d1b5ea9136c|38=0.001|39=0|40=2|44=84000|54=1|55=PF_XBTUSD|58=buy 0.001 PF_XBTUSD @ limit 84000|59=1|60=20260407-14:32:05.000|150=0|151=0.001|381=0',
  filled:
    '35=8|6=84000|11=a17d4971-f00d-4f67-94d1-e7d604104ed2|14=0.001|17=6B2NDTNHRQAAB:TRD001|31=84000|32=0.001|37=9e58120f-40e0-44dc-beec-6d1b5ea9136c|38=0.001|39=2|40=2|44=84000|54=1|55=PF_XBTUSD|59=1|60=20260407-14:32:05.122|118=84|136=1|137=0.042|138=USD|139=4|150=F|151=0|381=84|1003=TRADE-FUT-001|5050=1',
  partlyFilled:
    '35=8|6=84000|11=a17d4971-f00d-4f67-94d1-e7d604104ed2|14=0.0004|17=6B2NDTNHRQAAC:TRD001|31=84000|32=0.0004|37=9e58120f-40e0-44dc-beec-6d1b5ea9136c|38=0.001|39=1|40=2|44=84000|54=1|55=PF_XBTUSD|59=1|60=20260407-14:32:05.300|118=33.6|136=1|137=0.00672|138=USD|139=4|150=F|151=0.0006|381=33.6|1003=TRADE-FUT-002|5050=0',
  canceled:
    '35=8|6=0|11=a17d4975-2001-4abc-def0-1234567890ab|14=0|17=6B2NDTNHRQAAD:TRD001|37=9e58120f-40e0-44dc-beec-6d1b5ea9136c|38=0.001|39=4|40=2|41=a17d4971-f00d-4f67-94d1-e7d604104ed2|44=84000|54=1|55=PF_XBTUSD|58=Order canceled by user|59=1|60=20260407-14:32:06.000|150=4|151=0|381=0',
  postOnly:
    '35=j|45=0|58=ClOrdID a2ce8a40-c402-4cad-a352-c1cba27e5687 : EGeneral:Other:POST_WOULD_EXECUTE|372=D|379=a2ce8a40-c402-4cad-a352-c1cba27e5687|380=0',
  replaced:
    '35=8|6=0|11=1744036325100000|14=0|17=EXEC011:TRD001|37=OQNCZM-NVAVC-AVD2LO|38=0.002|39=5|40=2|41=1744036325000000|44=83500|54=1|55=BTC/USD|59=1|60=20260407-14:32:10.000|150=5|151=0.002|381=0',
};
/** Per run, or of an example of another moment. */
const UNLIKE = new Set(['11', '17', '37', '41', '60', '1003', '379']);

/** `given` with its ids and times those of the example. */
const like = (given: string | undefined, example: string): string => {
  const [fields, wanted] = [(given ?? '').split('|'), example.split('|')];
  return fields
    .map((field, index) => (UNLIKE.has(field.split('=')[0] ?? '') ? (wanted[index] ?? '') : field))
    .join('|');
};

const [FIRST, SECOND, THIRD, FOURTH, FIFTH] = [comb(1), comb(2), comb(3), comb(4), comb(5)];
const cancelOf = (by: string, request = SECOND): string =>
  `11=${request}|${by}|54=1|55=${XBT}|60=20261122-12:00:00.000|`;

describe('FIX trading of the simulator [fix 4.5 to 6]', () => {
  it('accepts, fills in part and whole as the reference prints it; AvgPx is 0.0 unless asked for', () => {
    const { world, order, tell } = makeTradingScene({ realAvgPx: true });
    const [accepted] = order(FIRST, { 38: '0.001', 44: '84000' });
    expect(like(accepted, EXAMPLES.accepted)).to.equal(EXAMPLES.accepted);
    const sell = { side: 'sell', orderType: 'ioc', limitPrice: '84000' } as const;
    const [part = ''] = tell(world.place('B', { ...sell, size: '0.0004' }));
    expect(like(part, EXAMPLES.partlyFilled)).to.equal(EXAMPLES.partlyFilled);
    tell(world.place('B', { side: 'sell', size: '0.0016', limitPrice: '84000' }));
    const [, taken = ''] = order(SECOND, { 38: '0.001', 44: '84000' });
    expect(like(taken, EXAMPLES.filled)).to.equal(EXAMPLES.filled);
    const asSeen = makeTradingScene();
    asSeen.world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
    expect(tagOf(asSeen.order(FIRST, { 44: '84000' })[1], 6)).to.equal('0.0');
  });

  it('cancels by 41, by 37, and 37 wins; a finished order is unknown', () => {
    const { order, say } = makeTradingScene();
    const orderID = tagOf(order(FIRST, { 38: '0.001', 44: '83000' })[0], 37) ?? '';
    order(THIRD, { 44: '82000' });
    const [canceled] = say('F', cancelOf(`37=${orderID}|41=${THIRD}`));
    expect(like(canceled, EXAMPLES.canceled.replace('84000', '83000'))).to.equal(
      EXAMPLES.canceled.replace('84000', '83000'),
    );
    expect([tagOf(canceled, 11), tagOf(canceled, 41)]).to.deep.equal([SECOND, FIRST]);
    expect(say('F', cancelOf(`41=${FIRST}`, FOURTH))).to.deep.equal([
      `35=j|45=0|58=EOrder:Unknown order|372=F|379=${FOURTH}|380=101`,
    ]);
    expect(tagOf(say('F', cancelOf(`41=${THIRD}`, FIFTH))[0], 150)).to.equal('4');
  });

  it('refuses post-only and immediate orders in the words of the reference', () => {
    const { world, order } = makeTradingScene();
    world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
    const [post] = order(FIRST, { 18: 'P s', 44: '84000' });
    expect(post).to.equal(
      EXAMPLES.postOnly.replaceAll('a2ce8a40-c402-4cad-a352-c1cba27e5687', FIRST),
    );
    expect(order(SECOND, { 59: '3' })).to.deep.equal([
      `35=j|45=0|58=IOC_WOULD_ENTER_BOOK|372=D|379=${SECOND}|380=0`,
    ]);
  });

  it('cancels the rest of an immediate order with a word that is on the reference’s list', () => {
    const { world, order } = makeTradingScene();
    world.place('B', { side: 'sell', size: '0.01', limitPrice: '84000' });
    const rest = order(FIRST, { 38: '0.03', 44: '84000', 59: '3' }).at(-1);
    expect([150, 39, 14, 151, 58].map((tag) => tagOf(rest, tag))).to.deep.equal([
      '4',
      '4',
      '0.01',
      '0',
      'IOC_WOULD_NOT_EXECUTE_REASON',
    ]);
  });

  it('refuses by format what derivatives have not', () => {
    const cases: readonly (readonly [Readonly<Record<number, string>>, string])[] = [
      [{ 18: 'P' }, '371=18|372=D|373=5|58=Invalid value for tag 18: ExecInst'],
      [{ 18: 's v' }, '371=18|372=D|373=5|58=Invalid value for tag 18: ExecInst'],
      [{ 40: 'V', 99: '1' }, '371=40|372=D|373=5|58=Invalid value for tag 40: OrderType'],
      [{ 59: '4' }, '371=59|372=D|373=5|58=Invalid value for tag 59: TimeInForce'],
      [{ 44: '' }, '371=44|372=D|373=1|58=Missing mandatory field: Price (44)'],
      [{ 1138: '0.001' }, '371=1138|372=D|373=2|58=Tag not defined for this message type'],
      [{ 7928: '1' }, '371=7928|372=D|373=2|58=Tag not defined for this message type'],
      [
        { 62: '20261122-12:00:01.000' },
        '371=62|372=D|373=5|58=Invalid value for tag 62: ValidUntilTime',
      ],
      [
        { 62: '20261122-12:01:01.000' },
        '371=62|372=D|373=5|58=Invalid value for tag 62: ValidUntilTime',
      ],
      [
        { 11: comb(1, Date.UTC(2026, 10, 22, 12, 2, 1)) },
        '371=11|372=D|373=5|58=ClOrdID invalid value (timestamp is out of date)',
      ],
    ];
    for (const [fields, tail] of cases)
      expect(makeTradingScene().order(FIRST, fields), tail).to.deep.equal([`35=3|45=2|${tail}`]);
    const { order } = makeTradingScene();
    expect(tagOf(order(FIRST, { 62: '20261122-12:00:30.000' })[0], 150)).to.equal('0');
  });

  it('goes on with the same OrderID when a trigger fires: restated, then filled, without a second acceptance', () => {
    const { world, order, tell } = makeTradingScene();
    world.place('B', { side: 'buy', size: '1', limitPrice: '83000' });
    const stop = { 40: '3', 44: '', 54: '2', 99: '83000' };
    const [accepted] = order(FIRST, stop);
    const reports = tell(world.place('C', { side: 'sell', size: '0.1', orderType: 'mkt' }));
    expect(reports.map((each) => [tagOf(each, 150), tagOf(each, 39)])).to.deep.equal([
      ['D', '0'],
      ['F', '2'],
    ]);
    expect([tagOf(reports[0], 40), tagOf(reports[0], 1102)]).to.deep.equal(['1', '83000']);
    for (const each of reports) expect(tagOf(each, 37)).to.equal(tagOf(accepted, 37));
  });

  it('cancels an order born from a trigger by the OrderID that its client knows', () => {
    const { world, order, say, tell } = makeTradingScene();
    world.place('B', { side: 'buy', size: '1', limitPrice: '83000' });
    const orderID = tagOf(order(FIRST, { 40: '4', 44: '83500', 54: '2', 99: '83000' })[0], 37);
    tell(world.place('C', { side: 'sell', size: '0.1', orderType: 'mkt' }));
    const [canceled] = say('F', cancelOf(`37=${orderID ?? ''}`));
    expect([tagOf(canceled, 150), tagOf(canceled, 37)]).to.deep.equal(['4', orderID]);
  });

  it('does not make a stop-limit of a stop that carries a price', () => {
    const { order, world } = makeTradingScene();
    expect(tagOf(order(FIRST, { 40: '3', 44: '70000', 54: '2', 99: '80000' })[0], 150)).to.equal(
      '0',
    );
    expect(world.exchange.queries.openOrders('A')[0]?.limitPrice).to.equal(undefined);
  });

  it('acknowledges the cancel of a held order, which may still fill, or end as an IOC would', () => {
    const { world, order, say, tell } = makeTradingScene();
    world.send({ type: 'SetMakerProtection', symbol: XBT, millis: 20 });
    world.place('B', { side: 'sell', size: '1', orderType: 'post', limitPrice: '84000' });
    expect(order(FIRST, { 44: '84000' })).to.deep.equal([]);
    const [canceled] = say('F', cancelOf(`41=${FIRST}`));
    expect([tagOf(canceled, 150), tagOf(canceled, 11), tagOf(canceled, 41)]).to.deep.equal([
      ...['4', SECOND, FIRST],
    ]);
    const late = tell(world.wait(20));
    expect(late.map((each) => [tagOf(each, 150), tagOf(each, 39)])).to.deep.equal([['F', '2']]);
    expect(tagOf(late[0], 37)).to.equal(tagOf(canceled, 37));
    order(THIRD, { 44: '80000' });
    expect(tagOf(say('F', cancelOf(`41=${THIRD}`, comb(4)))[0], 150)).to.equal('4');
    expect(tell(world.wait(20))).to.deep.equal([
      `35=j|45=0|58=IOC_WOULD_ENTER_BOOK|372=D|379=${THIRD}|380=0`,
    ]);
  });

  it('names the price that another channel gave the order', () => {
    const { world, order, tell } = makeTradingScene();
    const orderId = tagOf(order(FIRST, { 44: '80000' })[0], 37) ?? '';
    expect(tell(world.edit('A', { orderId, limitPrice: '80100', size: '0.02' }))).to.deep.equal([]);
    const [canceled] = tell(world.cancel('A', FIRST));
    expect([tagOf(canceled, 38), tagOf(canceled, 44)]).to.deep.equal(['0.02', '80100']);
  });

  it('has no amend and no status request in production', () => {
    const { order, say } = makeTradingScene();
    const orderID = tagOf(order(FIRST)[0], 37) ?? '';
    const refusal = '35=j|45=0|58=Unsupported message type|';
    expect(say('G', amendOf(orderID, { 44: '80100' }))).to.deep.equal([
      `${refusal}372=G|379=${SECOND}|380=3`,
    ]);
    expect(say('H', `11=${THIRD}|37=${orderID}|55=${XBT}|`)).to.deep.equal([
      `${refusal}372=H|379=${THIRD}|380=3`,
    ]);
  });

  it('amends in UAT as the reference prints it; 37 must be that of the order found by 41', () => {
    const { order, say } = makeTradingScene({ amend: 'uat' });
    const orderID = tagOf(order(FIRST, { 38: '0.001', 44: '82000' })[0], 37) ?? '';
    const [replaced = ''] = say('G', amendOf(orderID, { 38: '0.002', 44: '83500' }));
    const example = EXAMPLES.replaced.replace('BTC/USD', XBT);
    expect(like(replaced, example)).to.equal(example);
    expect(tagsOf(replaced)).to.deep.equal(tagsOf(example));
    expect([tagOf(replaced, 11), tagOf(replaced, 41)]).to.deep.equal([SECOND, FIRST]);
    expect(tagOf(replaced, 37)).to.equal(orderID);
    const again = amendOf(comb(9), { 11: THIRD, 41: SECOND });
    expect(say('G', again)).to.deep.equal([
      `35=j|45=0|58=EOrder:Unknown order|372=G|379=${THIRD}|380=101`,
    ]);
    const offGrid = amendOf(orderID, { 11: THIRD, 41: SECOND, 44: '83500.5' });
    expect(tagOf(say('G', offGrid)[0], 58)).to.equal(
      `ClOrdID ${THIRD} : EGeneral:Other:INVALID_PRICE`,
    );
    expect(tagOf(say('F', cancelOf(`41=${SECOND}`, comb(5)))[0], 41)).to.equal(SECOND);
  });

  it('refuses what is beyond the budget of a session, and takes it again ten seconds later', () => {
    const { world, order, say } = makeTradingScene({ requestsPer10sMax: 2 });
    order(FIRST, { 44: '82000' });
    say('F', cancelOf(`41=${FIRST}`, SECOND));
    expect(order(THIRD, { 44: '82000' })).to.deep.equal([
      `35=j|45=0|58=EOrder:Rate limit exceeded|372=D|379=${THIRD}|380=0`,
    ]);
    world.wait(10_000);
    expect(tagOf(order(THIRD, { 44: '82000' })[0], 150)).to.equal('0');
  });

  it('ends the connection of a session with too many errors in a second', () => {
    const { world, say } = makeTradingScene({ errorsPerSecondMax: 2 });
    let failures = 0;
    const fail = (): readonly string[] => say('F', cancelOf('41=nothing', comb((failures += 1))));
    expect([...fail(), ...fail()].map((text) => tagOf(text, 380))).to.deep.equal(['101', '101']);
    world.wait(1_000);
    expect([...fail(), ...fail()]).to.have.length(2);
    expect(fail()[1]).to.equal('disconnect ME-DRV');
  });

  it('leaves 379 out of 35=j when switched so', () => {
    const { say } = makeTradingScene({ rejectRefID: 'omit' });
    expect(say('F', cancelOf(`41=${FIRST}`))).to.deep.equal([
      '35=j|45=0|58=EOrder:Unknown order|372=F|380=101',
    ]);
  });

  it('reports late trades by 150=D with 378=3 first when switched so', () => {
    const { world, order } = makeTradingScene({ lateTrades: true });
    world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
    const reports = order(FIRST, { 38: '0.001', 44: '84000' });
    const tags = [150, 378, 39, 14, 151, 381];
    expect(reports.map((text) => tags.map((tag) => tagOf(text, tag)))).to.deep.equal([
      ['0', undefined, '0', '0', '0.001', '0'],
      ['D', '3', '2', '0.001', '0', '84'],
      ['F', undefined, '2', '0.001', '0', '84'],
    ]);
  });
});

const amendOf = (orderID: string, fields: Readonly<Record<number, string>>): string => {
  const all: Readonly<Record<number, string>> = {
    ...{ 11: SECOND, 37: orderID, 41: FIRST, 54: '1', 55: XBT, 60: '20261122-12:00:00.000' },
    ...{ 38: '0.01', 40: '2', 44: '80000', 59: '1', ...fields },
  };
  return Object.entries(all)
    .map(([tag, value]) => `${tag}=${value}|`)
    .join('');
};
