import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { makeLoopbackCertificate } from '../../src/simulator/certificate.ts';
import { until } from '../support/until.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

describe('SIGHUP', function () {
  this.timeout(120_000);

  it('does not end the engine, and shows new connections the renewed certificate', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'fathom-hup-'));
    const [certFile, keyFile] = [join(dir, 'tls.crt'), join(dir, 'tls.key')];
    const write = async (): Promise<string> => {
      const made = await makeLoopbackCertificate(new Date());
      writeFileSync(certFile, made.cert);
      writeFileSync(keyFile, made.key);
      return made.cert.replaceAll(/-----[^-]+-----|\s/g, '');
    };
    await write();
    const config = JSON.parse(readFileSync('config/demo.json', 'utf8')) as {
      engine: { dataDir: string };
      sessions: Record<string, Record<string, unknown>>;
    };
    config.engine.dataDir = join(dir, 'data');
    const desk = config.sessions['desk1'] ?? {};
    desk['listen'] = { port: 0 };
    desk['tls'] = { enabled: true, certFile, keyFile };
    writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
    const child = spawn(
      process.execPath,
      [MAIN, 'start', '--config', join(dir, 'config.json'), '--json'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    try {
      await until(() => /^\{"engine".*\n/m.test(out), 'it listens', 60_000);
      const said = JSON.parse(/^\{"engine".*$/m.exec(out)?.[0] ?? '{}') as {
        clients: { desk1: number };
      };
      const shown = async (): Promise<string> => {
        const port = said.clients.desk1;
        const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
        await once(socket, 'secureConnect');
        const { raw } = socket.getPeerCertificate();
        socket.destroy();
        return raw.toString('base64');
      };
      const renewed = await write();
      child.kill('SIGHUP');
      let last = '';
      await until(
        () => {
          void shown().then((found) => (last = found));
          return last === renewed;
        },
        'the renewed certificate is shown',
        30_000,
      );
      child.kill('SIGHUP');
      expect(await shown()).to.equal(renewed);
      expect(child.exitCode).to.equal(null);
    } finally {
      const over = once(child, 'exit');
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await over;
      }
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
