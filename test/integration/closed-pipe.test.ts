import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openJournal } from '../../src/journal/open-journal.ts';
import { encodeAudit, RECORD_KIND } from '../../src/journal/record.ts';
import { epochMs } from '../../src/lib/time.ts';
import { freePortBase } from '../support/engine-process.ts';
import { FATHOM, headOfFathom, type Sandbox, startSandbox } from '../support/fathom-process.ts';

const opened = async (dir: string) => {
  const result = await openJournal({ dir });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

describe('a command whose reader has seen enough (| head -1)', () => {
  let sandbox: Sandbox;

  before(async () => {
    sandbox = await startSandbox('--symbols', 'PF_XBTUSD');
  });
  after(() => sandbox.stop());

  it('ends quietly when it shows a market', async () => {
    const market = ['market', 'PF_XBTUSD', '--url', sandbox.run.ws, '--json'];
    const { code, out, err } = await headOfFathom(market);
    expect([code, err]).to.deep.equal([0, '']);
    expect(out).to.match(/^\{"type":"(top|trade)".*\n$/);
  });

  it('ends quietly when it watches an account', async () => {
    const { apiKey, apiSecret } = sandbox.run.keys[0]!;
    const env = { FATHOM_REST_ONE_API_KEY: apiKey, FATHOM_REST_ONE_API_SECRET: apiSecret };
    const where = ['--origin', sandbox.run.rest, '--account', 'one'];
    const watch = ['account', ...where, '--watch', '100ms', '--for', '10m', '--json'];
    const { code, out, err } = await headOfFathom(watch, env);
    expect([code, err]).to.deep.equal([0, '']);
    expect(out).to.include('"account":"one"');
  });

  it('ends quietly when it dumps a journal', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'fathom-pipe-'));
    try {
      const { journal } = await opened(dir);
      for (let i = 0; i < 5_000; i += 1)
        journal.append(RECORD_KIND.audit, encodeAudit(epochMs(i), { by: 'ann' }));
      await journal.close();
      const { code, out, err } = await headOfFathom(['journal', 'dump', dir, '--json']);
      expect([code, err]).to.deep.equal([0, '']);
      expect(JSON.parse(out)).to.include({ seq: 1 });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('ends with its own exit code when it would have ended anyway', async () => {
    const { code, out, err } = await headOfFathom(['check-config', '--config', 'config/demo.json']);
    expect([code, err]).to.deep.equal([0, '']);
    expect(out).not.to.equal('');
  });

  it('goes on when it is the venue that others trade on', async () => {
    const portBase = await freePortBase();
    const args = ['simulate', '--port-base', String(portBase), '--plain', '--symbols', 'PF_XBTUSD'];
    const child = spawn(process.execPath, [FATHOM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const gone = once(child, 'exit');
    await once(createInterface(child.stdout), 'line');
    child.stdout.destroy();
    const asked = await fetch(`http://127.0.0.1:${portBase}/derivatives/api/v3/instruments`);
    expect(asked.status).to.equal(200);
    child.kill('SIGTERM');
    expect(await gone).to.deep.equal([0, null]);
    expect(errors).to.equal('');
  });

  it('reports in one line that its results cannot be written', async () => {
    const command = '"$0" "$@" > /dev/full';
    const args = [process.execPath, FATHOM, 'check-config', '--config', 'config/demo.json'];
    const child = spawn('bash', ['-c', command, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).to.equal(1);
    expect(errors).to.equal('standard output: the disk is full (ENOSPC): make room on it\n');
  });
});
