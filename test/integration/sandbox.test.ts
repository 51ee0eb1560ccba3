import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { FATHOM, runFathom } from '../support/fathom-process.ts';
import { RawFixClient } from '../support/raw-fix-client.ts';
import { epochMs, toUtcTimestamp } from '../../src/lib/time.ts';

interface Announced {
  readonly client: {
    readonly port: number;
    readonly senderCompID: string;
    readonly targetCompID: string;
    readonly tls: boolean;
    readonly caFile?: string;
    readonly quickfix: string;
  };
  readonly simulator: { readonly caFile: string };
  readonly config: string;
  readonly dataDir: string;
  readonly isOpen: boolean;
}

describe('fathom sandbox', function () {
  this.timeout(240_000);
  let dir: string;
  let child: ChildProcess | undefined;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-sandbox-'));
  });
  afterEach(async () => {
    if (child?.exitCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(dir, { recursive: true, force: true });
  });

  const start = async (...args: readonly string[]): Promise<Announced> => {
    const all = ['sandbox', '--json', '--dir', dir, '--port', '0', ...args];
    const started = spawn(process.execPath, [FATHOM, ...all], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    const line = await new Promise<string>((resolve) => {
      createInterface(started.stdout).once('line', resolve);
    });
    return JSON.parse(line) as Announced;
  };

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child === undefined) throw new Error('it was not started');
    const gone = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    return (await gone)[0];
  };

  const order = (clOrdID: string): string => {
    const now = toUtcTimestamp(epochMs(Date.now()));
    return `11=${clOrdID}|55=PF_XBTUSD|54=1|38=0.01|40=2|44=50000|59=1|60=${now}`;
  };

  it('takes an order of a FIX client at once, and Ctrl-C ends it with nothing left open', async () => {
    const run = await start();
    expect(run.isOpen).to.equal(true);
    const { port, senderCompID: sender, targetCompID: target } = run.client;
    const client = new RawFixClient(port, { sender, target });
    await client.logon();
    client.send('D', order('S-1'));
    const report = await client.expect(
      ({ type, get }) => type === '8' && get(39) === '0',
      'the order is live',
    );
    expect(report.get('11')).to.equal('S-1');
    expect(await end('SIGINT')).to.equal(0);
    const ended = client.received.find((message) => message.get('39') === '4');
    expect(ended?.get('11') ?? ended?.get('41'), 'cancelled before the end').to.be.a('string');
    const log = readFileSync(logOf(run), 'utf8').trim().split('\n');
    expect(JSON.parse(log.at(-1) ?? '')).to.include({ code: 'STOPPED', ordersOpen: 0 });
  });

  it('writes what other commands and QuickFIX need, secrets for the owner only', async () => {
    const run = await start();
    const listed = await runFathom(['session', 'list', '--json', '--config', run.config]);
    expect(listed.code, listed.err).to.equal(0);
    expect(listed.out).to.include('"LoggedOn"');
    const account = await runFathom(['account', '--config', run.config]);
    expect(account.code, account.err).to.equal(0);
    const imported = await runFathom(['import-quickfix', run.client.quickfix]);
    expect(imported.code, imported.err).to.equal(0);
    for (const name of ['fix-api-secret', 'rest-api-secret', 'tls-key.pem'])
      expect(statSync(join(dir, 'keys', name)).mode & 0o077, name).to.equal(0);
  });

  it('speaks TLS to the client when it is asked to, with the certificate in the folder', async () => {
    const run = await start('--client-tls');
    const { port, caFile = '', senderCompID: sender, targetCompID: target } = run.client;
    const socket = connectTls({ port, host: 'localhost', ca: readFileSync(caFile) });
    await once(socket, 'secureConnect');
    const client = new RawFixClient(socket, { sender, target });
    await client.logon();
    client.close();
  });

  it('refuses a folder in which another one runs, a taken port and a folder it cannot make', async () => {
    const run = await start();
    const twice = await runFathom(['sandbox', '--dir', dir, '--port', '0']);
    expect(twice.code).to.equal(2);
    expect(twice.err).to.include('another sandbox runs there');
    const other = join(dir, 'other');
    const taken = await runFathom(['sandbox', '--dir', other, '--port', String(run.client.port)]);
    expect(taken.code).to.equal(1);
    expect(taken.err).to.match(/EADDRINUSE|in use/);
    const nowhere = await runFathom(['sandbox', '--dir', '/proc/none/sandbox']);
    expect(nowhere.code).to.equal(2);
    expect(nowhere.err).to.include('--dir /proc/none/sandbox');
  });

  it('prints how to connect for people, and ends after the time it was given', async () => {
    const args = ['sandbox', '--dir', dir, '--port', '0', '--for', '1s'];
    const started = spawn(process.execPath, [FATHOM, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    const [out, [code]] = await Promise.all([
      text(started.stdout),
      once(started, 'exit') as Promise<[number | null]>,
    ]);
    expect(code).to.equal(0);
    for (const word of ['SenderCompID  DESK1', 'TargetCompID  FATHOM', 'session list', 'Ctrl-C'])
      expect(out).to.include(word);
  });

  const logOf = ({ dataDir }: Announced): string => {
    const day = /(\d{8})-\d+$/.exec(dataDir)?.[1] ?? '';
    return join(dataDir, 'log', `fathom-sandbox-${day}.jsonl`);
  };
});
