/** Waits between requests for one subscription on one connection. */
export interface Retry {
  readonly waitMsMin: number;
  readonly waitMsMax: number;
}

/** The wait after so many failures in a row: doubles with each. */
export const retryWaitMs = (failures: number, { waitMsMin, waitMsMax }: Retry): number =>
  Math.min(waitMsMax, waitMsMin * 2 ** Math.min(failures - 1, 30));
