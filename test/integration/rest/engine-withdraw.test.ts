import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { startEngine } from '../../../src/app/start-engine.ts';
import { withdrawCommand } from '../../../src/cli/withdraw/index.ts';
import { makeMoneyVerbs } from '../../../src/kraken/funds/money-verbs.ts';
import { type FundsService } from '../../../src/kraken/funds/funds-service.ts';
import { makeKeyBudgets } from '../../../src/app/venue-view/rest-access.ts';
import { openWithdrawals } from '../../../src/app/operator/withdrawals.ts';
import { systemClock, systemTimers } from '../../../src/app/system-clock.ts';
import { loadConfig } from '../../../src/config/load/load-config.ts';
import { silentLogger } from '../../../src/observability/logger.ts';
import {
  type ConfiguredVenue,
  fundsKeyReference,
  makeFathom,
  startConfiguredVenue,
} from './venue-with-config.ts';

describe('fathom withdraw against a running engine and the simulator', () => {
  let venue: ConfiguredVenue;
  before(async () => {
    venue = await startConfiguredVenue();
  });
  after(() => venue.stop());

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
        operators: { ann: await keygen('ann'), bob: await keygen('bob') },
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
      const proposed = await run(['propose', ...proposal, '--by', 'carl', ...way]);
      expect(proposed.exitCode, proposed.err).to.equal(0);
      // Terminal escapes that go up, and write another amount over the one that is signed.
      for (const by of ['carl\u001b[3A\u001b[12C0.001\u001b[3B', 'carl\u202e', 'carl\u009b1A']) {
        const spoofed = await run(['propose', ...proposal, '--by', by, ...way]);
        expect(spoofed).to.include({ exitCode: 1, out: '' });
        expect(spoofed.err).to.match(/^BAD_REQUEST: args: by holds the .* character U\+\w{4}$/);
      }
      const twin = await run(['propose', ...proposal, '--by', 'сarl', ...way]);
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
      const more = await run(['propose', ...proposal, '--by', 'carl', ...way]);
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

  it('refuses a second desk with the same key, whatever its data folder, until the first has stopped', async () => {
    const operators = { ann: await keygen('ann-2'), bob: await keygen('bob-2') };
    const funds = {
      enabled: true,
      credentials: fundsKeyReference,
      account: 'desk',
      operators,
      destinations: { spot: { kind: 'Withdrawal', from: 'cash', to: 'spot', currencies: ['xbt'] } },
      limits: { xbt: { amountMax: '1', amountPerDayMax: '1' } },
    };
    const open = (name: string) => {
      const loaded = loadConfig({ path: venue.writeConfig(name, { funds }), env: venue.env });
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
      const deps = { clock: systemClock, timers: systemTimers, random: () => 0.5 };
      return openWithdrawals(loaded.value.config, {
        ...deps,
        logger: silentLogger,
        budgetsOf: makeKeyBudgets(),
      });
    };
    const first = await open('one');
    if (!first.ok) throw new Error(first.error);
    const second = await open('two');
    expect(second.ok ? '' : second.error).to.match(/^funds: another engine uses this key: /);
    await first.value.close();
    const third = await open('two');
    expect(third.ok).to.equal(true);
    if (third.ok) await third.value.close();
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

  it('closes every verb that the desk would have', async () => {
    const loaded = loadConfig({ path: venue.writeConfig('verbs'), env: venue.env });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
    const deps = { clock: systemClock, timers: systemTimers, random: () => 0.5 };
    const door = await openWithdrawals(loaded.value.config, {
      ...deps,
      logger: silentLogger,
      budgetsOf: makeKeyBudgets(),
    });
    if (!door.ok) throw new Error(door.error);
    const verbs = makeMoneyVerbs({} as FundsService);
    expect(Object.keys(door.value.handlers).sort()).to.deep.equal(Object.keys(verbs).sort());
    for (const [name, verb] of Object.entries(door.value.handlers)) {
      const answer = await verb({ id: 'M1' });
      expect(answer.ok ? undefined : answer.error.code, name).to.equal('WITHDRAWALS_OFF');
    }
  });
});
