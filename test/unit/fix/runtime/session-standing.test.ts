import { createServer } from 'node:net';
import { expect } from 'chai';
import { freePort } from '../../../support/engine-process.ts';
import { until } from '../../../support/until.ts';
import { cleanUp, dial, listen, listenRaw, RECONNECT } from './initiator-harness.ts';

/** Long enough that the wait for the next attempt can be looked at. */
const LATER = { ...RECONNECT, intervalsMs: [60_000] };

describe('what a session says of itself', () => {
  afterEach(cleanUp);

  it('tells its Logon with peer and numbers, on both sides', async () => {
    const { port, told: venue } = await listen();
    const { session, told } = dial(port);
    await until(() => told.has('logged on'), 'logged on');
    expect(told.told[0]).to.match(
      new RegExp(
        `^LOGGED_ON logged on with V at .*:${port}; next MsgSeqNum\\(34\\) out \\d, in 2$`,
      ),
    );
    expect(venue.told.join('\n')).to.match(/LOGGED_ON logged on with C at 127\.0\.0\.1:\d+; next/);
    expect(session.view().reason).to.equal(undefined);
    expect(session.view().since).to.be.a('number');
  });

  it('tells the loss of the link with the reason and the next attempt', async () => {
    const { acceptor, port, told: venue } = await listen();
    const { session, told } = dial(port, { settings: { reconnect: LATER } });
    await until(() => told.has('logged on'), 'logged on');
    await acceptor.session('C')?.stop('maintenance');
    await until(() => told.has('LOGGED_OUT'), 'the end');
    expect(told.told.at(-1)).to.equal(
      'LOGGED_OUT the peer logged out: maintenance; next attempt in 60.0 s',
    );
    const { reason, nextAttemptAt, since, phase } = session.view();
    expect({ reason, phase }).to.deep.equal({
      reason: 'the peer logged out: maintenance',
      phase: 'Disconnected',
    });
    expect((nextAttemptAt ?? 0) - (since ?? 0)).to.be.within(59_000, 61_000);
    await until(() => venue.has('LOGGED_OUT'), 'the other side says it too');
    expect(venue.told.at(-1)).to.match(
      /^LOGGED_OUT we logged out: maintenance; it accepts no Logon/,
    );
  });

  it('tells a cut, and that a client is waited for', async () => {
    const { port, told: venue } = await listen();
    const { session } = dial(port);
    await until(() => venue.has('logged on'), 'logged on');
    await session.cut('cable out');
    await until(() => venue.has('LINK_LOST'), 'the loss');
    expect(venue.told.at(-1)).to.equal(
      'LINK_LOST connection lost: closed by the peer; it waits for the next Logon',
    );
  });

  it('tells why no connection comes about, and when it tries again', async () => {
    const port = await freePort();
    const { session, told } = dial(port, { settings: { reconnect: LATER } });
    await until(() => told.has('CONNECT_REFUSED'), 'refused');
    expect(told.told.at(-1)).to.match(/; next attempt in 60\.0 s$/);
    expect(session.view().reason).to.include('ECONNREFUSED');
    expect(session.view().nextAttemptAt).to.be.a('number');
  });

  it('tells that a Logon got no answer', async () => {
    const server = createServer((socket) => {
      socket.once('data', () => socket.end());
    });
    const { session, told } = dial(await listenRaw(server), { settings: { reconnect: LATER } });
    await until(() => told.has('LINK_LOST'), 'the loss');
    expect(session.view().reason).to.match(/closed before the Logon was answered/);
  });

  it('never says nothing: a Logout without Text(58) has a line all the same', async () => {
    const { acceptor, port } = await listen();
    const { told } = dial(port, { settings: { reconnect: LATER } });
    await until(() => told.has('logged on'), 'logged on');
    await acceptor.session('C')?.stop();
    await until(() => told.has('LOGGED_OUT'), 'the end');
    expect(told.told).to.include('LOGOUT_RECEIVED the peer gives no reason');
    expect(told.told.at(-1)).to.equal('LOGGED_OUT the peer logged out; next attempt in 60.0 s');
  });

  it('takes the last word of an operator: a number that is set undoes a reset not yet done', () => {
    for (const verb of ['setNextSenderMsgSeqNum', 'setNextTargetMsgSeqNum'] as const) {
      const { session } = dial(1, { settings: { reconnect: LATER } });
      session.reset();
      expect(session.view().resetDue).to.equal(true);
      session[verb](7);
      expect(session.view().resetDue, verb).to.equal(undefined);
    }
  });

  it('begins at 1 when the reset was the last word', async () => {
    const { port, told: venue } = await listen();
    const { session, told } = dial(port, { settings: { reconnect: LATER } });
    await until(() => told.has('logged on'), 'logged on');
    await session.stop('for the test');
    session.setNextSenderMsgSeqNum(70);
    session.reset();
    session.logon();
    await until(() => told.count('logged on') === 2, 'back');
    expect(told.has('logged on 2 reset')).to.equal(true);
    expect(venue.told.join('\n')).to.include('both began again at 1');
  });
});
