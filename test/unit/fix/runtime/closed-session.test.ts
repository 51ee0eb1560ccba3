import { expect } from 'chai';
import { systemClock, systemTimers } from '../../../../src/app/system-clock.ts';
import { makeAcceptor } from '../../../../src/fix/runtime/acceptor/acceptor.ts';
import { makeMemoryStore } from '../../../../src/fix/runtime/memory-store.ts';
import { stockDictionary } from '../../../conformance/stage.ts';
import { RawFixClient } from '../../../support/raw-fix-client.ts';
import { until } from '../../../support/until.ts';

const LOGON = '98=0|108=30|554=right';

describe('a Logon at a session that takes none', () => {
  const cleanups: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  const listen = async (commit = () => Promise.resolve()) => {
    const acceptor = makeAcceptor({
      listen: { host: '127.0.0.1', port: 0 },
      sessions: [
        {
          settings: {
            ...{ id: 'desk1', beginString: 'FIX.4.4', senderCompID: 'FATHOM' },
            targetCompID: 'DESK1',
          },
          application: {
            checkLogon: (message) => (message.get(554) === 'right' ? undefined : 'wrong'),
            onLoggedOn: () => undefined,
            onLoggedOut: () => undefined,
            onMessage: () => undefined,
          },
          store: { ...makeMemoryStore(), commit },
        },
      ],
      dictionary: stockDictionary('FIX.4.4'),
      ...{ clock: systemClock, timers: systemTimers },
    });
    const { port } = await acceptor.listen();
    cleanups.push(() => acceptor.close());
    const session = acceptor.session('desk1');
    if (session === undefined) throw new Error('no session');
    return { port, session };
  };

  /** What the acceptor says before it closes. */
  const answerTo = async (port: number, body: string, sender = 'DESK1') => {
    const client = new RawFixClient(port, { sender, target: 'FATHOM' });
    cleanups.push(() => client.close());
    client.send('A', body);
    await until(() => client.isClosed, 'closed');
    return client.received.map((message) => `${message.get('35')} ${message.get('58') ?? ''}`);
  };

  it('is answered by a Logout that says so, outside of its hours', async () => {
    const { port, session } = await listen();
    await session.stop();
    expect(await answerTo(port, LOGON)).to.deep.equal(['5 the session is not open']);
    session.logon();
    const client = new RawFixClient(port, { sender: 'DESK1', target: 'FATHOM' });
    cleanups.push(() => client.close());
    client.send('A', LOGON);
    const logon = await client.expect(({ type }) => type === 'A', 'answered');
    expect(logon.get('34'), 'the refusal took no number').to.equal('1');
  });

  it('is answered by a Logout that sends it to the operator, while the session is halted', async () => {
    const { port, session } = await listen(() => Promise.reject(new Error('ENOSPC /data/secret')));
    session.send({ msgType: 'B', fields: [[148, 'x']] });
    await until(() => session.view().phase === 'Halted', 'halted');
    const told = await answerTo(port, LOGON);
    expect(told).to.deep.equal(['5 the session is halted, ask its operator']);
  });

  it('is not answered when the password is wrong', async () => {
    const { port, session } = await listen();
    await session.stop();
    expect(await answerTo(port, '98=0|108=30|554=guess')).to.deep.equal([]);
  });

  it('is not answered when nobody knows the client', async () => {
    const { port, session } = await listen();
    await session.stop();
    expect(await answerTo(port, LOGON, 'STRANGER')).to.deep.equal([]);
  });

  it('is not answered when it is no Logon', async () => {
    const { port, session } = await listen();
    await session.stop();
    const client = new RawFixClient(port, { sender: 'DESK1', target: 'FATHOM' });
    cleanups.push(() => client.close());
    client.send('0', '');
    await until(() => client.isClosed, 'closed');
    expect(client.received).to.deep.equal([]);
  });
});
