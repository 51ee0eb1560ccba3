import { type OrderRefusalRequest } from '../core/input.ts';
import { type Order } from '../core/state.ts';
import { parseDecimalText } from '../domain/decimal-text.ts';
import {
  type ClientName,
  type ClientOrderID,
  type DecimalText,
  type TradingSymbol,
} from '../domain/ids.ts';
import {
  type OrderTerms,
  type OrdType,
  type Side,
  type TimeInForce,
  type TriggerSignal,
} from '../domain/order.ts';
import { defined } from '../lib/defined.ts';
import { faultOfText } from '../lib/plain-text.ts';

/** The library as a client of the core. */
export const LIBRARY = 'library' as ClientName;
const ORD_REJ_OTHER = 99;

/** An order as the library takes it. Amounts are plain decimal text. */
export interface LibraryOrder {
  /** Yours, unique for ever; the same id with the same order is the same order. */
  readonly clientOrderID: string;
  readonly symbol: string;
  readonly side: Side;
  readonly ordType: OrdType;
  readonly orderQty: string;
  readonly price?: string;
  readonly stopPx?: string;
  readonly triggerSignal?: TriggerSignal;
  /** Default GTC. */
  readonly timeInForce?: TimeInForce;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
  /**
   * With several trading sessions the account that the order trades on, one of `engine.accounts`;
   * with one your own word, which comes back.
   */
  readonly account?: string;
  /** Yours: limits may be set for it; the ClOrdLinkID(583) of a FIX client. */
  readonly strategy?: string;
}

export interface LibraryCancel {
  /** Yours, for the cancel request itself. */
  readonly clientOrderID: string;
  readonly origClientOrderID: string;
}

/** What may change of an order that rests; what is left out stays as it is. */
export interface LibraryReplace {
  /** Yours, for the request itself; the order's from the moment that it is replaced. */
  readonly clientOrderID: string;
  /** The order's: as submitted, or that of its last replace. */
  readonly origClientOrderID: string;
  /** The new total, what is filled included. */
  readonly orderQty?: string;
  readonly price?: string;
  readonly stopPx?: string;
}

/** Whether a replace is under way; its outcome comes as an event. */
export type ReplaceAck = Pick<Ack, 'status' | 'clientOrderID' | 'orderID' | 'code' | 'text'>;

/**
 * What became of an order when its answer is in the journal; the venue's answer comes as an event.
 */
export interface Ack {
  readonly status: 'accepted' | 'refused';
  readonly clientOrderID: string;
  /** Ours; absent when nothing with this id is in the books. */
  readonly orderID?: string;
  /** The id was used before: by the same order (answered again), or by another one (refused). */
  readonly duplicate: 'no' | 'same order' | 'other order';
  /** Reason of a refusal. */
  readonly code?: string;
  readonly text?: string;
}

interface Refusal {
  readonly code: string;
  readonly text: string;
}

const ID_LENGTH_MAX = 128;

/**
 * Such an id would go into the journal, the logs and every report for good, so it is not even
 * recorded.
 */
export const faultOfIds = (order: LibraryOrder): Refusal | undefined => {
  const { clientOrderID, symbol, account, strategy } = order;
  const text = faultOfTexts({ clientOrderID, symbol, ...defined({ account, strategy }) });
  return text === undefined ? undefined : { code: 'UNREADABLE_TEXT', text };
};

/** The first value that is no short plain text, by name; callers may be plain JavaScript. */
export const faultOfTexts = (texts: Readonly<Record<string, unknown>>): string | undefined => {
  for (const [name, text] of Object.entries(texts)) {
    const fault = typeof text === 'string' ? faultOfText(text, ID_LENGTH_MAX) : 'is not a text';
    if (fault !== undefined) return `${name} ${fault}`;
  }
  return undefined;
};

const AMOUNTS = ['orderQty', 'price', 'stopPx'] as const;
type Amounts = { -readonly [K in (typeof AMOUNTS)[number]]?: DecimalText };

export const toAmounts = (
  texts: Partial<Record<(typeof AMOUNTS)[number], string>>,
): { readonly values: Amounts } | { readonly refusal: Refusal } => {
  const values: Amounts = {};
  for (const name of AMOUNTS) {
    const text: unknown = texts[name];
    if (text === undefined) continue;
    const amount = typeof text === 'string' ? parseDecimalText(text) : undefined;
    if (amount === undefined) {
      return { refusal: { code: 'BAD_AMOUNT', text: `${name} is no plain decimal text` } };
    }
    values[name] = amount;
  }
  return { values };
};

export const toTerms = (order: LibraryOrder): OrderTerms | { readonly refusal: Refusal } => {
  const amounts = toAmounts(order);
  if ('refusal' in amounts) return amounts;
  const { triggerSignal } = order;
  return {
    symbol: order.symbol as TradingSymbol,
    side: order.side,
    ordType: order.ordType,
    timeInForce: order.timeInForce ?? 'GTC',
    postOnly: order.postOnly ?? false,
    reduceOnly: order.reduceOnly ?? false,
    ...defined({ triggerSignal }),
    ...amounts.values,
  } as OrderTerms;
};

export const toRefusal = (order: LibraryOrder, { code, text }: Refusal): OrderRefusalRequest => ({
  client: LIBRARY,
  clientOrderID: order.clientOrderID as ClientOrderID,
  symbol: order.symbol,
  side: order.side,
  ordType: order.ordType,
  orderQty: order.orderQty,
  ordRejReason: ORD_REJ_OTHER,
  reasonCode: code,
  text,
});

export const refusedAck = (order: LibraryOrder, { code, text }: Refusal): Ack => ({
  status: 'refused',
  clientOrderID: order.clientOrderID,
  duplicate: 'no',
  code,
  text,
});

/**
 * `again`: the terms of a repeated request, to be held against those of the order that has the id.
 */
export const toAck = (
  { clientOrderID, account }: LibraryOrder,
  order: Order,
  again: OrderTerms | undefined,
): Ack => {
  const { orderID, code, text } = order;
  const isOther = account !== order.account;
  if (again !== undefined && (isOther || !isSame(again, order.termsAccepted))) {
    return {
      status: 'refused',
      clientOrderID,
      orderID,
      duplicate: 'other order',
      code: 'DUPLICATE_CLORDID',
      text: `${clientOrderID} already names another order`,
    };
  }
  return {
    status: order.attempt === undefined ? 'refused' : 'accepted',
    clientOrderID,
    orderID,
    duplicate: again === undefined ? 'no' : 'same order',
    ...defined({ code, text }),
  };
};

const isSame = (a: OrderTerms, b: OrderTerms): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
