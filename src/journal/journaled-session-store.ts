import { type SessionStore } from '../fix/session/model/session-types.ts';
import { invariant } from '../lib/invariant.ts';
import { maskFrame } from '../lib/redaction/mask-frame.ts';
import { type EpochMs } from '../lib/time.ts';
import { type Journal } from './journal.ts';
import { JournalFailure } from './journal-error.ts';
import {
  type DecodedRecord,
  type JournalRecord,
  RECORD_KIND,
  decodeRecord,
  encodeNextNumber,
  encodeOutbound,
  encodeReset,
  outboundHeadBytes,
} from './record.ts';
import { SentIndex, type SentMarks, type Stretch } from './sent-index.ts';

/** Messages kept in memory for each session, so that a resend of the newest reads no file. */
const CACHE_BYTES_MAX = 4 * 1_048_576;

/** What a snapshot keeps of a session. */
export interface SessionState {
  readonly nextSender: number;
  readonly nextTarget: number;
  readonly confirmed: number;
  readonly createdAt: EpochMs | undefined;
  readonly sent: SentMarks;
}

interface SessionNumbers {
  nextSender: number;
  nextTarget: number;
  confirmed: number;
  createdAt: EpochMs | undefined;
  readonly sent: SentIndex;
  /** The session goes on although the journal has failed. */
  isUnrecorded: boolean;
}

/**
 * The stores of all sessions of one journal. At boot every record goes through `apply`; then `open`
 * gives each session its store. Memory for 256 messages sent since the last reset: two numbers.
 */
export class JournaledSessionStores {
  readonly #journal: Journal;
  readonly #cacheBytesMax: number;
  readonly #numbersBySession = new Map<string, SessionNumbers>();
  readonly #opened = new Set<string>();

  constructor(journal: Journal, options: { readonly cacheBytesMax?: number } = {}) {
    this.#journal = journal;
    this.#cacheBytesMax = options.cacheBytesMax ?? CACHE_BYTES_MAX;
  }

  /** Takes a record read at boot. False when it is not of a session (kinds 2 to 5, and 7). */
  apply(record: JournalRecord): boolean {
    if (record.kind === RECORD_KIND.fact || record.kind === RECORD_KIND.audit) return false;
    const decoded = decodeRecord(record);
    if (!decoded.ok) throw corruptRecord(record.seq, decoded.error);
    return this.applyDecoded(record.seq, decoded.value);
  }

  /** The same for a caller who decoded the record already. */
  applyDecoded(seq: number, decoded: DecodedRecord): boolean {
    switch (decoded.type) {
      case 'Fact':
      case 'Audit':
        return false;
      case 'SessionOutbound': {
        const numbers = this.#numbers(decoded.session);
        numbers.sent.add(decoded.msgSeqNum, seq);
        numbers.nextSender = decoded.msgSeqNum + 1;
        return true;
      }
      case 'SessionNextTarget':
        this.#numbers(decoded.session).nextTarget = decoded.next;
        return true;
      case 'SessionNextSender': {
        const numbers = this.#numbers(decoded.session);
        setNextSender(numbers, decoded.next);
        return true;
      }
      case 'SessionConfirmed':
        this.#numbers(decoded.session).confirmed = decoded.next - 1;
        return true;
      case 'SessionReset':
        resetNumbers(this.#numbers(decoded.session), decoded.at);
        return true;
    }
  }

  /** All sessions as they are now, for a snapshot. */
  state(): ReadonlyMap<string, SessionState> {
    const states = new Map<string, SessionState>();
    for (const [session, { sent, ...numbers }] of this.#numbersBySession) {
      const { nextSender, nextTarget, confirmed, createdAt } = numbers;
      const state = { nextSender, nextTarget, confirmed, createdAt, sent: sent.state };
      states.set(session, state);
    }
    return states;
  }

  /** Takes a snapshot's sessions, before the records after it. */
  restore(states: ReadonlyMap<string, SessionState>): void {
    for (const [session, { sent, ...state }] of states) {
      const numbers = this.#numbers(session);
      Object.assign(numbers, state);
      numbers.sent.restore(sent);
    }
  }

  /**
   * The first record that may hold a message which one of these sessions may still have to send
   * again; `undefined` when there is none.
   */
  neededFrom(sessions: readonly string[]): number | undefined {
    let needed: number | undefined;
    for (const session of sessions) {
      const numbers = this.#numbersBySession.get(session);
      const seq = numbers?.sent.recordBefore(numbers.confirmed + 1);
      if (seq !== undefined) needed = Math.min(seq, needed ?? seq);
    }
    return needed;
  }

  /**
   * After the journal has failed: this session sends all the same, with numbers that are kept in
   * memory only. For cancels; what waited for the failed journal must be off its connection.
   */
  goUnrecorded(session: string): void {
    invariant(this.#journal.failed !== undefined, 'what can be recorded is recorded');
    this.#numbers(session).isUnrecorded = true;
  }

  /** The store of a session, once each. A session without history begins at 1, `at` this time. */
  open(session: string, at: EpochMs): SessionStore {
    invariant(!this.#opened.has(session), 'a session has one store');
    this.#opened.add(session);
    const numbers = this.#numbers(session);
    const store = makeStore(this.#journal, session, numbers);
    if (numbers.createdAt === undefined) {
      numbers.createdAt = at;
      if (numbers.nextSender === 1 && numbers.nextTarget === 1) store.reset(at);
    }
    return store;
  }

  #numbers(session: string): SessionNumbers {
    const known = this.#numbersBySession.get(session);
    if (known !== undefined) return known;
    const numbers: SessionNumbers = {
      nextSender: 1,
      nextTarget: 1,
      confirmed: 0,
      createdAt: undefined,
      sent: new SentIndex(this.#cacheBytesMax),
      isUnrecorded: false,
    };
    this.#numbersBySession.set(session, numbers);
    return numbers;
  }
}

const setNextSender = (numbers: SessionNumbers, value: number): void => {
  numbers.sent.dropFrom(value);
  numbers.nextSender = value;
  numbers.confirmed = Math.min(numbers.confirmed, value - 1);
};

const resetNumbers = (numbers: SessionNumbers, at: EpochMs): void => {
  numbers.nextSender = 1;
  numbers.nextTarget = 1;
  numbers.confirmed = 0;
  numbers.createdAt = at;
  numbers.sent.dropFrom(1);
};

const makeStore = (journal: Journal, session: string, numbers: SessionNumbers): SessionStore => {
  const headBytes = outboundHeadBytes(session);
  return {
    nextSenderMsgSeqNum: () => numbers.nextSender,
    nextTargetMsgSeqNum: () => numbers.nextTarget,
    saveOutbound: (msgSeqNum, bytes) => {
      const payload = encodeOutbound(session, msgSeqNum, isLogon(bytes) ? maskFrame(bytes) : bytes);
      const seq = journal.append(RECORD_KIND.sessionOutbound, payload);
      numbers.sent.add(msgSeqNum, seq, payload.subarray(headBytes));
      numbers.nextSender = msgSeqNum + 1;
    },
    setNextSenderMsgSeqNum: (value) => {
      journal.append(RECORD_KIND.sessionNextSender, encodeNextNumber(session, value));
      setNextSender(numbers, value);
    },
    setNextTargetMsgSeqNum: (value) => {
      journal.append(RECORD_KIND.sessionNextTarget, encodeNextNumber(session, value));
      numbers.nextTarget = value;
    },
    reset: (at) => {
      journal.append(RECORD_KIND.sessionReset, encodeReset(session, at));
      resetNumbers(numbers, at);
    },
    confirmedMsgSeqNum: () => numbers.confirmed,
    confirm: (msgSeqNum) => {
      const payload = encodeNextNumber(session, msgSeqNum + 1);
      journal.append(RECORD_KIND.sessionConfirmed, payload);
      numbers.confirmed = msgSeqNum;
    },
    createdAt: () => {
      invariant(numbers.createdAt !== undefined, 'an open store knows when it began');
      return numbers.createdAt;
    },
    outbound: (from, to) => sentMessages(journal, numbers.sent, { from, to, session }),
    commit: () => (numbers.isUnrecorded && journal.isOwned ? Promise.resolve() : journal.commit()),
  };
};

function* sentMessages(
  journal: Journal,
  sent: SentIndex,
  range: { readonly from: number; readonly to: number; readonly session: string },
): Generator<{ readonly msgSeqNum: number; readonly bytes: Buffer }> {
  const cached = sent.cached(range.from, range.to);
  yield* readStretches(journal, sent.stretches(range.from, range.to), range.session);
  yield* cached;
}

/** One pass over the journal, from the first message that is wanted to the last. */
function* readStretches(
  journal: Journal,
  stretches: readonly Stretch[],
  session: string,
): Generator<{ readonly msgSeqNum: number; readonly bytes: Buffer }> {
  let at = 0;
  const [first] = stretches;
  if (first === undefined) return;
  for (const record of journal.records(first.seq)) {
    while (record.seq >= (stretches[at]?.seqEnd ?? Number.POSITIVE_INFINITY)) at += 1;
    const stretch = stretches[at];
    if (stretch === undefined) return;
    const message = sentMessageOf(record, session);
    if (message === undefined) continue;
    const { msgSeqNum } = message;
    if (msgSeqNum >= stretch.from && msgSeqNum <= stretch.to) yield message;
    if (msgSeqNum >= stretch.to && at === stretches.length - 1) return;
  }
}

/** A message that the session sent; `undefined` when the record is something else. */
const sentMessageOf = (
  record: JournalRecord,
  session: string,
): { readonly msgSeqNum: number; readonly bytes: Buffer } | undefined => {
  if (record.kind !== RECORD_KIND.sessionOutbound) return undefined;
  const decoded = decodeRecord(record);
  if (!decoded.ok) throw corruptRecord(record.seq, decoded.error);
  const { value } = decoded;
  if (value.type !== 'SessionOutbound' || value.session !== session) return undefined;
  return { msgSeqNum: value.msgSeqNum, bytes: value.bytes };
};

const corruptRecord = (seq: number, reason: string): JournalFailure =>
  new JournalFailure('JOURNAL_CORRUPT', `journal record ${seq}: ${reason}`);

/**
 * Logons carry credentials and are never replayed (FIX 4.4 vol. 2: session messages are
 * gap-filled).
 */
const isLogon = (bytes: Buffer): boolean =>
  bytes.subarray(0, 40).includes('\u000135=A\u0001', 0, 'latin1');
