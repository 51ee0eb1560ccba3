/** Why something is not done: a stable code people match on, and a sentence for people. */
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
  text: `${code}: ${detail}`,
});

/** OrdRejReason(103), FIX 4.4. */
export const ORD_REJ = {
  unknownSymbol: 1,
  exchangeClosed: 2,
  exceedsLimit: 3,
  duplicateOrder: 6,
  unsupportedCharacteristic: 11,
  incorrectQuantity: 13,
  other: 99,
} as const;

/** CxlRejReason(102), FIX 4.4. */
export const CXL_REJ = {
  tooLate: 0,
  unknownOrder: 1,
  alreadyPending: 3,
  duplicateClOrdID: 6,
  other: 99,
} as const;
