import { type Money } from '../money.ts';

/**
 * A step such as 0.5 or 10, as `units` x 10^-`decimals`: prices are counted in ticks, quantities in
 * lots.
 */
export interface Grid {
  readonly units: number;
  readonly decimals: number;
  /** The step in Money units. */
  readonly step: Money;
}

const PLAIN = /^(\d+)(?:\.(\d+))?$/;

export const makeGrid = (step: string): Grid | undefined => {
  const parts = PLAIN.exec(step);
  if (parts === null) return undefined;
  const [, whole = '0', fraction = ''] = parts;
  const digits = fraction.replace(/0+$/, '');
  const units = Number(whole + digits);
  if (units === 0 || digits.length > 18) return undefined;
  return {
    units,
    decimals: digits.length,
    step: BigInt(units) * 10n ** BigInt(18 - digits.length),
  };
};

/**
 * The number of steps that a plain text means; `undefined` off the grid, negative, or over 2^53.
 */
export const textToSteps = (text: string, grid: Grid): number | undefined => {
  const parts = PLAIN.exec(text);
  if (parts === null) return undefined;
  const [, whole = '0', fraction = ''] = parts;
  const digits = fraction.replace(/0+$/, '');
  if (digits.length > grid.decimals) return undefined;
  const scaled = Number(whole + digits.padEnd(grid.decimals, '0'));
  if (!Number.isSafeInteger(scaled)) return undefined;
  return scaled % grid.units === 0 ? scaled / grid.units : undefined;
};

/** Plain text without needless zeros. */
export const stepsToText = (steps: number, grid: Grid): string => {
  const scaled = steps * grid.units;
  if (grid.decimals === 0 || scaled === 0) return String(scaled);
  const negative = scaled < 0;
  const digits = String(negative ? -scaled : scaled).padStart(grid.decimals + 1, '0');
  const point = digits.length - grid.decimals;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === 48) end -= 1;
  const text =
    end === point
      ? digits.slice(0, point)
      : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return negative ? `-${text}` : text;
};

export const stepsToMoney = (steps: number, grid: Grid): Money => BigInt(steps) * grid.step;

/** The largest number of whole steps not above `value`. */
export const floorToSteps = (value: Money, grid: Grid): number =>
  Number(value >= 0n ? value / grid.step : -((-value + grid.step - 1n) / grid.step));
/** The smallest number of whole steps not below `value`. */
export const ceilToSteps = (value: Money, grid: Grid): number => -floorToSteps(-value, grid);
