import { decimalOf } from '../../../domain/decimal-text.ts';
import { type DecimalText } from '../../../domain/ids.ts';
import { type Instrument } from '../../../domain/instrument.ts';
import { decimal, type Decimal } from '../../../lib/decimal.ts';
import { type AgedPrice, type ReferencePrice } from '../../input.ts';
import { type LimitKey } from '../../limit.ts';
import { type EngineState } from '../../state.ts';
import { type CheckDeps, type OrderToCheck } from '../check-order.ts';
import {
  checkGrossNotional,
  checkLoss,
  checkOpenOrders,
  checkPosition,
  checkReduceOnly,
  checkSelfMatch,
} from '../exposure-checks.ts';
import { type EffectiveLimit, venueUnitsOf } from './limit-book.ts';
import { valueOf } from '../order-value.ts';

/** What one check looks at. */
export interface Check {
  readonly state: EngineState;
  readonly order: OrderToCheck;
  readonly instrument: Instrument;
  readonly deps: CheckDeps;
  readonly reference: ReferencePrice;
}

/** Why a limit is broken, or which price is missing to hold it. */
type Broken = { readonly detail: string } | { readonly lack: string } | undefined;

export type LimitCheck = (check: Check, limit: EffectiveLimit) => Broken;

const HUNDRED = decimal('100');

const orderQtyMax: LimitCheck = ({ order: { terms } }, { amount, text }) =>
  decimalOf(terms.orderQty).gt(amount)
    ? { detail: `quantity ${terms.orderQty} exceeds ${text}` }
    : undefined;

const notionalMax: LimitCheck = ({ order, instrument, reference }, { amount, text }) => {
  const { terms } = order;
  const referencePx = reference.type === 'Price' ? reference.px : undefined;
  const qty = decimalOf(terms.orderQty);
  const value = valueOf(instrument.contractType, terms, { qty, referencePx });
  if (value === undefined) {
    return lackOfReference(reference, `a ${terms.ordType} order cannot be valued`);
  }
  return value.gt(amount)
    ? { detail: `order value ${value.toFixed()} exceeds ${text}` }
    : undefined;
};

const lackOfReference = (reference: ReferencePrice, lack: string): Broken => {
  const why = reference.type === 'None' ? ` (${reference.why})` : '';
  return { lack: `no healthy reference price for {symbol}${why}: ${lack}` };
};

/**
 * Price(44) of a Limit order; `undefined` for others. Orders with a trigger level are meant to be
 * far from the market until it comes to them, and the venue holds them against its own collar then.
 */
const limitPx = ({ order: { terms } }: Check): DecimalText | undefined =>
  terms.ordType === 'Limit' ? terms.price : undefined;

const isFar = (price: DecimalText, px: DecimalText, percent: Decimal): boolean =>
  decimalOf(price).minus(decimalOf(px)).abs().times(HUNDRED).gt(decimalOf(px).times(percent));

const collar =
  (name: 'mark' | 'index'): LimitCheck =>
  (check, { amount, text }) => {
    const price = limitPx(check);
    if (price === undefined) return undefined;
    const known: AgedPrice | undefined = check.order.market?.[name];
    if (known === undefined) {
      return { lack: `no ${name} price for {symbol} that is fresh: its collar cannot be held` };
    }
    return isFar(price, known.px, amount)
      ? { detail: `price ${price} is more than ${text} % from ${known.px} (${name})` }
      : undefined;
  };

const priceCollarPercent: LimitCheck = (check, { amount, text }) => {
  const price = limitPx(check);
  if (price === undefined) return undefined;
  const { reference } = check;
  if (reference.type === 'None') {
    return lackOfReference(reference, 'the price collar cannot be held');
  }
  const { px, source } = reference;
  return isFar(price, px, amount)
    ? { detail: `price ${price} is more than ${text} % from ${px} (${source})` }
    : undefined;
};

/** RTS 6 Art. 15(1)(a) for the hand that slips: only a price that goes through the touch. */
const touchCollarPercent: LimitCheck = (check, { amount, text }) => {
  const price = limitPx(check);
  if (price === undefined) return undefined;
  const isBuy = check.order.terms.side === 'Buy';
  const touch = isBuy ? check.order.market?.offer : check.order.market?.bid;
  const name = isBuy ? 'best offer' : 'best bid';
  if (touch === undefined) {
    return { lack: `no ${name} of a healthy book for {symbol}: the touch collar cannot be held` };
  }
  const through = isBuy
    ? decimalOf(price).minus(decimalOf(touch))
    : decimalOf(touch).minus(decimalOf(price));
  return through.times(HUNDRED).gt(decimalOf(touch).times(amount))
    ? { detail: `price ${price} is more than ${text} % through the ${name} ${touch}` }
    : undefined;
};

const marketDataAgeMsMax: LimitCheck = ({ order: { market, terms } }, { amount, text }) => {
  const ageMs = market?.ageMs;
  if (ageMs === undefined) return { detail: `there is no market data of ${terms.symbol}` };
  return decimal(plain(ageMs)).gt(amount)
    ? {
        detail: `the market data of ${terms.symbol} is ${plain(ageMs)} ms old, ${text} are allowed`,
      }
    : undefined;
};

const clockOffsetMsMax: LimitCheck = ({ order: { market } }, { amount, text }) => {
  const offsetMs = market?.clockOffsetMs;
  if (offsetMs === undefined) return { detail: 'the venue’s clock is not known yet' };
  const off = plain(Math.abs(offsetMs));
  const where = offsetMs < 0 ? 'behind' : 'ahead of';
  return decimal(off).gt(amount)
    ? { detail: `the venue’s clock is ${off} ms ${where} ours, ${text} are allowed` }
    : undefined;
};

/** Times are measured, so they are rounded up to whole milliseconds. */
const plain = (ms: number): string => String(Math.max(0, Math.ceil(ms)));

const duplicateWindowMs: LimitCheck = ({ order, deps }, { amount, text }) => {
  const last = deps.usage.lastLike(order);
  if (last === undefined || order.replaces !== undefined) return undefined;
  const since = Math.floor(order.at - last);
  return decimal(String(Math.max(0, since))).lt(amount)
    ? { detail: `an equal order was accepted ${since} ms ago, ${text} must lie between them` }
    : undefined;
};

const executionsMax: LimitCheck = ({ state }, { scope, text }) => {
  const trip = state.throttleTrips.get(scope);
  if (trip === undefined) return undefined;
  const at = new Date(trip.at).toISOString();
  return {
    detail: `stopped at ${at} after ${trip.executions} executions within ${trip.windowMs} ms, ${text} are allowed; fathom limits enable`,
  };
};

const orderRateMax: LimitCheck = ({ order, deps }, { scope, amount, text }) => {
  const count = deps.usage.orderRate(scope, order.at);
  return decimal(String(count + 1)).gt(amount)
    ? { detail: `${count} orders within a second, ${text} are allowed` }
    : undefined;
};

const venueCostMax: LimitCheck = ({ order, deps }, { scope, amount, text }) => {
  const spent = deps.usage.venueUnits(scope, order.at);
  const after = spent + venueUnitsOf(deps.limits.configured, order.session).order;
  return decimal(String(after)).gt(amount)
    ? { detail: `${after} units within 10 s with this order, ${text} are allowed` }
    : undefined;
};

const allowedSymbols: LimitCheck = ({ order: { terms } }, { members }) =>
  members.has(terms.symbol) ? undefined : { detail: `${terms.symbol} is not on the list` };

const allowedAccounts: LimitCheck = ({ order: { account } }, { members }) => {
  if (account !== undefined && members.has(account)) return undefined;
  const what = account === undefined ? 'an order without Account(1)' : `account ${account}`;
  return { detail: `${what} is not on the list` };
};

/** How an order is held against each limit. */
export const LIMIT_CHECKS: Readonly<Record<LimitKey, LimitCheck>> = {
  allowedSymbols,
  allowedAccounts,
  orderQtyMax,
  notionalMax,
  priceCollarPercent,
  markCollarPercent: collar('mark'),
  indexCollarPercent: collar('index'),
  touchCollarPercent,
  marketDataAgeMsMax,
  clockOffsetMsMax,
  duplicateWindowMs,
  reduceOnly: checkReduceOnly,
  selfMatch: checkSelfMatch,
  executionsMax,
  orderRateMax,
  // Holds cancels, which check-cancel-rate.ts does.
  cancelRateMax: () => undefined,
  venueCostMax,
  openOrdersMax: checkOpenOrders,
  positionQtyMax: checkPosition,
  grossNotionalMax: checkGrossNotional,
  lossMax: checkLoss,
};
