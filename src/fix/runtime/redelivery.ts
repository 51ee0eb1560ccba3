import { type EpochMs } from '../../lib/time.ts';
import { type FixField, type FixMessage, type OutboundMessage } from '../codec/fix-message.ts';
import { type SendEffect } from '../session/model/effect.ts';
import { msgTypeOfFrame } from '../session/replay-frame.ts';
import { type SessionNotice, type SessionStore } from '../session/model/session-types.ts';

export interface RedeliveryOptions {
  readonly store: SessionStore;
  /**
   * MsgType(35) of what is sent again. A report that names a number of the old series, e.g. 35=j,
   * would mislead.
   */
  readonly msgTypes: ReadonlySet<string>;
  readonly messagesMax?: number;
  readonly bytesMax?: number;
}

/** What a reset of the numbers took out of the peer's reach. */
export interface Redelivered {
  readonly messages: readonly OutboundMessage[];
  /** Number of older ones that did not fit the limits. */
  readonly dropped: number;
}

const MESSAGES_MAX = 20_000;
const BYTES_MAX = 8 * 1024 * 1024;
/** Of our TestRequests that wait for their answer. */
const MARKS_MAX = 16;
const POSS_DUP_FLAG = 43;
const TEST_REQ_ID = 112;
const SOH = '\x01';
/** Every one but the first seven is an option of a single message. */
const STANDARD = new Set([8, 9, 35, 34, 49, 56, 52, 43, 97, 122]);
const OPTIONAL_HEADER = new Set([50, 57, 115, 116, 128, 129, 142, 143, 144, 145]);

/**
 * Remembers which of our messages the peer has proven to have, so that a reset of the numbers loses
 * none of the others. A proof is its answer to a TestRequest(1) of ours, since TCP keeps the order;
 * its ResendRequest(2) takes back what lies behind BeginSeqNo(7). What is not proven goes out again
 * under new numbers with PossResend(97)=Y, which FIX 4.4 vol. 2 has for exactly this: the peer may
 * have seen it.
 */
export class Redelivery {
  readonly #options: RedeliveryOptions;
  /** MsgSeqNum(34) of our TestRequests by TestReqID(112). */
  readonly #marks = new Map<string, number>();
  #due: OutboundMessage[] = [];
  /** The last message that a reset must not lose, as far as is known. */
  #lastHeld: number;
  #dropped = 0;

  constructor(options: RedeliveryOptions) {
    this.#options = options;
    this.#lastHeld = options.store.nextSenderMsgSeqNum() - 1;
  }

  /** Whether the peer may lack a message that a reset must not lose. */
  get isUnconfirmed(): boolean {
    return this.#lastHeld > this.#options.store.confirmedMsgSeqNum();
  }

  onConnected(): void {
    this.#marks.clear();
  }

  /** `isResending`: a TestRequest(1) may overtake parts of the resend, so it proves nothing. */
  onSaved(
    { msgType, msgSeqNum, fields, isStoredOnly }: SendEffect,
    { isResending }: { readonly isResending: boolean },
  ): void {
    if (this.#options.msgTypes.has(msgType)) this.#lastHeld = msgSeqNum;
    if (msgType !== '1' || isStoredOnly || isResending) return;
    this.#marks.set(String(fields.find(([tag]) => tag === TEST_REQ_ID)?.[1]), msgSeqNum);
    if (this.#marks.size <= MARKS_MAX) return;
    for (const oldest of this.#marks.keys()) {
      this.#marks.delete(oldest);
      break;
    }
  }

  onReceived(message: FixMessage): void {
    // One that is replayed may answer a TestRequest of the same name in an earlier run.
    if (message.msgType !== '0' || message.get(POSS_DUP_FLAG) === 'Y') return;
    const testReqID = message.get(TEST_REQ_ID) ?? '';
    const msgSeqNum = this.#marks.get(testReqID);
    if (msgSeqNum === undefined) return;
    this.#marks.delete(testReqID);
    const { store } = this.#options;
    if (msgSeqNum > store.confirmedMsgSeqNum()) store.confirm(msgSeqNum);
  }

  /**
   * The peer lacks what it asks for, even when it confirmed it before. An answer to a
   * TestRequest(1) sent before this proves nothing.
   */
  onResendRequested(beginSeqNo: number): void {
    this.#marks.clear();
    const { store } = this.#options;
    if (beginSeqNo - 1 < store.confirmedMsgSeqNum()) store.confirm(beginSeqNo - 1);
  }

  /**
   * The store is about to forget the messages from `msgSeqNum` on: those that the peer may lack are
   * kept here until `take`.
   */
  onForgetting(msgSeqNum: number): void {
    this.#marks.clear();
    this.#lastHeld = Math.min(this.#lastHeld, msgSeqNum - 1);
    const { store, msgTypes, messagesMax = MESSAGES_MAX, bytesMax = BYTES_MAX } = this.#options;
    const from = Math.max(msgSeqNum, store.confirmedMsgSeqNum() + 1);
    let bytes = 0;
    const kept: Buffer[] = [];
    for (const sent of store.outbound(from, store.nextSenderMsgSeqNum() - 1)) {
      if (!msgTypes.has(msgTypeOfFrame(sent.bytes))) continue;
      kept.push(Buffer.from(sent.bytes));
      bytes += sent.bytes.length;
      // The newest stay: they tell how an order stands.
      while (kept.length > messagesMax || bytes > bytesMax) {
        bytes -= kept.shift()?.length ?? 0;
        this.#dropped += 1;
      }
    }
    for (const frame of kept) this.#due.push(toOutbound(frame));
  }

  /** To be sent now, in order; `undefined` when there is nothing. */
  take(): Redelivered | undefined {
    if (this.#due.length === 0) return undefined;
    const taken = { messages: this.#due, dropped: this.#dropped };
    this.#due = [];
    this.#dropped = 0;
    return taken;
  }
}

/**
 * Tells the owner how many reports were sent again, from which number on, and how many were
 * dropped.
 */
export const redeliveryNotice = (
  { messages, dropped }: Redelivered,
  first: number,
  at: EpochMs,
): SessionNotice => {
  const lost = dropped === 0 ? '' : `; ${dropped} older ones are too many and are not told again`;
  const text = `${messages.length} reports that the peer has not confirmed have new numbers from ${first} on${lost}`;
  return { at, severity: dropped === 0 ? 'info' : 'error', code: 'REDELIVERED', text };
};

/**
 * Makes a new message of a stored frame's body. Reports have no data fields, so no value contains
 * SOH.
 */
const toOutbound = (frame: Buffer): OutboundMessage => {
  const header: FixField[] = [[97, 'Y']];
  const fields: FixField[] = [];
  for (const text of frame.toString('latin1').split(SOH).slice(0, -2)) {
    const at = text.indexOf('=');
    const tag = Number(text.slice(0, at));
    if (fields.length === 0 && STANDARD.has(tag)) continue;
    const isHeader = fields.length === 0 && OPTIONAL_HEADER.has(tag);
    (isHeader ? header : fields).push([tag, text.slice(at + 1)]);
  }
  return { msgType: msgTypeOfFrame(frame), header, fields };
};
