import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { systemClock } from '../../../../src/app/system-clock.ts';
import { toUtcTimestamp } from '../../../../src/lib/time.ts';
import { frameOf } from '../../../conformance/dialogue.ts';
import { until } from '../../../support/until.ts';
import { cleanUp, cleanups, dial, listen, RECONNECT } from './initiator-harness.ts';
import { ORDER } from './host-harness.ts';

describe('session drivers on real sockets', () => {
  afterEach(cleanUp);

  it('log on, exchange messages and log out', async () => {
    const { acceptor, port, told: venue } = await listen();
    const { session, told } = dial(port);
    await until(() => told.has('synchronized'), 'in step');
    expect(session.send(ORDER).ok).to.equal(true);
    await until(() => venue.has('message D'), 'the order came');
    expect(
      acceptor.session('C')?.send({
        msgType: 'B',
        fields: [
          [148, 'hi'],
          [33, '1'],
          [58, 'x'],
        ],
      }).ok,
    ).to.equal(true);
    await until(() => told.has('message B'), 'the answer came');
    await session.stop('bye');
    expect(told.told.slice(-2)).to.deep.equal([
      'logged out LogoutByUs bye',
      'LOGGED_OUT we logged out: bye; it stays away until it is logged on again',
    ]);
    await until(() => venue.has('logged out LogoutByPeer bye'), 'the venue was told');
    expect(session.view().phase).to.equal('Disconnected');
  });

  it('come back after the acceptor has gone and come again, with their numbers', async () => {
    const { acceptor, port } = await listen();
    const { session, told } = dial(port);
    await until(() => told.has('synchronized'), 'in step');
    await acceptor.session('C')?.stop('restart');
    await until(() => told.has('logged out LogoutByPeer'), 'logged out');
    acceptor.session('C')?.logon();
    await until(() => told.has('logged on 2') || told.count('logged on') === 2, 'back again');
    expect(session.view().nextSenderMsgSeqNum).to.be.greaterThan(3);
  });

  it('K-7: are independent of each other', async () => {
    const { acceptor, port, told: venue } = await listen({}, ['C', 'M']);
    const trading = dial(port);
    const marketData = dial(port, { name: 'M' });
    await until(
      () => trading.told.has('synchronized') && marketData.told.has('synchronized'),
      'both',
    );
    trading.session.send(ORDER);
    await until(() => venue.has('message D'), 'the order came');
    await trading.session.stop();
    expect(marketData.session.view().phase).to.equal('LoggedOn');
    expect(acceptor.session('M')?.view().nextTargetMsgSeqNum).to.equal(3);
    expect(acceptor.session('C')?.view().nextTargetMsgSeqNum).to.equal(5);
  });

  it('let a second connection take over where the settings say so', async () => {
    const { port } = await listen({ onSecondConnection: 'evict-old' });
    const first = dial(port, { settings: { reconnect: { ...RECONNECT, intervalsMs: [60_000] } } });
    await until(() => first.told.has('synchronized'), 'first in');
    const second = dial(port, { settings: { resetSeqNumFlag: 'on-logon' } });
    await until(() => first.told.has('logged out Disconnected'), 'first evicted');
    await until(() => second.told.has('synchronized'), 'second in');
    expect(first.session.view().phase).to.equal('Disconnected');
  });

  it('let no second connection take over whose Logon is refused', async () => {
    const { acceptor, port } = await listen({ onSecondConnection: 'evict-old' });
    const first = dial(port);
    await until(() => first.told.has('synchronized'), 'first in');
    const numbers = acceptor.session('C')?.view();
    const second = dial(port, { settings: { onTooLow: 'reconnect' } });
    await until(() => second.told.has('logged out LogonRefused MsgSeqNum too low'), 'refused');
    expect(first.session.view().phase).to.equal('LoggedOn');
    expect(acceptor.session('C')?.view()).to.deep.equal(numbers);
  });

  it('cut a peer that reads nothing', async () => {
    const { acceptor, port, told } = await listen({ slowConsumerMs: 100 });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    cleanups.push(() => Promise.resolve(socket.destroy()));
    await once(socket, 'connect');
    socket.pause();
    const fields = [
      ['35', 'A'],
      ['98', '0'],
      ['108', '30'],
    ] as const;
    const sendingTime = toUtcTimestamp(systemClock.wall());
    const logon = { beginString: 'FIX.4.4', sender: 'C', target: 'V', msgSeqNum: 1, sendingTime };
    socket.write(frameOf(fields, logon));
    await until(() => told.has('logged on'), 'logged on');
    const text = 'x'.repeat(60_000);
    const news = {
      msgType: 'B',
      fields: [
        [148, text],
        [33, '1'],
        [58, 'x'],
      ],
    } as const;
    for (let n = 0; n < 200; n++) acceptor.session('C')?.send(news);
    await until(() => told.has('logged out Disconnected slow consumer'), 'cut');
  });

  it('obey the operator: numbers, TestRequest, reset, logout and logon', async () => {
    const { acceptor, port, told: venue } = await listen();
    const { session, told } = dial(port);
    await until(() => told.has('synchronized'), 'in step');
    const before = session.view().nextSenderMsgSeqNum;
    session.sendTestRequest();
    expect(session.view().nextSenderMsgSeqNum).to.equal(before + 1);
    expect(session.setNextSenderMsgSeqNum(0)).to.equal(false);
    expect(session.setNextSenderMsgSeqNum(1.5)).to.equal(false);
    expect(session.setNextSenderMsgSeqNum(50)).to.equal(true);
    session.send(ORDER);
    await until(
      () => acceptor.session('C')?.view().nextTargetMsgSeqNum === 51,
      'the gap was filled',
    );
    session.reset();
    await until(() => told.has('logged on 2 reset'), 'back with 141=Y');
    expect(session.view().nextSenderMsgSeqNum).to.be.lessThan(5);
    session.logout('lunch');
    await until(() => venue.has('logged out LogoutByPeer lunch'), 'logged out');
    await until(() => session.view().phase === 'Disconnected', 'down');
    session.logon();
    await until(() => told.has('logged on 3'), 'logged on again');
  });

  for (const isCut of [true, false]) {
    const how = isCut ? 'without a Logout, where orders are left to the venue' : 'with a Logout';
    it(`reset their numbers ${how}, and come back with 141=Y`, async () => {
      const { port, told: venue } = await listen();
      const { session, told } = dial(port);
      await until(() => told.has('synchronized'), 'in step');
      session.reset({ isCut });
      await until(() => told.has('logged on 2 reset'), 'back with 141=Y');
      expect(venue.has('logged out LogoutByPeer')).to.equal(!isCut);
      expect(venue.has('logged out Disconnected')).to.equal(isCut);
      expect(told.has('logged out Halted sequence reset')).to.equal(isCut);
    });
  }

  it('wait long after a refused Logon', async () => {
    const { port } = await listen();
    const { told } = dial(port, { settings: { heartBtIntSeconds: 9_999 } });
    await until(() => told.has('logged out LogonRefused'), 'refused');
    const epochs = told.count('logged out');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(told.count('logged out')).to.equal(epochs);
  });
});
