import { expect } from 'chai';
import { judgeMemory, type MemorySample } from '../../../bench/load/memory-rule.ts';

const MB = 1_048_576;

/** A heap that saws by 600 MB above what is alive; garbage is collected every half minute. */
const run = (minutes: number, aliveMb: (atMs: number) => number): readonly MemorySample[] =>
  Array.from({ length: minutes * 60 + 1 }, (_, second) => {
    const atMs = second * 1_000;
    const alive = aliveMb(atMs) * MB;
    const isCollected = second % 30 === 0;
    const heapUsed = alive + (isCollected ? 0 : (second % 30) * 20 * MB);
    return { atMs, heapUsed, rss: heapUsed, alive: isCollected ? alive : undefined };
  });

describe('load: the rule about memory', () => {
  it('takes a heap that saws above what stays alive', () => {
    const verdict = judgeMemory(run(10, () => 300));
    expect(verdict.isBounded).to.equal(true);
    expect(verdict.atEnd).to.equal(300 * MB);
  });

  it('takes stores that fill in the first minutes, and lose a tenth when they are full', () => {
    const filling = (atMs: number): number =>
      atMs < 300_000 ? 100 + atMs / 1_000 : 400 - (atMs % 50_000) / 2_000;
    expect(judgeMemory(run(10, filling)).isBounded).to.equal(true);
  });

  for (const mbPerMinute of [12, 20, 60]) {
    it(`refuses a heap that goes on growing by ${mbPerMinute} MB a minute`, () => {
      const leaking = (atMs: number): number => 200 + (atMs * mbPerMinute) / 60_000;
      expect(judgeMemory(run(10, leaking)).isBounded).to.equal(false);
    });
  }

  it('holds a short run to the ceiling only, and any run to it', () => {
    expect(judgeMemory(run(1, (atMs) => 100 + atMs / 500)).isBounded).to.equal(true);
    expect(judgeMemory(run(1, () => 900)).isBounded).to.equal(false);
    expect(judgeMemory(run(10, () => 900)).isBounded).to.equal(false);
  });

  it('refuses to judge without a reading of what is alive', () => {
    const blind = run(10, () => 300).map((sample) => ({ ...sample, alive: undefined }));
    expect(judgeMemory(blind).isBounded).to.equal(false);
  });
});
