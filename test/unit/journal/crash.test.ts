import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';
import fc from 'fast-check';

import { openJournal } from '../../../src/journal/open-journal.ts';
import { MemoryStorage, systemError } from '../../support/memory-storage.ts';
import { opened, textsOf, turn } from './journal-harness.ts';

describe('journal crashes', () => {
  it('keeps every committed turn and no half turn through crashes at random bytes (seeded)', async () => {
    const runs = Number(process.env['FATHOM_JOURNAL_RUNS'] ?? 150);
    const lives = fc.array(
      fc.record({
        turns: fc.array(fc.array(fc.string({ maxLength: 60 }), { minLength: 1, maxLength: 4 }), {
          maxLength: 8,
        }),
        torn: fc.double({ min: 0, max: 1, noNaN: true }),
        failAt: fc.integer({ min: 1, max: 40 }),
        op: fc.constantFrom('write' as const, 'sync' as const, 'create' as const),
        short: fc.integer({ min: 1, max: 200 }),
      }),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(lives, async (list) => {
        let storage = new MemoryStorage();
        let known: string[] = [];
        for (const life of list) {
          const { journal, records } = await opened({ storage, segmentBytesMax: 400 });
          const found = textsOf({ records });
          expect(found.slice(0, known.length)).to.deep.equal(known);
          known = [...found];
          const before = storage.counts.get(life.op) ?? 0;
          storage.taken = (offered) => Math.min(offered, life.short);
          storage.fault = (op, count) =>
            op === life.op && count - before >= life.failAt ? systemError('EIO', op) : undefined;
          const allowed = [known.length];
          let total = known.length;
          for (const texts of life.turns) {
            const committed = await turn(journal, ...texts).then(
              () => true,
              () => false,
            );
            total += texts.length;
            allowed.push(total);
            if (!committed) break;
            known.push(...texts);
          }
          const left = storage.crash((unsynced) => Math.floor(unsynced * life.torn));
          const after = await opened({ storage: left });
          expect(allowed).to.include(textsOf(after).length);
          storage = left.crash((unsynced) => unsynced);
        }
      }),
      { numRuns: runs, ...seedOption() },
    );
  });

  it('never invents, reorders or half-reads a record, after any damage to the files (seeded)', async () => {
    const whole = new MemoryStorage();
    const { journal } = await opened({ storage: whole, segmentBytesMax: 300 });
    const turns = Array.from({ length: 12 }, (_, i) => [`turn ${i} a`, `turn ${i} b`]);
    for (const texts of turns) await turn(journal, ...texts);
    const names = [...whole.list()].sort();
    const flat = turns.flat();
    const share = fc.double({ min: 0, max: 0.999, noNaN: true });
    const change = fc.record({
      what: fc.constantFrom('flip', 'cut', 'insert', 'copy', 'zero'),
      file: share,
      at: share,
      length: fc.integer({ min: 1, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const damaged = whole.crash((unsynced) => unsynced);
        for (const { what, file, at, length } of changes) {
          const name = names[Math.floor(file * names.length)] ?? '';
          const bytes = damaged.bytesOf(name);
          const from = Math.floor(at * bytes.length);
          const [head, tail] = [bytes.subarray(0, from), bytes.subarray(from)];
          const piece = Buffer.from(tail.subarray(0, length));
          const rest = tail.subarray(length);
          const changed = {
            flip: () => [head, piece.map((byte) => byte ^ 0x20), rest],
            cut: () => [head],
            insert: () => [head, Buffer.alloc(length, 'FBLK'), tail],
            copy: () => [head, piece, tail],
            zero: () => [head, Buffer.alloc(piece.length), rest],
          }[what]();
          damaged.put(name, Buffer.concat(changed));
        }
        const result = await openJournal({ storage: damaged });
        if (!result.ok) {
          expect(result.error.code).to.equal('JOURNAL_CORRUPT');
          return;
        }
        const texts = textsOf(result.value);
        expect(texts).to.deep.equal(flat.slice(0, texts.length));
        expect(texts.length % 2).to.equal(0);
      }),
      { numRuns: Number(process.env['FATHOM_JOURNAL_RUNS'] ?? 300), ...seedOption() },
    );
  });

  for (const durability of ['disk', 'process'] as const) {
    it(`loses nothing committed and keeps no half turn when a writer is killed (${durability}, seeded)`, async function () {
      const rounds = Number(process.env['FATHOM_JOURNAL_KILLS'] ?? 5);
      this.timeout(20_000 * rounds);
      const seed = Number(process.env['FATHOM_SEED'] ?? 20_261_122);
      const random = mulberry(seed);
      const dir = mkdtempSync(join(tmpdir(), 'fathom-kill-'));
      try {
        for (let round = 0; round < rounds; round += 1) {
          const acknowledged = await killedWriter(dir, durability, Math.floor(random() * 120));
          const where = `SEED=${seed} round ${round} ${durability}`;
          const found = await opened({ dir });
          const turns = turnsOf(textsOf(found), where);
          await found.journal.close();
          expect(acknowledged, where).to.be.greaterThan(0);
          expect(turns, where).to.be.at.least(acknowledged);
        }
      } finally {
        rmSync(dir, { recursive: true });
      }
    });
  }
});

/**
 * Starts a writer, lets it commit for a while, kills it; gives the last turn it said was durable.
 */
const killedWriter = async (
  dir: string,
  durability: string,
  afterLines: number,
): Promise<number> => {
  const script = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', script, dir, durability],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = once(child, 'exit');
  let last = 0;
  let lines = 0;
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    lines += 1;
    if (lines === afterLines + 1) child.kill('SIGKILL');
  }
  await exited;
  return last;
};

/** Checks that turns are whole and in order; gives how many there are. */
const turnsOf = (texts: readonly string[], where: string): number => {
  let turns = 0;
  let missing = 0;
  for (const text of texts) {
    const [number, index, size] = text.split(',', 3).map(Number) as [number, number, number];
    if (missing === 0) {
      turns += 1;
      missing = size;
    }
    expect([number, index], where).to.deep.equal([turns, size - missing]);
    missing -= 1;
  }
  expect(missing, `${where}: half a turn`).to.equal(0);
  return turns;
};

const mulberry = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const seedOption = (): { seed?: number } => {
  const seed = process.env['FATHOM_SEED'];
  return seed === undefined ? {} : { seed: Number(seed) };
};
