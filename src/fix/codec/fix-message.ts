/**
 * One field of an outgoing message, in wire order. Text is latin1; a Buffer is sent as it is (data
 * fields).
 */
export type FixField = readonly [tag: number, value: string | Buffer];

/**
 * Fields of a message, or of one entry of a repeating group. Values are text exactly as on the wire
 * (latin1).
 */
export interface FixFieldMap {
  readonly get: (tag: number) => string | undefined;
  /** Raw bytes of a value, for data fields that may contain SOH. */
  readonly bytes: (tag: number) => Buffer | undefined;
  readonly has: (tag: number) => boolean;
  /** The entries of the group that NumInGroup field `countTag` opens; empty when absent. */
  readonly groups: (countTag: number) => readonly FixFieldMap[];
  /**
   * Every field of this level in wire order, group members left out, each group's count field
   * included.
   */
  readonly entries: () => readonly (readonly [tag: number, value: string])[];
}

/** A received message whose BodyLength(9) and CheckSum(10) were right. Immutable, safe to keep. */
export interface FixMessage extends FixFieldMap {
  /** MsgType(35). */
  readonly msgType: string;
  /** MsgSeqNum(34); `undefined` when absent or not a plain positive integer. */
  readonly msgSeqNum: number | undefined;
  /** The whole frame, `8=` to the SOH after CheckSum(10). */
  readonly raw: Buffer;
  /** The same message in memory of its own: the bytes around it on the wire can be freed. */
  readonly copy: () => FixMessage;
}

/** What a caller wants sent: body fields only, header and trailer belong to the session. */
export interface OutboundMessage {
  readonly msgType: string;
  readonly fields: readonly FixField[];
  /** More header fields of this message only, e.g. PossResend(97) or DeliverToCompID(128). */
  readonly header?: readonly FixField[];
}
