import { type Decimal, decimal, divideHalfEven, maxDecimal, ZERO } from '../../../lib/decimal.ts';
import { defined } from '../../../lib/defined.ts';
import { type EpochMs } from '../../../lib/time.ts';
import {
  ENGINE_SCOPE,
  type LimitChange,
  type LimitKey,
  limitKeyOf,
  OFF,
  type ScopeKey,
} from '../../limit.ts';
import { type EngineState } from '../../state.ts';
import { type LimitControl, LIMIT_CONTROLS } from '../controls.ts';
import {
  dayStartAt,
  type ExposureDeps,
  grossNotionalOf,
  largestPosition,
  lossOf,
  type Marks,
  type Measured,
} from '../exposure.ts';
import { type LimitBook, type LimitSource } from './limit-book.ts';
import { readLimit } from './limit-value.ts';

/** One limit as it is in force, and how much of it is used. Amounts are exact text. */
export interface LimitRow {
  readonly scope: ScopeKey;
  readonly limit: LimitKey;
  /** Reason code of a refusal. */
  readonly code: string;
  readonly unit: string;
  /** `off`: no limit. */
  readonly value: string;
  readonly source: LimitSource;
  /** What the configuration says; present when something else is in force. */
  readonly configured?: string;
  /** A looser value holds until then. */
  readonly until?: EpochMs;
  readonly by?: string;
  readonly approvedBy?: string;
  readonly reason?: string;
  /** Absent where each order is held against the limit alone. */
  readonly used?: string;
  /** Of the limit, one decimal; absent without a limit. */
  readonly usedPercent?: string;
  /** What is missing in `used`, and why. */
  readonly incomplete?: string;
  /** When too many executions stopped the scope; until a person enables it. */
  readonly stoppedAt?: EpochMs;
}

export interface UsageDeps extends ExposureDeps {
  readonly limits: LimitBook;
}

interface Moment {
  readonly state: EngineState;
  readonly at: EpochMs;
  readonly marks: Marks;
}

/**
 * Every limit of the engine, set or `off`, and of the other scopes those that are set; with `all`
 * those that could be set too.
 */
export const limitRows = (
  moment: Moment,
  deps: UsageDeps,
  { scope, all = false }: { readonly scope?: string | undefined; readonly all?: boolean } = {},
): readonly LimitRow[] => {
  const rows: LimitRow[] = [];
  for (const one of deps.limits.configured.byScope.keys()) {
    if (scope !== undefined && scope !== one) continue;
    const kind = one.split(':', 1)[0];
    for (const control of LIMIT_CONTROLS) {
      if (!control.scopes.some((other) => other === kind)) continue;
      const row = rowOf(one, control, moment, deps);
      const isSaid = row.value !== OFF || row.configured !== undefined;
      if (all || one === ENGINE_SCOPE || isSaid) rows.push(row);
    }
  }
  return rows;
};

const rowOf = (
  scope: ScopeKey,
  control: LimitControl,
  moment: Moment,
  deps: UsageDeps,
): LimitRow => {
  const { limit, code, unit } = control;
  const { state, at } = moment;
  const { value, source } = deps.limits.sourceOf(scope, limit, [state, at]);
  const configured = deps.limits.configuredOf(scope, limit);
  const usage = MEASURES[limit]?.(scope, moment, deps);
  return {
    ...{ scope, limit, code, unit, value, source },
    ...changePart(state.limitChanges.get(limitKeyOf(scope, limit)), source, configured),
    ...(usage === undefined ? {} : usedPart(usage, readLimit(limit, value)?.amount)),
    ...(limit === 'executionsMax' ? defined({ stoppedAt: stoppedAt(state, scope) }) : {}),
  };
};

/** Who changed it and why, where something else than the configuration is in force. */
const changePart = (
  change: LimitChange | undefined,
  source: LimitSource,
  configured: string,
): Partial<LimitRow> => {
  if (change === undefined || source === 'configuration') return {};
  const { tightened, loosened } = change;
  if (source === 'operator') {
    return { configured, ...defined({ by: tightened?.by, reason: tightened?.reason }) };
  }
  const { by, reason, until, approvedBy } = loosened ?? {};
  return { configured, ...defined({ by, reason, until, approvedBy }) };
};

const stoppedAt = ({ throttleTrips }: EngineState, scope: ScopeKey): EpochMs | undefined =>
  throttleTrips.get(scope)?.at;

const HUNDRED = decimal('100');

const usedPart = ({ amount, lack }: Measured, max: Decimal | undefined): Partial<LimitRow> =>
  defined({
    used: maxDecimal(amount, ZERO).toFixed(),
    usedPercent:
      max?.gt(ZERO) === true
        ? divideHalfEven(maxDecimal(amount, ZERO).times(HUNDRED), max, 1).toFixed()
        : undefined,
    incomplete: lack,
  });

type Measure = (scope: ScopeKey, moment: Moment, deps: UsageDeps) => Measured;

const counted =
  (count: (scope: ScopeKey, at: EpochMs, deps: UsageDeps) => number): Measure =>
  (scope, { at }, deps) => ({ amount: decimal(String(count(scope, at, deps))) });

/** What is used of the limits that something adds up to. */
const MEASURES: { readonly [Limit in LimitKey]?: Measure } = {
  openOrdersMax: counted((scope, _, { usage }) => usage.openOrders(scope)),
  orderRateMax: counted((scope, at, { usage }) => usage.orderRate(scope, at)),
  cancelRateMax: counted((scope, at, { usage }) => usage.cancelRate(scope, at)),
  venueCostMax: counted((scope, at, { usage }) => usage.venueUnits(scope, at)),
  executionsMax: counted((scope, at, { usage }) => usage.executions(scope, at)),
  positionQtyMax: (scope, { state }, deps) => ({ amount: largestPosition(scope, state, deps) }),
  grossNotionalMax: (scope, { state, marks }, deps) => grossNotionalOf(scope, [state, marks], deps),
  lossMax: (scope, { state, marks, at }, deps) =>
    lossOf(scope, [state, marks], deps, dayStartAt(state, at)),
};
