import { decimalOf } from '../../domain/decimal-text.ts';
import { type DecimalText } from '../../domain/ids.ts';
import { type OrderTerms } from '../../domain/order.ts';
import { type Decimal } from '../../lib/decimal.ts';
import { type ContractType } from '../positions/position.ts';

/**
 * The price that values an order: the limit, else the trigger level, else the reference price. The
 * StopPx of a trailing stop is a distance and no level.
 */
const valuePxOf = (
  { ordType, price, stopPx }: OrderTerms,
  referencePx: DecimalText | undefined,
): DecimalText | undefined =>
  price ?? (ordType === 'TrailingStop' ? undefined : stopPx) ?? referencePx;

/**
 * Value of a quantity in the quote currency. An inverse contract is worth 1 USD, so its quantity is
 * its value; a linear one is worth quantity times price. `undefined` without a price.
 */
export const valueOf = (
  contractType: ContractType | undefined,
  terms: OrderTerms,
  { qty, referencePx }: { readonly qty: Decimal; readonly referencePx?: DecimalText | undefined },
): Decimal | undefined => {
  if (contractType === 'inverse') return qty;
  const px = valuePxOf(terms, referencePx);
  return px === undefined || contractType === undefined ? undefined : qty.times(decimalOf(px));
};
