import { InvalidArgumentError } from 'commander';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `20s`, `2m`, `500ms`, `1h`, or plain seconds, as milliseconds; for options of commands. */
export const parseDuration = (text: string): number => {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  const unit = UNIT_MS[parts?.[2] ?? 's'];
  const ms = parts === null || unit === undefined ? Number.NaN : Number(parts[1]) * unit;
  if (!(ms > 0)) throw new InvalidArgumentError('give a time above 0 such as 20s, 500ms or 2m');
  return ms;
};
