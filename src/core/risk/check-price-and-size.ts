import { type DecimalText } from '../../domain/ids.ts';
import { type Instrument } from '../../domain/instrument.ts';
import { type OrderTerms } from '../../domain/order.ts';
import { decimal, isMultipleOf, parseDecimal, ZERO, type Decimal } from '../../lib/decimal.ts';
import { type ReferencePrice } from '../input.ts';
import { ORD_REJ, refusal, type Refusal } from '../refusal.ts';
import { type RiskLimits } from './risk-limits.ts';

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
  if (isBelow(quantity, instrument.qtyMin)) {
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

/** Largest quantity and largest value of one order (RTS 6 Art. 15(1)(b) and (c)). */
export const checkSize = (
  terms: OrderTerms,
  instrument: Instrument,
  limits: RiskLimits,
  reference: ReferencePrice,
): Refusal | undefined => {
  const quantityMax = limits.orderQtyMaxBySymbol?.get(terms.symbol) ?? limits.orderQtyMax;
  if (isBelow(parseDecimal(quantityMax), terms.orderQty)) {
    const detail = `quantity ${terms.orderQty} exceeds ${quantityMax}`;
    return refusal('MAX_QUANTITY', ORD_REJ.exceedsLimit, detail);
  }
  const notional = notionalOf(terms, instrument, reference);
  if (notional === undefined)
    return withoutReference(terms, limits, {
      reference,
      lack: `a ${terms.ordType} order cannot be valued`,
    });
  const notionalMax = limits.orderNotionalMaxBySymbol?.get(terms.symbol) ?? limits.orderNotionalMax;
  if (isBelow(parseDecimal(notionalMax), notional)) {
    const detail = `order value ${notional.toFixed()} exceeds ${notionalMax}`;
    return refusal('MAX_NOTIONAL', ORD_REJ.exceedsLimit, detail);
  }
  return undefined;
};

/**
 * Price(44) of a Limit order against the reference price (RTS 6 Art. 15(1)(a)). Orders with a
 * trigger level are meant to be far from the market until it comes to them, and the venue holds
 * them against its own collar then.
 */
export const checkCollar = (
  terms: OrderTerms,
  limits: RiskLimits,
  reference: ReferencePrice,
): Refusal | undefined => {
  const { symbol, ordType, price } = terms;
  const percent = limits.priceCollarPercentBySymbol?.get(symbol) ?? limits.priceCollarPercent;
  if (percent === undefined || price === undefined || ordType !== 'Limit') return undefined;
  if (reference.type === 'None')
    return withoutReference(terms, limits, { reference, lack: 'the price collar cannot be held' });
  const { px, source } = reference;
  if (!isFar(price, px, percent)) return undefined;
  const detail = `price ${price} is more than ${percent} % from ${px} (${source})`;
  return refusal('PRICE_COLLAR', ORD_REJ.exceedsLimit, detail);
};

/** What is no plain decimal is far from everything. */
const isFar = (priceText: DecimalText, pxText: DecimalText, percentText: DecimalText): boolean => {
  const [price, px, percent] = [priceText, pxText, percentText].map(parseDecimal);
  if (price === undefined || px === undefined || percent === undefined) return true;
  return price.minus(px).abs().times(HUNDRED).gt(px.times(percent));
};

const HUNDRED = decimal('100');

const pxOf = (reference: ReferencePrice): DecimalText | undefined =>
  reference.type === 'Price' ? reference.px : undefined;

const withoutReference = (
  { symbol }: OrderTerms,
  { withoutReferencePrice }: RiskLimits,
  { reference, lack }: { readonly reference: ReferencePrice; readonly lack: string },
): Refusal | undefined => {
  if (withoutReferencePrice === 'allow') return undefined;
  const why = reference.type === 'None' ? ` (${reference.why})` : '';
  const detail = `no healthy reference price for ${symbol}${why}: ${lack}`;
  return refusal('NO_REFERENCE_PRICE', ORD_REJ.other, detail);
};

/**
 * Value of an order in the quote currency. An inverse contract is worth 1 USD, so its quantity is
 * its value; a linear one is worth quantity times price: the limit, else the trigger level, else
 * the reference price. The StopPx of a trailing stop is a distance and no level.
 */
const notionalOf = (
  terms: OrderTerms,
  instrument: Instrument,
  reference: ReferencePrice,
): Decimal | undefined => {
  const quantity = parseDecimal(terms.orderQty);
  if (instrument.contractType === 'inverse') return quantity;
  const level = terms.ordType === 'TrailingStop' ? undefined : terms.stopPx;
  const priceText = terms.price ?? level ?? pxOf(reference);
  const price = priceText === undefined ? undefined : parseDecimal(priceText);
  return price === undefined ? undefined : quantity?.times(price);
};

/** Only a plain decimal can break a comparison; anything else was refused before. */
const isBelow = (value: Decimal | undefined, limit: Decimal | DecimalText): boolean => {
  const other = typeof limit === 'string' ? parseDecimal(limit) : limit;
  return value === undefined || other === undefined || value.lt(other);
};

const isMultipleOfText = (value: Decimal, step: DecimalText): boolean => {
  const size = parseDecimal(step);
  return size?.gt(ZERO) === true && isMultipleOf(value, size);
};
