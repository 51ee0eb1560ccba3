import { type Core } from '../../../src/app/loop/decider.ts';
import { type ScopeKey } from '../../../src/core/limit.ts';
import { positionQtyOf, positionsOf, worstQty } from '../../../src/core/risk/exposure.ts';
import { NO_SUMS } from '../../../src/core/risk/risk-keeper.ts';
import { type EngineState } from '../../../src/core/state.ts';
import { type TradingSymbol } from '../../../src/domain/ids.ts';
import { lotsOf } from './venue-truth.ts';

/** The largest position of each side that the product's own risk check reckons with, in lots. */
export const largestOpen = (
  { usage, positions }: Core,
  state: EngineState,
  symbol: string,
  scope: ScopeKey,
): { readonly long: number; readonly short: number } => {
  const held = positionQtyOf(positionsOf(scope, state, { positions }), symbol as TradingSymbol);
  const sums = usage.openSums(scope).get(symbol as TradingSymbol) ?? NO_SUMS;
  return {
    long: lotsOf(symbol, worstQty(held, sums, 'Buy').toFixed()),
    short: lotsOf(symbol, worstQty(held, sums, 'Sell').toFixed()),
  };
};
