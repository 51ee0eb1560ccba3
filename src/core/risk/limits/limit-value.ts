import { parseDecimalText } from '../../../domain/decimal-text.ts';
import { type Decimal, decimal, ZERO } from '../../../lib/decimal.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { type LimitKey, type LimitText, OFF } from '../../limit.ts';
import { LIMIT_CONTROLS, type LimitControl } from '../controls.ts';

/** A limit that is in force, read. */
export interface LimitValue {
  readonly text: LimitText;
  /** Of a list, its length; of a switch, 1. */
  readonly amount: Decimal;
  /** Members of a list; empty for others. */
  readonly members: ReadonlySet<string>;
}

const BY_LIMIT: ReadonlyMap<string, LimitControl> = new Map(
  LIMIT_CONTROLS.map((control) => [control.limit, control]),
);

/** The control of a limit; `undefined` for a name that is none. */
export const controlOf = (limit: string): LimitControl | undefined => BY_LIMIT.get(limit);

const WHOLE_UNITS: ReadonlySet<LimitControl['unit']> = new Set([
  ...(['orders', 'orders per second', 'cancels per second', 'units per 10 s'] as const),
  ...(['executions', 'ms'] as const),
]);
const LENGTH_MAX = 4_096;
const MEMBER = /^[\x21-\x2b\x2d-\x7e]{1,64}$/;

/**
 * Reads the value of a limit into its canonical text; `off` where there is to be none. The error
 * says what it must be.
 */
export const parseLimitText = (limit: LimitKey, text: string): Result<LimitText, string> => {
  const control = controlOf(limit);
  if (control === undefined) return err(`there is no limit ${limit}`);
  const given = text.trim();
  if (given.length > LENGTH_MAX) return err(`must be at most ${LENGTH_MAX} characters`);
  if (given === OFF) return ok(OFF);
  if (control.tighter === 'set') {
    if (given === 'allow') return ok(OFF);
    return given === 'refuse' ? ok(given) : err('must be refuse or off');
  }
  if (control.tighter === 'subset') return parseList(given);
  const amount = parseDecimalText(given);
  if (amount === undefined) return err('must be a plain decimal, or off');
  if (decimal(amount).lt(ZERO)) return err('must not be below 0');
  if (WHOLE_UNITS.has(control.unit) && amount.includes('.')) return err('must be a whole number');
  return ok(amount);
};

const parseList = (text: string): Result<LimitText, string> => {
  const members = text.split(',').map((one) => one.trim());
  const bad = members.find((one) => !MEMBER.test(one));
  if (bad !== undefined) return err('must be names with commas between them, or off');
  return ok([...new Set(members)].join(','));
};

/** A canonical text, read; `undefined` when there is no limit. */
export const readLimit = (limit: LimitKey, text: LimitText | undefined): LimitValue | undefined => {
  if (text === undefined || text === OFF) return undefined;
  switch (controlOf(limit)?.tighter) {
    case 'subset': {
      const members = new Set(text.split(','));
      return { text, amount: decimal(String(members.size)), members };
    }
    case 'smaller':
    case 'larger':
      return { text, amount: decimal(text), members: NO_MEMBERS };
    case 'set':
    case undefined:
      return { text, amount: ONE, members: NO_MEMBERS };
  }
};

const NO_MEMBERS: ReadonlySet<string> = new Set();
const ONE = decimal('1');

/** Whether `a` refuses all that `b` refuses, and something more. */
export const isTighter = (limit: LimitKey, a: LimitText, b: LimitText): boolean =>
  a !== b && isAsTight(limit, a, b);

/** Whether everything that `b` refuses is refused by `a` as well. */
export const isAsTight = (limit: LimitKey, a: LimitText, b: LimitText): boolean => {
  if (a === b) return true;
  const [one, other] = [readLimit(limit, a), readLimit(limit, b)];
  if (other === undefined) return true;
  if (one === undefined) return false;
  switch (controlOf(limit)?.tighter) {
    case 'smaller':
      return one.amount.lte(other.amount);
    case 'larger':
      return one.amount.gte(other.amount);
    case 'subset':
      return [...one.members].every((member) => other.members.has(member));
    case 'set':
    case undefined:
      return true;
  }
};
