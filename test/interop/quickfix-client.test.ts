import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { type Engine, startEngine } from '../../src/index.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { systemClock } from '../../src/app/system-clock.ts';
import { toUtcTimestamp } from '../../src/lib/time.ts';
import { COMPILE_MS_MAX, compilePeer, type PeerEvent, QuickfixPeer } from './quickfix/peer.ts';
import { TestFolders } from './support/journaled.ts';

/** Shipped for clients: it knows Fathom's own tags. */
const DICTIONARY = resolve('fix-dictionaries/FATHOM-FIX44.xml');
const SYMBOL = 'PF_XBTUSD';
/** Far below the market, so that an order rests. */
const PX = 1_000;

describe('a QuickFIX C++ client of an engine', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let engine: Engine;
  let peer: QuickfixPeer;

  before(async function () {
    this.timeout(COMPILE_MS_MAX);
    const program = await compilePeer();
    const dir = folders.make();
    engine = await startEngine({ config: writeConfig(dir), env: {}, logger: silentLogger });
    await engine.untilOpen();
    peer = await QuickfixPeer.start(program, {
      role: 'initiator',
      port: engine.clientPorts.get('desk1') ?? 0,
      dir: join(dir, 'peer'),
      senderCompID: 'DESK1',
      targetCompID: 'FATHOM',
      settings: { DataDictionary: DICTIONARY },
    });
    await peer.until('logged on', () => peer.count('logon') === 1);
  });

  after(async () => {
    await peer.stop();
    await engine.stop();
    folders.remove();
  });

  const place = (clOrdID: string, qty: string): void => {
    const terms = `55=${SYMBOL}|54=1|40=2|44=${PX}|38=${qty}|59=1`;
    peer.command(`order 11=${clOrdID}|${terms}|60=${toUtcTimestamp(systemClock.wall())}`);
  };

  const report = async (clOrdID: string, execType: string, after = 0): Promise<PeerEvent> => {
    const found = (): PeerEvent | undefined =>
      peer
        .of('report')
        .slice(after)
        .find((one) => one.clOrdID === clOrdID && one.execType === execType);
    await peer.until(`150=${execType} of ${clOrdID}`, () => found() !== undefined);
    return found()!;
  };

  it('replaces an order, twice', async () => {
    place('A', '0.01');
    await report('A', '0');
    peer.command(`replace B A 0.03 ${PX + 1}`);
    expect(await report('B', 'E')).to.deep.include({ ordStatus: 'E', origClOrdID: 'A' });
    expect(await report('B', '5')).to.deep.include({
      ...{ ordStatus: '0', origClOrdID: 'A', orderQty: '0.03', leavesQty: '0.03' },
      price: String(PX + 1),
    });
    peer.command(`replace C B 0.02 ${PX + 2}`);
    expect(await report('C', '5')).to.deep.include({ origClOrdID: 'B', orderQty: '0.02' });
    expect(engine.state.openOrderIDs.size).to.equal(1);
  });

  it('is told why an order that nobody knows cannot be replaced', async () => {
    peer.command(`replace D NONE 0.03 ${PX}`);
    await peer.until('a refusal', () => peer.count('cancel-reject') === 1);
    expect(peer.of('cancel-reject')[0]).to.deep.include({
      ...{ clOrdID: 'D', origClOrdID: 'NONE', ordStatus: '8', responseTo: '2', reason: '1' },
    });
  });

  it('asks for the status of an order', async () => {
    const before = peer.count('report');
    peer.command('status C');
    expect(await report('C', 'I', before)).to.deep.include({
      ...{ ordStatus: '0', orderQty: '0.02', leavesQty: '0.02', execID: '0' },
    });
  });

  it('cancels all orders at once', async () => {
    for (const id of ['E', 'F', 'G']) place(id, '0.01');
    for (const id of ['E', 'F', 'G']) await report(id, '0');
    peer.command('mass-cancel M');
    await peer.until('the answer', () => peer.count('mass-cancel-report') === 1);
    expect(peer.of('mass-cancel-report')[0]).to.deep.include({
      ...{ clOrdID: 'M', response: '7', affected: '4' },
    });
    for (const id of ['C', 'E', 'F', 'G']) {
      expect(await report(id, '4')).to.deep.include({ ordStatus: '4', leavesQty: '0' });
    }
    expect(engine.state.openOrderIDs.size).to.equal(0);
  });

  it('refused none of our messages', () => {
    expect(peer.count('reject')).to.equal(0);
  });
});

const writeConfig = (dir: string): string => {
  const path = join(dir, 'engine.json');
  const config = {
    engine: { name: 'quickfix-client', dataDir: join(dir, 'data'), durability: 'process' },
    venue: {
      ...{ kind: 'simulator-embedded', environment: 'demo' },
      simulator: { seed: 7, marketIntervalMs: 0 },
    },
    sessions: {
      trading: {
        ...{ role: 'trading', senderCompID: 'FATHOM-DRV', targetCompID: 'KRAKEN-DRV-TRD' },
        cancelOrdersOnDisconnect: true,
      },
      desk1: {
        ...{ role: 'client', senderCompID: 'FATHOM', targetCompID: 'DESK1' },
        ...{ replace: 'cancelThenNew', listen: { host: '127.0.0.1', port: 0 } },
      },
    },
    instruments: {
      [SYMBOL]: { contractType: 'linear', tickSize: '1', qtyStep: '0.0001', qtyMin: '0.0001' },
    },
    risk: { orderQtyMax: '5', notionalMax: '1000000', withoutReferencePrice: 'allow' },
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
};
