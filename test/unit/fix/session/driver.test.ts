import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect } from 'chai';
import { generate } from 'selfsigned';
import { systemClock, systemRandom, systemTimers } from '../../../../src/app/system-clock.ts';
import {
  type AcceptorOptions,
  type FixAcceptor,
  makeAcceptor,
} from '../../../../src/fix/acceptor.ts';
import { type ConnectionSettings } from '../../../../src/fix/connector.ts';
import { makeMemoryStore } from '../../../../src/fix/message-store.ts';
import { type FixSession } from '../../../../src/fix/session/session-types.ts';
import { type SessionSettings } from '../../../../src/fix/session/settings.ts';
import { makeInitiator } from '../../../../src/fix/session-driver.ts';
import { toUtcTimestamp } from '../../../../src/lib/time.ts';
import { frameOf } from '../../../conformance/dialogue.ts';
import { stockDictionary } from '../../../conformance/stage.ts';
import { until } from '../../../support/until.ts';
import { ORDER } from './host-harness.ts';

const deps = { clock: systemClock, timers: systemTimers, dictionary: stockDictionary('FIX.4.4') };

/** Everything a session tells its owner, as text. */
const makeTold = (): {
  readonly told: string[];
  readonly application: AcceptorOptions['sessions'][number]['application'];
  readonly has: (text: string) => boolean;
  readonly count: (text: string) => number;
} => {
  const told: string[] = [];
  return {
    told,
    has: (text) => told.some((line) => line.startsWith(text)),
    count: (text) => told.filter((line) => line.startsWith(text)).length,
    application: {
      onLoggedOn: (info) => told.push(`logged on ${info.epoch}${info.reset ? ' reset' : ''}`),
      onLoggedOut: (info) => told.push(`logged out ${info.cause} ${info.text}`),
      onMessage: (message) => told.push(`message ${message.msgType}`),
      onEvent: (event) => told.push(`${event.code} ${event.text}`),
      onSynchronized: () => told.push('synchronized'),
    },
  };
};

const RECONNECT = {
  intervalsMs: [20],
  jitterRatio: 0,
  refusedFirstMs: 60_000,
  refusedStepMs: 0,
  refusedMaxMs: 60_000,
};

describe('session drivers on real sockets', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  const listen = async (
    options: Partial<AcceptorOptions> = {},
    names: readonly string[] = ['C'],
    settings: Partial<SessionSettings> = {},
  ): Promise<{
    readonly acceptor: FixAcceptor;
    readonly port: number;
    readonly told: ReturnType<typeof makeTold>;
  }> => {
    const told = makeTold();
    const acceptor = makeAcceptor({
      ...deps,
      listen: { host: '127.0.0.1', port: 0 },
      sessions: names.map((name) => ({
        settings: {
          id: name,
          beginString: 'FIX.4.4',
          senderCompID: 'V',
          targetCompID: name,
          ...settings,
        },
        application: told.application,
        store: makeMemoryStore(),
      })),
      ...options,
    });
    const { port } = await acceptor.listen();
    cleanups.push(() => acceptor.close());
    return { acceptor, port, told };
  };

  const dial = (
    port: number,
    options: {
      readonly connection?: Partial<ConnectionSettings>;
      readonly settings?: Partial<SessionSettings>;
      readonly name?: string;
    } = {},
  ): { readonly session: FixSession; readonly told: ReturnType<typeof makeTold> } => {
    const told = makeTold();
    const session = makeInitiator({
      ...deps,
      random: systemRandom,
      settings: {
        id: 'i',
        role: 'initiator',
        beginString: 'FIX.4.4',
        senderCompID: options.name ?? 'C',
        targetCompID: 'V',
        reconnect: RECONNECT,
        ...options.settings,
      },
      application: told.application,
      store: makeMemoryStore(),
      connection: {
        hosts: [{ host: '127.0.0.1', port }],
        connectTimeoutMs: 300,
        ...options.connection,
      },
    });
    cleanups.push(() => session.stop());
    session.start();
    return { session, told };
  };

  const listenRaw = async (server: Server): Promise<number> => {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      return closed;
    });
    return (server.address() as AddressInfo).port;
  };

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
    expect(told.told.at(-1)).to.equal('logged out LogoutByUs bye');
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
    const second = dial(port);
    await until(() => first.told.has('logged out Disconnected'), 'first evicted');
    await until(() => second.told.told.length > 0, 'second was heard');
    expect(first.session.view().phase).to.equal('Disconnected');
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

  it('wait long after a refused Logon', async () => {
    const { port } = await listen();
    const { told } = dial(port, { settings: { heartBtIntSeconds: 9_999 } });
    await until(() => told.has('logged out LogonRefused'), 'refused');
    const epochs = told.count('logged out');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(told.count('logged out')).to.equal(epochs);
  });

  describe('over TLS', () => {
    let pem: Awaited<ReturnType<typeof generate>>;
    before(async () => {
      pem = await generate([{ name: 'commonName', value: 'localhost' }], {
        keySize: 2_048,
        extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
      });
    });
    const tlsListen = { host: '127.0.0.1', port: 0 };

    it('log on when the certificate and its name are right', async () => {
      const { port } = await listen({
        listen: { ...tlsListen, tls: { key: pem.private, cert: pem.cert } },
      });
      const connection = {
        hosts: [{ host: 'localhost', port }],
        tls: { ca: pem.cert },
        connectTimeoutMs: 5_000,
      };
      const { told } = dial(port, { connection });
      await until(() => told.has('synchronized'), 'in step');
    });

    it('1B-T: refuse a wrong name, say so, and do not ask again soon', async () => {
      const { port } = await listen({
        listen: { ...tlsListen, tls: { key: pem.private, cert: pem.cert } },
      });
      const tls = { ca: pem.cert, servername: 'fix.kraken.com' };
      const { told } = dial(port, { connection: { tls, connectTimeoutMs: 5_000 } });
      await until(() => told.has('CONNECT_CERTIFICATE'), 'refused');
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(told.count('CONNECT_')).to.equal(1);
    });

    it('1B-T: refuse a certificate of an unknown authority, unless told not to verify', async () => {
      const { port } = await listen({
        listen: { ...tlsListen, tls: { key: pem.private, cert: pem.cert } },
      });
      const strict = dial(port, { connection: { tls: {}, connectTimeoutMs: 5_000 } });
      await until(() => strict.told.has('CONNECT_CERTIFICATE'), 'refused');
      const tls = { rejectUnauthorized: false };
      const lax = dial(port, { connection: { tls, connectTimeoutMs: 5_000 } });
      await until(() => lax.told.has('synchronized'), 'in step');
    });

    it('1B-T: refuse TLS 1.2 unless the minimum is lowered', async () => {
      const server = createTlsServer({ key: pem.private, cert: pem.cert, maxVersion: 'TLSv1.2' });
      server.on('tlsClientError', () => undefined);
      const port = await listenRaw(server);
      const { told } = dial(port, {
        connection: { tls: { ca: pem.cert, servername: 'localhost' } },
      });
      await until(() => told.has('CONNECT_TLS'), 'refused');
    });

    it('1B-T: give up on a handshake that stalls', async () => {
      const port = await listenRaw(createServer());
      const { told } = dial(port, { connection: { tls: { ca: pem.cert } } });
      await until(() => told.has('CONNECT_TIMEOUT'), 'timed out');
    });

    it('1B-T: survive a reset in the handshake', async () => {
      const server = createServer((socket) => {
        socket.once('data', () => socket.resetAndDestroy());
      });
      const port = await listenRaw(server);
      const { told } = dial(port, { connection: { tls: { ca: pem.cert } } });
      await until(() => told.has('CONNECT_RESET'), 'reset');
    });
  });

  it('1B-T: take the second address when the first is dead, and resolve anew each time', async () => {
    const { port } = await listen();
    let resolutions = 0;
    const connection = {
      hosts: [{ host: 'venue.example', port }],
      // Nobody listens on port `port` of 127.0.0.99.
      resolve: () => {
        resolutions++;
        return Promise.resolve(['127.0.0.99', '127.0.0.1']);
      },
    };
    const { session, told } = dial(port, { connection });
    await until(() => told.has('synchronized'), 'in step');
    session.reset();
    await until(() => told.has('logged on 2'), 'again');
    expect(resolutions).to.equal(2);
  });

  it('1B-T: take the next host when a name does not resolve', async () => {
    const { port } = await listen();
    const connection = {
      hosts: [
        { host: 'nowhere.example', port },
        { host: '127.0.0.1', port },
      ],
      resolve: (host: string) => Promise.reject(new Error(`no address for ${host}`)),
    };
    const { told } = dial(port, { connection });
    await until(() => told.has('synchronized'), 'in step');
  });

  it('say why nobody could be reached', async () => {
    const server = createServer();
    const port = await listenRaw(server);
    await cleanups.pop()?.();
    const { told } = dial(port);
    await until(() => told.count('CONNECT_REFUSED') > 1, 'refused, and tried again');
  });
});
