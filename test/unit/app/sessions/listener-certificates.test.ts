import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect } from 'chai';
import {
  ListenerCertificates,
  readTlsFiles,
} from '../../../../src/app/sessions/listener-certificates.ts';
import { systemClock, systemTimers } from '../../../../src/app/system-clock.ts';
import { type ClientSessionConfig } from '../../../../src/config/config.ts';
import { type FixAcceptor, makeAcceptor } from '../../../../src/fix/runtime/acceptor/acceptor.ts';
import {
  type Certificate,
  makeLoopbackCertificate,
} from '../../../../src/simulator/certificate.ts';
import { stockDictionary } from '../../../conformance/stage.ts';
import { VirtualTime } from '../../../support/virtual-time.ts';

describe('the certificate of a listener', () => {
  let folder: string;
  let old: Certificate;
  let renewed: Certificate;
  let acceptor: FixAcceptor;
  let certificates: ListenerCertificates;
  let port: number;
  let time: VirtualTime;
  let said: string[];

  before(async () => {
    old = await makeLoopbackCertificate(new Date());
    renewed = await makeLoopbackCertificate(new Date());
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fathom-tls-'));
    said = [];
    time = new VirtualTime();
    write(old);
    const tls = {
      ...{ enabled: true, certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') },
    } as unknown as ClientSessionConfig['tls'];
    const files = readTlsFiles(tls);
    acceptor = makeAcceptor({
      listen: { host: '127.0.0.1', port: 0, ...(files && { tls: files }) },
      sessions: [],
      dictionary: stockDictionary('FIX.4.4'),
      ...{ clock: systemClock, timers: systemTimers },
    });
    ({ port } = await acceptor.listen());
    certificates = new ListenerCertificates({
      ...{ tls, acceptor, timers: time },
      onRenewed: () => said.push('renewed'),
      onFailed: () => said.push('failed'),
    });
  });
  afterEach(async () => {
    certificates.close();
    await acceptor.close();
    rmSync(folder, { recursive: true });
  });

  const write = ({ cert, key }: Certificate): void => {
    writeFileSync(join(folder, 'tls.crt'), cert);
    writeFileSync(join(folder, 'tls.key'), key);
  };

  /** Whose certificate a new connection is shown. */
  const shown = async (): Promise<'old' | 'renewed'> => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    try {
      await once(socket, 'secureConnect');
      const { raw } = socket.getPeerCertificate();
      return raw.toString('base64') === bodyOf(renewed.cert) ? 'renewed' : 'old';
    } finally {
      socket.destroy();
    }
  };
  const bodyOf = (pem: string): string => pem.replaceAll(/-----[^-]+-----|\s/g, '');

  it('is the new one within seconds after the files were written over', async () => {
    expect(await shown()).to.equal('old');
    write(renewed);
    await time.advance(5_000);
    expect(await shown()).to.equal('renewed');
    expect(said).to.deep.equal(['renewed']);
  });

  it('is the new one after the files were renamed into place', async () => {
    for (const [name, text] of [
      ['tls.crt', renewed.cert],
      ['tls.key', renewed.key],
    ] as const) {
      writeFileSync(join(folder, `${name}.new`), text);
      renameSync(join(folder, `${name}.new`), join(folder, name));
    }
    await time.advance(5_000);
    expect(await shown()).to.equal('renewed');
  });

  it('is the new one after a link was set to another folder', async () => {
    const next = join(folder, 'next');
    mkdirSync(next);
    for (const [name, text] of [
      ['tls.crt', renewed.cert],
      ['tls.key', renewed.key],
    ] as const) {
      writeFileSync(join(next, name), text);
      unlinkSync(join(folder, name));
      symlinkSync(join(next, name), join(folder, name));
    }
    await time.advance(5_000);
    expect(await shown()).to.equal('renewed');
  });

  it('is the new one at once when it is asked for', async () => {
    write(renewed);
    certificates.renew();
    expect(await shown()).to.equal('renewed');
  });

  it('stays the old one while half of the new one is there, and says so once', async () => {
    writeFileSync(join(folder, 'tls.crt'), renewed.cert);
    await time.advance(20_000);
    expect(await shown()).to.equal('old');
    expect(said).to.deep.equal(['failed']);
    writeFileSync(join(folder, 'tls.key'), renewed.key);
    await time.advance(5_000);
    expect(await shown()).to.equal('renewed');
    expect(said).to.deep.equal(['failed', 'renewed']);
  });

  for (const [what, spoil] of [
    ['gone', (path: string) => unlinkSync(path)],
    ['empty', (path: string) => writeFileSync(path, '')],
    ['no certificate', (path: string) => writeFileSync(path, 'hello')],
  ] as const) {
    it(`stays the old one while its file is ${what}`, async () => {
      spoil(join(folder, 'tls.crt'));
      await time.advance(10_000);
      expect(await shown()).to.equal('old');
      expect(said).to.deep.equal(['failed']);
    });
  }
});
