import { build, type Histogram } from 'hdr-histogram-js';
import { type LatencyRow } from './plan.ts';

const US_PER_MS = 1_000;
/** One minute: longer times are counted as one minute. */
const MAX_US = 60_000_000;

/** The counters and latencies of one process of clients, by name. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #histograms = new Map<string, Histogram>();

  count(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  /** Counts an event that must not happen. */
  error(name: string): void {
    this.count(`error: ${name}`);
  }

  latency(name: string, ms: number): void {
    let histogram = this.#histograms.get(name);
    if (histogram === undefined) {
      histogram = build({ highestTrackableValue: MAX_US, numberOfSignificantValueDigits: 3 });
      this.#histograms.set(name, histogram);
    }
    histogram.recordValue(Math.max(1, Math.min(MAX_US, Math.round(ms * US_PER_MS))));
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  latencies(): readonly LatencyRow[] {
    return [...this.#histograms].map(([name, histogram]) => {
      const at = (percentile: number): number =>
        histogram.getValueAtPercentile(percentile) / US_PER_MS;
      return {
        name,
        count: histogram.totalCount,
        p50: at(50),
        p90: at(90),
        p99: at(99),
        max: histogram.maxValue / US_PER_MS,
      };
    });
  }
}
