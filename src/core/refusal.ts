import { type ClOrdID } from '../domain/ids.ts';

/** Why a request is refused: a stable code for programs, and a sentence for people. */
export interface Refusal {
  readonly code: string;
  /** OrdRejReason(103) or CxlRejReason(102), by the message that carries it. */
  readonly reason: number;
  /** Text(58): the code first. */
  readonly text: string;
}

export const refusal = (code: string, reason: number, detail: string): Refusal => ({
  code,
  reason,
  text: codedText(code, detail),
});

/**
 * Text(58) of a reason: the code first, and once, also where the detail is nothing but the code.
 */
export const codedText = (code: string, detail: string): string =>
  detail === code || detail.startsWith(`${code}:`) ? detail : `${code}: ${detail}`;

/** OrdRejReason(103), FIX 4.4. */
export const ORD_REJ = {
  brokerOption: 0,
  unknownSymbol: 1,
  exchangeClosed: 2,
  exceedsLimit: 3,
  duplicateOrder: 6,
  staleOrder: 8,
  unsupportedCharacteristic: 11,
  incorrectQuantity: 13,
  unknownAccount: 15,
  other: 99,
} as const;

/** Reason code of what a kill switch refuses or cancels. */
export const KILL_SWITCH = 'KILL_SWITCH';

/** CxlRejReason(102), FIX 4.4. */
export const CXL_REJ = {
  tooLate: 0,
  unknownOrder: 1,
  /** Broker/Exchange Option. */
  brokerOption: 2,
  alreadyPending: 3,
  duplicateClOrdID: 6,
  other: 99,
} as const;

/**
 * The reason word in the Text(58) of a refusal. The venue writes it in several shapes
 * (`EOrder:Unknown order`, `ClOrdID <id> :
 * EGeneral:Other:POST_WOULD_EXECUTE`, `IOC_WOULD_ENTER_BOOK`), so both sides are compared in
 * capital letters and digits only [fix 6.4]. Unknown words give VENUE_REFUSED; the text itself is
 * always kept.
 */
export const refusalCode = (text: string | undefined): string => {
  const letters = normalise(text ?? '');
  return WORDS.find(({ normalised }) => letters.includes(normalised))?.code ?? 'VENUE_REFUSED';
};

const normalise = (text: string): string => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');

/** Longer words first, so that no code hides behind a shorter one that it contains. */
const CODES: readonly string[] = [
  'INSUFFICIENT_CLOSING_MARGIN',
  'INSUFFICIENT_MARGIN',
  'INSUFFICIENT_FUNDS',
  'ORDER_MINIMUM_NOT_MET',
  'RATE_LIMIT_EXCEEDED',
  'API_LIMIT_EXCEEDED',
  'MARKET_SUSPENDED',
  'MARKET_NOT_FOUND',
  'MARKET_INACTIVE',
  'LOADING_MARKET',
  'MARKET_IS_POST_ONLY',
  'INVALID_PRICE',
  'INVALID_QUANTITY',
  'SMALL_ORDER_LIMIT_EXCEEDED',
  'TRAILING_STOP_ORDER_LIMIT_EXCEEDED',
  'TRAILING_STOP_MAX_DEVIATION_TOO_LARGE',
  'TRAILING_STOP_MAX_DEVIATION_TOO_SMALL',
  'ORDER_LIMIT_EXCEEDED',
  'MAX_POSITION_EXCEEDED',
  'PRICE_COLLAR',
  'PRICE_DISLOCATION',
  'WOULD_CAUSE_LIQUIDATION',
  'FIXED_LEVERAGE_TOO_HIGH',
  'CLIENT_ORDER_ID_IN_USE',
  'CLIENT_ORDER_ID_TOO_LONG',
  'POST_WOULD_EXECUTE',
  'IOC_WOULD_NOT_EXECUTE',
  'IOC_WOULD_ENTER_BOOK',
  'WOULD_EXECUTE_SELF',
  'WOULD_NOT_REDUCE_POSITION',
  'REJECTED_AFTER_EXECUTION',
  'EDIT_HAS_NO_EFFECT',
  'ORDER_FOR_CANCELLATION_NOT_FOUND',
  'ORDER_FOR_EDIT_NOT_FOUND',
  'ORDER_CANNOT_HAVE_TRIGGER_PRICE',
  'CANCELLED_BY_SELF_TRADE',
  'OPEN_ORDER_TO_CANCEL_NOT_FOUND',
  'UNKNOWN_ORDER',
  'COMB_UUIDV4_REQUIRED',
  'TIMESTAMP_IS_OUT_OF_DATE',
];

const WORDS = CODES.map((code) => ({ code, normalised: normalise(code) }));

const GONE: ReadonlySet<string> = new Set([
  'UNKNOWN_ORDER',
  'OPEN_ORDER_TO_CANCEL_NOT_FOUND',
  'ORDER_FOR_CANCELLATION_NOT_FOUND',
  'ORDER_FOR_EDIT_NOT_FOUND',
]);

/** The venue has no such open order: it never had one, or it is closed. */
export const isGone = (code: string): boolean => GONE.has(code);

const CLORDID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

const EVERY_CLORDID = new RegExp(CLORDID.source, 'gi');

/**
 * A text of the venue for a client: our ClOrdIDs towards the venue, which no client knows, become
 * the client's own where `clientIDOf` knows them.
 */
export const withClientIDs = (
  text: string,
  clientIDOf: (clOrdID: string) => string | undefined,
): string => text.replace(EVERY_CLORDID, (found) => clientIDOf(found.toLowerCase()) ?? found);

/** The ClOrdID that some refusals carry in their text only. */
export const clOrdIDInText = (text: string | undefined): ClOrdID | undefined =>
  CLORDID.exec(text ?? '')?.[0].toLowerCase() as ClOrdID | undefined;
