import { type Clock, epochMs, type EpochMs, type MonotonicMs } from '../../lib/time.ts';

/** What the venue's clock shows, judged from `serverTime` of its answers. */
export interface VenueClock {
  /** One answer: its `serverTime`, how long the exchange took, and when it ended. */
  readonly sample: (serverTime: EpochMs, latencyMs: number) => void;
  /** The venue's time now; `undefined` while no fresh sample is known. */
  readonly now: () => EpochMs | undefined;
  /** Venue minus local wall clock, ms; positive when the venue is ahead. */
  readonly offsetMs: () => number | undefined;
  /** Half the latency of the sample in use: the offset is known no better than that. */
  readonly uncertaintyMs: () => number | undefined;
}

export interface VenueClockSettings {
  /** Samples older than this prove nothing about a drifting clock. */
  readonly sampleAgeMsMax: number;
  /**
   * Half an exchange that took longer says too little for deadlines of two seconds: it is no sample
   * [rest 4].
   */
  readonly uncertaintyMsMax: number;
}

const DEFAULT_VENUE_CLOCK: VenueClockSettings = {
  sampleAgeMsMax: 300_000,
  uncertaintyMsMax: 500,
};
const SAMPLES_MAX = 16;

interface Sample {
  /** Venue minus our monotonic clock: a step of the wall clock changes nothing. */
  readonly aheadMs: number;
  readonly uncertaintyMs: number;
  readonly takenAt: MonotonicMs;
}

/**
 * The sample of the shortest exchange wins (Cristian's algorithm); an order is not sent by an
 * unknown clock.
 */
export const makeVenueClock = (
  clock: Clock,
  settings: VenueClockSettings = DEFAULT_VENUE_CLOCK,
): VenueClock => {
  let samples: readonly Sample[] = [];
  const best = (): Sample | undefined => {
    const oldest = clock.monotonic() - settings.sampleAgeMsMax;
    samples = samples.filter(({ takenAt }) => takenAt >= oldest);
    return samples.reduce<Sample | undefined>(
      (least, sample) =>
        least === undefined || sample.uncertaintyMs < least.uncertaintyMs ? sample : least,
      undefined,
    );
  };
  const now = (): EpochMs | undefined => {
    const sample = best();
    return sample === undefined ? undefined : epochMs(clock.monotonic() + sample.aheadMs);
  };
  return {
    sample: (serverTime, latencyMs) => {
      const uncertaintyMs = latencyMs / 2;
      if (!(uncertaintyMs <= settings.uncertaintyMsMax)) return;
      const takenAt = clock.monotonic();
      const aheadMs = serverTime - (takenAt - uncertaintyMs);
      const sample = { aheadMs, uncertaintyMs, takenAt };
      samples = [...samples.slice(1 - SAMPLES_MAX), sample];
    },
    now,
    offsetMs: () => {
      const at = now();
      return at === undefined ? undefined : at - clock.wall();
    },
    uncertaintyMs: () => best()?.uncertaintyMs,
  };
};
