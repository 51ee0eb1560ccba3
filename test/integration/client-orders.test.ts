import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/app/system-clock.ts';
import { callControl } from '../../src/control/control-client.ts';
import { filesBelow } from '../../src/execution-log/read-lines.ts';
import { verifyExecutions } from '../../src/execution-log/verify/verify.ts';
import { type Engine, startEngine } from '../../src/index.ts';
import { epochMs, toUtcTimestamp } from '../../src/lib/time.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { RawFixClient } from '../support/raw-fix-client.ts';
import { until } from '../support/until.ts';

const HOUR_MS = 3_600_000;
const ago = (ms: number): string => toUtcTimestamp(epochMs(systemClock.wall() - ms));

type Over = Readonly<Record<number, string | undefined>>;

const order = (clOrdID: string, over: Over = {}): string => {
  const fields: Over = {
    ...{ 11: clOrdID, 55: 'PF_XBTUSD', 54: '1', 60: ago(0), 38: '0.01', 40: '2', 44: '50000' },
    59: '1',
    ...over,
  };
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([tag, value]) => `${tag}=${value ?? ''}`)
    .join('|');
};

interface Demo {
  engine: { dataDir: string };
  sessions: Record<string, Record<string, unknown>>;
}

describe('what a client’s order may say', function () {
  this.timeout(240_000);
  let dir: string;
  let engine: Engine;
  let desk: RawFixClient;
  let lenient: RawFixClient;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-orders-'));
    const demo = JSON.parse(readFileSync('config/demo.json', 'utf8')) as Demo;
    demo.engine.dataDir = join(dir, 'data');
    demo.sessions['lenient'] = {
      ...demo.sessions['desk1'],
      ...{ targetCompID: 'DESK9', dayOrders: 'gtc', staleOrders: { ageMsMax: 0 } },
    };
    const config = join(dir, 'demo.json');
    writeFileSync(config, JSON.stringify(demo));
    engine = await startEngine({ config, env: {}, logger: silentLogger });
    await until(() => engine.isOpen, 'engine open');
    const client = (name: string, sender: string): RawFixClient =>
      new RawFixClient(engine.clientPorts.get(name) ?? 0, { sender, target: 'FATHOM' });
    desk = client('desk1', 'DESK1');
    lenient = client('lenient', 'DESK9');
    await desk.logon();
    await lenient.logon();
  });

  after(async () => {
    desk.close();
    lenient.close();
    await engine.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** The report that settles an order: 150=0 or 150=8. */
  const answer = (client: RawFixClient, clOrdID: string, after = 0) =>
    client.expect(
      ({ type, get }) => type === '8' && get(11) === clOrdID && ['0', '8'].includes(get(150) ?? ''),
      `answer to ${clOrdID}`,
      after,
    );

  const told = (report: ReadonlyMap<string, string>, ...tags: readonly number[]) =>
    tags.map((tag) => report.get(String(tag)));

  it('is refused by name where it is not honoured, and the refusal repeats the order', async () => {
    for (const [at, [field, name]] of (
      [
        [{ 111: '0.001' }, /^UNSUPPORTED_FIELD: MaxFloor\(111\)=0.001: /],
        [{ 110: '0.01' }, /^UNSUPPORTED_FIELD: MinQty\(110\)=0.01: /],
        [{ 126: ago(-HOUR_MS) }, /^UNSUPPORTED_FIELD: ExpireTime\(126\)=/],
        [{ 15: 'EUR' }, /^UNSUPPORTED_FIELD: Currency\(15\)=EUR: /],
        [{ 21: '3' }, /^UNSUPPORTED_FIELD: HandlInst\(21\)=3: /],
      ] as const
    ).entries()) {
      const id = `field-${at}`;
      desk.send('D', order(id, { 54: '2', 1: 'fund-7', 526: 'S-1', 58: 'hi', ...field }));
      const report = await answer(desk, id);
      expect(told(report, 39, 103, 20002)).to.deep.equal(['8', '11', 'UNSUPPORTED_FIELD']);
      expect(report.get('58')).to.match(name);
      expect(told(report, 55, 54, 38, 44, 40, 59, 1, 526)).to.deep.equal([
        ...['PF_XBTUSD', '2', '0.01', '50000', '2', '1', 'fund-7', 'S-1'],
      ]);
    }
    const sent = [...engine.state.orders.values()].filter(({ clientOrderID }) =>
      clientOrderID.startsWith('field-'),
    );
    expect(sent).to.deep.equal([]);
  });

  it('comes back with Account(1), SecondaryClOrdID(526) and Text(58)', async () => {
    desk.send('D', order('own', { 1: 'fund-7', 526: 'S-2', 58: 'rebalancing' }));
    const report = await answer(desk, 'own');
    expect(told(report, 39, 1, 526, 58)).to.deep.equal(['0', 'fund-7', 'S-2', 'rebalancing']);
  });

  it('comes back byte for byte in any encoding, and is UTF-8 where people read it', async () => {
    const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
    const [id, account, text] = ['Zürich-1', 'Größe €5', 'wäre – schön 🙂'].map(bytesOf);
    desk.send('D', order(id!, { 1: account, 58: text }));
    expect(told(await answer(desk, id!), 11, 1, 58)).to.deep.equal([id, account, text]);
    // What is refused quotes it; and Latin-1 goes back as Latin-1.
    desk.send('D', order(`${id!}-b`, { 1: 'Z\xfcrich', 15: bytesOf('€') }));
    const refused = await answer(desk, `${id!}-b`);
    expect(told(refused, 39, 1)).to.deep.equal(['8', 'Z\xfcrich']);
    expect(refused.get('58')).to.include(`Currency(15)=${bytesOf('€')}: `);
    const listed = await callControl(join(dir, 'data/run/control.sock'), 'orders.list', {
      client: 'desk1',
    });
    expect(JSON.stringify(listed)).to.include('"account":"Größe €5"');
  });

  it('is a Day order only where the session takes Day as GTC', async () => {
    for (const [at, timeInForce] of ['0', undefined].entries()) {
      desk.send('D', order(`day-${at}`, { 59: timeInForce }));
      const refused = await answer(desk, `day-${at}`);
      expect(told(refused, 39, 103, 20002, 59)).to.deep.equal([
        ...['8', '11', 'UNSUPPORTED_TIME_IN_FORCE', timeInForce],
      ]);
      lenient.send('D', order(`day-${at}`, { 59: timeInForce }));
      expect(told(await answer(lenient, `day-${at}`), 39, 59)).to.deep.equal(['0', '1']);
    }
  });

  it('is not traded when it comes hours later, in a resend or as a new message', async () => {
    const old = ago(3 * HOUR_MS);
    // A gap of one number, which an order of three hours ago fills.
    const gap = desk.skipSeqNum();
    desk.send('0', '');
    await desk.expect(({ type, get }) => type === '2' && get(7) === String(gap), 'ResendRequest');
    desk.sendRaw(
      desk.frameOf('D', gap, `43=Y|122=${old}|${order('resent', { 38: '0.03', 60: old })}`),
    );
    expect(told(await answer(desk, 'resent'), 39, 103, 20002)).to.deep.equal(['8', '8', 'STALE']);
    for (const [id, header, over] of [
      ['old-60', '97=Y|', { 60: old }],
      ['old-minute', '97=Y|', { 60: ago(60_000) }],
      ['old-122', `97=Y|122=${old}|`, {}],
    ] as const) {
      desk.send('D', header + order(id, { 38: '0.03', ...over }));
      const report = await answer(desk, id);
      expect(told(report, 39, 103, 20002), id).to.deep.equal(['8', '8', 'STALE']);
      expect(told(report, 55, 54, 38, 44), id).to.deep.equal(['PF_XBTUSD', '1', '0.03', '50000']);
    }
    const sent = [...engine.state.orders.values()].filter(({ attempt }) => attempt !== undefined);
    expect(sent.filter(({ terms }) => terms.orderQty === '0.03')).to.deep.equal([]);
    lenient.send('D', `97=Y|${order('old', { 60: old })}`);
    expect(told(await answer(lenient, 'old'), 39)).to.deep.equal(['0']);
    // Made by a trader hours ago, sent now.
    desk.send('D', order('parked', { 60: old }));
    expect(told(await answer(desk, 'parked'), 39)).to.deep.equal(['0']);
  });

  it('cancels nothing that was placed after a mass cancel of hours ago was meant', async () => {
    desk.send('D', order('stays'));
    await answer(desk, 'stays');
    desk.send('q', `11=old-q|530=7|60=${ago(3 * HOUR_MS)}`);
    const report = await desk.expect(({ type, get }) => type === 'r' && get(11) === 'old-q', 'r');
    expect(told(report, 531, 532, 20002)).to.deep.equal(['0', '99', 'STALE']);
    // A cancel of one order is never too old, and must name its order.
    for (const [id, over] of [
      ['wrong-symbol', '55=PF_ETHUSD|54=1'],
      ['wrong-side', '55=PF_XBTUSD|54=2'],
      ['wrong-both', '55=PI_XBTUSD|54=2'],
    ] as const) {
      desk.send('F', `11=${id}|41=stays|526=S-3|${over}|60=${ago(0)}`);
      const refused = await desk.expect(({ type, get }) => type === '9' && get(11) === id, '9');
      expect(told(refused, 39, 102, 20002, 526), id).to.deep.equal([
        ...['0', '99', 'ORDER_MISMATCH', 'S-3'],
      ]);
    }
    desk.send('F', `11=right|41=stays|55=PF_XBTUSD|54=1|60=${ago(3 * HOUR_MS)}`);
    await desk.expect(
      ({ type, get }) => type === '8' && get(41) === 'stays' && get(39) === '4',
      'Canceled',
    );
  });

  it('leaves logs that verify: whatever Text(58) it had, they tell what its client was told', async () => {
    desk.send('D', order('words', { 58: 'hello, desk' }));
    await answer(desk, 'words');
    desk.send('D', order('words', { 58: 'again' }));
    await answer(desk, 'words', desk.received.length);
    desk.send('F', `11=words-cancel|41=words|55=PF_XBTUSD|54=1|60=${ago(0)}`);
    await desk.expect(({ get }) => get(11) === 'words-cancel' && get(150) === '4', 'the cancel');
    await engine.stop();
    const verified = await verifyExecutions(dir);
    if (!verified.ok) throw new Error(verified.error);
    expect(verified.value.disagreements).to.deep.equal([]);
    expect(verified.value.compared).to.include.members(['JSON lines', 'CSV', 'FIX logs']);
    const logs = filesBelow(dir).filter((path) => /er-.*\.(?:jsonl|csv)$/.test(path));
    expect(logs).to.have.length(2);
    for (const path of logs) {
      const log = readFileSync(path, 'utf8');
      for (const shown of ['Zürich-1', 'Größe €5', 'Currency(15)=€: '])
        expect(log).to.include(shown);
      expect(log).not.to.include('Ã');
    }
  });
});
