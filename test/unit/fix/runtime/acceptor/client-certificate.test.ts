import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { generate } from 'selfsigned';
import { credentialProblem } from '../../../../../src/app/sessions/client-logon.ts';
import { systemClock, systemTimers } from '../../../../../src/app/system-clock.ts';
import { type ClientSessionConfig } from '../../../../../src/config/config.ts';
import {
  type FixAcceptor,
  makeAcceptor,
} from '../../../../../src/fix/runtime/acceptor/acceptor.ts';
import { makeMemoryStore } from '../../../../../src/fix/runtime/memory-store.ts';
import { stockDictionary } from '../../../../conformance/stage.ts';
import { RawFixClient } from '../../../../support/raw-fix-client.ts';

type Pem = Awaited<ReturnType<typeof generate>>;
type Binding = Partial<ClientSessionConfig['clientCertificate']>;

const certificateOf = (name: string): Promise<Pem> =>
  generate([{ name: 'commonName', value: name }], {
    keySize: 2_048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  });

describe('a session that is bound to a client certificate', () => {
  const sockets: TLSSocket[] = [];
  let acceptor: FixAcceptor | undefined;
  let server: Pem;
  let desk1: Pem;
  let desk2: Pem;
  let stranger: Pem;
  before(async () => {
    [server, desk1, desk2, stranger] = (await Promise.all(
      ['localhost', 'desk1', 'desk2', 'desk1'].map(certificateOf),
    )) as [Pem, Pem, Pem, Pem];
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await acceptor?.close();
    acceptor = undefined;
  });

  const listen = async (binding: Binding): Promise<number> => {
    const config = {
      clientCertificate: {
        subject: undefined,
        fingerprints: undefined,
        ...binding,
      },
      credentials: undefined,
    } as unknown as ClientSessionConfig;
    acceptor = makeAcceptor({
      listen: {
        ...{ host: '127.0.0.1', port: 0 },
        tls: {
          ...{ key: server.private, cert: server.cert, requestCert: true },
          ca: `${desk1.cert}\n${desk2.cert}`,
        },
      },
      sessions: [
        {
          settings: {
            ...{ id: 'desk1', beginString: 'FIX.4.4' },
            ...{ senderCompID: 'FATHOM', targetCompID: 'DESK1' },
          },
          application: {
            onLoggedOn: () => undefined,
            onLoggedOut: () => undefined,
            onMessage: () => undefined,
          },
          authenticate: (message, certificate) => credentialProblem(config, message, certificate),
          store: makeMemoryStore(),
        },
      ],
      dictionary: stockDictionary('FIX.4.4'),
      ...{ clock: systemClock, timers: systemTimers },
    });
    return (await acceptor.listen()).port;
  };

  const dial = (port: number, pem: Pem | undefined): TLSSocket => {
    const socket = connect({
      ...{ host: '127.0.0.1', port, servername: 'localhost', ca: server.cert },
      ...(pem !== undefined && { key: pem.private, cert: pem.cert }),
    });
    socket.on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };

  /** Type of the answer to a Logon over a new connection with this certificate. */
  const logOn = async (port: number, pem: Pem): Promise<string | undefined> => {
    const socket = dial(port, pem);
    await once(socket, 'secureConnect');
    const client = new RawFixClient(socket, {
      sender: 'DESK1',
      target: 'FATHOM',
    });
    client.send('A', '98=0|108=30');
    return (await client.expect(({ type }) => type === 'A' || type === '5', 'answered')).get('35');
  };

  const fingerprintOf = ({ cert }: Pem): string => new X509Certificate(cert).fingerprint256;

  it('is opened by the certificate with its name, not by another of the same authority', async () => {
    const port = await listen({ subject: ['CN=desk1'] });
    expect(await logOn(port, desk2)).to.equal('5');
    expect(await logOn(port, desk1)).to.equal('A');
  });

  it('is opened by the certificate with its fingerprint only', async () => {
    const port = await listen({ fingerprints: [fingerprintOf(desk1)] });
    expect(await logOn(port, desk2)).to.equal('5');
    expect(await logOn(port, desk1)).to.equal('A');
  });

  it('is not opened by the right name with the fingerprint of another', async () => {
    const port = await listen({
      subject: ['CN=desk1'],
      fingerprints: [fingerprintOf(desk2)],
    });
    expect(await logOn(port, desk1)).to.equal('5');
    expect(await logOn(port, desk2)).to.equal('5');
  });

  it('is out of reach without a certificate, and with one of the same name that nobody signed', async () => {
    const port = await listen({ subject: ['CN=desk1'] });
    for (const pem of [undefined, stranger]) {
      const socket = dial(port, pem);
      await new Promise((resolve) => socket.once('close', resolve));
    }
    expect(await logOn(port, desk1)).to.equal('A');
  });
});
