import { decimal } from '../../lib/decimal.ts';
import { type EpochMs } from '../../lib/time.ts';
import { ENGINE_SCOPE, scopeToText } from '../limit.ts';
import { refusal, type Refusal } from '../refusal.ts';
import { type EngineState, type Order } from '../state.ts';
import { holding, type LimitBook } from './limits/limit-book.ts';
import { controlOf } from './limits/limit-value.ts';
import { type RiskKeeper, scopesOfOrder } from './risk-keeper.ts';

export interface CancelRateDeps {
  readonly limits: LimitBook;
  readonly usage: RiskKeeper;
}

const CONTROL = controlOf('cancelRateMax');

/** Why a client's single cancel comes too soon after others; mass cancels never do. */
export const checkCancelRate = (
  state: EngineState,
  order: Order,
  at: EpochMs,
  { limits, usage }: CancelRateDeps,
): Refusal | undefined => {
  if (CONTROL === undefined) return undefined;
  for (const limit of holding(CONTROL, limits.inForce(scopesOfOrder(order), state, at))) {
    const count = usage.cancelRate(limit.scope, at);
    if (decimal(String(count + 1)).lte(limit.amount)) continue;
    const of = limit.scope === ENGINE_SCOPE ? '' : ` (${scopeToText(limit.scope)})`;
    const detail = `${count} cancels within a second, ${limit.text} are allowed${of}`;
    return refusal(CONTROL.code, CONTROL.reject, detail);
  }
  return undefined;
};
