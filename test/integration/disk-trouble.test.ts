import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeEngine, type EngineParts } from '../../src/app/compose.ts';
import { Engine } from '../../src/app/engine.ts';
import {
  systemClock,
  systemRandom,
  systemRandomBytes,
  systemTimers,
} from '../../src/app/system-clock.ts';
import { loadConfig } from '../../src/config/load/load-config.ts';
import { callControl } from '../../src/control/control-client.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { spawnEngine } from '../support/engine-process.ts';
import { LimitedDisk } from '../support/limited-disk.ts';
import { type RawFixClient } from '../support/raw-fix-client.ts';
import { startTradingProcess, type TradingProcess } from '../support/trading-process.ts';
import { until } from '../support/until.ts';

const WAIT_MS = 60_000;
const RESERVE_BYTES = 262_144;
const ORDER = '55=PF_XBTUSD|54=1|38=0.001|40=2|44=100|59=1';

interface Answer {
  readonly type: string;
  readonly get: (tag: number) => string | undefined;
}
const reportOf = (clOrdID: string, ordStatus: string) => (answer: Answer) =>
  answer.type === '8' && answer.get(11) === clOrdID && answer.get(39) === ordStatus;

/** An engine in this process, on the venue of a trading process and a disk that can be broken. */
const startOn = async (
  run: TradingProcess,
  disk: LimitedDisk,
  until: 'it is open' | 'whether or not it is open' = 'it is open',
): Promise<{ readonly engine: Engine; readonly parts: EngineParts }> => {
  const loaded = loadConfig({ path: run.files.configPath, env: run.files.env });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  const parts = await composeEngine(loaded.value.config, undefined, {
    ...{ clock: systemClock, timers: systemTimers, random: systemRandom },
    ...{ randomBytes: systemRandomBytes, logger: silentLogger, journalStorage: disk.storage },
  });
  if (!parts.ok) throw new Error(parts.error);
  const engine = new Engine(parts.value);
  if (until === 'it is open') await engine.untilOpen({ timeoutMs: WAIT_MS });
  return { engine, parts: parts.value };
};

const configure = (run: TradingProcess, settings: Record<string, unknown>): void => {
  const { configPath } = run.files;
  const config = JSON.parse(readFileSync(configPath, 'utf8')) as Record<string, unknown>;
  writeFileSync(configPath, JSON.stringify({ ...config, ...settings }));
};

describe('F31: disk full / fsync error → NOT_DURABLE, stop sending, cancels still allowed', function () {
  this.timeout(240_000);
  let run: TradingProcess;
  let engine: Engine | undefined;

  afterEach(async () => {
    await engine?.stop().catch(() => undefined);
    engine = undefined;
    await run.close();
  });

  const socket = (): string => `${run.files.dataDir}/run/control.sock`;
  const diskOf = (bytes: number): LimitedDisk =>
    new LimitedDisk(join(run.files.dataDir, 'journal'), bytes);
  const openOrder = async (client: RawFixClient, clOrdID: string): Promise<void> => {
    client.send('D', `11=${clOrdID}|${ORDER}|60=20261130-10:00:00`);
    await client.expect(reportOf(clOrdID, '0'), `${clOrdID} is open`);
  };

  it('a full disk: new orders are refused, cancels and the kill switch pass, all of it recorded', async () => {
    run = await startTradingProcess();
    configure(run, { disk: { reserveFileBytes: RESERVE_BYTES, checkSeconds: 3_600 } });
    const disk = diskOf(RESERVE_BYTES);
    const started = await startOn(run, disk);
    engine = started.engine;
    const alerts: string[] = [];
    engine.on('alert', ({ code }) => alerts.push(code));
    const client = run.client('DESK1');
    await client.logon();
    for (const id of ['A', 'B', 'C']) await openOrder(client, id);

    disk.fill();
    await until(() => engine?.notDurable !== undefined, 'the disk is full', WAIT_MS);
    client.send('D', `11=N1|${ORDER}|60=20261130-10:00:00`);
    const refused = await client.expect(reportOf('N1', '8'), 'the new order is refused');
    expect([refused.get('103'), refused.get('20002')]).to.deep.equal(['99', 'NOT_DURABLE']);
    expect(refused.get('58')).to.match(/^NOT_DURABLE: the disk is full \(ENOSPC\)/);
    client.send('G', `11=R1|41=A|${ORDER.replace('44=100', '44=101')}|60=20261130-10:00:00`);
    const unreplaced = await client.expect(({ type }) => type === '9', 'the replace is refused');
    expect([unreplaced.get('434'), unreplaced.get('20002')]).to.deep.equal(['2', 'NOT_DURABLE']);
    const ack = await engine.submit({
      ...{ clientOrderID: 'L1', symbol: 'PF_XBTUSD', side: 'Buy', ordType: 'Limit' },
      ...{ orderQty: '0.001', price: '100' },
    });
    expect([ack.status, ack.code]).to.deep.equal(['refused', 'NOT_DURABLE']);

    client.send('F', '11=X1|41=A|55=PF_XBTUSD|54=1|60=20261130-10:00:00');
    await client.expect(({ get }) => get(41) === 'A' && get(39) === '4', 'the cancel passes');
    expect(run.venueOpen()).to.equal(2);
    const args = { scope: 'engine', reason: 'the disk is full', by: 'ann' };
    const killed = await callControl(socket(), 'kill.set', args, 30_000);
    expect(killed.ok).to.equal(true);
    await until(() => run.venueOpen() === 0, 'the kill switch passes', WAIT_MS);
    for (const id of ['B', 'C'])
      await client.expect(({ get }) => get(11) !== id && get(39) === '4', `${id} is cancelled`);
    await until(() => alerts.includes('NOT_DURABLE'), 'the alert');
    expect(await engine.metrics()).to.match(/fathom_durable\{[^}]*\} 0/);

    // The last words fit, too: a clean end that the next start reads.
    await engine.stop();
    disk.fill(Number.POSITIVE_INFINITY);
    const again = await startOn(run, diskOf(RESERVE_BYTES));
    engine = again.engine;
    expect(engine.notDurable).to.equal(undefined);
    expect(engine.state.openOrderIDs.size).to.equal(0);
    expect(engine.killSwitches().map(({ scope }) => scope)).to.deep.equal(['engine']);
  });

  it('takes orders again when there is room for the journal and its reserve', async () => {
    run = await startTradingProcess();
    configure(run, { disk: { reserveFileBytes: RESERVE_BYTES, checkSeconds: 1 } });
    const disk = diskOf(RESERVE_BYTES);
    ({ engine } = await startOn(run, disk));
    const client = run.client('DESK1');
    await client.logon();
    await openOrder(client, 'A');
    disk.fill();
    await until(() => engine?.notDurable !== undefined, 'the disk is full', WAIT_MS);
    expect(engine.isOpen).to.equal(false);
    disk.fill(Number.POSITIVE_INFINITY);
    await until(() => engine?.notDurable === undefined, 'there is room again', WAIT_MS);
    expect(engine.isOpen).to.equal(true);
    await openOrder(client, 'B');
    expect(await engine.metrics()).to.match(/fathom_durable\{[^}]*\} 1/);
  });

  it('a flush that fails: nothing leaves or is told but cancels of operators and of the library', async () => {
    run = await startTradingProcess({ trading: { cancelOrdersOnDisconnect: false } });
    configure(run, { disk: { reserveFileBytes: 0 } });
    const disk = diskOf(0);
    ({ engine } = await startOn(run, disk));
    const alerts: string[] = [];
    engine.on('alert', ({ code }) => alerts.push(code));
    const client = run.client('DESK1');
    await client.logon();
    for (const id of ['A', 'B']) await openOrder(client, id);
    const order = {
      symbol: 'PF_XBTUSD',
      side: 'Buy',
      ordType: 'Limit',
      orderQty: '0.001',
    } as const;
    const placed = await engine.submit({ ...order, clientOrderID: 'L1', price: '100' });
    expect(placed.status).to.equal('accepted');
    await until(() => run.venueOpen() === 3, 'three are open', WAIT_MS);
    const venueOrders = (): number =>
      run.simulator.ledger.entries().filter(({ kind }) => kind === 'order').length;
    const before = venueOrders();

    disk.areFlushesBroken = true;
    const ack = await engine.submit({ ...order, clientOrderID: 'L2', price: '100' });
    expect([ack.status, ack.code]).to.deep.equal(['refused', 'NOT_DURABLE']);
    expect(ack.text).to.include('EIO');
    await until(() => client.isClosed, 'the client session ends', WAIT_MS);
    await until(() => alerts.includes('NOT_DURABLE'), 'the alert', WAIT_MS);
    expect(venueOrders(), 'no order left').to.equal(before);
    const late = await engine.submit({ ...order, clientOrderID: 'L3', price: '100' });
    expect([late.status, late.code]).to.deep.equal(['refused', 'NOT_DURABLE']);

    // One by one, and all.
    const isUp = (): boolean => engine?.state.routes.get('trading' as never)?.phase === 'Active';
    await until(isUp, 'the venue session is up again', WAIT_MS);
    await engine.cancel({ clientOrderID: 'X1', origClientOrderID: 'L1' });
    await until(() => run.venueOpen() === 2, 'the cancel passes', WAIT_MS);
    const args = { scope: 'engine', reason: 'the disk is broken', by: 'ann' };
    const killed = await callControl(socket(), 'kill.set', args, 30_000);
    expect(killed.ok && killed.value).to.deep.include({ total: 2, isRecorded: false });
    await until(() => run.venueOpen() === 0, 'the kill switch passes', WAIT_MS);
    await engine.stop().catch(() => undefined);
    expect(venueOrders(), 'no order left at all').to.be.at.least(before);

    // The next start: the numbers of what left unrecorded are missing, and a command mends that.
    engine = (await startOn(run, diskOf(0), 'whether or not it is open')).engine;
    const about = async (): Promise<string> => {
      const answer = await callControl(socket(), 'session.state', { session: 'trading' }, 30_000);
      return answer.ok ? String((answer.value as { mendedBy?: string }).mendedBy) : '';
    };
    let found: RegExpExecArray | null = null;
    await until(
      async () => (found = /set-next-sender trading (\d+)/.exec(await about())) !== null,
      'the venue refuses the number, and the advice',
      WAIT_MS,
    );
    const value = Number((found as unknown as RegExpExecArray)[1]);
    await callControl(socket(), 'session.set-next-sender', { session: 'trading', value }, 30_000);
    await callControl(socket(), 'session.logon', { session: 'trading' }, 30_000);
    await until(isUp, 'the venue session is up', WAIT_MS);
    // What was not recorded was told to nobody: the venue tells it again.
    const books = engine.state;
    const canceled = (): number =>
      [...books.orders.values()].filter(({ base }) => base === 'Canceled').length;
    await until(() => canceled() === 3, 'the cancels are booked', WAIT_MS);
    expect(run.venueOpen()).to.equal(0);
  });

  it('a file that may not grow: the process stays for cancels, and ends with 1 when it is told to', async () => {
    run = await startTradingProcess({ trading: { cancelOrdersOnDisconnect: false } });
    configure(run, { disk: { reserveFileBytes: 0 }, fixLog: { enabled: false } });
    const child = spawnEngine(run.files, { fileKiBMax: 192 });
    try {
      await child.ready;
      const client = run.client('DESK1');
      await client.logon();
      await until(
        async () => {
          const list = await callControl(socket(), 'session.state', { session: 'trading' }, 30_000);
          return list.ok && (list.value as { phase?: string }).phase === 'LoggedOn';
        },
        'the venue session',
        WAIT_MS,
      );
      let ids = 0;
      await until(
        () => {
          ids += 1;
          if (run.venueOpen() === 0) client.send('D', `11=A${ids}|${ORDER}|60=20261130-10:00:00`);
          return run.venueOpen() > 0;
        },
        'an order is open',
        WAIT_MS,
      );
      await until(
        () => {
          for (let n = 0; n < 50; n += 1) {
            ids += 1;
            const tooMuch = ORDER.replace('38=0.001', '38=9');
            client.send('D', `11=B${ids}|${tooMuch}|60=20261130-10:00:00`);
          }
          return client.isClosed;
        },
        'the journal cannot grow',
        WAIT_MS,
      );
      const args = { scope: 'engine', reason: 'no room', by: 'ann' };
      await until(
        async () => (await callControl(socket(), 'kill.set', args, 30_000)).ok,
        'the kill switch is taken',
        WAIT_MS,
      );
      await until(() => run.venueOpen() === 0, 'the kill switch passes', WAIT_MS);
      expect(child.child.exitCode, 'it does not end by itself').to.equal(null);
      child.child.kill('SIGTERM');
      expect((await child.exited).code).to.equal(1);
      expect(child.errors()).to.match(/NOT_DURABLE: journal cannot be written: .*EFBIG/);
    } finally {
      child.child.kill('SIGKILL');
    }
  });
});
