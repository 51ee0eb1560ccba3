/** Memory of the simulator at one moment. Bytes; `atMs` since its start. */
export interface MemorySample {
  readonly atMs: number;
  readonly rss: number;
  readonly heapUsed: number;
}

export interface MemoryVerdict {
  /** Low-water marks of the heap: after warm-up, and of the last part of the run. */
  readonly afterWarmUp: number;
  readonly atEnd: number;
  readonly allowed: number;
  readonly isBounded: boolean;
}

const MB = 1_048_576;
/** Shares of the run: its first part is warm-up, then two parts are compared. */
const WARM_UP = 0.4;
const FIRST_END = 0.6;
const LAST_START = 0.8;
const GROWTH_RATIO = 1.15;
const GROWTH_BYTES = 48 * MB;
/** What the simulator remembers (history, ledger, messages) is bounded by rows: all of it and two hundred markets fit. */
const CEILING_BYTES = 768 * MB;
/** A shorter run ends while those stores are still filling: only the ceiling can be judged. */
const JUDGED_MS_MIN = 300_000;

/**
 * A heap saws: what is alive is its low-water mark between two collections. The mark of the last fifth of the run may be
 * above that of the third fifth by 15 % and 48 MB (a young heap has seen no full collection yet), not more: stores that are
 * bounded are full by then, a leak goes on. A run of less than five minutes has to stay under the ceiling only.
 */
export const judgeMemory = (samples: readonly MemorySample[]): MemoryVerdict => {
  const endMs = samples[samples.length - 1]?.atMs ?? 0;
  const low = (from: number, to: number): number =>
    Math.min(
      ...samples
        .filter(({ atMs }) => atMs >= from * endMs && atMs <= to * endMs)
        .map(({ heapUsed }) => heapUsed),
    );
  const afterWarmUp = low(WARM_UP, FIRST_END);
  const atEnd = low(LAST_START, 1);
  const grown = afterWarmUp * GROWTH_RATIO + GROWTH_BYTES;
  const allowed = endMs < JUDGED_MS_MIN ? CEILING_BYTES : Math.min(CEILING_BYTES, grown);
  return { afterWarmUp, atEnd, allowed, isBounded: atEnd <= allowed };
};
