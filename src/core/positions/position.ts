import { type Decimal, divideHalfEven, ZERO } from '../../lib/decimal.ts';

export type ContractType = 'linear' | 'inverse';

/**
 * One net position at average cost, an immutable value.
 *
 * `cost` is the signed value of what is held at the prices paid. Linear: quantity times price, in
 * the quote currency. Inverse, where a contract is 1 USD: minus quantity over price, in the base
 * coin. So the profit of any change is the value now minus the cost, for both kinds [rest 6.2].
 *
 * Sums and products are exact. A quotient (the value of an inverse trade, the share of the cost
 * that a partial close releases) is rounded once, half to even, at 18 decimals, and the rest is not
 * lost: what is not released stays in `cost`. So realised profit minus cost is exactly minus the
 * sum of the values of all trades, whatever their order, and no rounding adds up.
 */
export interface Position {
  /** Signed: negative is short. Base units on linear, USD on inverse contracts. */
  readonly qty: Decimal;
  /** `undefined`: it was opened at a price that is not known. '0' when flat. */
  readonly cost: Decimal | undefined;
  /** Of closed quantity, without fees and funding; of what had a known cost. */
  readonly realizedPnl: Decimal;
  /** False once a quantity of unknown cost was closed: `realizedPnl` lacks it for good. */
  readonly isRealizedComplete: boolean;
}

/** Decimals of every quotient of money. */
const MONEY_PLACES = 18;
/** Decimals of an average price, as of AvgPx(6). */
const PRICE_PLACES = 12;
const MINUS_ONE = ZERO.minus('1');

export const FLAT: Position = {
  qty: ZERO,
  cost: ZERO,
  realizedPnl: ZERO,
  isRealizedComplete: true,
};

export interface SignedTrade {
  /** Positive is bought, negative is sold. */
  readonly qty: Decimal;
  readonly px: Decimal;
}

/** A position bought at an average price; without a price its cost is unknown. */
export const openedAt = (
  type: ContractType | undefined,
  qty: Decimal,
  px: Decimal | undefined,
): Position => ({
  ...FLAT,
  qty,
  cost: px === undefined && !qty.eq(ZERO) ? undefined : valueAt(type, qty, px ?? ZERO),
});

/** A position that turns out to have been there before trades that are folded already. */
export const openedBeside = (
  type: ContractType | undefined,
  position: Position,
  { qty, px }: { readonly qty: Decimal; readonly px: Decimal | undefined },
): Position => {
  if (px !== undefined) return applyTrade(type, position, { qty, px });
  const after = position.qty.plus(qty);
  const isKnown = qty.eq(ZERO);
  return {
    ...position,
    qty: after,
    cost: isKnown ? position.cost : after.eq(ZERO) ? ZERO : undefined,
    isRealizedComplete: position.isRealizedComplete && (isKnown || position.qty.eq(ZERO)),
  };
};

/**
 * Signed value of a quantity at a price; `undefined` when the contract type is not known, or an
 * inverse contract has no price above 0.
 */
const valueAt = (
  type: ContractType | undefined,
  qty: Decimal,
  px: Decimal,
): Decimal | undefined => {
  if (qty.eq(ZERO)) return ZERO;
  if (type === 'linear') return qty.times(px);
  if (type === undefined || !px.gt(ZERO)) return undefined;
  return divideHalfEven(qty.times(MINUS_ONE), px, MONEY_PLACES);
};

/** The position after a trade: it adds, closes in part or whole, or turns through zero. */
export const applyTrade = (
  type: ContractType | undefined,
  position: Position,
  { qty, px }: SignedTrade,
): Position => {
  const value = valueAt(type, qty, px);
  const held = position.qty;
  const after = held.plus(qty);
  if (held.eq(ZERO) || held.gt(ZERO) === qty.gt(ZERO)) {
    return { ...position, qty: after, cost: sum(position.cost, value) };
  }
  if (after.eq(ZERO)) return realized(position, after, position.cost, [value, ZERO]);
  if (after.gt(ZERO) === held.gt(ZERO)) {
    const released = shareOf(position.cost, qty, held);
    return realized(position, after, released, [value, difference(position.cost, released)]);
  }
  // Through zero: what was held is closed, the rest of the trade's value opens the other side.
  const closing = valueAt(type, held.times(MINUS_ONE), px);
  return realized(position, after, position.cost, [closing, difference(value, closing)]);
};

/** `released`: the cost that leaves the position; `value`: of the closing trade. */
const realized = (
  position: Position,
  qty: Decimal,
  released: Decimal | undefined,
  [value, cost]: readonly [Decimal | undefined, Decimal | undefined],
): Position =>
  value === undefined || released === undefined
    ? { ...position, qty, cost, isRealizedComplete: false }
    : { ...position, qty, cost, realizedPnl: position.realizedPnl.minus(value).minus(released) };

const shareOf = (cost: Decimal | undefined, closed: Decimal, held: Decimal): Decimal | undefined =>
  cost === undefined
    ? undefined
    : divideHalfEven(cost.times(closed.abs()), held.abs(), MONEY_PLACES);

const sum = (a: Decimal | undefined, b: Decimal | undefined): Decimal | undefined =>
  a === undefined || b === undefined ? undefined : a.plus(b);

const difference = (a: Decimal | undefined, b: Decimal | undefined): Decimal | undefined =>
  a === undefined || b === undefined ? undefined : a.minus(b);

/**
 * Average entry price, rounded half to even at 12 decimals: weighted by quantity, and harmonic for
 * inverse contracts. `undefined` when flat or not known.
 */
export const averagePx = (
  type: ContractType | undefined,
  { qty, cost }: Position,
): Decimal | undefined => {
  if (cost === undefined || qty.eq(ZERO)) return undefined;
  if (type === 'linear') return divideHalfEven(cost, qty, PRICE_PLACES);
  if (type === undefined || cost.eq(ZERO)) return undefined;
  return divideHalfEven(qty.times(MINUS_ONE), cost, PRICE_PLACES);
};

/** Value at the mark price minus cost; 0 when flat, `undefined` when it cannot be valued. */
export const unrealizedPnl = (
  type: ContractType | undefined,
  { qty, cost }: Position,
  markPx: Decimal | undefined,
): Decimal | undefined => {
  if (qty.eq(ZERO)) return ZERO;
  if (markPx === undefined) return undefined;
  return difference(valueAt(type, qty, markPx), cost);
};
