import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Secret } from '../../../src/lib/secret.ts';
import { call, FULL, V3 } from './stage.ts';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

interface Run {
  readonly rest: string;
  readonly ws: string;
  readonly fix: { readonly trading: Readonly<Record<string, unknown>> };
  readonly keys: readonly {
    readonly account: string;
    readonly apiKey: string;
    readonly apiSecret: string;
    readonly permissions: readonly string[];
  }[];
  readonly admin: string;
  readonly symbols: readonly string[];
}

describe('fathom simulate --json', () => {
  it('says in its first line where everything is; the keys trade on funded accounts', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', MAIN, 'simulate', '--json', '--symbols', 'PF_XBTUSD', '--speed', 'off'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      const lines = createInterface(child.stdout);
      const line = await new Promise<string>((resolve) => lines.once('line', resolve));
      const run = JSON.parse(line) as Run;
      expect(run.rest).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(run.ws).to.match(/^ws:\/\/127\.0\.0\.1:\d+\/ws\/v1$/);
      expect(run.admin).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(run.fix.trading).to.include.keys(
        'host',
        'port',
        'senderCompID',
        'targetCompID',
        'tls',
      );
      expect(run.symbols).to.deep.equal(['PF_XBTUSD']);
      const [first] = run.keys;
      if (first === undefined) throw new Error('no key');
      const key = {
        apiKey: first.apiKey,
        apiSecret: new Secret(first.apiSecret),
        account: first.account,
        permissions: FULL,
      };
      const params = {
        orderType: 'lmt',
        symbol: 'PF_XBTUSD',
        side: 'buy',
        size: 1,
        limitPrice: 83000,
      };
      const sent = { method: 'POST', path: `${V3}/sendorder`, params, key } as const;
      expect((await call(run.rest, sent)).text).to.include('"status":"placed"');
      const ledger = await fetch(`${run.admin}/ledger?account=${first.account}`);
      expect(await ledger.text()).to.include('"event":"booked"');
    } finally {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    }
  });
});
