import { type BookLevel, type SweepPrice } from '../../domain/book.ts';
import { type DecimalText } from '../../domain/ids.ts';
import {
  decimal,
  decimalToText,
  divideHalfEven,
  minDecimal,
  ZERO,
  type Decimal,
} from '../../lib/decimal.ts';

const VWAP_PLACES = 12;

/**
 * Volume-weighted average price for taking `qty` from levels given best first. Linear contracts
 * count base units: Σ(p·q)/Σq. Inverse contracts count USD, so their average is harmonic:
 * Σq/Σ(q/p).
 */
export const sweepLevels = (
  levels: Iterable<BookLevel>,
  qty: DecimalText,
  contractType: 'linear' | 'inverse',
): SweepPrice | undefined => {
  const wanted = decimal(qty);
  let left = wanted;
  let weighted: Decimal = ZERO;
  let worst: DecimalText | undefined;
  for (const level of levels) {
    if (left.lte(ZERO)) break;
    const taken = minDecimal(left, decimal(level.qty));
    const price = decimal(level.price);
    weighted = weighted.plus(contractType === 'linear' ? price.times(taken) : taken.div(price));
    left = left.minus(taken);
    worst = level.price;
  }
  if (worst === undefined || weighted.eq(ZERO)) return undefined;
  const filled = wanted.minus(left);
  const vwap =
    contractType === 'linear'
      ? divideHalfEven(weighted, filled, VWAP_PLACES)
      : divideHalfEven(filled, weighted, VWAP_PLACES);
  return {
    vwap: decimalToText(vwap) as DecimalText,
    worst,
    qty: decimalToText(filled) as DecimalText,
    isComplete: left.eq(ZERO),
  };
};
