import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect } from 'chai';
import { systemClock, systemTimers } from '../../src/app/system-clock.ts';
import {
  type AcceptorOptions,
  type FixAcceptor,
  makeAcceptor,
} from '../../src/fix/runtime/acceptor/acceptor.ts';
import { makeMemoryStore } from '../../src/fix/runtime/memory-store.ts';
import { makeAddressList } from '../../src/lib/address-list.ts';
import { type Certificate, makeLoopbackCertificate } from '../../src/simulator/certificate.ts';
import { FixProxy } from '../../src/simulator/faults/link/fix-proxy.ts';
import { stockDictionary } from '../conformance/stage.ts';
import { RawFixClient } from '../support/raw-fix-client.ts';
import { until } from '../support/until.ts';

const STRANGERS = 1_100;
const COMP_IDS = { sender: 'DESK1', target: 'FATHOM' };
const PASSWORD = '98=0|108=30|553=desk|554=right';

describe('strangers at a FIX listener', function () {
  this.timeout(120_000);
  const sockets: Socket[] = [];
  let certificate: Certificate;
  let acceptor: FixAcceptor | undefined;
  let proxy: FixProxy | undefined;
  let turnedAway: string[] = [];

  before(async () => {
    certificate = await makeLoopbackCertificate(new Date());
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await acceptor?.close();
    await proxy?.close();
    acceptor = undefined;
    proxy = undefined;
    turnedAway = [];
  });

  const makeVenue = (options: Partial<AcceptorOptions> = {}): FixAcceptor => {
    acceptor = makeAcceptor({
      listen: { host: '127.0.0.1', port: 0 },
      sessions: [
        {
          settings: {
            id: 'desk1',
            beginString: 'FIX.4.4',
            senderCompID: 'FATHOM',
            targetCompID: 'DESK1',
          },
          application: {
            onLoggedOn: () => undefined,
            onLoggedOut: () => undefined,
            onMessage: () => undefined,
            checkLogon: (message) =>
              message.get(554) === 'right' ? undefined : 'invalid credentials',
          },
          store: makeMemoryStore(),
          allowsAddress: makeAddressList(['127.0.0.1']),
        },
      ],
      dictionary: stockDictionary('FIX.4.4'),
      clock: systemClock,
      timers: systemTimers,
      onTurnedAway: (text) => turnedAway.push(text),
      ...options,
    });
    return acceptor;
  };

  /**
   * Connections that never say a word; resolves when the operating system has accepted each. They
   * come 100 at a time, so that a machine with a short accept queue drops none of them.
   */
  const flood = async (port: number, localAddress: string, count = STRANGERS): Promise<void> => {
    let opened: Promise<unknown>[] = [];
    for (let n = 0; n < count; n += 1) {
      const socket = connect({ host: '127.0.0.1', port, localAddress });
      socket.on('error', () => undefined);
      sockets.push(socket);
      opened.push(Promise.race([once(socket, 'connect'), once(socket, 'close')]));
      if (opened.length < 100) continue;
      await Promise.all(opened);
      opened = [];
    }
    await Promise.all(opened);
  };

  const openSilent = (): number => sockets.filter((socket) => socket.readyState === 'open').length;

  const overTls = async (port: number): Promise<RawFixClient> => {
    const socket = connectTls({ host: '127.0.0.1', port, ca: certificate.cert });
    sockets.push(socket);
    await once(socket, 'secureConnect');
    return new RawFixClient(socket, COMP_IDS);
  };

  const logsOn = async (client: RawFixClient): Promise<ReadonlyMap<string, string>> => {
    client.send('A', PASSWORD);
    return client.expect(({ type }) => type === 'A', 'Logon answered');
  };

  const tls = () => ({ key: certificate.key, cert: certificate.cert });

  it('1,100 silent connections of an address that is not on the list keep no client out of the TLS listener', async () => {
    const { port } = await makeVenue({
      listen: { host: '127.0.0.1', port: 0, tls: tls() },
    }).listen();
    await flood(port, '127.0.0.2');
    await until(() => openSilent() === 0, 'all are cut at accept, without TLS', 60_000);
    await logsOn(await overTls(port));
    expect(turnedAway[0]).to.equal('no session may be reached from 127.0.0.2');
    expect(turnedAway.length, 'a flood fills no log').to.be.lessThan(40);
  });

  it('1,100 silent connections of a right address keep no client out either: the oldest make room', async () => {
    const { port } = await makeVenue({
      listen: { host: '127.0.0.1', port: 0, tls: tls() },
    }).listen();
    await flood(port, '127.0.0.1');
    await until(() => openSilent() <= 50, 'few are kept', 60_000);
    await logsOn(await overTls(port));
  });

  it('silent connections of one address drop none of another', async () => {
    const venue = makeVenue({
      listen: { host: '127.0.0.1', port: 0 },
      pendingMax: 20,
      pendingPerAddressMax: 20,
      sessions: [],
    });
    const { port } = await venue.listen();
    const early = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.3' });
    sockets.push(early);
    await once(early, 'connect');
    await flood(port, '127.0.0.1', 200);
    await until(() => openSilent() <= 20, 'few are kept');
    expect(early.readyState).to.equal('open');
  });

  it('a handshake that never begins ends by its time-out', async () => {
    const { port } = await makeVenue({
      listen: { host: '127.0.0.1', port: 0, tls: tls() },
      logonTimeoutMs: 100,
    }).listen();
    await flood(port, '127.0.0.1', 3);
    await until(() => openSilent() === 0, 'cut');
    expect(turnedAway).to.include('no TLS handshake within 100 ms from 127.0.0.1');
  });

  it('a connection without TLS that says no word, or leaves without one, ends too', async () => {
    const { port } = await makeVenue({ logonTimeoutMs: 100 }).listen();
    await flood(port, '127.0.0.1', 3);
    await until(() => openSilent() === 0, 'cut');
    expect(turnedAway).to.include('no message within 100 ms from 127.0.0.1');
    const hasty = connect(port, '127.0.0.1');
    sockets.push(hasty);
    await once(hasty, 'connect');
    hasty.end();
    await once(hasty, 'close');
    await until(() => turnedAway.includes('closed before the first message'), 'told');
  });

  it('a client whose first bytes come one by one gets in, with TLS and without', async () => {
    for (const listen of [{ tls: tls() }, {}]) {
      const { port } = await makeVenue({
        listen: { host: '127.0.0.1', port: 0, ...listen },
      }).listen();
      const drip = createServer((near) => {
        const far = connect({ port, host: '127.0.0.1', noDelay: true });
        sockets.push(near, far);
        far.pipe(near).on('error', () => far.destroy());
        let bytes = 0;
        near.on('data', (chunk: Buffer) => {
          for (const byte of chunk) {
            if (bytes++ < 40) setTimeout(() => far.write(Buffer.of(byte)), 2 * bytes);
            else setTimeout(() => far.write(Buffer.of(byte)), 100);
          }
        });
      });
      await new Promise<void>((resolve) => drip.listen(0, '127.0.0.1', resolve));
      const { port: dripPort } = drip.address() as AddressInfo;
      const client =
        'tls' in listen
          ? await overTls(dripPort)
          : new RawFixClient(connect(dripPort, '127.0.0.1'), COMP_IDS);
      await logsOn(client);
      client.close();
      drip.close();
      await acceptor?.close();
    }
  });

  it('the listener closes at once with silent connections open, before and after TLS', async () => {
    const venue = makeVenue({
      listen: { host: '127.0.0.1', port: 0, tls: tls() },
      // Longer than this test may take: nobody is cut because its time is up.
      logonTimeoutMs: 600_000,
    });
    const { port } = await venue.listen();
    await flood(port, '127.0.0.1', 20);
    const handshaken = connectTls({ host: '127.0.0.1', port, ca: certificate.cert });
    handshaken.on('error', () => undefined);
    sockets.push(handshaken);
    await once(handshaken, 'secureConnect');
    const client = await overTls(port);
    await logsOn(client);
    venue.stopListening();
    await until(() => openSilent() === 1, 'only the client that is logged on is left');
    client.close();
    await venue.close();
  });

  it('a right CompID without the password takes no place and no number', async () => {
    const venue = makeVenue();
    const { port } = await venue.listen();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const stranger = new RawFixClient(port, COMP_IDS);
      stranger.send('A', '98=0|108=30');
      const refused = await stranger.expect(({ type }) => type === '5', 'refused');
      expect(refused.get('58')).to.equal('invalid credentials');
      const view = venue.session('desk1')?.view();
      expect([view?.phase, view?.nextSenderMsgSeqNum, view?.nextTargetMsgSeqNum]).to.deep.equal([
        'Disconnected',
        1,
        1,
      ]);
      if (attempt === 4) {
        // The last one stays on the line and says nothing more.
        const client = new RawFixClient(port, COMP_IDS);
        expect((await logsOn(client)).get('34')).to.equal('1');
        client.close();
      }
      stranger.close();
    }
  });

  it('the simulator keeps its clients too, and ends at once', async () => {
    const venue = makeVenue({ sessions: [] });
    proxy = new FixProxy({
      ...{ host: '127.0.0.1', port: 0, timers: systemTimers, certificate },
      accept: (socket, onLoggedOn) => {
        venue.accept(socket, onLoggedOn);
      },
    });
    const port = await proxy.listen();
    await flood(port, '127.0.0.1');
    await until(() => openSilent() <= 50, 'few are kept', 60_000);
    const socket = connectTls({ host: '127.0.0.1', port, ca: certificate.cert });
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'secureConnect');
    await proxy.close();
    await until(() => openSilent() === 0, 'all are gone');
  });
});
