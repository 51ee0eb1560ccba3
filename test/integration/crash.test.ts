import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock, systemRandom, systemTimers } from '../../src/app/system-clock.ts';
import { stepOf } from '../../src/cli/demo/flow.ts';
import { RoutingClient } from '../../src/cli/demo/routing-client.ts';
import { type Fact } from '../../src/core/fact.ts';
import { dictionaryPath, loadDictionary } from '../../src/fix/dictionary/jspurefix.ts';
import { makeMemoryStore } from '../../src/fix/runtime/memory-store.ts';
import { makeInitiator } from '../../src/fix/runtime/initiator-session.ts';
import { type FixSession } from '../../src/fix/session/model/session-types.ts';
import { type DecodedRecord } from '../../src/journal/record.ts';
import { decimal, decimalToText, ZERO } from '../../src/lib/decimal.ts';
import { Secret } from '../../src/lib/secret.ts';
import { makeLoopbackCertificate } from '../../src/simulator/certificate.ts';
import { makeMulberry32 } from '../../src/lib/prng.ts';
import { type LedgerEntry } from '../../src/simulator/ledger-entry.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import {
  type EngineFiles,
  type EngineProcess,
  freePort,
  spawnEngine,
  writeEngineConfig,
} from '../support/engine-process.ts';
import { readJournal } from '../support/read-journal.ts';
import { until } from '../support/until.ts';

const KILLS = Number(process.env['FATHOM_ENGINE_KILLS'] ?? '8');
const SEED = Number(process.env['FATHOM_SEED'] ?? '20261122');
const STEP_MS = 15;
/**
 * Each life trades until the venue has written so many lines: by what was done, not by the clock,
 * so a slow machine trades as much.
 */
const LINES_BEFORE_KILL_MAX = 60;
const KILL_IN_START_AFTER_MS_MAX = 700;
// Ceilings for a machine that has other work; a life takes one or two seconds when it has none.
const LIFE_MS_MAX = 60_000;
const STEP_MS_MAX = 120_000;

const instruments = [
  { symbol: 'PF_XBTUSD', tickSize: '1', qtyMin: '0.0001', orderQty: '0.01', tooMuch: '10' },
  { symbol: 'PF_ETHUSD', tickSize: '0.1', qtyMin: '0.001', orderQty: '0.1', tooMuch: '10' },
];

const load = (file: 'KRAKEN-DRV-FIX44.xml' | 'FATHOM-FIX44.xml') => {
  const loaded = loadDictionary(dictionaryPath(file));
  if (!loaded.ok) throw new Error(loaded.error);
  return loaded.value;
};

describe('kill -9 of a trading engine (issue: one order’s life, Must show 4)', function () {
  this.timeout(240_000 + KILLS * LIFE_MS_MAX);
  let dir: string;
  let simulator: Simulator;
  let files: EngineFiles;
  let client: RoutingClient;
  let session: FixSession;
  let engine: EngineProcess | undefined;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-crash-'));
    const certificate = await makeLoopbackCertificate(new Date());
    const key = {
      apiKey: randomBytes(24).toString('base64'),
      apiSecret: randomBytes(48).toString('base64'),
    };
    simulator = await startSimulator(
      {
        seed: SEED,
        symbols: instruments.map(({ symbol }) => symbol),
        clients: [
          {
            compID: 'FATHOM-DRV',
            account: 'client-1',
            key: { apiKey: new Secret(key.apiKey), apiSecret: new Secret(key.apiSecret) },
          },
        ],
        host: '127.0.0.1',
        tradingPort: 0,
        certificate,
        marketIntervalMs: 50,
      },
      { clock: systemClock, timers: systemTimers, dictionary: load('KRAKEN-DRV-FIX44.xml') },
    );
    const clientPort = await freePort();
    const { tradingPort: venuePort } = simulator;
    files = writeEngineConfig({ dir, venuePort, clientPort, ca: certificate.cert, key });
    client = new RoutingClient(systemClock);
    session = connect(client, clientPort);
  });

  after(async () => {
    engine?.child.kill('SIGKILL');
    await session.stop();
    await simulator.stop();
    if (process.env['KEEP'] === undefined) rmSync(dir, { recursive: true, force: true });
  });

  it(`places no order twice and loses or doubles no fill over ${KILLS} kills`, async () => {
    const note = `SEED=${SEED}`;
    const prng = makeMulberry32(SEED);
    let steps = 0;
    const trade = setInterval(() => {
      const instrument = instruments[steps % instruments.length];
      if (!client.isLoggedOn || instrument === undefined) return;
      const book = simulator.queries.book(instrument.symbol, 1);
      const touch = { bid: book?.bids[0]?.price, ask: book?.asks[0]?.price };
      const step = stepOf(steps, instrument, touch);
      steps += 1;
      if (step !== undefined) client.perform(step);
    }, STEP_MS);
    try {
      for (let kill = 1; kill <= KILLS; kill++) {
        engine = spawnEngine(files);
        // Every fourth one dies while it starts, the others somewhere in their trading.
        if (prng.chance(0.75)) {
          await engine.ready;
          const where = `${note} kill ${kill}`;
          await until(() => client.isLoggedOn, `client logged on, ${where}`, STEP_MS_MAX);
          const lines = simulator.ledger.lines() + Math.floor(prng.next() * LINES_BEFORE_KILL_MAX);
          await until(() => simulator.ledger.lines() >= lines, `traded, ${where}`, STEP_MS_MAX);
        } else {
          await delay(Math.floor(prng.next() * KILL_IN_START_AFTER_MS_MAX));
        }
        engine.child.kill('SIGKILL');
        await engine.exited;
      }
    } finally {
      clearInterval(trade);
    }
    engine = spawnEngine(files);
    await engine.ready;
    await until(() => client.isLoggedOn, 'client logged on after the last kill', STEP_MS_MAX);
    await settle(client);
    engine.child.kill('SIGTERM');
    expect((await engine.exited).code, engine.errors()).to.equal(0);

    const records = readJournal(join(files.dataDir, 'journal'));
    const facts = records.flatMap((r) => (r.type === 'Fact' ? [r.fact as Fact] : []));
    const ledger = simulator.ledger.entries();
    expect(facts.filter(({ type }) => type === 'OrderAccepted').length, note).to.be.above(KILLS);
    expectNoOrderTwice(facts, ledger, note);
    expectSameFills(facts, ledger, note);
    expectLogsAgree(facts, join(files.dataDir, 'execution-log'), note);
    expectNumbersGoOn(records, note);
    expect(simulator.queries.openOrders('client-1'), note).to.deep.equal([]);
    expect(client.blotter.undecided(), note).to.deep.equal([]);
  });
});

const connect = (client: RoutingClient, port: number): FixSession => {
  const session = makeInitiator({
    settings: {
      id: 'desk',
      role: 'initiator',
      beginString: 'FIX.4.4',
      senderCompID: 'DESK1',
      targetCompID: 'FATHOM',
      reconnect: {
        intervalsMs: [50],
        jitterRatio: 0,
        refusedFirstMs: 50,
        refusedStepMs: 0,
        refusedMaxMs: 50,
      },
    },
    application: client.application,
    store: makeMemoryStore(),
    dictionary: load('FATHOM-FIX44.xml'),
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    connection: { hosts: [{ host: '127.0.0.1', port }], connectTimeoutMs: 2_000 },
  });
  client.attach(session);
  session.start();
  return session;
};

/** Every order of the client comes to an end. */
const settle = async (client: RoutingClient): Promise<void> => {
  const { blotter } = client;
  await until(
    () => {
      client.cancelAll();
      return blotter.open().length === 0 && blotter.undecided().length === 0;
    },
    () => `every order ended; undecided: ${JSON.stringify(blotter.undecided().slice(0, 3))}`,
    STEP_MS_MAX,
  );
};

/** The venue accepted each ClOrdID once, and per order of the client at most one. */
const expectNoOrderTwice = (
  facts: readonly Fact[],
  ledger: readonly LedgerEntry[],
  note: string,
): void => {
  const accepted = ledger.flatMap((e) =>
    e.kind === 'order' && e.event === 'accepted' ? [e.cliOrdId ?? 'none'] : [],
  );
  expect(new Set(accepted).size, note).to.equal(accepted.length);
  const orderByClOrdID = new Map<string, string>();
  for (const fact of facts) {
    if (fact.type === 'AttemptIntended') orderByClOrdID.set(fact.clOrdID, fact.orderID);
  }
  const orders = accepted.map((clOrdID) => orderByClOrdID.get(clOrdID));
  expect(orders, `${note}: the venue has no order that the journal does not know`).not.to.include(
    undefined,
  );
  expect(new Set(orders).size, `${note}: one venue order per order`).to.equal(orders.length);
};

/** Fill for fill: venue order, quantity, price. */
const expectSameFills = (
  facts: readonly Fact[],
  ledger: readonly LedgerEntry[],
  note: string,
): void => {
  const venue = ledger.flatMap((e) =>
    e.kind === 'fill' ? [`${e.orderId} ${e.fillId} ${e.lastQty} ${e.price}`] : [],
  );
  const ours = facts.flatMap((f) =>
    f.type === 'OrderFilled'
      ? [`${f.venueOrderID ?? '?'} ${f.tradeID ?? '?'} ${f.lastQty} ${f.lastPx}`]
      : [],
  );
  expect(venue.length, note).to.be.above(0);
  expect([...ours].sort(), note).to.deep.equal([...venue].sort());
};

/** The execution log has each of the journal's fills once, with the same sums. */
const expectLogsAgree = (facts: readonly Fact[], dir: string, note: string): void => {
  const lines = readdirSync(dir)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as Record<string, string>)
    .filter((line) => line['execType'] === 'Trade');
  const fills = facts.filter((f) => f.type === 'OrderFilled');
  expect(new Set(lines.map((line) => line['execId'])).size, note).to.equal(lines.length);
  expect(lines.map((line) => line['execId']).sort(), note).to.deep.equal(
    fills.map((f) => f.execID as string).sort(),
  );
  const sum = (values: readonly string[]): string =>
    decimalToText(values.reduce((total, value) => total.plus(decimal(value)), ZERO));
  expect(sum(lines.map((line) => line['lastQty'] ?? '0')), note).to.equal(
    sum(fills.map((f) => f.lastQty)),
  );
};

/** Outgoing numbers of each session go up by one, never again from the start, never twice. */
const expectNumbersGoOn = (records: readonly DecodedRecord[], note: string): void => {
  for (const name of ['trading', 'desk1']) {
    const sent = records.flatMap((r) =>
      r.type === 'SessionOutbound' && r.session === name ? [r.msgSeqNum] : [],
    );
    expect(sent, `${note}: ${name}`).to.deep.equal(sent.map((_, index) => index + 1));
    const resets = records.filter((r) => r.type === 'SessionReset' && r.session === name);
    expect(resets.length, `${note}: ${name} begins at 1 once`).to.equal(1);
  }
};
