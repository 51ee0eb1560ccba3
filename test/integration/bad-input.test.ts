import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/app/system-clock.ts';
import { type Engine, startEngine } from '../../src/index.ts';
import { toUtcTimestamp } from '../../src/lib/time.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { RawFixClient } from '../support/raw-fix-client.ts';
import { until } from '../support/until.ts';

const order = (clOrdID: string, over: Readonly<Record<number, string>> = {}): string => {
  const fields: Record<number, string> = {
    11: clOrdID,
    55: 'PF_XBTUSD',
    54: '1',
    60: toUtcTimestamp(systemClock.wall()),
    38: '0.01',
    40: '2',
    44: '50000',
    59: '1',
    ...over,
  };
  return Object.entries(fields)
    .map(([tag, value]) => `${tag}=${value}`)
    .join('|');
};

describe('bad input from a client (issue: one order’s life, “Bad input”)', () => {
  let dir: string;
  let engine: Engine;
  let client: RawFixClient;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-bad-'));
    const demo = JSON.parse(readFileSync('config/demo.json', 'utf8')) as {
      engine: { dataDir: string };
    };
    demo.engine.dataDir = join(dir, 'data');
    const config = join(dir, 'demo.json');
    writeFileSync(config, JSON.stringify(demo));
    engine = await startEngine({ config, env: {}, logger: silentLogger });
    await until(() => engine.isOpen, 'engine open');
    client = new RawFixClient(engine.clientPorts.get('desk1') ?? 0, {
      sender: 'DESK1',
      target: 'FATHOM',
    });
    await client.logon();
  });

  after(async () => {
    client.close();
    await engine.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const refusedOrder = async (clOrdID: string, over: Readonly<Record<number, string>>) => {
    const after = client.received.length;
    client.send('D', order(clOrdID, over));
    return client.expect(
      ({ type, get }) => type === '8' && get(11) === clOrdID && get(39) === '8',
      `ExecutionReport that refuses ${clOrdID}`,
      after,
    );
  };

  const rejected = async (msgType: string, body: string) => {
    const after = client.received.length;
    const seqNum = client.send(msgType, body);
    return client.expect(
      ({ type, get }) => type === '3' && get(45) === String(seqNum),
      `Reject(3) of ${msgType} ${body}`,
      after,
    );
  };

  for (const [what, spoil] of [
    [
      'a wrong CheckSum(10)',
      (bytes: Buffer) => bytes.fill('x', bytes.length - 4, bytes.length - 1),
    ],
    [
      'a wrong BodyLength(9)',
      (bytes: Buffer) =>
        Buffer.from(bytes.toString('latin1').replace(/\x019=\d+/, '\x019=7'), 'latin1'),
    ],
    [
      'no FIX at all',
      () => Buffer.from('GET / HTTP/1.1\r\nHost: fathom\r\n\r\n\x01\x02\xff=9999=\x01'),
    ],
  ] as const) {
    it(`ignores a frame with ${what}, and its number is not consumed`, async () => {
      const clOrdID = `garbled-${what.length}`;
      client.sendRaw(spoil(client.frameOf('D', client.nextSeqNum, order(clOrdID))));
      // The same number again, right this time: answered, so it was not consumed; and the garbled
      // order never entered.
      const after = client.received.length;
      client.send('1', '112=still-there');
      await client.expect(
        ({ type, get }) => type === '0' && get(112) === 'still-there',
        'Heartbeat',
        after,
      );
      expect(client.received.some((message) => message.get('11') === clOrdID)).to.equal(false);
      expect(client.received.slice(after).some((message) => message.get('35') === '2')).to.equal(
        false,
      );
    });
  }

  it('counts garbled frames', async () => {
    const text = await engine.metrics();
    const counted = /fathom_fix_garbled_total\{[^}]*session="desk1"[^}]*\} (\d+)/.exec(text);
    expect(Number(counted?.[1])).to.be.at.least(3);
  });

  it('rejects an unknown MsgType(35) with SessionRejectReason(373)=11', async () => {
    const reject = await rejected('ZZ', '58=hello');
    expect(reject.get('373')).to.equal('11');
  });

  it('answers a message type that it does not handle with BusinessMessageReject(380)=3', async () => {
    const after = client.received.length;
    client.send('BE', '923=who|924=1|553=DESK1');
    const reject = await client.expect(({ type }) => type === 'j', 'BusinessMessageReject', after);
    expect(reject.get('372')).to.equal('BE');
    expect(reject.get('380')).to.equal('3');
  });

  it('rejects an order without a required tag and names it', async () => {
    const reject = await rejected(
      'D',
      '11=no-side|55=PF_XBTUSD|60=20261122-12:00:00.000|38=1|40=2|44=1',
    );
    expect(reject.get('373')).to.equal('1');
    expect(reject.get('371')).to.equal('54');
  });

  it('rejects an exponent quantity as a wrong format: Reject(3), 373=6, 371=38', async () => {
    const reject = await rejected('D', order('exponent', { 38: '1e3' }));
    expect(reject.get('373')).to.equal('6');
    expect(reject.get('371')).to.equal('38');
  });

  for (const [what, over, code, ordRejReason] of [
    ['an unknown symbol', { 55: 'PF_NOSUCH' }, 'UNKNOWN_SYMBOL', '1'],
    ['a price off the tick', { 44: '50000.5' }, 'OFF_TICK', '99'],
    ['a negative quantity', { 38: '-1' }, 'INVALID_QUANTITY', '13'],
    ['a quantity off the lot', { 38: '0.00015' }, 'OFF_LOT', '13'],
    ['more than the largest quantity', { 38: '6' }, 'MAX_QUANTITY', '3'],
    ['more than the largest value', { 38: '5', 44: '300000' }, 'MAX_NOTIONAL', '3'],
    ['a time in force that the venue has not', { 59: '4' }, 'UNSUPPORTED_TIME_IN_FORCE', '11'],
  ] as const) {
    it(`refuses ${what}: ExecutionReport(8), OrdStatus(39)=8, ${code}`, async () => {
      const report = await refusedOrder(`bad-${code}`, over);
      expect(report.get('150')).to.equal('8');
      expect(report.get('20002')).to.equal(code);
      expect(report.get('103')).to.equal(ordRejReason);
      expect(report.get('58')).to.match(new RegExp(`^${code}: `));
    });
  }

  it('refuses a ClOrdID(11) that was used before with OrdRejReason(103)=6, and keeps the first order', async () => {
    client.send('D', order('twice'));
    await client.expect(
      ({ type, get }) => type === '8' && get(11) === 'twice' && get(150) === '0',
      'New',
    );
    const report = await refusedOrderAgain();
    expect(report.get('103')).to.equal('6');
    const open = [...engine.state.orders.values()].filter((o) => o.clientOrderID === 'twice');
    expect(open.map((o) => o.base)).to.deep.equal(['New']);
  });

  const refusedOrderAgain = () => {
    const after = client.received.length;
    client.send('D', order('twice', { 38: '0.02' }));
    return client.expect(
      ({ type, get }) => type === '8' && get(11) === 'twice' && get(150) === '8',
      'ExecutionReport that refuses the duplicate',
      after,
    );
  };

  it('refuses a cancel of an order that it does not know: OrderCancelReject(9), 102=1', async () => {
    const after = client.received.length;
    client.send('F', '11=c1|41=nobody|55=PF_XBTUSD|54=1|60=20261122-12:00:00.000');
    const reject = await client.expect(({ type }) => type === '9', 'OrderCancelReject', after);
    expect(reject.get('102')).to.equal('1');
    expect(reject.get('41')).to.equal('nobody');
  });

  it('survives a stranger, a flood of rubbish and a client that vanishes', async () => {
    const port = engine.clientPorts.get('desk1') ?? 0;
    const stranger = new RawFixClient(port, { sender: 'NOBODY', target: 'FATHOM' });
    stranger.send('A', '98=0|108=30');
    await until(() => stranger.isClosed, 'the stranger is turned away');
    const flooder = new RawFixClient(port, { sender: 'DESK1', target: 'FATHOM' });
    for (let i = 0; i < 200; i++) flooder.sendRaw(Buffer.alloc(10_000, i % 251));
    await until(() => flooder.isClosed, 'the flooder is cut off');
    const after = client.received.length;
    client.send('D', order('after-all'));
    await client.expect(
      ({ type, get }) => type === '8' && get(11) === 'after-all' && get(150) === '0',
      'New',
      after,
    );
  });
});
