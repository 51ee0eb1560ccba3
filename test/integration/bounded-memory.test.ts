import { expect } from 'chai';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstDifference, partOf } from '../../src/app/retention/snapshot-state.ts';
import { type EngineState } from '../../src/core/state.ts';
import { piecesOf } from '../../src/journal/snapshot/snapshot-codec.ts';
import { executionsCommand } from '../../src/cli/executions.ts';
import { journalCommand } from '../../src/cli/journal.ts';
import { type CliIo } from '../../src/cli/shared/cli-io.ts';
import { FastEngine, fastConfig } from '../support/fast-engine.ts';

const SETTINGS = {
  closedOrders: { keepSeconds: 2 },
  journal: { segmentBytesMax: 131_072, snapshotRecords: 100_000, keepBytes: 262_144 },
};
const ORDERS_A_SECOND = 50;

const FIRST_SEGMENT = /^journal-0{19}1\./;

const piecesOfState = (engine: FastEngine): readonly string[] => [
  ...piecesOf(engine.core.kept.state(engine.state)),
];

describe('an engine that runs for long', function () {
  this.timeout(120_000);
  let root: string;
  const engines: FastEngine[] = [];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'fathom-long-'));
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.stop();
    rmSync(root, { recursive: true });
  });

  const open = async (name: string, more: Record<string, unknown> = SETTINGS, of?: FastEngine) => {
    const engine = await FastEngine.open(fastConfig(join(root, name), more), of?.time);
    engines.push(engine);
    return engine;
  };
  const run = async (engine: FastEngine, seconds: number): Promise<void> => {
    for (let n = 0; n < seconds; n += 1) await engine.second(ORDERS_A_SECOND);
  };
  /** What a process that starts after `kill -9` finds. */
  const killed = (name: string, as: string): string => {
    cpSync(join(root, name), join(root, as), { recursive: true });
    rmSync(join(root, as, 'journal', 'lock'), { force: true });
    return as;
  };
  const filesOf = (name: string, pattern: RegExp): readonly string[] =>
    readdirSync(join(root, name, 'journal'))
      .filter((file) => pattern.test(file))
      .sort();
  /** Compressing takes real time, and seconds here do not: work goes on until it is so. */
  const runUntil = async (engine: FastEngine, isSo: () => boolean): Promise<void> => {
    for (let n = 0; n < 600 && !isSo(); n += 1) {
      await engine.second(ORDERS_A_SECOND / 5);
      await sleep(25);
    }
    expect(isSo(), engine.lines.slice(-5).join('\n')).to.equal(true);
  };
  /** So many seconds of trade, and two snapshots: they are written in real time. */
  const runToSnapshots = async (engine: FastEngine, name: string): Promise<void> => {
    await run(engine, 12);
    await runUntil(engine, () => snapshots(name).length === 2);
    await engine.loop.settled();
  };
  const hasOnlyNewFiles = (name: string): boolean =>
    filesOf(name, FIRST_SEGMENT).length === 0 &&
    filesOf(name, /\.seg$/).length <= 8 &&
    snapshots(name).length === 2;
  const snapshots = (name: string): readonly string[] => filesOf(name, /^snapshot-.*\.snap$/);

  it('holds what is open and just closed, and no more files than it is to keep', async () => {
    const engine = await open('a');
    await run(engine, 10);
    await runUntil(engine, () => hasOnlyNewFiles('a'));
    expect(engine.state.orders.size).to.be.lessThan(4 * ORDERS_A_SECOND);
    expect(engine.state.seenExecIDs.size).to.be.lessThan(12 * ORDERS_A_SECOND);
    const { ordersArchived } = engine.state;
    await run(engine, 5);
    await runUntil(
      engine,
      () => hasOnlyNewFiles('a') && engine.state.ordersArchived > ordersArchived,
    );
    expect(engine.state.orders.size).to.be.lessThan(4 * ORDERS_A_SECOND);
    expect(filesOf('a', /\.seg\.gz$/).length).to.be.greaterThan(0);
    expect(engine.lines.filter((line) => /FAILED|HELD|UNREADABLE/.test(line))).to.deep.equal([]);
  });

  it('starts after kill -9 with what it had, from a snapshot and what came after it', async () => {
    const engine = await open('a');
    await runToSnapshots(engine, 'a');
    const again = await open(killed('a', 'b'), SETTINGS, engine);
    expect(again.stored.opened.snapshot?.head.seq).to.be.greaterThan(1_000);
    // Its start is three more facts; the rest is equal to the byte.
    const known = [
      ...piecesOf({ orders: engine.state.orders, names: engine.state.namesByOrderID }),
    ];
    expect([
      ...piecesOf({ orders: again.state.orders, names: again.state.namesByOrderID }),
    ]).to.deep.equal(known);
    expect(again.core.positions.all(again.state, 'account')).to.deep.equal(
      engine.core.positions.all(engine.state, 'account'),
    );
    // No ClOrdID of before is taken again, wherever its order is.
    const { size } = again.state.requests;
    for (const id of ['C1', 'C300', `C${12 * ORDERS_A_SECOND}`]) {
      const client = [...again.state.orders.values()][0]!.client;
      const { terms } = [...again.state.orders.values()][0]!;
      again.submit({
        type: 'PlaceOrder',
        request: { client, clientOrderID: id as never, terms, possResend: false },
      });
    }
    expect(again.state.requests.size - size, 'recalled, not placed').to.equal(2);
    expect(again.state.lastClOrdID).to.equal(engine.state.lastClOrdID);
  });

  it('makes of a snapshot and the facts after it what it makes of all facts', async () => {
    const keepAll = { ...SETTINGS, journal: { ...SETTINGS.journal, keepBytes: 1_073_741_824 } };
    const engine = await open('a', keepAll);
    await runToSnapshots(engine, 'a');
    const fromSnapshot = await open(killed('a', 'b'), keepAll, engine);
    const all = killed('a', 'c');
    for (const name of snapshots(all)) rmSync(join(root, all, 'journal', name));
    const fromFacts = await open(all, keepAll, engine);
    expect(fromFacts.stored.opened.snapshot).to.equal(undefined);
    expect(piecesOfState(fromFacts)).to.deep.equal(piecesOfState(fromSnapshot));
    const { snapshot } = fromSnapshot.stored.opened;
    expect(Object.keys(partOf(snapshot!.state, 'books'))).to.deep.equal(Object.keys(engine.state));
    expect(firstDifference(snapshotBooks(snapshot!.state), snapshot!)).to.equal(undefined);
  });

  it('takes the snapshot before one that is torn, and every record when both are', async () => {
    const keepAll = { ...SETTINGS, journal: { ...SETTINGS.journal, keepBytes: 1_073_741_824 } };
    const engine = await open('a', keepAll);
    await runToSnapshots(engine, 'a');
    killed('a', 'b');
    killed('b', 'c');
    // Of the copy, because the engine goes on.
    const [older, newer] = snapshots('b').slice(-2);
    const torn = join(root, 'b', 'journal', newer!);
    truncateSync(torn, statSync(torn).size - 100);
    const second = await open('b', keepAll, engine);
    expect(second.lines.join('\n')).to.contain(
      `SNAPSHOT_UNUSABLE: journal: ${newer!}: damaged or cut short`,
    );
    expect(second.stored.opened.snapshot?.head.seq).to.equal(Number(/\d+/.exec(older!)));
    for (const name of snapshots('c')) {
      const path = join(root, 'c', 'journal', name);
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    }
    const third = await open('c', keepAll, engine);
    expect(third.stored.opened.snapshot).to.equal(undefined);
    expect(piecesOfState(third)).to.deep.equal(piecesOfState(second));
  });

  it('sends a client again what stands in a segment that was archived', async () => {
    const engine = await open('a');
    await run(engine, 12);
    const from = Math.round(engine.clientSender * 0.8);
    const sent = engine.sentToClient(from, from + 20);
    expect(sent).to.have.length(21);
    await engine.loop.settled();
    const again = await open(killed('a', 'b'), SETTINGS, engine);
    expect(again.sentToClient(from, from + 20)).to.deep.equal(sent);
  });

  it('keeps a segment that a client may still ask for, and says so', async () => {
    const engine = await open('a');
    engine.isClientSilent = true;
    await run(engine, 10);
    const isHeld = (): boolean => engine.lines.some((line) => line.startsWith('SEGMENT_HELD'));
    await runUntil(engine, isHeld);
    expect(filesOf('a', FIRST_SEGMENT)).to.have.length(1);
    engine.isClientSilent = false;
    await runUntil(engine, () => filesOf('a', FIRST_SEGMENT).length === 0);
  });

  const verified = async (
    command: typeof executionsCommand | typeof journalCommand,
    ...args: readonly string[]
  ) => {
    const lines: string[] = [];
    let exitCode = 0;
    const io: CliIo = {
      out: (line) => lines.push(line),
      err: (line) => lines.push(line),
      env: {},
      setExitCode: (code) => (exitCode = code),
    };
    await command(io).parseAsync([...args], { from: 'user' });
    return { exitCode, text: lines.join('\n') };
  };

  it('is verified by journal verify and executions verify after its first segments were removed', async () => {
    const engine = await open('a');
    await run(engine, 10);
    await runUntil(engine, () => hasOnlyNewFiles('a'));
    await engine.loop.settled();
    engine.stored.executionLog.flush();
    const dir = join(root, killed('a', 'b'));
    const journal = await verified(journalCommand, 'verify', dir);
    expect(journal.text).to.match(/those before were removed/);
    expect(journal.text).to.match(/the beginning: the facts before it were removed/);
    expect(journal.text).to.match(/equal to the facts/);
    expect(journal.exitCode, journal.text).to.equal(0);
    const executions = await verified(executionsCommand, 'verify', dir);
    expect(executions.text).to.match(
      /compared from sequence \d+ on: what was before was removed from it/,
    );
    expect(executions.exitCode, executions.text).to.equal(0);
    // A record that was changed behind the beginning is found all the same.
    const log = readdirSync(join(dir, 'execution-log')).find((name) => name.endsWith('.csv'));
    const path = join(dir, 'execution-log', log!);
    const rows = readFileSync(path, 'utf8').split('\r\n');
    const at = rows.findLastIndex((row) => row.includes(',Trade,'));
    rows[at] = rows[at]!.replace(',Trade,', ',New,');
    writeFileSync(path, rows.join('\r\n'));
    const changed = await verified(executionsCommand, 'verify', dir);
    expect(changed.exitCode).to.equal(1);
    expect(changed.text).to.match(/execType is Trade in JSON lines, New in CSV/);
  });

  it('is verified by journal verify with all segments archived, and every snapshot is equal', async () => {
    const keepAll = { ...SETTINGS, journal: { ...SETTINGS.journal, keepBytes: 1_073_741_824 } };
    const engine = await open('a', keepAll);
    await run(engine, 10);
    await runUntil(engine, () => filesOf('a', /\.seg\.gz$/).length > 2);
    await engine.loop.settled();
    engine.stored.executionLog.flush();
    const dir = join(root, killed('a', 'b'));
    const journal = await verified(journalCommand, 'verify', dir);
    expect(journal.text.match(/equal to the facts/g), journal.text).to.have.length(2);
    expect(journal.exitCode).to.equal(0);
    const executions = await verified(executionsCommand, 'verify', dir);
    expect(executions.text).to.match(/journal +.* compared *│/);
    expect(executions.exitCode, executions.text).to.equal(0);
    // A byte of an archived segment is not what it was.
    const [archived] = filesOf('b', /\.seg\.gz$/);
    const path = join(dir, 'journal', archived!);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 255;
    writeFileSync(path, bytes);
    const damaged = await verified(journalCommand, 'verify', dir);
    expect(damaged.exitCode).to.equal(1);
    expect(damaged.text).to.contain(archived!);
  });

  it('does not start without the archive of the orders that left memory', async () => {
    const engine = await open('a');
    await run(engine, 6);
    await engine.loop.settled();
    rmSync(join(root, killed('a', 'b'), 'closed-orders'), { recursive: true });
    const opened = await open('b', SETTINGS, engine).catch((cause: unknown) => String(cause));
    expect(opened).to.match(/closed orders: the archive has 0 records/);
    expect(existsSync(join(root, 'b', 'journal', 'lock'))).to.equal(false);
  });
});

const snapshotBooks = (state: Readonly<Record<string, unknown>>): EngineState =>
  partOf(state, 'books') as unknown as EngineState;
