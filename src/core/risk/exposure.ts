import { decimalOf } from '../../domain/decimal-text.ts';
import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';
import { type Side } from '../../domain/order.ts';
import { type Decimal, maxDecimal, ZERO } from '../../lib/decimal.ts';
import { type DayStart, ENGINE_SCOPE, nameOfClient, type ScopeKey } from '../limit.ts';
import {
  type KeptPosition,
  type PositionKeeper,
  positionKeyOf,
} from '../positions/position-keeper.ts';
import { averagePx, type ContractType, unrealizedPnl } from '../positions/position.ts';
import { type EngineState } from '../state.ts';
import { NO_SUMS, type OpenSums, type RiskKeeper } from './risk-keeper.ts';

/** Where a measure could not be taken whole, and why. */
export interface Measured {
  readonly amount: Decimal;
  /** Present when something is missing in it. */
  readonly lack?: string;
}

export interface ExposureDeps {
  readonly usage: RiskKeeper;
  readonly positions: PositionKeeper;
}

/** Mark prices by instrument, as far as they are known. */
export type Marks = Readonly<Partial<Record<TradingSymbol, DecimalText>>>;

/** An order, or a change of one, beside what is open. */
export interface Extra {
  readonly symbol: TradingSymbol;
  readonly side: Side;
  readonly qty: Decimal;
  readonly value: Decimal | undefined;
}

/**
 * The positions of a scope. An account is a venue session, or what clients call so in Account(1);
 * the whole engine and an instrument are what the venue sessions hold.
 */
export const positionsOf = (
  scope: ScopeKey,
  state: EngineState,
  { positions }: Pick<ExposureDeps, 'positions'>,
): readonly KeptPosition[] => {
  if (scope === ENGINE_SCOPE) return positions.all(state, 'account');
  const kind = scope.slice(0, scope.indexOf(':'));
  const name = scope.slice(scope.indexOf(':') + 1);
  switch (kind) {
    case 'instrument':
      return positions.all(state, 'account').filter(({ symbol }) => symbol === name);
    case 'client':
      return positions
        .all(state, 'client')
        .filter(({ owner }) => owner.type === 'client' && nameOfClient(owner.client) === name);
    case 'strategy':
      return positions
        .all(state, 'strategy')
        .filter(({ owner }) => owner.type === 'strategy' && owner.strategy === name);
    default: {
      const held = positions
        .all(state, 'account')
        .filter(({ owner }) => owner.type === 'account' && owner.account === name);
      return held.length > 0
        ? held
        : positions
            .all(state, 'client')
            .filter(({ owner }) => owner.type === 'client' && owner.clientAccount === name);
    }
  }
};

/** Signed: negative is short. */
export const positionQtyOf = (kept: readonly KeptPosition[], symbol: TradingSymbol): Decimal =>
  kept
    .filter((one) => one.symbol === symbol)
    .reduce((sum, { position }) => sum.plus(position.qty), ZERO);

/**
 * The position that the orders of one side can come to, counted towards that side: above 0 is long
 * for buys and short for sells.
 */
export const worstQty = (held: Decimal, sums: OpenSums, side: Side): Decimal =>
  side === 'Buy' ? held.plus(sums.Buy.qty) : sums.Sell.qty.minus(held);

/** The larger of both sides over every instrument of the scope, without a new order. */
export const largestPosition = (
  scope: ScopeKey,
  state: EngineState,
  deps: ExposureDeps,
): Decimal => {
  const kept = positionsOf(scope, state, deps);
  const open = deps.usage.openSums(scope);
  const symbols = new Set([...kept.map(({ symbol }) => symbol), ...open.keys()]);
  let largest = ZERO;
  for (const symbol of symbols) {
    const held = positionQtyOf(kept, symbol);
    const sums = open.get(symbol) ?? NO_SUMS;
    largest = maxDecimal(largest, worstQty(held, sums, 'Buy'));
    largest = maxDecimal(largest, worstQty(held, sums, 'Sell'));
  }
  return largest;
};

/**
 * Gross value of a scope: for each instrument the larger of what it can come to long and short.
 * Positions at the mark price, else at their average price; orders at their own price.
 */
export const grossNotionalOf = (
  scope: ScopeKey,
  [state, marks]: readonly [EngineState, Marks],
  deps: ExposureDeps,
  extra?: Extra,
): Measured => {
  const kept = positionsOf(scope, state, deps);
  const open = deps.usage.openSums(scope);
  const symbols = new Set([
    ...kept.map(({ symbol }) => symbol),
    ...open.keys(),
    ...(extra === undefined ? [] : [extra.symbol]),
  ]);
  let amount = ZERO;
  let lack: string | undefined;
  for (const symbol of symbols) {
    const held = heldValue(kept, symbol, marks);
    const sums = withExtra(
      open.get(symbol) ?? NO_SUMS,
      extra?.symbol === symbol ? extra : undefined,
    );
    if (held === undefined) lack = `the position in ${symbol} cannot be valued`;
    if (sums.Buy.unvalued + sums.Sell.unvalued > 0) lack = `an order on ${symbol} has no value`;
    const long = (held ?? ZERO).plus(sums.Buy.value);
    const short = sums.Sell.value.minus(held ?? ZERO);
    amount = amount.plus(maxDecimal(maxDecimal(long, short), ZERO));
  }
  return lack === undefined ? { amount } : { amount, lack };
};

export const withExtra = (sums: OpenSums, extra: Extra | undefined): OpenSums => {
  if (extra === undefined) return sums;
  const { qty, value, unvalued } = sums[extra.side];
  return {
    ...sums,
    [extra.side]: {
      qty: qty.plus(extra.qty),
      value: value.plus(extra.value ?? ZERO),
      unvalued: unvalued + (extra.value === undefined ? 1 : 0),
    },
  };
};

/** Signed value of what is held; `undefined` when no price is known. */
const heldValue = (
  kept: readonly KeptPosition[],
  symbol: TradingSymbol,
  marks: Marks,
): Decimal | undefined => {
  let sum = ZERO;
  for (const { position, contractType, symbol: own } of kept) {
    if (own !== symbol || position.qty.eq(ZERO)) continue;
    const value = valueOfPosition(contractType, position, marks[symbol]);
    if (value === undefined) return undefined;
    sum = sum.plus(value);
  }
  return sum;
};

const valueOfPosition = (
  contractType: ContractType | undefined,
  position: KeptPosition['position'],
  mark: DecimalText | undefined,
): Decimal | undefined => {
  if (contractType === undefined) return undefined;
  if (contractType === 'inverse') return position.qty;
  const px = mark === undefined ? averagePx(contractType, position) : decimalOf(mark);
  return px === undefined ? undefined : position.qty.times(px);
};

/** The day of a time, UTC. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Where the day of `at` began; `undefined` when that was not noted: nothing counts before now. */
export const dayStartAt = ({ dayStart }: EngineState, at: number): DayStart | undefined =>
  dayStart?.day === dayOf(at) ? dayStart : undefined;

/** Profit that was realised since the day began; none while that was not noted. */
const realizedSince = (
  dayStart: DayStart | undefined,
  { owner, symbol, position }: KeptPosition,
): Decimal => {
  if (dayStart === undefined) return ZERO;
  const before = dayStart.realizedPnl.get(positionKeyOf(owner, symbol));
  return position.realizedPnl.minus(before === undefined ? ZERO : decimalOf(before));
};

/**
 * Loss of the day in USD, below 0 for a profit: realised since the day began, and unrealised at the
 * mark price. Profit of inverse contracts is in the base coin and counts at the mark price.
 */
export const lossOf = (
  scope: ScopeKey,
  [state, marks]: readonly [EngineState, Marks],
  deps: ExposureDeps,
  dayStart: DayStart | undefined,
): Measured => {
  let profit = ZERO;
  let lack: string | undefined;
  for (const kept of positionsOf(scope, state, deps)) {
    const { symbol, contractType, position } = kept;
    const realized = realizedSince(dayStart, kept);
    const markText = marks[symbol];
    const mark = markText === undefined ? undefined : decimalOf(markText);
    const unrealized = unrealizedPnl(contractType, position, mark);
    const sum = realized.plus(unrealized ?? ZERO);
    const isInCoin = contractType === 'inverse' && !sum.eq(ZERO);
    if (unrealized === undefined || (isInCoin && mark === undefined)) {
      lack = `the profit on ${symbol} is not known without its mark price`;
    }
    if (contractType !== 'inverse') profit = profit.plus(sum);
    else if (mark !== undefined) profit = profit.plus(sum.times(mark));
  }
  const amount = ZERO.minus(profit);
  return lack === undefined ? { amount } : { amount, lack };
};
