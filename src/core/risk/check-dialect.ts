import { type OrdType, type OrderTerms, type TimeInForce } from '../../domain/order.ts';
import { ORD_REJ, refusal, type Refusal } from '../refusal.ts';

interface TypeRule {
  readonly hasPrice: boolean;
  readonly hasStopPx: boolean;
}

/** OrdType(40) of the derivatives dialect: which prices it carries [fix 4.5, 5.2]. */
const TYPE_RULES: Readonly<Record<OrdType, TypeRule>> = {
  Market: { hasPrice: false, hasStopPx: false },
  Limit: { hasPrice: true, hasStopPx: false },
  Stop: { hasPrice: false, hasStopPx: true },
  StopLimit: { hasPrice: true, hasStopPx: true },
  TakeProfit: { hasPrice: false, hasStopPx: true },
  TakeProfitLimit: { hasPrice: true, hasStopPx: true },
  TrailingStop: { hasPrice: false, hasStopPx: true },
};

const TIMES_IN_FORCE: ReadonlySet<TimeInForce> = new Set(['GTC', 'IOC']);

export const hasPrice = (ordType: OrdType): boolean => TYPE_RULES[ordType].hasPrice;
export const hasStopPx = (ordType: OrdType): boolean => TYPE_RULES[ordType].hasStopPx;

/**
 * The first rule of the dialect that the terms break. Callers in plain JavaScript may hand in
 * anything.
 */
export const checkDialect = (terms: OrderTerms): Refusal | undefined => {
  const { ordType, timeInForce, postOnly } = terms;
  if (!Object.hasOwn(TYPE_RULES, ordType)) {
    return unsupported('ORD_TYPE_UNSUPPORTED', `OrdType(40) ${ordType} is not offered`);
  }
  if (!TIMES_IN_FORCE.has(timeInForce)) {
    return unsupported(
      'TIME_IN_FORCE_UNSUPPORTED',
      `TimeInForce(59) ${timeInForce} is not offered`,
    );
  }
  if (postOnly && timeInForce === 'IOC') {
    return unsupported('POST_ONLY_IOC', 'a post-only order cannot be immediate-or-cancel');
  }
  if (postOnly && !hasPrice(ordType)) {
    return unsupported('POST_ONLY_WITHOUT_PRICE', `a ${ordType} order cannot be post-only`);
  }
  return checkPrices(terms);
};

/** What FIX takes and REST has no words for [rest 6.3]. */
export const checkRestDialect = ({
  ordType,
  timeInForce,
  postOnly,
  stopPx,
}: OrderTerms): Refusal | undefined => {
  if (stopPx === undefined || (timeInForce !== 'IOC' && !postOnly)) return undefined;
  const what = postOnly ? 'post-only' : 'immediate-or-cancel';
  return unsupported('NOT_ON_REST', `orders go by REST, where a ${ordType} order is never ${what}`);
};

const checkPrices = ({
  ordType,
  price,
  stopPx,
  triggerSignal,
}: OrderTerms): Refusal | undefined => {
  const rule = TYPE_RULES[ordType];
  if (rule.hasPrice && price === undefined) {
    return unsupported('PRICE_MISSING', `a ${ordType} order needs Price(44)`);
  }
  if (!rule.hasPrice && price !== undefined) {
    return unsupported('PRICE_FORBIDDEN', `a ${ordType} order has no Price(44)`);
  }
  if (rule.hasStopPx && stopPx === undefined) {
    return unsupported('STOP_PX_MISSING', `a ${ordType} order needs StopPx(99)`);
  }
  if (!rule.hasStopPx && stopPx !== undefined) {
    return unsupported('STOP_PX_FORBIDDEN', `a ${ordType} order has no StopPx(99)`);
  }
  if (!rule.hasStopPx && triggerSignal !== undefined) {
    return unsupported('TRIGGER_FORBIDDEN', `a ${ordType} order has no DiscretionInst(388)`);
  }
  return undefined;
};

const unsupported = (code: string, detail: string): Refusal =>
  refusal(code, ORD_REJ.unsupportedCharacteristic, detail);
