import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect } from 'chai';
import { generate } from 'selfsigned';
import { until } from '../../../support/until.ts';
import { cleanUp, cleanups, dial, listen, listenRaw, RECONNECT } from './initiator-harness.ts';

describe('reaching the peer', () => {
  afterEach(cleanUp);

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

    it('1B-T: refuse a certificate of an unknown authority, unless verification is off', async () => {
      const { port } = await listen({
        listen: { ...tlsListen, tls: { key: pem.private, cert: pem.cert } },
      });
      const strict = dial(port, { connection: { tls: {}, connectTimeoutMs: 5_000 } });
      await until(() => strict.told.has('CONNECT_CERTIFICATE'), 'refused');
      const tls = { rejectUnauthorized: false };
      const lax = dial(port, { connection: { tls, connectTimeoutMs: 5_000 } });
      await until(() => lax.told.has('synchronized'), 'in step');
    });

    it('read the authorities anew at each connect', async () => {
      const { port } = await listen({
        listen: { ...tlsListen, tls: { key: pem.private, cert: pem.cert } },
      });
      const other = await generate([{ name: 'commonName', value: 'localhost' }], {
        keySize: 2_048,
      });
      let ca = other.cert;
      const tls = {
        servername: 'localhost',
        get ca() {
          return ca;
        },
      };
      const { told } = dial(port, {
        connection: { tls },
        settings: { reconnect: { ...RECONNECT, refusedFirstMs: 20 } },
      });
      await until(() => told.count('CONNECT_CERTIFICATE') >= 2, 'refused twice');
      ca = pem.cert;
      await until(() => told.has('synchronized'), 'in step with the renewed authorities');
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
      const { told } = dial(port, {
        connection: { tls: { ca: pem.cert }, connectTimeoutMs: 300 },
      });
      await until(() => told.has('CONNECT_TIMEOUT'), 'timed out');
    });

    it('1B-T: survive a reset in the handshake', async () => {
      const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
      const port = await listenRaw(server);
      const { told } = dial(port, { connection: { tls: { ca: pem.cert } } });
      await until(() => told.has('CONNECT_RESET'), 'reset');
    });
  });

  it('ask the operating system whether the venue’s machine is there', async function () {
    if (process.platform !== 'linux') this.skip();
    const { port } = await listen();
    const { told } = dial(port);
    await until(() => told.has('synchronized'), 'in step');
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    // Our end: `port` is the remote one, 01 is established. Timer 2 is keepalive, once nothing is
    // on its way.
    const timers = (): readonly (string | undefined)[] =>
      readFileSync('/proc/net/tcp', 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .filter(([, , remote, state]) => remote?.endsWith(`:${hex}`) === true && state === '01')
        .map(([, , , , , timer]) => timer?.slice(0, 2));
    await until(
      () => timers().join() === '02',
      () => `keepalive, not ${timers().join()}`,
      10_000,
    );
  });

  it('1B-T: take the second address when the first is dead, and resolve anew each time', async () => {
    const { port } = await listen();
    let resolutions = 0;
    const connection = {
      hosts: [{ host: 'venue.example', port }],
      // No server listens on port `port` of 127.0.0.99.
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

  it('take the next host when a look-up hangs', async () => {
    const { port } = await listen();
    const connection = {
      hosts: [
        { host: 'slow.example', port },
        { host: '127.0.0.1', port },
      ],
      connectTimeoutMs: 200,
      resolve: () => new Promise<readonly string[]>(() => undefined),
    };
    const { told } = dial(port, { connection });
    await until(() => told.has('synchronized'), 'in step');
  });

  for (const [what, serve] of [
    ['takes the connection and says nothing', () => undefined],
    [
      'closes instead of answering the Logon',
      (socket: Socket) => socket.once('data', () => socket.destroy()),
    ],
    [
      'resets instead of answering the Logon',
      (socket: Socket) => socket.once('data', () => socket.resetAndDestroy()),
    ],
  ] as const)
    it(`take the next host when the first ${what}`, async () => {
      let attempts = 0;
      const half = createServer((socket) => {
        attempts += 1;
        socket.on('error', () => undefined);
        serve(socket);
      });
      const first = await listenRaw(half);
      const { port } = await listen();
      const hosts = [first, port].map((each) => ({ host: '127.0.0.1', port: each }));
      const { told } = dial(port, { connection: { hosts }, settings: { logonTimeoutMs: 200 } });
      await until(() => told.has('synchronized'), 'logged on at the second host');
      expect(attempts).to.equal(1);
    });

  it('go back to the first host when none answers the Logon', async () => {
    const attempts: string[] = [];
    const listenSilent = (name: string): Promise<number> =>
      listenRaw(
        createServer((socket) => {
          attempts.push(name);
          socket.on('error', () => undefined);
          socket.once('data', () => socket.destroy());
        }),
      );
    const hosts = [await listenSilent('first'), await listenSilent('second')];
    dial(0, { connection: { hosts: hosts.map((port) => ({ host: '127.0.0.1', port })) } });
    await until(() => attempts.length >= 5, 'both are tried again');
    expect(attempts.slice(0, 5)).to.deep.equal(['first', 'second', 'first', 'second', 'first']);
  });

  it('say why no host could be reached', async () => {
    const server = createServer();
    const port = await listenRaw(server);
    await cleanups.pop()?.();
    const { told } = dial(port);
    await until(() => told.count('CONNECT_REFUSED') > 1, 'refused, and tried again');
  });
});
