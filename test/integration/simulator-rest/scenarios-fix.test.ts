import { expect } from 'chai';
import { until } from '../../support/until.ts';
import { isIntact, type RawTrader } from './channel-clients.ts';
import { ChannelStage, COMP_ID, FORM } from './channel-stage.ts';
import { type Scene } from './scenario-files.ts';
import { call, callJson } from './stage.ts';

describe('scenario files of FIX order entry and of trades (config/scenarios/README.md)', () => {
  let at: ChannelStage;
  beforeEach(async () => {
    at = await ChannelStage.open();
  });
  afterEach(() => at.stop());
  const play = (name: string): Promise<Scene> => at.play(name);

  const ledgerKinds = (account: string): readonly string[] =>
    at.stage.simulator.ledger.ofAccount(account).map(({ kind }) => kind);

  /** Alice buys what bob offers, by FIX; answers with ExecID(17) of her fill. */
  const buy = async (trader: RawTrader): Promise<string> => {
    await at.post('sendorder', { ...FORM, side: 'sell', limitPrice: '84000' }, at.stage.bob);
    trader.order('buy', '84000');
    return (await trader.report('F')).get('17') ?? '';
  };

  it('trade-bust: FIX says H, REST and WebSocket have neither fill nor position, the ledger has both', async () => {
    const positions = await at.feed();
    await positions.subscribePrivately('open_positions', at.stage.alice);
    const cash = (): unknown => at.stage.simulator.queries.balances('alice')['flex']?.['USD'];
    const before = cash();
    const trader = await at.trade();
    const execID = await buy(trader);
    await until(() => positions.frames.at(-1)?.includes('"balance":0.01') === true, 'a position');
    expect(await at.fills()).to.have.length(1);
    await play('trade-bust');
    const bust = await trader.report('H');
    expect([bust.get('19'), bust.get('14'), bust.get('151'), bust.get('39'), bust.get('32')]) //
      .to.deep.equal([execID, '0', '0.01', '0', '0.01']);
    expect((await trader.report('4')).get('58')).to.equal('CANCELLED_BY_ADMIN');
    await until(() => positions.frames.at(-1)?.includes('"positions":[]') === true, 'no position');
    expect(await at.fills()).to.deep.equal([]);
    const history = { path: '/api/history/v3/executions', key: at.stage.alice };
    expect(await callJson(at.stage.url, history)).to.include({ len: 0 });
    const logs = await call(at.stage.url, {
      path: '/api/history/v3/account-log',
      key: at.stage.alice,
    });
    expect(logs.text.match(/"info":"futures trade"/g)).to.have.length(4);
    expect(cash()).to.equal(before);
    for (const account of ['alice', 'bob']) expect(ledgerKinds(account)).to.include('bust');
  });

  it('trade-correction: G with the new quantity, then G with the new price, chained; REST shows the last', async () => {
    const trader = await at.trade();
    const execID = await buy(trader);
    const scene = await play('trade-correction');
    const first = await trader.report('G');
    expect([first.get('19'), first.get('32'), first.get('14')]) //
      .to.deep.equal([execID, '0.005', '0.005']);
    await scene.next();
    const second = await trader.report('G', 2);
    expect([second.get('19'), second.get('31'), second.get('381')]) //
      .to.deep.equal([first.get('17'), '83500', '417.5']);
    expect((await at.fills())[0]).to.deep.include({ size: 0.005, price: 83_500 });
    const [position] = at.stage.simulator.queries.positions('alice');
    expect(position).to.deep.include({ size: '0.005', entryPrice: '83500' });
    expect(ledgerKinds('bob').filter((kind) => kind === 'correction')).to.have.length(2);
  });

  it('late-fill: the cancel is acknowledged and the fill comes afterwards, by FIX and by REST', async () => {
    const feeds = await at.feed();
    await feeds.subscribePrivately('fills', at.stage.alice);
    const trader = await at.trade();
    const id = trader.order('buy', '83000');
    await trader.report('0');
    await play('late-fill');
    trader.cancel(id);
    const late = await trader.report('F');
    expect(trader.reports().map((each) => each.get('150'))).to.deep.equal(['0', '4', 'F']);
    expect([late.get('37'), late.get('14'), late.get('151')]) //
      .to.deep.equal([trader.reports('0')[0]?.get('37'), '0.01', '0']);
    await at.post('sendorder', { ...FORM, cliOrdId: 'rest' });
    expect((await at.post('cancelorder', { cliOrdId: 'rest' })).text).to.include('"cancelled"');
    await until(() => feeds.of('fills').length === 2, 'both fills on the feed');
    expect(await at.fills()).to.have.length(2);
    expect(at.stage.simulator.queries.positions('alice')[0]?.size).to.equal('0.02');
  });

  it('gap-and-resend: a report never comes, and comes as a duplicate when it is asked for', async () => {
    const trader = await at.trade();
    await play('gap-and-resend');
    const lost = trader.order('buy', '83000');
    const second = trader.order('buy', '83001');
    const seen = await trader.report('0');
    expect([seen.get('11'), seen.get('34')]).to.deep.equal([second, '3']);
    trader.raw.send('2', '7=2|16=0');
    await until(() => trader.reports('0').some((each) => each.get('11') === lost), 'the resend');
    const resent = trader.reports('0').find((each) => each.get('11') === lost);
    expect([resent?.get('43'), resent?.get('34')]).to.deep.equal(['Y', '2']);
  });

  it('fix-frames: a report twice, one with a wrong CheckSum(10), one late', async () => {
    const trader = await at.trade();
    const scene = await play('fix-frames');
    trader.order('buy', '83000');
    const twice = await trader.report('0', 2);
    expect(twice.get('34')).to.equal(trader.reports('0')[0]?.get('34'));
    await scene.next();
    trader.order('buy', '83001');
    const damaged = await trader.report('0', 3);
    expect([isIntact(twice), isIntact(damaged)]).to.deep.equal([true, false]);
    await scene.next();
    const started = performance.now();
    trader.order('buy', '83002');
    expect(isIntact(await trader.report('0', 4))).to.equal(true);
    expect(performance.now() - started).to.be.at.least(280);
  });

  it('sequence-reset: the venue goes on five later, then three by a gap fill', async () => {
    const trader = await at.trade();
    const scene = await play('sequence-reset');
    const resets = () => trader.raw.received.filter((each) => each.get('35') === '4');
    await scene.next();
    await until(() => resets().length === 2, 'both');
    expect(resets().map((each) => ['34', '123', '36'].map((tag) => each.get(tag)))) //
      .to.deep.equal([
        ['2', 'N', '7'],
        ['7', 'Y', '10'],
      ]);
    trader.order('buy', '83000');
    expect((await trader.report('0')).get('34')).to.equal('10');
  });

  it('half-open: the venue takes the client for gone, whose end stays open and hears nothing', async () => {
    const forgotten = await at.trade();
    await play('half-open');
    expect(at.stage.simulator.acceptor.session(COMP_ID)?.view().phase).to.not.equal('LoggedOn');
    forgotten.order('buy', '83000');
    const again = await at.trade();
    again.order('buy', '83001');
    await again.report('0');
    expect(forgotten.reports()).to.have.length(0);
    expect(forgotten.raw.isClosed).to.equal(false);
    expect(
      at.stage.simulator.queries.openOrders('alice').map(({ limitPrice }) => limitPrice),
    ).to.deep.equal(['83001']);
  });
});
