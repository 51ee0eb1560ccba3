import { expect } from 'chai';
import { Secret } from '../../../src/lib/secret.ts';
import { until } from '../../support/until.ts';
import { type RawTrader } from './channel-clients.ts';
import { ChannelStage, KEY } from './channel-stage.ts';

const FORGED = { ...KEY, apiSecret: new Secret('b3RoZXI=') };
const STRANGE = { ...KEY, apiKey: new Secret('another') };
const CREDENTIALS = 'Logon failed: invalid credentials';

/**
 * Logons that are none: MsgSeqNum(34), body, and the Text(58) of the Logout(5) that refuses them.
 */
const REFUSED: Readonly<Record<string, (peer: RawTrader) => readonly [number, string, string]>> = {
  'without credentials': () => [1, '98=0|108=30|141=Y', CREDENTIALS],
  'with a signature of another secret': (peer) => [
    1,
    `98=0|108=30|141=Y|${peer.signed(FORGED, 1)}`,
    CREDENTIALS,
  ],
  'with a key that is not the CompID’s': (peer) => [
    1,
    `98=0|108=30|141=Y|${peer.signed(STRANGE, 1)}`,
    CREDENTIALS,
  ],
  'without a key': (peer) => [
    1,
    `98=0|108=30|141=Y|${peer.signed(KEY, 1).replace(/^553=[^|]*\|/, '')}`,
    CREDENTIALS,
  ],
  'with a nonce out of its time': (peer) => [
    1,
    `98=0|108=30|141=Y|${peer.signed(KEY, 1, -6_000)}`,
    CREDENTIALS,
  ],
  'with a heartbeat that is no number': (peer) => [
    1,
    `98=0|108=x|141=Y|${peer.signed(KEY, 1)}`,
    'Incorrect data format for value, tag 108',
  ],
  'that resets and is not number 1': (peer) => [
    2,
    `98=0|108=30|141=Y|${peer.signed(KEY, 2)}`,
    'ResetSeqNumFlag(141)=Y needs MsgSeqNum(34)=1',
  ],
  'with a number that is too low': (peer) => [
    1,
    `98=0|108=30|${peer.signed(KEY, 1)}`,
    'MsgSeqNum too low, expecting 3 but received 1',
  ],
};

describe('a Logon that the simulator’s FIX gateway refuses', () => {
  let at: ChannelStage;
  afterEach(() => at.stop());

  const openOrders = (): number => at.stage.simulator.queries.openOrders('alice').length;
  const isOver = (peer: RawTrader): Promise<void> =>
    until(() => peer.raw.isClosed, 'the end of the refused connection');
  /** Type and number of everything that a peer heard. */
  const heard = ({ raw }: RawTrader): readonly (string | undefined)[][] =>
    raw.received.map((message) => [message.get('35'), message.get('34')]);

  for (const [name, logonOf] of Object.entries(REFUSED)) {
    it(`${name} leaves the session that is up, its numbers and its orders alone`, async () => {
      at = await ChannelStage.open();
      const owner = await at.trade(false);
      owner.order('buy', '82000');
      await owner.report('0');

      const peer = at.trader();
      const [msgSeqNum, body, text] = logonOf(peer);
      peer.raw.sendRaw(peer.raw.frameOf('A', msgSeqNum, body));
      await isOver(peer);
      const logout = peer.raw.received.at(-1);
      expect([logout?.get('35'), logout?.get('58')]).to.deep.equal(['5', text]);
      expect(peer.raw.received[0]?.get('34'), 'numbers of its own').to.equal('1');

      owner.order('buy', '82001');
      await owner.report('0', 2);
      expect(owner.raw.isClosed).to.equal(false);
      expect(heard(owner)).to.deep.equal([
        ['A', '1'],
        ['8', '2'],
        ['8', '3'],
      ]);
      expect(openOrders()).to.equal(2);
    });
  }

  it('refusedLogon silent-close: says nothing, and leaves the session that is up alone', async () => {
    at = await ChannelStage.open({ refusedLogon: 'silent-close' });
    const owner = await at.trade(false);
    const peer = at.trader();
    peer.raw.send('A', '98=0|108=30|141=Y');
    await isOver(peer);
    expect(heard(peer)).to.deep.equal([]);
    owner.order('buy', '82000');
    expect((await owner.report('0')).get('34')).to.equal('2');
  });

  it('does not spend a nonce: only a right signature raises what its owner must exceed', async () => {
    at = await ChannelStage.open();
    const first = await at.trade();
    const peer = at.trader();
    peer.raw.send('A', `98=0|108=30|141=Y|${peer.signed(FORGED, 1, 4_000)}`);
    await isOver(peer);
    await at.trade();
    await until(() => first.raw.isClosed, 'the owner’s own second Logon takes over');
  });

  it('refuses the nonce of the session that is up when somebody says it again', async () => {
    at = await ChannelStage.open();
    const owner = at.trader();
    const logon = owner.raw.frameOf('A', 1, `98=0|108=30|141=Y|${owner.signed(KEY, 1)}`);
    owner.raw.sendRaw(logon);
    await owner.raw.expect(({ type }) => type === 'A', 'the Logon is answered');
    const peer = at.trader();
    peer.raw.sendRaw(logon);
    await isOver(peer);
    expect(peer.raw.received.at(-1)?.get('58')).to.equal(CREDENTIALS);
    expect(owner.raw.isClosed).to.equal(false);
  });

  it('cancels nothing of an owner that has logged out and left its orders', async () => {
    at = await ChannelStage.open();
    const owner = await at.trade(false);
    owner.order('buy', '82000');
    await owner.report('0');
    owner.raw.send('5', '');
    await owner.raw.expect(({ type }) => type === '5', 'the Logout is answered');
    owner.raw.close();
    const [session] = at.stage.simulator.acceptor.sessions();
    await until(() => session?.view().phase === 'Disconnected', 'the end of the session');
    const peer = at.trader();
    peer.raw.send('A', '98=0|108=30|141=Y');
    await isOver(peer);
    await until(() => session?.view().phase === 'Disconnected', 'the end of the refused one');
    expect(openOrders()).to.equal(1);
  });

  it('does not end a market data session either', async () => {
    at = await ChannelStage.open();
    const owner = await at.marketData('l2');
    const peer = at.marketDataPeer('l2');
    peer.send('A', '98=0|108=x|141=Y');
    await until(() => peer.isClosed, 'the end of the refused connection');
    expect(peer.received.map((message) => message.get('35'))).to.deep.equal(['3', '5']);
    owner.send('1', '112=STILL-HERE');
    await owner.expect(({ type, get }) => type === '0' && get(112) === 'STILL-HERE', 'an answer');
  });
});
