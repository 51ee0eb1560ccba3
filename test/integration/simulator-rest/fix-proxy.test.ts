import { expect } from 'chai';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { systemTimers } from '../../../src/app/system-clock.ts';
import { type Certificate, makeLoopbackCertificate } from '../../../src/simulator/certificate.ts';
import { FixProxy } from '../../../src/simulator/faults/link/fix-proxy.ts';
import { until } from '../../support/until.ts';

/** What a client of an echoing venue sees of its connection. */
interface Seen {
  readonly socket: Socket;
  text: string;
  end: boolean;
  error: string;
}

for (const tls of [false, true]) {
  describe(`faults of FIX connections over ${tls ? 'TLS' : 'plain TCP'}`, () => {
    let certificate: Certificate;
    let proxy: FixProxy;
    let port: number;
    let seen: Seen;

    before(async () => {
      certificate = await makeLoopbackCertificate(new Date());
    });

    beforeEach(async () => {
      proxy = new FixProxy({
        host: '127.0.0.1',
        port: 0,
        timers: systemTimers,
        ...(tls ? { certificate } : {}),
        accept: (socket) => {
          socket.on('data', (bytes: Buffer) => socket.write(bytes));
          socket.on('end', () => socket.end());
        },
      });
      port = await proxy.listen();
      seen = await visit();
    });
    afterEach(async () => {
      seen.socket.destroy();
      await proxy.close();
    });

    const visit = async (): Promise<Seen> => {
      const socket = tls
        ? connectTls({ port, host: '127.0.0.1', ca: certificate.cert })
        : connectTcp(port, '127.0.0.1');
      const visitor: Seen = { socket, text: '', end: false, error: '' };
      socket.on('data', (bytes: Buffer) => {
        visitor.text += bytes.toString('latin1');
      });
      socket.on('end', () => {
        visitor.end = true;
      });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        visitor.error = error.code ?? '';
      });
      socket.write('a');
      await until(() => visitor.text === 'a', 'the first echo');
      return visitor;
    };

    it('FIN ends the stream politely', async () => {
      expect(proxy.cut('FIN')).to.equal(1);
      await until(() => seen.end, 'the end');
      await until(() => proxy.connections === 0, 'the proxy has no connections');
      expect(seen.error).to.equal('');
    });

    it('RST breaks it', async () => {
      proxy.cut('RST');
      await until(() => seen.error !== '', 'the reset');
      expect(seen.error).to.equal('ECONNRESET');
    });

    it('silence leaves both ends open and lets nothing through; others are heard', async () => {
      proxy.cut('silent');
      seen.socket.write('b');
      const other = await visit();
      other.socket.write('c');
      await until(() => other.text === 'ac', 'the echo of another');
      expect([seen.text, seen.end, seen.error]).to.deep.equal(['a', false, '']);
      expect(proxy.connections).to.equal(2);
      other.socket.destroy();
    });

    it('a slow line gives every byte, late', async () => {
      proxy.slow(200, 400);
      const started = performance.now();
      seen.socket.write('b');
      await until(() => seen.text === 'ab', 'the late echo');
      expect(performance.now() - started).to.be.at.least(150);
      seen.socket.write('c');
      await until(() => seen.text === 'abc', 'the line is quick again');
    });
  });
}
