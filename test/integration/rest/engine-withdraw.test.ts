import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { lockFolder } from '../../../src/app/lock-folder.ts';
import { startEngine } from '../../../src/app/start-engine.ts';
import { withdrawCommand } from '../../../src/cli/withdraw/index.ts';
import { makeOperatorKey } from '../../../src/kraken/funds/approval.ts';
import { makeMoneyVerbs } from '../../../src/kraken/funds/money-verbs.ts';
import { type FundsService } from '../../../src/kraken/funds/funds-service.ts';
import { makeKeyBudgets } from '../../../src/app/venue-view/rest-access.ts';
import { openWithdrawals } from '../../../src/app/operator/withdrawals.ts';
import { systemClock, systemTimers } from '../../../src/app/system-clock.ts';
import { loadConfig } from '../../../src/config/load/load-config.ts';
import { silentLogger } from '../../../src/observability/logger.ts';
import { until } from '../../support/until.ts';
import {
  type ConfiguredVenue,
  fundsKeyReference,
  makeFathom,
  startConfiguredVenue,
} from './venue-with-config.ts';

/** Of this process: a lock of a key is the machine’s, where the test may run twice at once. */
const keyNamed = (name: string): string => `${name}-${randomUUID()}`;
const KEYS = {
  ofTwo: keyNamed('key-of-two'),
  ofAnother: keyNamed('key-of-another'),
  ofMachine: keyNamed('key-of-a-machine'),
  moved: keyNamed('key-that-moved'),
  lost: keyNamed('key-that-is-lost'),
};

/** As the names of a key's files have it. */
const digestOf = (apiKey: string): string =>
  createHash('sha256').update(apiKey).digest('hex').slice(0, 32);

describe('fathom withdraw against a running engine and the simulator', () => {
  let venue: ConfiguredVenue;
  before(async () => {
    venue = await startConfiguredVenue();
  });
  after(async () => {
    const { FUNDS_API_KEY = '' } = venue.env;
    const used = [FUNDS_API_KEY, ...Object.values(KEYS)];
    for (const apiKey of used)
      rmSync(join(lockFolder(), `funds-${digestOf(apiKey)}.head.json`), { force: true });
    await venue.stop();
  });

  const run = async (args: readonly string[]) => {
    const { io, taken } = makeFathom(venue.env);
    await withdrawCommand(io).parseAsync([...args], { from: 'user' });
    return taken();
  };
  const keygen = async (name: string): Promise<{ publicKey: string }> => {
    const { out } = await run(['keygen', '--out', join(venue.folder, `${name}.pem`)]);
    return { publicKey: out.split('\n')[1] ?? '' };
  };
  const cash = (): string =>
    JSON.stringify(venue.simulator.queries.balances('desk'), (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );

  it('sends once, after two operators signed, and leaves the audit record below the data folder', async () => {
    const config = venue.writeConfig('funds', {
      funds: {
        enabled: true,
        credentials: fundsKeyReference,
        account: 'desk',
        operators: {
          ann: await keygen('ann'),
          bob: await keygen('bob'),
          carl: { ...(await keygen('carl')), mayApprove: false },
        },
        destinations: {
          spot: { kind: 'Withdrawal', from: 'cash', to: 'spot', currencies: ['xbt'] },
        },
        limits: { xbt: { amountMax: '1', amountPerDayMax: '1' } },
      },
    });
    const engine = await startEngine({ config, env: venue.env });
    const before = cash();
    try {
      const way = ['--config', config];
      const proposal = ['--account', 'desk', '--currency', 'xbt', '--amount', '0.75'];
      const key = ['--key', join(venue.folder, 'carl.pem')];
      const propose = (by: string) => run(['propose', ...proposal, '--by', by, ...key, ...way]);
      const proposed = await propose('carl');
      expect(proposed.exitCode, proposed.err).to.equal(0);
      // Terminal escapes that go up, and write another amount over the one that is signed.
      for (const by of ['carl\u001b[3A\u001b[12C0.001\u001b[3B', 'carl\u202e', 'carl\u009b1A']) {
        const spoofed = await propose(by);
        expect(spoofed).to.include({ exitCode: 1, out: '' });
        expect(spoofed.err).to.match(/^BAD_REQUEST: args: by holds the .* character U\+\w{4}$/);
      }
      const twin = await propose('сarl');
      expect(twin.err).to.equal('REFUSED: proposedBy holds a character that is not ASCII');
      const early = await run(['send', 'M1', '--by', 'carl', ...way]);
      expect(early).to.include({ exitCode: 1, err: 'REFUSED: 0 of 2 approvals' });
      expect(cash()).to.equal(before);
      for (const name of ['ann', 'bob']) {
        const key = ['--key', join(venue.folder, `${name}.pem`), '--yes'];
        const signed = await run(['approve', 'M1', '--operator', name, ...key, ...way]);
        expect(signed.exitCode, signed.err).to.equal(0);
      }
      const sent = await run(['send', 'M1', '--by', 'carl', '--json', ...way]);
      expect(JSON.parse(sent.out)).to.include({ id: 'M1', status: 'Done' });
      const after = cash();
      expect(after).not.to.equal(before);
      expect((await run(['send', 'M1', '--by', 'carl', ...way])).err).to.include('ended: Done');
      const more = await propose('carl');
      expect(more.err).to.include('over the daily limit');
      expect(cash()).to.equal(after);
    } finally {
      await engine.stop();
    }
    const record = readFileSync(join(venue.folder, 'funds/funds/audit.jsonl'), 'utf8');
    const types = record
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { fact: { type: string } }).fact.type);
    expect(types).to.deep.equal([
      ...['Proposed', 'Denied', 'Denied', 'Approved', 'Approved', 'SendIntended', 'Done'],
      ...['Denied', 'Denied'],
    ]);
  });

  const openAs = (name: string, apiKey: string) => {
    const keyOf = (): { publicKey: string } => ({
      publicKey: makeOperatorKey().publicKeyPem.split('\n')[1] ?? '',
    });
    const operators = { ann: keyOf(), bob: keyOf(), carl: keyOf() };
    const funds = {
      enabled: true,
      credentials: fundsKeyReference,
      account: 'desk',
      operators,
      destinations: { spot: { kind: 'Withdrawal', from: 'cash', to: 'spot', currencies: ['xbt'] } },
      limits: { xbt: { amountMax: '1', amountPerDayMax: '1' } },
    };
    const env = { ...venue.env, FUNDS_API_KEY: apiKey };
    const loaded = loadConfig({ path: venue.writeConfig(name, { funds }), env });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
    const deps = { clock: systemClock, timers: systemTimers, random: () => 0.5 };
    return openWithdrawals(loaded.value.config, {
      ...deps,
      logger: silentLogger,
      budgetsOf: makeKeyBudgets(),
    });
  };
  const openedAs = async (name: string, apiKey: string) => {
    const opened = await openAs(name, apiKey);
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  };
  const refusalAs = async (name: string, apiKey: string): Promise<string> => {
    const opened = await openAs(name, apiKey);
    if (opened.ok) await opened.value.close();
    return opened.ok ? '(opened)' : opened.error;
  };

  it('refuses a second engine with the same key, whatever its data folder, until the first has stopped', async () => {
    const first = await openedAs('one', KEYS.ofTwo);
    expect(await refusalAs('two', KEYS.ofTwo)).to.match(/^funds: another engine uses this key: /);
    const other = await openedAs('three', KEYS.ofAnother);
    await other.close();
    await first.close();
    expect(await refusalAs('two', KEYS.ofTwo)).to.equal('(opened)');
  });

  it('refuses it without the lock file too, as for a user whose home is another', async () => {
    const first = await openedAs('four', KEYS.ofMachine);
    rmSync(join(lockFolder(), `funds-${digestOf(KEYS.ofMachine)}.lock`));
    expect(await refusalAs('five', KEYS.ofMachine)).to.equal(
      'funds: another engine uses this key: another process on this machine holds it',
    );
    await first.close();
    expect(await refusalAs('five', KEYS.ofMachine)).to.equal('(opened)');
  });

  it('moves no money once another engine may have the key, and still shows what there is', async () => {
    const first = await openedAs('lost', KEYS.lost);
    const send = async () => {
      const answer = await first.handlers['withdraw.send']?.({ id: 'M1', by: 'carl' });
      return answer?.ok === false ? answer.error : undefined;
    };
    expect((await send())?.code).not.to.equal('FUNDS_LOCK_LOST');
    const theirs = { pid: 1, host: 'elsewhere', startedAt: 'x', pids: 'theirs' };
    const path = join(lockFolder(), `funds-${digestOf(KEYS.lost)}.lock`);
    writeFileSync(path, JSON.stringify(theirs));
    await until(async () => (await send())?.code === 'FUNDS_LOCK_LOST', 'lost');
    expect((await send())?.message).to.match(/another process.*no other engine has this key/s);
    expect((await first.handlers['withdraw.list']?.({}))?.ok).to.equal(true);
    await first.close();
    rmSync(path);
  });

  it('refuses a new data folder for a key that moved money from another', async () => {
    const first = await openedAs('six', KEYS.moved);
    await first.handlers['withdraw.send']?.({ id: 'M1', by: 'carl' });
    await first.close();
    expect(await refusalAs('seven', KEYS.moved)).to.match(
      /^funds: .*seven\/funds\/audit.jsonl: the last 1 of 1 lines are missing .*used with .*six\/funds\/audit.jsonl\. Bring/,
    );
    expect(await refusalAs('six', KEYS.moved)).to.equal('(opened)');
  });

  it('answers that withdrawals are off when no funds are configured', async () => {
    const config = venue.writeConfig('off');
    const engine = await startEngine({ config, env: venue.env });
    try {
      const listed = await run(['list', '--config', config]);
      expect(listed.exitCode).to.equal(1);
      expect(listed.err).to.include('WITHDRAWALS_OFF: withdrawals are off');
    } finally {
      await engine.stop();
    }
  });

  it('closes every verb that withdrawals would have', async () => {
    const loaded = loadConfig({ path: venue.writeConfig('verbs'), env: venue.env });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
    const deps = { clock: systemClock, timers: systemTimers, random: () => 0.5 };
    const off = await openWithdrawals(loaded.value.config, {
      ...deps,
      logger: silentLogger,
      budgetsOf: makeKeyBudgets(),
    });
    if (!off.ok) throw new Error(off.error);
    const verbs = makeMoneyVerbs({} as FundsService);
    expect(Object.keys(off.value.handlers).sort()).to.deep.equal(Object.keys(verbs).sort());
    for (const [name, verb] of Object.entries(off.value.handlers)) {
      const answer = await verb({ id: 'M1' });
      expect(answer.ok ? undefined : answer.error.code, name).to.equal('WITHDRAWALS_OFF');
    }
  });
});
