import { type SessionName } from '../../../domain/ids.ts';
import { type EpochMs } from '../../../lib/time.ts';
import {
  CONFIGURED,
  ENGINE_SCOPE,
  type LimitChange,
  type LimitKey,
  limitKeyOf,
  type LimitText,
  OFF,
  type ScopeKey,
} from '../../limit.ts';
import { type EngineState } from '../../state.ts';
import { LIMIT_CONTROLS, type LimitControl } from '../controls.ts';
import { isAsTight, type LimitValue, readLimit } from './limit-value.ts';

export type LimitTexts = { readonly [Limit in LimitKey]?: LimitText };

/** The limits as the configuration has them. */
export interface ConfiguredLimits {
  /** By scope; a scope without limits is there all the same, because an operator may set some. */
  readonly byScope: ReadonlyMap<ScopeKey, LimitTexts>;
  /**
   * An order that needs a price which is not there. `refuse`: NO_REFERENCE_PRICE; `allow`: the
   * other limits alone hold it.
   */
  readonly withoutReferencePrice: 'refuse' | 'allow';
  /** Within which `executionsMax` counts. */
  readonly executionsWindowMs: number;
  readonly changes: ChangePolicy;
  /** What requests cost at the venue, in units of the trading session's `rateBudget`. */
  readonly venueUnits: VenueUnits;
  /** Of sessions that do not share them. */
  readonly venueUnitsBySession?: ReadonlyMap<SessionName, VenueUnits>;
}

export interface VenueUnits {
  readonly order: number;
  readonly cancel: number;
}

export const venueUnitsOf = (
  { venueUnits, venueUnitsBySession }: ConfiguredLimits,
  session: SessionName,
): VenueUnits => venueUnitsBySession?.get(session) ?? venueUnits;

/** Who may change limits at run time, and for how long. */
interface ChangePolicy {
  /** Absent: whoever may open the control socket. */
  readonly operators?: ReadonlySet<string>;
  /** Longest time that a looser value may hold. */
  readonly holdMsMax: number;
  /** A proposal that no second person approved by then is void. */
  readonly proposalMsMax: number;
  /** How many it takes to loosen a kill switch; two when left out. */
  readonly killRelease?: 'twoPersons' | 'onePerson';
}

/** A limit in force, and where it is from. */
export interface EffectiveLimit extends LimitValue {
  readonly scope: ScopeKey;
  readonly source: LimitSource;
}

/** Where a value comes from: the file, one operator, or two for a time. */
export type LimitSource = 'configuration' | 'operator' | 'override';

export interface SourcedLimit {
  /** `off`: no limit. */
  readonly value: LimitText;
  readonly source: LimitSource;
}

/** The limits of one scope that has some. */
export interface LimitsInForce {
  readonly scope: ScopeKey;
  readonly values: Values;
}

type Risk = Pick<EngineState, 'limitChanges' | 'limitChangesMade'>;
type Values = ReadonlyMap<LimitKey, EffectiveLimit>;

/** The limits that some scope has, at times from `from` on and before `validUntil`. */
interface Limited {
  readonly made: number;
  readonly from: number;
  readonly validUntil: number;
  readonly limits: ReadonlySet<LimitKey>;
}

interface Cached {
  readonly made: number;
  readonly validUntil: number;
  readonly values: Values;
}

/**
 * The limits in force at a time: the configuration, what operators tightened, and what two of them
 * loosened until then. What was read is kept until a change or an expiry.
 */
export class LimitBook {
  readonly configured: ConfiguredLimits;
  readonly #cache = new Map<ScopeKey, Cached>();
  #limited: Limited | undefined;
  /** One cache serves one state. */
  #state: Risk['limitChanges'] | undefined;

  constructor(configured: ConfiguredLimits) {
    this.configured = configured;
  }

  has(scope: ScopeKey): boolean {
    return this.configured.byScope.has(scope);
  }

  /** Whether any scope has this limit. */
  isLimited(limit: LimitKey, risk: Risk, at: EpochMs): boolean {
    this.#forgetOther(risk);
    const known = this.#limited;
    if (known?.made !== risk.limitChangesMade || at >= known.validUntil || at < known.from) {
      this.#limited = this.#limitedAt(risk, at);
    }
    return this.#limited?.limits.has(limit) === true;
  }

  /** Every limit that some scope has: asked for each order, and there may be many scopes. */
  #limitedAt(risk: Risk, at: EpochMs): Limited {
    const limits = new Set<LimitKey>();
    let validUntil = Number.POSITIVE_INFINITY;
    for (const scope of this.configured.byScope.keys()) {
      for (const limit of this.#valuesOf(scope, risk, at).keys()) limits.add(limit);
      validUntil = Math.min(validUntil, this.#cache.get(scope)?.validUntil ?? validUntil);
    }
    return { made: risk.limitChangesMade, from: at, validUntil, limits };
  }

  /** The limit of one scope alone. */
  of(scope: ScopeKey, limit: LimitKey, risk: Risk, at: EpochMs): EffectiveLimit | undefined {
    return this.#valuesOf(scope, risk, at).get(limit);
  }

  /** What holds in these scopes, those without any limit left out. */
  inForce(scopes: readonly ScopeKey[], risk: Risk, at: EpochMs): readonly LimitsInForce[] {
    const found: LimitsInForce[] = [];
    for (const scope of scopes) {
      const values = this.#valuesOf(scope, risk, at);
      if (values.size > 0) found.push({ scope, values });
    }
    return found;
  }

  /** The value of one limit with its source; `off` is a value. */
  sourceOf(
    scope: ScopeKey,
    limit: LimitKey,
    [risk, at]: readonly [Pick<Risk, 'limitChanges'>, EpochMs],
  ): SourcedLimit {
    const configured = this.configuredOf(scope, limit);
    return sourced(limit, configured, risk.limitChanges.get(limitKeyOf(scope, limit)), at);
  }

  configuredOf(scope: ScopeKey, limit: LimitKey): LimitText {
    return this.configured.byScope.get(scope)?.[limit] ?? OFF;
  }

  #forgetOther({ limitChanges }: Risk): void {
    if (this.#state === limitChanges) return;
    this.#cache.clear();
    this.#limited = undefined;
    this.#state = limitChanges;
  }

  #valuesOf(scope: ScopeKey, risk: Risk, at: EpochMs): Values {
    if (!this.has(scope)) return NONE;
    this.#forgetOther(risk);
    const cached = this.#cache.get(scope);
    if (cached?.made === risk.limitChangesMade && at < cached.validUntil) return cached.values;
    const values = new Map<LimitKey, EffectiveLimit>();
    let validUntil = Number.POSITIVE_INFINITY;
    for (const { limit } of LIMIT_CONTROLS) {
      const until = risk.limitChanges.get(limitKeyOf(scope, limit))?.loosened?.until;
      if (until !== undefined && at < until) validUntil = Math.min(validUntil, until);
      const { value: text, source } = this.sourceOf(scope, limit, [risk, at]);
      const value = readLimit(limit, text);
      if (value !== undefined) values.set(limit, { ...value, scope, source });
    }
    this.#cache.set(scope, { made: risk.limitChangesMade, validUntil, values });
    return values;
  }
}

const NONE: Values = new Map();

/**
 * Every limit of a control. What each order is held against alone has one general value, and the
 * instrument's own stands in its place, unless an operator tightened the general one at run time;
 * all others hold side by side.
 */
export const holding = (
  { limit, measure }: Pick<LimitControl, 'limit' | 'measure'>,
  inForce: readonly LimitsInForce[],
): readonly EffectiveLimit[] => {
  const found: EffectiveLimit[] = [];
  for (const { values } of inForce) {
    const value = values.get(limit);
    if (value !== undefined) found.push(value);
  }
  const hasOwn = measure !== 'scope' && found.some(({ scope }) => scope.startsWith('instrument:'));
  return hasOwn
    ? found.filter(({ scope, source }) => scope !== ENGINE_SCOPE || source === 'operator')
    : found;
};

/** A looser value wins while it holds; else the tighter one of file and operator. */
const sourced = (
  limit: LimitKey,
  configured: LimitText,
  change: LimitChange | undefined,
  at: EpochMs,
): SourcedLimit => {
  const { tightened, loosened } = change ?? {};
  if (loosened !== undefined && at < loosened.until && loosened.value !== CONFIGURED) {
    return { value: loosened.value, source: 'override' };
  }
  if (tightened === undefined) return { value: configured, source: 'configuration' };
  return isAsTight(limit, configured, tightened.value)
    ? { value: configured, source: 'configuration' }
    : { value: tightened.value, source: 'operator' };
};
