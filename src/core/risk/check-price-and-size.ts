import { type DecimalText } from '../../domain/ids.ts';
import { type Instrument } from '../../domain/instrument.ts';
import { type OrderTerms } from '../../domain/order.ts';
import { isMultipleOf, parseDecimal, ZERO, type Decimal } from '../../lib/decimal.ts';
import { ORD_REJ, refusal, type Refusal } from '../refusal.ts';

/** OrderQty(38) against the instrument: more than nothing, on the lot, not below the smallest. */
export const checkQuantity = (terms: OrderTerms, instrument: Instrument): Refusal | undefined => {
  const quantity = parseDecimal(terms.orderQty);
  if (quantity === undefined || quantity.lte(ZERO)) {
    return refusal(
      'INVALID_QUANTITY',
      ORD_REJ.incorrectQuantity,
      `quantity ${terms.orderQty} is not above 0`,
    );
  }
  if (!isMultipleOfText(quantity, instrument.qtyStep)) {
    const detail = `quantity ${terms.orderQty} is not a multiple of ${instrument.qtyStep}`;
    return refusal('OFF_LOT', ORD_REJ.incorrectQuantity, detail);
  }
  const smallest = parseDecimal(instrument.qtyMin);
  if (smallest === undefined || quantity.lt(smallest)) {
    const detail = `quantity ${terms.orderQty} is below ${instrument.qtyMin}`;
    return refusal('MIN_QUANTITY', ORD_REJ.incorrectQuantity, detail);
  }
  return undefined;
};

/** Price(44) and StopPx(99) against the tick. A price off the tick is refused, never rounded. */
export const checkTicks = (terms: OrderTerms, instrument: Instrument): Refusal | undefined =>
  checkTick('price', terms.price, instrument) ?? checkTick('stop price', terms.stopPx, instrument);

const checkTick = (
  name: string,
  text: DecimalText | undefined,
  { tickSize }: Instrument,
): Refusal | undefined => {
  if (text === undefined) return undefined;
  const price = parseDecimal(text);
  if (price === undefined || price.lte(ZERO)) {
    return refusal('INVALID_PRICE', ORD_REJ.other, `${name} ${text} is not above 0`);
  }
  return isMultipleOfText(price, tickSize)
    ? undefined
    : refusal('OFF_TICK', ORD_REJ.other, `${name} ${text} is not a multiple of ${tickSize}`);
};

const isMultipleOfText = (value: Decimal, step: DecimalText): boolean => {
  const size = parseDecimal(step);
  return size?.gt(ZERO) === true && isMultipleOf(value, size);
};
