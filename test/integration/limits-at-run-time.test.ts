import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LimitsView } from '../../src/app/operator/limit-verbs.ts';
import { limitsCommand } from '../../src/cli/limits.ts';
import { type CliIo, runProgram } from '../../src/cli/shared/cli-io.ts';
import { type Engine, startEngine } from '../../src/index.ts';
import { dumpJournal } from '../../src/journal/dump.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { startTradingProcess } from '../support/trading-process.ts';
import { until } from '../support/until.ts';

interface Demo {
  engine: { dataDir: string };
  risk: Record<string, unknown>;
}

/** What the command prints, and how it ends. */
const fathomLimits = async (socket: string, words: readonly string[]) => {
  const out: string[] = [];
  const err: string[] = [];
  let code = -1;
  const io: CliIo = {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    env: {},
    setExitCode: (value) => {
      code = value;
    },
  };
  const command = limitsCommand(io);
  for (const one of [command, ...command.commands]) {
    one.configureOutput({ writeErr: (line) => err.push(line) });
  }
  await runProgram(command, [...words, '--socket', socket], io);
  return { out: out.join('\n'), err: err.join('\n'), code };
};

describe('fathom limits, against a running engine', function () {
  this.timeout(240_000);
  let dir: string;
  let engine: Engine;
  let orders = 0;

  const start = async (): Promise<void> => {
    engine = await startEngine({ config: join(dir, 'demo.json'), env: {}, logger: silentLogger });
    await until(() => engine.isOpen, 'engine open');
  };

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-limits-'));
    const demo = JSON.parse(readFileSync('config/demo.json', 'utf8')) as Demo;
    demo.engine.dataDir = join(dir, 'data');
    demo.risk['clients'] = { library: { openOrdersMax: 5 } };
    demo.risk['strategies'] = { grid: { executionsMax: 1 } };
    writeFileSync(join(dir, 'demo.json'), JSON.stringify(demo));
    await start();
  });
  after(async () => {
    await engine.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const fathom = (...words: readonly string[]) =>
    fathomLimits(join(dir, 'data/run/control.sock'), words);

  const shown = async (...words: readonly string[]): Promise<LimitsView> =>
    JSON.parse((await fathom(...words, '--json')).out) as LimitsView;

  const openOrders = async () =>
    (await shown('--client', 'library')).limits.find(({ limit }) => limit === 'openOrdersMax');

  const place = async (more: object = {}) => {
    orders += 1;
    return engine.submit({
      clientOrderID: `O-${orders}`,
      ...{ symbol: 'PF_XBTUSD', side: 'Buy', ordType: 'Limit', orderQty: '0.01', price: '50000' },
      ...more,
    } as const);
  };

  it('lists every limit of the engine, those that are off too, with what is used', async () => {
    await place();
    const { out, code } = await fathom();
    expect(code).to.equal(0);
    expect(out).to.match(/engine\s+│ markCollarPercent\s+│ percent\s+│ -\s+│ off/);
    expect(out).to.match(/engine\s+│ openOrdersMax\s+│ orders\s+│ 1\s+│ 10000/);
    expect(out).to.match(/client:library\s+│ openOrdersMax\s+│ orders\s+│ 1\s+│ 5\s+│ 20/);
    expect(out).to.include('MAX_OPEN_ORDERS');
    expect((await fathom('--client', 'library')).out).to.not.include('engine ');
  });

  it('tightens a limit at once, and says why a looser one is not taken', async () => {
    const person = ['--client', 'library', '--by', 'ann', '--reason', 'new desk'];
    const set = await fathom('set', 'openOrdersMax', '1', ...person);
    expect(set.code, set.err).to.equal(0);
    expect(await openOrders()).to.deep.include({
      ...{ value: '1', configured: '5', source: 'operator', by: 'ann', reason: 'new desk' },
      ...{ used: '1', usedPercent: '100' },
    });
    expect(await place()).to.deep.include({ status: 'refused', code: 'MAX_OPEN_ORDERS' });
    const looser = await fathom('set', 'openOrdersMax', '2', ...person);
    expect(looser.code).to.equal(1);
    expect(looser.err).to.match(/^SECOND_PERSON_NEEDED: /);
  });

  it('loosens it by two persons and for a time', async () => {
    const asked = ['openOrdersMax', '3', '--client', 'library', '--reason', 'roll'];
    const noTime = await fathom('propose', ...asked, '--by', 'ann');
    expect(noTime.err).to.match(/^BAD_TIME: /);
    const proposed = await shown('propose', ...asked, '--by', 'ann', '--for', '2h');
    const [proposal] = proposed.proposals;
    expect(proposal).to.deep.include({ id: 'L1', value: '3', by: 'ann', holdsMs: 7_200_000 });
    expect((await fathom()).out).to.include('proposals');
    expect((await fathom('approve', 'L1', '--by', 'Ann')).err).to.match(/^SAME_PERSON: /);
    expect((await fathom('approve', 'L1', '--by', 'bob')).code).to.equal(0);
    const row = await openOrders();
    expect(row).to.deep.include({ value: '3', source: 'override', approvedBy: 'bob' });
    expect(row!.until! - Date.now()).to.be.within(7_100_000, 7_200_000);
    expect((await place()).status).to.equal('accepted');
  });

  it('stops a strategy after too many executions, until a person enables it', async () => {
    const market = { symbol: 'PF_ETHUSD', ordType: 'Market', orderQty: '0.5' } as const;
    const grid = { ...market, timeInForce: 'IOC', strategy: 'grid' } as const;
    await until(() => engine.book('PF_ETHUSD')?.best('Offer') !== undefined, 'quotes');
    const stopped = () => engine.limits().stopped.map(({ scope }) => scope);
    const trade = async (): Promise<string | undefined> => {
      orders += 1;
      const clientOrderID = `O-${orders}`;
      return (await engine.submit({ clientOrderID, side: 'Buy', ...grid } as never)).code;
    };
    for (let n = 0; n < 4 && stopped().length === 0; n += 1) {
      const before = engine.state.executions.size;
      expect(await trade()).to.equal(undefined);
      await until(() => engine.state.executions.size > before, 'an execution');
    }
    expect(stopped()).to.deep.equal(['strategy:grid']);
    expect(await trade()).to.equal('EXECUTION_THROTTLE');
    const person = ['--strategy', 'grid', '--by', 'ann', '--reason', 'looked at it'];
    expect((await fathom()).out).to.include('STOPPED strategy:grid');
    expect((await fathom('enable', ...person)).code).to.equal(0);
    expect(await trade()).to.equal(undefined);
  });

  it('shows limits and their use as metrics', async () => {
    const text = await engine.metrics();
    expect(text).to.match(
      /^fathom_risk_limit\{.*limit="openOrdersMax",scope="client:library".* 3$/m,
    );
    expect(text).to.match(
      /^fathom_risk_used\{.*limit="openOrdersMax",scope="client:library".* 2$/m,
    );
    expect(text).to.match(/^fathom_risk_rejects_total\{.*code="TOUCH_COLLAR".* 0$/m);
    expect(text).to.match(/^fathom_risk_rejects_total\{.*code="MAX_OPEN_ORDERS".* 1$/m);
  });

  it('ends with 2 for a wrong option and 1 for what the engine refuses', async () => {
    expect((await fathom('set', 'openOrdersMax', '1')).code).to.equal(2);
    expect((await fathom('--client', 'library', '--symbol', 'PF_XBTUSD')).code).to.equal(2);
    const bad = await fathom('set', 'nothing', '1', '--by', 'ann', '--reason', 'x');
    expect([bad.code, bad.err]).to.deep.equal([1, 'UNKNOWN_LIMIT: there is no limit nothing']);
  });
});

describe('limits that operators changed', function () {
  this.timeout(300_000);

  it('hold after kill -9, and are in audit and journal', async () => {
    const run = await startTradingProcess();
    try {
      const socket = join(run.files.dataDir, 'run/control.sock');
      const why = ['--by', 'ann', '--reason', 'x'];
      await run.start();
      for (const words of [
        ['set', 'openOrdersMax', '7', ...why],
        ['propose', 'orderQtyMax', '500000000', '--for', '1h', ...why],
        ['approve', 'L1', '--by', 'bob'],
      ]) {
        const done = await fathomLimits(socket, words);
        expect(done.code, done.err).to.equal(0);
      }
      const refused = await fathomLimits(socket, ['set', 'openOrdersMax', '8', ...why]);
      expect(refused.err).to.match(/^SECOND_PERSON_NEEDED: /);
      run.engine().child.kill('SIGKILL');
      await run.engine().exited;
      const dumped = dumpJournal({ dir: join(run.files.dataDir, 'journal') });
      if (!dumped.ok) throw new Error(dumped.error.message);
      const lines = [...dumped.value.lines];
      for (const fact of ['LimitTightened', 'LimitChangeProposed', 'LimitChangeApproved']) {
        expect(
          lines.filter((line) => line.includes(fact)),
          fact,
        ).to.have.length(1);
      }
      const audits = lines.filter((line) => line.includes(' audit ')).join('\n');
      expect(audits).to.include('limits.approve').and.include('SECOND_PERSON_NEEDED');
      await run.start();
      const { out } = await fathomLimits(socket, ['--json']);
      const { limits } = JSON.parse(out) as LimitsView;
      const of = (name: string) => limits.find(({ limit }) => limit === name);
      expect(of('openOrdersMax')).to.deep.include({ value: '7', source: 'operator', by: 'ann' });
      expect(of('orderQtyMax')).to.deep.include({
        ...{ value: '500000000', source: 'override', approvedBy: 'bob' },
      });
    } finally {
      await run.close();
    }
  });
});
