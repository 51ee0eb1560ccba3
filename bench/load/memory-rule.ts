/** Memory of the simulator at one moment. Bytes; `atMs` since its start. */
export interface MemorySample {
  readonly atMs: number;
  readonly rss: number;
  readonly heapUsed: number;
  /**
   * Heap and buffers after a full collection of garbage; only readings that were preceded by one
   * have it.
   */
  readonly alive: number | undefined;
}

export interface MemoryVerdict {
  /**
   * Most that was alive after warm-up; undefined when nothing was read then, as in a run of a few
   * seconds.
   */
  readonly afterWarmUp: number | undefined;
  /** Least that was alive in the last part of the run. */
  readonly atEnd: number;
  readonly allowed: number;
  readonly isBounded: boolean;
}

const MB = 1_048_576;
/** Shares of the run: its first part is warm-up, then two parts are compared. */
const WARM_UP = 0.4;
const FIRST_END = 0.6;
const LAST_START = 0.8;
const GROWTH_RATIO = 1.05;
const GROWTH_BYTES = 8 * MB;
const CEILING_BYTES = 768 * MB;
/** A shorter run ends while the stores are still filling: only the ceiling can be judged. */
const JUDGED_MS_MIN = 300_000;

/**
 * The live heap in the last fifth of the run may be 5 % and 8 MB above that in the third fifth:
 * bounded stores are full by then, a leak grows on. The heap between collections varies by hundreds
 * of megabytes and proves nothing. A run of less than five minutes must only stay under the
 * ceiling.
 */
export const judgeMemory = (samples: readonly MemorySample[]): MemoryVerdict => {
  const endMs = samples[samples.length - 1]?.atMs ?? 0;
  const within = (from: number, to: number): readonly number[] =>
    samples
      .filter(({ atMs }) => atMs >= from * endMs && atMs <= to * endMs)
      .flatMap(({ alive }) => (alive === undefined ? [] : [alive]));
  const first = within(WARM_UP, FIRST_END);
  const afterWarmUp = first.length === 0 ? undefined : Math.max(...first);
  const last = within(LAST_START, 1);
  const atEnd = last.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...last);
  const grown = (afterWarmUp ?? 0) * GROWTH_RATIO + GROWTH_BYTES;
  const allowed = endMs < JUDGED_MS_MIN ? CEILING_BYTES : Math.min(CEILING_BYTES, grown);
  return { afterWarmUp, atEnd, allowed, isBounded: atEnd <= allowed };
};
