import { decimalTextOf } from '../../../domain/decimal-text.ts';
import { type DecimalText } from '../../../domain/ids.ts';
import { type Instrument } from '../../../domain/instrument.ts';
import { ownValue } from '../../../lib/defined.ts';
import { decimal } from '../../../lib/decimal.ts';
import { type RestInstrument, type RestTicker } from './market-readers.ts';

/** `type` of the list [rest 6.1]. Options have no contract type of ours. */
const CONTRACT_TYPES: Readonly<Record<string, Instrument['contractType']>> = {
  flexible_futures: 'linear',
  futures_vanilla: 'linear',
  futures_inverse: 'inverse',
};

/**
 * The engine's instrument from the venue's list and, when at hand, its ticker. `tradeable` says
 * nothing [rest 6.2]: expiry, post-only and suspension do. `undefined` for a type that the engine
 * does not know.
 */
export const toInstrument = (
  listed: RestInstrument,
  ticker?: RestTicker,
): Instrument | undefined => {
  const contractType = ownValue(CONTRACT_TYPES, listed.type);
  if (contractType === undefined) return undefined;
  const qtyStep = qtyStepOf(listed.qtyPrecision);
  return {
    symbol: listed.symbol,
    contractType,
    tickSize: listed.tickSize,
    qtyStep,
    // The step is also the smallest order.
    qtyMin: qtyStep,
    status: statusOf(listed, ticker),
  };
};

/** 10^-p; p may be negative: -3 means multiples of 1000. */
export const qtyStepOf = (precision: number): DecimalText =>
  decimalTextOf(decimal('10').pow(-precision));

const statusOf = (listed: RestInstrument, ticker?: RestTicker): Instrument['status'] => {
  if (listed.isExpired === true || ticker?.isSuspended === true) return 'Suspended';
  return listed.isPostOnly === true || ticker?.isPostOnly === true ? 'PostOnly' : 'Online';
};
