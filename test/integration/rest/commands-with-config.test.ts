import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { startEngine } from '../../../src/app/start-engine.ts';
import { accountCommand } from '../../../src/cli/account/index.ts';
import { checkConfigCommand } from '../../../src/cli/check-config.ts';
import { type CliIo } from '../../../src/cli/shared/cli-io.ts';
import { historyCommand } from '../../../src/cli/history.ts';
import { marketCommand } from '../../../src/cli/market/index.ts';
import { withdrawCommand } from '../../../src/cli/withdraw/index.ts';
import { epochMs } from '../../../src/lib/time.ts';
import { silentLogger } from '../../../src/observability/logger.ts';
import { startHttpFake } from '../../unit/kraken/rest/support.ts';
import { type ConfiguredVenue, makeFathom, startConfiguredVenue } from './venue-with-config.ts';

type Make = (io: CliIo) => { parseAsync: (args: string[], from: { from: 'user' }) => unknown };

describe('commands that talk to the venue, by configuration and by flags', () => {
  let venue: ConfiguredVenue;
  before(async () => {
    venue = await startConfiguredVenue();
  });
  after(() => venue.stop());

  const run = async (make: Make, args: string[], given: Partial<CliIo> = {}) => {
    const { io, taken } = makeFathom(venue.env);
    const before = ['SIGINT', 'SIGTERM'].map((signal) => process.listeners(signal as 'SIGINT'));
    await make({ ...io, ...given }).parseAsync(args, { from: 'user' });
    for (const [at, signal] of (['SIGINT', 'SIGTERM'] as const).entries())
      for (const listener of process.listeners(signal))
        if (!before[at]?.includes(listener)) process.removeListener(signal, listener);
    return taken();
  };
  const span = ['--since', '2026-01-01', '--until', '2026-01-02'];

  it('shows an account with the address, authority and key of the configuration', async () => {
    const config = venue.writeConfig('account');
    const shown = await run(accountCommand, ['--config', config]);
    expect(shown.exitCode, shown.err).to.equal(0);
    for (const text of ['account fathom', 'cash', 'fi_xbtusd', 'multi-collateral', '10000000'])
      expect(shown.out).to.include(text);
    expect(shown.out).to.include('positions: none').and.to.include('open orders: none');
    const { out } = await run(accountCommand, ['--config', config, '--json']);
    const json = JSON.parse(out) as { wallets: Record<string, object>; isComplete: boolean };
    expect(json).to.include({ account: 'fathom', isComplete: true });
    expect(json.wallets['fi_xbtusd']).to.deep.include({ balances: { xbt: '100' } });
  });

  it('repeats with --watch, one JSON object a line', async () => {
    const watch = ['--watch', '50ms', '--for', '700ms', '--json'];
    const args = ['--config', venue.writeConfig('watch'), ...watch];
    const { out, exitCode } = await run(accountCommand, args);
    const lines = out.split('\n').map((line) => JSON.parse(line) as { isComplete: boolean });
    expect(lines.length).to.be.greaterThan(1);
    expect(lines.every(({ isComplete }) => isComplete)).to.equal(true);
    expect(exitCode).to.equal(0);
  });

  it('says whose key is used when the named account has none of its own', async () => {
    const config = venue.writeConfig('named');
    const shown = await run(accountCommand, ['--config', config, '--account', 'desk-7', '--json']);
    expect(shown.err).to.include('desk-7: no key of its own').and.to.include('rest.credentials');
    expect(JSON.parse(shown.out)).to.include({ account: 'desk-7' });
  });

  it('downloads a history by configuration and gives a JSON summary', async () => {
    const out = join(venue.folder, 'executions.jsonl');
    const args = ['executions', '--config', venue.writeConfig('history'), ...span, '--out', out];
    const done = await run(historyCommand, [...args, '--json']);
    expect(done.exitCode, done.err).to.equal(0);
    expect(JSON.parse(done.out)).to.deep.include({
      ...{ kind: 'executions', account: 'fathom', since: '2026-01-01T00:00:00.000Z', rows: 0 },
      ...{ isResumed: false, isComplete: true, findings: [], out },
    });
    expect(readFileSync(out, 'utf8')).to.equal('');
  });

  it('needs no FIX secret for REST, and none at all for public data', async () => {
    const config = venue.writeConfig('few');
    const { REST_API_KEY = '', REST_API_SECRET = '' } = venue.env;
    const shown = await run(accountCommand, ['--config', config], {
      env: { REST_API_KEY, REST_API_SECRET },
    });
    expect(shown.exitCode, shown.err).to.equal(0);
    const market = ['PF_XBTUSD', '--config', config, '--for', '700ms', '--json'];
    const watched = await run(marketCommand, market, { env: {} });
    expect(watched.exitCode, watched.err).to.equal(0);
    expect(watched.out).to.include('"type":"top"');
    const refused = await run(accountCommand, ['--config', config], { env: { REST_API_KEY } });
    expect(refused.exitCode).to.equal(2);
    expect(refused.err).to.equal(
      'config: rest.credentials.apiSecret: the environment variable REST_API_SECRET is not set',
    );
  });

  it('lets flags win over the configuration, and trusts what --ca-file names', async () => {
    const config = venue.writeConfig('flags');
    const wrong = join(venue.folder, 'wrong.pem');
    writeFileSync(wrong, 'no certificate');
    const refused = await run(accountCommand, ['--config', config, '--ca-file', wrong]);
    expect(refused.exitCode).to.equal(1);
    expect(refused.err).to.include('missing wallets: NotSent (ConnectFailed)');
    expect(refused.out).to.include('NO ANSWER for balances').and.to.include('positions: unknown');
    const nowhere = await run(accountCommand, ['--config', config, '--ca-file', '/nowhere.pem']);
    expect(nowhere).to.include({ exitCode: 2 });
    expect(nowhere.err).to.include(
      '--ca-file /nowhere.pem: cannot be read: there is no such file or folder (ENOENT)',
    );
    const plain = ['--config', config, '--origin', 'http://venue.example'];
    expect((await run(accountCommand, plain)).err).to.include('does not travel without TLS');
  });

  it('names the key that a configuration lacks', async () => {
    const config = venue.writeConfig('bare', { rest: undefined, webSocket: undefined });
    const account = await run(accountCommand, ['--config', config]);
    expect(account.err).to.include('rest.origin: is not set in').and.to.include('--origin');
    const market = await run(marketCommand, ['PF_XBTUSD', '--config', config]);
    expect(market.err).to.include('webSocket.url: is not set in').and.to.include('--url');
    expect([account.exitCode, market.exitCode]).to.deep.equal([2, 2]);
    const broken = venue.writeConfig('broken', { rest: { orign: 'https://x' } });
    const misspelt = await run(accountCommand, ['--config', broken]);
    expect(misspelt.err).to.include('rest.orign').and.to.include('origin');
    expect(misspelt.exitCode).to.equal(2);
  });

  it('says that a view is incomplete instead of leaving it out', async () => {
    const answers: Record<string, string> = {
      accounts:
        '"accounts":{"cash":{"type":"cashAccount","balances":{"xbt":"x"}},"new":{"type":"n"}}',
      openpositions: '"openPositions":[{"symbol":"PF_XBTUSD","side":"long","price":1,"size":0.30}]',
      openorders: '"openOrders":[{"symbol":"PF_XBTUSD"}]',
    };
    const fake = await startHttpFake((request, _body, response) => {
      const name = request.url?.split('/').at(-1) ?? '';
      const at = '"serverTime":"2026-11-26T12:00:00.000Z"';
      response.end(`{"result":"success",${answers[name] ?? '"x":1'},${at}}`);
    });
    const key = { FATHOM_REST_A_API_KEY: 'k', FATHOM_REST_A_API_SECRET: 'c2VjcmV0' };
    const args = ['--account', 'a', '--origin', fake.origin];
    const shown = await run(accountCommand, args, { env: key });
    const json = await run(accountCommand, [...args, '--json'], { env: key });
    await fake.close();
    expect(shown.exitCode).to.equal(1);
    expect(shown.out).to.include('INCOMPLETE balances').and.to.include('INCOMPLETE open orders');
    expect(shown.out).to.include('new is a wallet of an unknown type').and.to.include('UNKNOWN');
    expect(shown.out).to.include('PF_XBTUSD');
    expect(JSON.parse(json.out)).to.deep.include({
      isComplete: false,
      positions: [{ symbol: 'PF_XBTUSD', side: 'long', qty: '0.3', entryPx: '1' }],
    });
  });

  it('tells the end of life from the configured day on, in every command', async () => {
    const config = venue.writeConfig('end', { endOfLife: { noticeFrom: '2026-11-20' } });
    const commands: [Make, string[]][] = [
      [checkConfigCommand, ['--config', config]],
      [accountCommand, ['--config', config]],
      [accountCommand, ['--engine', '--config', config]],
      [marketCommand, ['PF_XBTUSD', '--config', config, '--for', '50ms']],
      [
        historyCommand,
        ['executions', '--config', config, ...span, '--out', join(venue.folder, 'e')],
      ],
      [withdrawCommand, ['list', '--config', config]],
    ];
    for (const [make, args] of commands) {
      const on = (day: string) => ({ now: () => epochMs(Date.parse(day)) });
      expect((await run(make, args, on('2026-11-19'))).err).not.to.include('notice:');
      expect((await run(make, args, on('2026-11-20'))).err).to.include(
        'notice: Kraken Derivatives REST and WebSocket v1 end on 2027-03-01, in 101 days',
      );
    }
  });

  it('has an engine log the end of life when it starts', async () => {
    const config = venue.writeConfig('engine', { endOfLife: { noticeFrom: '2020-01-01' } });
    const told: unknown[] = [];
    const logger = {
      ...silentLogger,
      warn: (message: string, fields = {}) => told.push({ message, ...fields }),
    };
    const engine = await startEngine({ config, env: venue.env, logger });
    await engine.stop();
    const notices = told.filter((line) => (line as { code?: string }).code === 'END_OF_LIFE');
    expect(notices).to.have.length(1);
    expect(JSON.stringify(notices)).to.include('REST and WebSocket v1 end on 2027-03-01');
  });
});
