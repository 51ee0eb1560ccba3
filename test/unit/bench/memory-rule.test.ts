import { expect } from 'chai';
import { judgeMemory, type MemorySample } from '../../../bench/load/memory-rule.ts';

const MB = 1_048_576;

/** A heap that saws by 200 MB every ten seconds above what is alive. */
const run = (minutes: number, aliveMb: (atMs: number) => number): readonly MemorySample[] =>
  Array.from({ length: minutes * 60 }, (_, second) => {
    const atMs = second * 1_000;
    const heapUsed = (aliveMb(atMs) + (second % 10) * 20) * MB;
    return { atMs, heapUsed, rss: heapUsed };
  });

describe('load: the rule about memory', () => {
  it('takes a heap that saws and stays', () => {
    const verdict = judgeMemory(run(10, () => 300));
    expect(verdict.isBounded).to.equal(true);
    expect(verdict.atEnd).to.equal(300 * MB);
  });

  it('takes stores that fill in the first minutes', () => {
    const filling = (atMs: number): number => Math.min(400, 100 + atMs / 1_000);
    expect(judgeMemory(run(10, filling)).isBounded).to.equal(true);
  });

  it('refuses a heap that goes on growing', () => {
    const leaking = (atMs: number): number => 200 + atMs / 3_000;
    expect(judgeMemory(run(10, leaking)).isBounded).to.equal(true);
    const faster = (atMs: number): number => 200 + atMs / 1_000;
    expect(judgeMemory(run(10, faster)).isBounded).to.equal(false);
  });

  it('holds a short run to the ceiling only, and any run to it', () => {
    expect(judgeMemory(run(1, (atMs) => 100 + atMs / 500)).isBounded).to.equal(true);
    expect(judgeMemory(run(1, () => 900)).isBounded).to.equal(false);
    expect(judgeMemory(run(10, () => 900)).isBounded).to.equal(false);
  });
});
