import { expect } from 'chai';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/app/system-clock.ts';
import { callControl } from '../../src/control/control-client.ts';
import {
  type ClientExecutionReport,
  type Engine,
  startEngine,
  StartError,
} from '../../src/index.ts';
import { dumpJournal } from '../../src/journal/dump.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { until } from '../support/until.ts';

const resting = (clientOrderID: string) =>
  ({
    clientOrderID,
    symbol: 'PF_XBTUSD',
    side: 'Buy',
    ordType: 'Limit',
    orderQty: '0.01',
    price: '50000',
  }) as const;

describe('the engine as a library', () => {
  let dir: string;
  let engine: Engine;
  const reports: ClientExecutionReport[] = [];

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-library-'));
    const demo = JSON.parse(readFileSync('config/demo.json', 'utf8')) as {
      engine: { dataDir: string };
    };
    demo.engine.dataDir = join(dir, 'data');
    writeFileSync(join(dir, 'demo.json'), JSON.stringify(demo));
    engine = await startEngine({
      config: join(dir, 'demo.json'),
      env: {},
      logger: silentLogger,
    });
    engine.on('execution', (report) => reports.push(report));
    await until(() => engine.isOpen, 'engine open');
  });

  after(async () => {
    await engine.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const reported = async (clientOrderID: string, execType: string) => {
    const find = () =>
      reports.find((r) => r.clientOrderID === clientOrderID && r.execType === execType);
    await until(() => find() !== undefined, `${execType} of ${clientOrderID}`);
    return find() as ClientExecutionReport;
  };

  it('acknowledges an order when it is in the journal, and tells the venue’s answer as an event', async () => {
    const ack = await engine.submit(resting('L-1'));
    expect(ack).to.deep.include({ status: 'accepted', clientOrderID: 'L-1', duplicate: 'no' });
    const report = await reported('L-1', 'New');
    expect(report.orderID).to.equal(ack.orderID);
    expect(report.leavesQty).to.equal('0.01');
  });

  it('takes the same order under the same id once', async () => {
    const again = await engine.submit(resting('L-1'));
    expect(again).to.deep.include({ status: 'accepted', duplicate: 'same order' });
    const orders = [...engine.state.orders.values()].filter((o) => o.clientOrderID === 'L-1');
    expect(orders).to.have.length(1);
  });

  it('refuses another order under the same id', async () => {
    const other = await engine.submit({ ...resting('L-1'), orderQty: '0.02' });
    expect(other).to.deep.include({
      status: 'refused',
      duplicate: 'other order',
      code: 'DUPLICATE_CLORDID',
    });
  });

  it('says why it refuses', async () => {
    const overLimit = await engine.submit({ ...resting('L-2'), orderQty: '50' });
    expect(overLimit).to.deep.include({ status: 'refused', code: 'MAX_QUANTITY' });
    const notText = await engine.submit({ ...resting('L-3'), orderQty: 0.1 as unknown as string });
    expect(notText).to.deep.include({ status: 'refused', code: 'BAD_AMOUNT' });
    expect(notText.text).to.include('orderQty');
  });

  it('fills an order that crosses, with the average from its executions', async () => {
    // A market order is valued by the book.
    const book = () => engine.book('PF_ETHUSD');
    await until(() => book()?.health(systemClock.monotonic()) === 'Healthy', 'the book');
    await until(() => book()?.best('Offer') !== undefined, 'quotes');
    await engine.submit({
      clientOrderID: 'L-4',
      symbol: 'PF_ETHUSD',
      side: 'Buy',
      ordType: 'Market',
      orderQty: '0.5',
    });
    const fill = await reported('L-4', 'Trade');
    expect(fill.lastQty).to.match(/^[\d.]+$/);
    expect(Number(fill.avgPx)).to.be.above(100);
  });

  it('refuses to cancel by an id that is no short plain text, and records nothing', async () => {
    const bad = ['x'.repeat(129), 'L-\u00011', 5, undefined] as unknown as string[];
    for (const id of bad) {
      for (const name of ['clientOrderID', 'origClientOrderID'] as const) {
        const cancel = { clientOrderID: 'L-9', origClientOrderID: 'L-1', [name]: id };
        const refusal: unknown = await engine.cancel(cancel).catch((error: unknown) => error);
        expect(refusal, `${name} ${id}`).to.be.instanceOf(TypeError);
        expect(String(refusal)).to.match(new RegExp(`^TypeError: ${name} `));
      }
    }
  });

  it('cancels by the client’s id', async () => {
    await engine.cancel({ clientOrderID: 'L-5', origClientOrderID: 'L-1' });
    const report = await reported('L-5', 'Canceled');
    expect(report.origClientOrderID).to.equal('L-1');
  });

  it('answers an operator at its control socket and writes the call into the journal', async () => {
    const socket = join(dir, 'data/run/control.sock');
    const listed = await callControl(socket, 'session.list');
    if (!listed.ok) throw new Error(listed.error.message);
    const sessions = listed.value as { session: string; phase: string }[];
    expect(sessions.find(({ session }) => session === 'trading')?.phase).to.equal('LoggedOn');
    const bad = await callControl(socket, 'session.set-next-sender', {
      session: 'trading',
      value: 0,
    });
    expect(bad.ok).to.equal(false);
    const run = readdirSync(join(dir, 'data')).find((name) => name !== 'run') ?? '';
    const audits = (): string => {
      const dumped = dumpJournal({ dir: join(dir, 'data', run, 'journal') });
      if (!dumped.ok) throw new Error(dumped.error.message);
      return [...dumped.value.lines].filter((line) => line.includes(' audit ')).join('\n');
    };
    // The answer does not wait for the disk.
    await until(() => audits().includes('session.set-next-sender'), 'the audit on the disk');
    expect(audits()).to.include('session.list');
  });

  it('refuses a configuration with every problem in one error', async () => {
    writeFileSync(join(dir, 'bad.json'), '{ "engine": { "dataDir": 5, "nmae": "x" } }');
    try {
      await startEngine({ config: join(dir, 'bad.json'), env: {} });
      expect.fail('it started');
    } catch (cause) {
      expect(cause).to.be.instanceOf(StartError);
      expect((cause as StartError).code).to.equal('FATHOM_CONFIG_INVALID');
      expect((cause as StartError).message)
        .to.include('engine.dataDir')
        .and.include('engine.nmae');
    }
  });
});
