import { type EpochMs } from '../../../src/lib/time.ts';

const DAY_SECONDS = 86_400;

/** Whole seconds since midnight UTC. */
export const secondsOfDay = (at: EpochMs): number => Math.floor(at / 1_000) % DAY_SECONDS;

/** `HH:MM:SS` of so many seconds after midnight, the next day's too. */
export const timeOfDay = (seconds: number): string => {
  const two = (value: number): string => String(value).padStart(2, '0');
  const second = seconds % DAY_SECONDS;
  return `${two(Math.floor(second / 3_600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
};
