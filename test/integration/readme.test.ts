import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { freePort, freePortBase } from '../support/engine-process.ts';
import { runFathom } from '../support/fathom-process.ts';
import { RawFixClient } from '../support/raw-fix-client.ts';
import { until } from '../support/until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
/** What a checkout holds after `npm ci`, as far as a command needs it. */
const CHECKOUT = ['bin', 'dist', 'config', 'fix-dictionaries', 'node_modules', 'package.json'];
const READY_MS = 120_000;

/** The first fenced block of a language that has the text in it. */
const blockWith = (language: string, text: string): string => {
  const blocks = README.matchAll(/^```(\w*)\n(.*?)^```$/gms);
  const found = [...blocks].find(([, tag, body = '']) => tag === language && body.includes(text));
  if (found === undefined) throw new Error(`no ${language} block with ${text}`);
  return found[2] ?? '';
};

describe('the README', () => {
  it('has a sandbox block that works as pasted: an order of a FIX client is accepted', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'fathom-readme-'));
    for (const name of CHECKOUT) symlinkSync(join(ROOT, name), join(dir, name));
    const [base, clientPort] = [await freePortBase(), await freePort()];
    const withPorts = (text: string): string =>
      text
        .replaceAll(/\b400([0-5])\b/g, (_, offset) => String(base + Number(offset)))
        .replaceAll(/\b(port-base )4000\b/g, `$1${base}`)
        .replaceAll(/\b5001\b/g, String(clientPort));
    rmSync(join(dir, 'config'));
    mkdirSync(join(dir, 'config'));
    const config = readFileSync(join(ROOT, 'config/simulator.json'), 'utf8');
    writeFileSync(join(dir, 'config/simulator.json'), withPorts(config));
    const shell = spawn('bash', ['-c', withPorts(blockWith('sh', 'fathom simulate'))], {
      cwd: dir,
      // Its own process group: the block leaves a process in the background, as a terminal would.
      detached: true,
      env: { ...process.env, npm_config_cache: join(dir, 'npm-cache') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let told = '';
    for (const stream of [shell.stdout, shell.stderr])
      stream.on('data', (chunk: Buffer) => {
        told += chunk.toString();
      });
    const isOver = once(shell, 'close');
    try {
      await until(
        () => told.includes(`listens on ${clientPort}`) || shell.exitCode !== null,
        'the engine listens',
        READY_MS,
      );
      expect(shell.exitCode, told).to.equal(null);
      const client = new RawFixClient(clientPort, { sender: 'DESK1', target: 'FATHOM' });
      await client.logon();
      await untilAccepted(client);
      client.close();
    } catch (cause) {
      throw new Error(`the block said: ${told}`, { cause });
    } finally {
      endGroup(shell.pid);
      await isOver;
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('names commands that there are', async () => {
    const named = [...README.matchAll(/npx fathom((?: [a-z][a-z-]*)+)/g)];
    const commands = [...new Set(named.map(([, words = '']) => words.trim()))];
    expect(commands.length).to.be.greaterThan(10);
    const helpOf = async (...words: readonly string[]): Promise<string> => {
      const { code, out } = await runFathom([...words, '--help']);
      expect(code, words.join(' ')).to.equal(0);
      return out;
    };
    const all = await helpOf();
    for (const words of commands) {
      const [name = '', part] = words.split(' ');
      expect(all, words).to.match(new RegExp(`^ {2}${name}\\b`, 'm'));
      if (part !== undefined)
        expect(await helpOf(name), words).to.match(new RegExp(`\\b${part}\\b`));
    }
  });

  it('has a library example that runs as it stands, and whose order is accepted', async () => {
    const example = blockWith('ts', 'startEngine');
    const dir = mkdtempSync(join(tmpdir(), 'fathom-readme-'));
    try {
      // A project that has Fathom among its packages, and no file of its own; it needs
      // `npm run build`, as the programs do.
      mkdirSync(join(dir, 'node_modules'));
      symlinkSync(ROOT, join(dir, 'node_modules/fathom'));
      writeFileSync(join(dir, 'example.mjs'), example);
      const child = spawn(process.execPath, ['example.mjs'], {
        cwd: dir,
        env: { ...process.env, FATHOM_LOGGING__FORMAT: 'off' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [out, errors, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'exit') as Promise<[number | null]>,
      ]);
      expect(code, errors).to.equal(0);
      const lines = out.trim().split('\n');
      expect(lines.map((line) => line.trim())).to.include('accepted');
      expect(out).not.to.include('Rejected');
      expect(lines.at(-1)).to.match(/^(Canceled|Trade) /);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

/** Ends a process group, if any of it is left. */
const endGroup = (leader: number | undefined): void => {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGTERM');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
};

/**
 * Sends orders until one is taken: the engine refuses them until the venue has answered its Logon.
 */
const untilAccepted = async (client: RawFixClient): Promise<void> => {
  for (let attempt = 1; attempt <= ORDERS_MAX; attempt += 1) {
    const clOrdID = `README-${attempt}`;
    const now = new Date().toISOString().replaceAll('-', '').replace('T', '-').replace('Z', '');
    client.send('D', `11=${clOrdID}|55=PF_XBTUSD|54=1|38=0.01|40=2|44=80000|59=1|60=${now}`);
    const answer = await client.expect(
      ({ type, get }) => type === '8' && get(11) === clOrdID && ['0', '8'].includes(get(39) ?? ''),
      `an answer to ${clOrdID}`,
    );
    if (answer.get('39') === '0') return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${ORDERS_MAX} orders were refused`);
};
const ORDERS_MAX = 200;
