import { expect } from 'chai';
import { recoverEngine, type RecoveryDeps } from '../../../../src/app/loop/recovery.ts';
import { openJournal, type OpenedJournal } from '../../../../src/journal/open-journal.ts';
import { encodeFact, RECORD_KIND } from '../../../../src/journal/record.ts';
import { monotonicMs } from '../../../../src/lib/time.ts';
import { type Bench } from '../../../support/bench.ts';
import { given, live, traded } from '../../../support/given.ts';
import { MemoryStorage } from '../../../support/memory-storage.ts';

const ORDERS = 200;

const NO_SNAPSHOT = {
  restore: () => {
    throw new Error('there is no snapshot');
  },
};

describe('recovery of an engine', () => {
  let bench: Bench;
  let opened: OpenedJournal;

  beforeEach(async () => {
    const steps = Array.from({ length: ORDERS }, (_, i) => [live(`A${i}`), traded(`A${i}`, '10')]);
    bench = given(...steps.flat()).bench;
    const storage = new MemoryStorage();
    const first = await openJournal({ storage });
    if (!first.ok) throw new Error(first.error.message);
    for (const fact of bench.journal) {
      first.value.journal.append(RECORD_KIND.fact, encodeFact(fact.at, fact));
    }
    await first.value.journal.commit();
    await first.value.journal.close();
    const again = await openJournal({ storage });
    if (!again.ok) throw new Error(again.error.message);
    opened = again.value;
  });
  afterEach(() => opened.journal.close());

  /** A clock on which each look takes `lookMs`, and timers that let other work run. */
  const deps = (lookMs: number, more: Partial<RecoveryDeps> = {}) => {
    const lines: string[] = [];
    let now = 0;
    let rests = 0;
    const made: RecoveryDeps = {
      clock: {
        wall: () => bench.at,
        monotonic: () => monotonicMs((now += lookMs)),
      },
      timers: {
        set: (_, fire) => {
          rests += 1;
          setImmediate(fire);
          return { cancel: () => undefined };
        },
      },
      logger: { info: (text) => lines.push(text) },
      ...more,
    };
    return { made, lines, rests: () => rests };
  };
  const recover = (of: RecoveryDeps, afterSeq = 0, told: number[] = []) =>
    recoverEngine(
      opened,
      { decider: bench.manager, kept: NO_SNAPSHOT },
      { afterSeq, tell: ({ seq }) => told.push(seq) },
      of,
    );

  it('gives the books of before, and tells the log each fact that it misses once', async () => {
    const told: number[] = [];
    const { made, lines } = deps(0);
    const recovered = await recover(made, 100, told);
    if (!recovered.ok) throw new Error(recovered.error);
    expect(recovered.value.factCount).to.equal(bench.journal.length);
    expect([...recovered.value.state.orders]).to.deep.equal([...bench.state.orders]);
    expect(told).to.deep.equal(
      Array.from({ length: bench.journal.length - 100 }, (_, i) => 101 + i),
    );
    expect(lines).to.deep.equal([]);
  });

  it('lets other work run after each slice, and says how far it is and what it writes', async () => {
    let turns = 0;
    const count = setInterval(() => (turns += 1), 0);
    const { made, lines, rests } = deps(1_000);
    const recovered = await recover(made);
    clearInterval(count);
    expect(recovered.ok).to.equal(true);
    expect(rests()).to.be.greaterThan(10);
    expect(turns).to.be.greaterThan(0);
    expect(lines[0]).to.match(
      /^recovering: record \d+ of \d+ \(\d+ %\), the execution log is written again$/,
    );
    expect(lines.at(-1)).to.match(/^recovered \d+ facts in \d+ s$/);
    expect(lines.length).to.be.greaterThan(2);
  });

  it('says nothing of the execution log that it does not write', async () => {
    const { made, lines } = deps(1_000);
    await recover(made, opened.journal.nextSeq);
    expect(lines[0]).to.match(/^recovering: record \d+ of \d+ \(\d+ %\)$/);
  });

  it('ends between two slices when it is told to stop, and the next start goes on', async () => {
    const stopping = new AbortController();
    const told: number[] = [];
    const { made } = deps(1_000, { signal: stopping.signal });
    const stop: RecoveryDeps = {
      ...made,
      timers: {
        set: (_, fire) => {
          if (told.length > 300) stopping.abort();
          setImmediate(fire);
          return { cancel: () => undefined };
        },
      },
    };
    const stopped = await recover(stop, 0, told);
    expect(stopped.ok ? '' : stopped.error).to.match(
      /^stopped while recovering, record \d+ of \d+ .*; the next start goes on$/,
    );
    const seen = told.length;
    expect(seen).to.be.lessThan(bench.journal.length);
    const rest = await recover(deps(0).made, told.at(-1) ?? 0, told);
    expect(rest.ok).to.equal(true);
    expect(told).to.deep.equal(bench.journal.map((_, i) => i + 1));
  });
});
