import { ZERO_TEXT } from '../../domain/decimal-text.ts';
import { type DecimalText } from '../../domain/ids.ts';
import { type AnsweredFill, type RestOutcome } from '../../domain/ports.ts';
import { type Outcome } from '../../kraken/outcome/rest-outcome.ts';
import { type RefusalReason } from '../../kraken/outcome/status-meanings.ts';
import { type OrderAnswer } from '../../kraken/rest/orders/order-answer.ts';
import { type CancelAllAnswer } from '../../kraken/rest/orders/order-calls.ts';
import { type OrderEvent } from '../../kraken/rest/orders/order-readers.ts';
import { defined } from '../../lib/defined.ts';

/** The words that FIX refusals have for the same reasons, so that clients know one set of codes. */
const CODES: Readonly<Record<RefusalReason, string>> = {
  Account: 'ACCOUNT_INACTIVE',
  Argument: 'VENUE_REJECTED_FORMAT',
  Authentication: 'AUTHENTICATION_FAILED',
  ClOrdIDInvalid: 'CLIENT_ORDER_ID_INVALID',
  DeadlinePassed: 'DEADLINE_PASSED',
  EditNotAllowed: 'EDIT_NOT_ALLOWED',
  Funds: 'INSUFFICIENT_FUNDS',
  IocWouldNotExecute: 'IOC_WOULD_NOT_EXECUTE',
  Leverage: 'FIXED_LEVERAGE_TOO_HIGH',
  Liquidation: 'WOULD_CAUSE_LIQUIDATION',
  MarketClosed: 'MARKET_SUSPENDED',
  MarketPostOnly: 'MARKET_IS_POST_ONLY',
  NoEffect: 'EDIT_HAS_NO_EFFECT',
  PositionLimit: 'MAX_POSITION_EXCEEDED',
  PostWouldExecute: 'POST_WOULD_EXECUTE',
  Price: 'INVALID_PRICE',
  PriceCollar: 'PRICE_COLLAR',
  PriceDislocation: 'PRICE_DISLOCATION',
  Quantity: 'INVALID_QUANTITY',
  RateLimit: 'RATE_LIMIT_EXCEEDED',
  SelfTrade: 'WOULD_EXECUTE_SELF',
  TooManyOrders: 'ORDER_LIMIT_EXCEEDED',
  UnknownInstrument: 'MARKET_NOT_FOUND',
  UnknownOrder: 'UNKNOWN_ORDER',
  WouldNotReduce: 'WOULD_NOT_REDUCE_POSITION',
};

type Accepted = Extract<RestOutcome, { type: 'Accepted' }>;

/**
 * A refused nonce: nothing came of these bytes. Only something that repeats requests, as a proxy
 * may, leaves open whether an earlier copy of them worked [rest 3.5].
 */
const NONCE = /^nonce(BelowThreshold|Duplicate)$/;

/** What the core is told of the answer to one order, edit or cancel. */
export const toRestOutcome = (
  answer: OrderAnswer,
  { isDirect }: { readonly isDirect: boolean },
): RestOutcome => {
  const { outcome, venueOrderID, events, isResting, isComplete } = answer;
  if (isDirect && outcome.type === 'Unknown' && NONCE.test(outcome.text))
    return { type: 'NotSent', text: `the venue refused the nonce: ${outcome.text}` };
  return toOutcome(outcome, {
    ...defined({ venueOrderID, canceledCumQty: canceledCumQtyOf(events) }),
    fills: events.flatMap(toFill),
    isResting,
    // `orderEvents` may be empty although something happened [rest 3.4].
    isComplete: isComplete && events.length > 0,
  });
};

/** Of cancelallorders. */
export const toCancelAllOutcome = ({
  outcome,
  status,
  isComplete,
}: CancelAllAnswer): RestOutcome => {
  const events = status?.events ?? [];
  const canceled = (status?.cancelled ?? []).map(({ venueOrderID }) => ({
    venueOrderID,
    ...defined({
      cumQty: canceledCumQtyOf(
        events.filter(
          ({ order, trigger, venueOrderID: uid }) =>
            (order?.venueOrderID ?? trigger?.venueOrderID ?? uid) === venueOrderID,
        ),
      ),
    }),
  }));
  return toOutcome(outcome, { fills: [], isResting: false, isComplete, canceled });
};

const toOutcome = (outcome: Outcome, accepted: Omit<Accepted, 'type' | 'text'>): RestOutcome => {
  const { text } = outcome;
  switch (outcome.type) {
    case 'Confirmed':
      return { type: 'Accepted', text, ...accepted };
    case 'Refused':
      return {
        ...{ type: 'Refused', code: CODES[outcome.reason], text },
        mayHaveFilled: outcome.mayHaveFilled,
      };
    case 'NotSent':
      return { type: 'NotSent', text: `${outcome.cause}: ${text}` };
    case 'Unknown':
      return { type: 'Unknown', text: `${outcome.cause}: ${text}` };
  }
};

const toFill = ({ type, executionID, lastQty, lastPx }: OrderEvent): readonly AnsweredFill[] =>
  type !== 'EXECUTION' || executionID === undefined || lastQty === undefined || lastPx === undefined
    ? []
    : [{ fillID: executionID, lastQty, lastPx }];

/** What a cancelled order had filled; a trigger that never fired has filled nothing. */
const canceledCumQtyOf = (events: readonly OrderEvent[]): DecimalText | undefined => {
  const event = events.find(({ type }) => type === 'CANCEL');
  if (event?.order !== undefined) return event.order.cumQty;
  return event?.trigger === undefined ? undefined : ZERO_TEXT;
};
