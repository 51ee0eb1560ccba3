import { decimalTextOf } from '../../../domain/decimal-text.ts';
import { type DayStart, ENGINE_SCOPE, type ScopeKey } from '../../limit.ts';
import { listed } from '../../listed.ts';
import { scopeToText } from '../../limit.ts';
import { type PositionOwner, positionKeyOf } from '../../positions/position-keeper.ts';
import { type CheckDeps } from '../../risk/check-order.ts';
import { dayOf } from '../../risk/exposure.ts';
import { scopesOfOrder } from '../../risk/risk-keeper.ts';
import { holding } from '../../risk/limits/limit-book.ts';
import { controlOf } from '../../risk/limits/limit-value.ts';
import { decimal } from '../../../lib/decimal.ts';
import { type Draft } from '../draft.ts';

const OWNERS: readonly PositionOwner['type'][] = ['account', 'client', 'strategy'];

/**
 * Notes where the day (UTC) begins, before its first order or execution, wherever a loss limit is
 * in force. Returns the beginning when this decision makes it.
 */
export const beginTradingDay = (
  draft: Draft,
  { limits, positions }: Pick<CheckDeps, 'limits' | 'positions'>,
): DayStart | undefined => {
  const { state, at } = draft;
  const day = dayOf(at);
  if (state.dayStart?.day === day || !limits.isLimited('lossMax', state, at)) return undefined;
  const noted = OWNERS.flatMap((type) => positions.all(state, type)).map((kept) => ({
    key: positionKeyOf(kept.owner, kept.symbol),
    realizedPnl: decimalTextOf(kept.position.realizedPnl),
  }));
  draft.add({ type: 'TradingDayBegun', at, day, positions: noted });
  const pairs = noted.map(({ key, realizedPnl }) => [key, realizedPnl] as const);
  return { day, at, realizedPnl: new Map(pairs) };
};

const THROTTLE = controlOf('executionsMax');

/**
 * Stops the scopes whose executions, those of this decision included, are more than their limit
 * allows (RTS 6 Art. 15(3)).
 */
export const tripThrottles = (
  draft: Draft,
  { limits, usage }: Pick<CheckDeps, 'limits' | 'usage'>,
): void => {
  const { state, at } = draft;
  const counts = new Map<ScopeKey, { count: number; max: string }>();
  for (const fact of draft.facts) {
    const order = fact.type === 'OrderFilled' ? draft.order(fact.orderID) : undefined;
    if (order === undefined || THROTTLE === undefined) continue;
    for (const { scope, text } of holding(
      THROTTLE,
      limits.inForce(scopesOfOrder(order), state, at),
    )) {
      const count = counts.get(scope)?.count ?? usage.executions(scope, at);
      counts.set(scope, { count: count + 1, max: text });
    }
  }
  const windowMs = limits.configured.executionsWindowMs;
  for (const [scope, { count: executions, max }] of counts) {
    if (decimal(String(executions)).lte(max) || state.throttleTrips.has(scope)) continue;
    draft.add({ type: 'ThrottleTripped', at, scope, executions, windowMs });
    const whose = scope === ENGINE_SCOPE ? 'the engine' : scopeToText(scope);
    const detail = `${executions} executions within ${windowMs} ms, ${max} are allowed: new orders of ${listed([whose])} are refused until \`fathom limits enable\``;
    draft.alert('critical', 'EXECUTION_THROTTLE', detail);
  }
};
