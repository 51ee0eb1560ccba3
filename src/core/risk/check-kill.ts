import { decimalOf } from '../../domain/decimal-text.ts';
import { type ClientName, type DecimalText, type SessionName } from '../../domain/ids.ts';
import { type OrderTerms } from '../../domain/order.ts';
import { decimalToText, maxDecimal, ZERO, type Decimal } from '../../lib/decimal.ts';
import { defined } from '../../lib/defined.ts';
import { covers, isStricter, killScopeText, type KillSubject } from '../kill-scope.ts';
import { KILL_SWITCH, ORD_REJ, refusal, type Refusal } from '../refusal.ts';
import { type EngineState, type KillSwitch, type Order } from '../state.ts';

/** A new order, as far as kill switches look at it. */
export interface KillQuestion {
  readonly client: ClientName;
  readonly account?: string;
  readonly terms: OrderTerms;
  readonly session: SessionName;
  /** What the account holds of the instrument, signed. */
  readonly positionQty?: DecimalText;
}

/**
 * The strictest switch that an order stands under. Switches are few, and each order looks at them
 * anew, so that none is ever forgotten.
 */
const killSwitchOn = (state: EngineState, subject: KillSubject): KillSwitch | undefined => {
  let strictest: KillSwitch | undefined;
  for (const one of state.killSwitches.values()) {
    if (!covers(one.scope, subject)) continue;
    if (strictest === undefined || isStricter(one.state, strictest.state)) strictest = one;
  }
  return strictest;
};

/** The kill switch that refuses a new order, if one does; KILL_SWITCH. */
export const checkKill = (
  state: EngineState,
  { client, account, terms, session, positionQty }: KillQuestion,
): Refusal | undefined => {
  if (state.killSwitches.size === 0) return undefined;
  const subject = { session, client, symbol: terms.symbol, ...defined({ account }) };
  const found = killSwitchOn(state, subject);
  if (found === undefined) return undefined;
  if (found.state !== 'REDUCING') return killRefusal(found);
  const why = whyNotReducing(state, terms, session, positionQty);
  return why === undefined ? undefined : killRefusal(found, why);
};

/**
 * The kill switch that refuses other terms for an order that is there. Where orders may only
 * reduce, a reduce-only one may change its prices and become smaller.
 */
export const checkKillOfReplace = (
  state: EngineState,
  { session, client, account, orderID, terms: before }: Order,
  terms: OrderTerms,
): Refusal | undefined => {
  if (state.killSwitches.size === 0) return undefined;
  const subject = { session, client, symbol: terms.symbol, orderID, ...defined({ account }) };
  const found = killSwitchOn(state, subject);
  if (found === undefined) return undefined;
  if (found.state !== 'REDUCING') return killRefusal(found);
  if (!terms.reduceOnly) return killRefusal(found, 'the order is not reduce-only (ExecInst(18)=E)');
  return decimalOf(terms.orderQty).gt(decimalOf(before.orderQty))
    ? killRefusal(found, 'a larger quantity is a new order')
    : undefined;
};

/** `KILL_SWITCH: engine is HALTED by operator:ann: wrong prices`. */
export const killText = ({ scope, state, by, reason }: Omit<KillSwitch, 'at'>): string =>
  `${KILL_SWITCH}: ${killScopeText(scope)} is ${state} by ${by}: ${reason}`;

const killRefusal = (found: KillSwitch, why?: string): Refusal => {
  const detail = killText(found).slice(KILL_SWITCH.length + 2);
  const more = why === undefined ? '' : `; ${why}`;
  return refusal(KILL_SWITCH, ORD_REJ.brokerOption, `${detail}${more}`);
};

/**
 * An order reduces when it says so, when the account has a position on the other side, and when
 * what is open to reduce it already leaves enough of it. The venue holds it to that as well
 * [fix 5.2].
 */
const whyNotReducing = (
  state: EngineState,
  terms: OrderTerms,
  session: SessionName,
  positionQty: DecimalText | undefined,
): string | undefined => {
  if (!terms.reduceOnly) return 'the order is not reduce-only (ExecInst(18)=E)';
  if (positionQty === undefined) return `the position in ${terms.symbol} is not known`;
  const signed = decimalOf(positionQty);
  const held = terms.side === 'Sell' ? signed : ZERO.minus(signed);
  const free = maxDecimal(held.minus(openToReduce(state, terms, session)), ZERO);
  if (decimalOf(terms.orderQty).lte(free)) return undefined;
  const left = decimalToText(free);
  return `${terms.orderQty} is more than the ${left} of position ${positionQty} that it could reduce`;
};

/** Quantity left of open reduce-only orders on the same side. */
const openToReduce = (
  state: EngineState,
  { symbol, side }: OrderTerms,
  session: SessionName,
): Decimal => {
  let sum = ZERO;
  for (const orderID of state.openOrderIDs) {
    const order = state.orders.get(orderID);
    if (order?.session !== session || !order.terms.reduceOnly) continue;
    if (order.terms.symbol !== symbol || order.terms.side !== side) continue;
    sum = sum.plus(decimalOf(order.leavesQty));
  }
  return sum;
};
