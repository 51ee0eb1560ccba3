import { type ChildProcess, spawn } from 'node:child_process';
import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTurns } from '../../support/in-turns.ts';
import { until } from '../../support/until.ts';
import { RawTrader } from '../simulator-rest/channel-clients.ts';
import { call, FULL, V3 } from '../simulator-rest/stage.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { KeptVenue } from './kept-venue.ts';

const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

/** Of PF_XBTUSD in config/replay/example.jsonl. */
const RECORDED_TRADES = 5;

interface RestKey {
  readonly account: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const textOf = (stream: ChildProcess['stdout']): (() => string) => {
  let text = '';
  stream?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
};

const run = async (args: readonly string[]): Promise<Ended> => {
  // One that does not end by itself is a failure, not a process left behind.
  const child = spawn(process.execPath, [MAIN, 'simulate', ...args], { timeout: 240_000 });
  const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: out(), err: err().trim() };
};

describe('the command fathom simulate', () => {
  let dir: string;
  const venues: KeptVenue[] = [];
  const start = async (args: readonly string[]): Promise<KeptVenue> => {
    const venue = await KeptVenue.start(args);
    venues.push(venue);
    return venue;
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-simulate-'));
  });
  afterEach(async () => {
    for (const venue of venues.splice(0)) await venue.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  const badFile = (text: string): string => {
    const file = join(dir, 'bad');
    writeFileSync(file, text);
    return file;
  };

  it('says in one line what is wrong, and ends with 2', async () => {
    const recording = badFile('{"kind":"index","at":0,"symbol":"PF_NOPE","price":"1"}\n');
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['--symbols', 'PF_XBTUSD,PF_NOPE'], /PF_NOPE/],
      [['--speed', 'warp'], /off, slow, normal, fast/],
      [['--replay', recording], /line 1: PF_NOPE is not listed/],
      [['--scenario', recording], /--scenario .*bad: /],
      [['--keys', join(dir, 'none')], /there is no such file/],
      [['--set', 'feeds.infoo=omit'], /feeds\.infoo: there is no such key/],
      [['--state', dir], /holds no simulator state, but other files: bad/],
      [['--state', '/proc/none/state'], /--state \/proc\/none\/state: .*\(ENOENT\)$/],
      [['--ledger', '/proc/none/ledger'], /^--ledger \/proc\/none\/ledger: .*\(ENOENT\)$/],
      [['--ca-file', '/proc/none/ca'], /^--ca-file \/proc\/none\/ca: .*\(ENOENT\)$/],
      [['--comp-id', ''], /--comp-id.*printable/],
      [['--comp-id', 'A\u0001B'], /--comp-id.*printable/],
      [['--comp-id', 'A B'], /--comp-id.*printable/],
    ];
    const ends = await inTurns(cases, ([args]) => run(args));
    for (const [at, [args, text]] of cases.entries()) {
      expect(ends[at]?.err, args.join(' ')).to.match(text);
      expect(ends[at]?.err.split('\n')).to.have.length(1);
      expect(ends[at]?.out).to.equal('');
      expect(ends[at]?.code, args.join(' ')).to.equal(2);
    }
  });

  it('ends with one line when the disk has no room for the ledger', async () => {
    const args = ['--json', '--speed', 'off', '--symbols', 'PF_XBTUSD', '--ledger', '/dev/full'];
    const child = spawn(process.execPath, [MAIN, 'simulate', ...args], { timeout: 240_000 });
    const err = textOf(child.stderr);
    const closed = once(child, 'close');
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { rest, keys } = JSON.parse(line) as { rest: string; keys: Readonly<RestKey>[] };
    const { apiKey, apiSecret, account } = keys[0]!;
    const key = { apiKey, apiSecret: new Secret(apiSecret), account, permissions: FULL };
    const size = { symbol: 'PF_XBTUSD', side: 'buy', size: 1, limitPrice: 83_000 };
    const params = { orderType: 'lmt', ...size };
    // It may be gone before it has answered.
    await call(rest, { method: 'POST', path: `${V3}/sendorder`, params, key }).catch(
      () => undefined,
    );
    expect((await closed)[0]).to.equal(1);
    expect(err().trim()).to.equal('--ledger /dev/full: the disk is full (ENOSPC): make room on it');
  });

  it('leaves nothing half-started when a port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { readonly port: number };
    // FIX L3 is one of the last to listen.
    const ended = await run(['--port-base', String(port - 4)]);
    expect(ended).to.deep.equal({ code: 1, out: '', err: `port ${port} is in use` });
    server.close();
  });

  it('refuses a directory that another process has, or that was made otherwise', async () => {
    const state = ['--state', join(dir, 'state')];
    const venue = await start([...state, '--speed', 'off', '--symbols', 'PF_XBTUSD']);
    expect((await run(state)).err).to.match(/held by process \d+/);
    await venue.kill();
    expect((await run([...state, '--seed', '5'])).err).to.equal(
      'the seed is not what this state was made with: 1, now 5',
    );
    expect((await run([...state, '--symbols', 'PI_XBTUSD'])).err).to.match(/contracts are not/);
    expect((await run([...state, '--clients', '3'])).err).to.match(/CompIDs are not/);
    expect((await run([...state, '--set', 'exchange.takerFee=0'])).err).to.match(
      /exchange settings are not/,
    );
  });

  it('takes keys from a file, plays a recording ten times as fast, and obeys settings', async () => {
    const keys = join(dir, 'keys.json');
    const [one, two] = ['c2VjcmV0IG9uZQ==', 'c2VjcmV0IHR3bw=='];
    const rest = { account: 'desk', apiKey: 'desk-key', apiSecret: one };
    const fix = { senderCompID: 'DESK-DRV', fixApiKey: 'desk-fix', fixApiSecret: two };
    const accounts = { desk: { balances: { flex: { USD: '4321' } } } };
    writeFileSync(keys, JSON.stringify({ accounts, keys: [{ ...rest, ...fix }] }));
    const venue = await start([
      ...['--keys', keys, '--speed', '10', '--replay', 'config/replay/example.jsonl'],
      ...['--set', 'fix.refusedLogon=silent-close'],
    ]);
    expect(venue.run.keys.map(({ apiKey }) => apiKey)).to.deep.equal(['desk-key']);
    expect(JSON.stringify(await venue.get(`${V3}/accounts`))).to.include('"quantity":4321');
    const trades = async (): Promise<number> => {
      const { history } = await venue.get(`${V3}/history`, 0, { symbol: 'PF_XBTUSD' });
      return Array.isArray(history) ? history.length : 0;
    };
    await until(async () => (await trades()) >= RECORDED_TRADES, 'the recording is played');
    expect(await trades()).to.equal(RECORDED_TRADES);

    const stranger = new RawTrader(venue.run.fix.trading.port, 'DESK-DRV');
    const wrong = { apiKey: new Secret('desk-fix'), apiSecret: new Secret(one) };
    void stranger.logon(wrong).catch(() => undefined);
    await until(() => stranger.raw.isClosed, 'the wrong Logon meets the end of the connection');
    expect(stranger.raw.received).to.deep.equal([]);
  });
});
