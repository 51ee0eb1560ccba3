import { decimalOf } from '../../domain/decimal-text.ts';
import { type OrderTerms } from '../../domain/order.ts';
import { decimal, maxDecimal, minDecimal, ZERO, type Decimal } from '../../lib/decimal.ts';
import {
  type Extra,
  grossNotionalOf,
  lossOf,
  type Marks,
  positionQtyOf,
  positionsOf,
  withExtra,
  worstQty,
} from './exposure.ts';
import { type Check, type LimitCheck } from './limits/limit-checks.ts';
import { valueOf } from './order-value.ts';
import { NO_SUMS, type OpenOrder, otherSide } from './risk-keeper.ts';

/** Orders in doubt are open, so doubt counts at worst case. */
export const checkOpenOrders: LimitCheck = ({ order, deps }, { scope, amount, text }) => {
  if (order.replaces !== undefined) return undefined;
  const open = deps.usage.openOrders(scope);
  return decimal(String(open + 1)).gt(amount)
    ? { detail: `${open} orders are open, ${text} may be` }
    : undefined;
};

/** RTS 6 Art. 15(4): what the account can come to, not what it is. */
export const checkPosition: LimitCheck = (check, { scope, amount, text }) => {
  const { state, deps, order } = check;
  const extra = extraOf(check);
  if (extra === undefined || extra.qty.eq(ZERO)) return undefined;
  const { symbol, side } = order.terms;
  const held = positionQtyOf(positionsOf(scope, state, deps), symbol);
  const sums = deps.usage.openSums(scope).get(symbol) ?? NO_SUMS;
  const after = worstQty(held, withExtra(sums, extra), side);
  return after.gt(amount)
    ? { detail: `the position could come to ${signed(after, side)}, ${text} is allowed` }
    : undefined;
};

const signed = (qty: Decimal, side: OrderTerms['side']): string =>
  `${qty.toFixed()} ${side === 'Buy' ? 'long' : 'short'}`;

/** An order that adds nothing to the worst case passes, also above the limit. */
export const checkGrossNotional: LimitCheck = (check, { scope, amount, text }) => {
  const extra = extraOf(check);
  if (extra === undefined) return undefined;
  const { state, deps } = check;
  const marks = marksOf(check);
  const before = grossNotionalOf(scope, [state, marks], deps);
  const after = grossNotionalOf(scope, [state, marks], deps, extra);
  if (after.amount.gt(amount) && after.amount.gt(before.amount)) {
    return { detail: `gross value would be ${after.amount.toFixed()}, ${text} is allowed` };
  }
  return after.lack === undefined ? undefined : { lack: `gross value: ${after.lack}` };
};

export const checkLoss: LimitCheck = (check, { scope, amount, text }) => {
  const { state, deps, order } = check;
  if (order.terms.reduceOnly || isReducing(check, openOnSide(check))) return undefined;
  const loss = lossOf(scope, [state, marksOf(check)], deps, order.dayStart ?? state.dayStart);
  if (loss.amount.gt(amount)) {
    return { detail: `the loss of the day is ${loss.amount.toFixed()} USD, ${text} is allowed` };
  }
  return loss.lack === undefined ? undefined : { lack: loss.lack };
};

/** A reduce-only order that the venue would refuse, or cut down. */
export const checkReduceOnly: LimitCheck = (check) => {
  const { terms } = check.order;
  if (!terms.reduceOnly || isReducing(check, ZERO)) return undefined;
  const held = accountQty(check);
  const side = terms.side === 'Buy' ? 'buys' : 'sells';
  return {
    detail: `reduce-only ${side} ${terms.orderQty}, but the position is ${held.toFixed()}`,
  };
};

/**
 * Whether an order can only make the account's position smaller, or close it, after `beside` of
 * other orders of its side were filled.
 */
const isReducing = (check: Check, beside: Decimal): boolean => {
  const { side, orderQty } = check.order.terms;
  const held = accountQty(check);
  const closable = side === 'Buy' ? ZERO.minus(held) : held;
  return decimalOf(orderQty).plus(beside).lte(closable);
};

const openOnSide = ({ order: { session, terms }, deps }: Check): Decimal =>
  (deps.usage.openSums(`account:${session}`).get(terms.symbol) ?? NO_SUMS)[terms.side].qty;

const accountQty = ({ state, order, deps }: Check): Decimal =>
  positionQtyOf(positionsOf(`account:${order.session}`, state, deps), order.terms.symbol);

export const checkSelfMatch: LimitCheck = ({ order, deps }) => {
  const { terms, session, replaces } = order;
  if (terms.postOnly || terms.ordType === 'Stop' || terms.ordType === 'TakeProfit') {
    return undefined;
  }
  for (const open of deps.usage.openOrdersOn(terms.symbol)) {
    const isOther = open.order.orderID !== replaces?.orderID && open.order.session === session;
    if (isOther && crosses(terms, open)) {
      return {
        detail: `it would trade with order ${open.order.orderID} of ${open.order.client} at ${open.order.terms.price ?? 'market'}`,
      };
    }
  }
  return undefined;
};

/** Orders without a price take what there is; those that wait for a trigger rest in no book. */
const crosses = ({ side, price, stopPx }: OrderTerms, { order }: OpenOrder): boolean => {
  const resting = order.terms;
  if (resting.side !== otherSide(side) || resting.price === undefined) return false;
  if (resting.stopPx !== undefined || stopPx !== undefined || order.leavesQty === '0') return false;
  if (price === undefined) return true;
  const [own, other] = [decimalOf(price), decimalOf(resting.price)];
  return side === 'Buy' ? own.gte(other) : own.lte(other);
};

/**
 * What the order adds to the open quantity of its side; of a replace the part above what counts
 * already. `undefined` when it adds nothing.
 */
const extraOf = ({ order, instrument, deps, reference }: Check): Extra | undefined => {
  const { terms, replaces } = order;
  if (terms.reduceOnly) return undefined;
  const { symbol, side } = terms;
  const referencePx = reference.type === 'Price' ? reference.px : undefined;
  const whole = decimalOf(terms.orderQty);
  const open = replaces && deps.usage.openOrder(replaces.orderID, symbol);
  const filled = replaces === undefined ? ZERO : decimalOf(replaces.cumQty);
  const qty = maxDecimal(whole.minus(filled).minus(open?.qty ?? ZERO), ZERO);
  const leaves = maxDecimal(whole.minus(filled), ZERO);
  const value = valueOf(instrument.contractType, terms, { qty: leaves, referencePx });
  const added =
    value === undefined
      ? undefined
      : maxDecimal(value.minus(minDecimal(open?.value ?? ZERO, value)), ZERO);
  return { symbol, side, qty, value: added };
};

const marksOf = ({ order: { market, terms } }: Check): Marks =>
  market?.mark === undefined
    ? (market?.marks ?? {})
    : { ...market.marks, [terms.symbol]: market.mark.px };
