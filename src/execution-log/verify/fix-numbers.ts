import { type Problems } from '../problems.ts';

/** What the numbers of one line of a FIX message log need. */
export interface NumberedMessage {
  /** File and line, for people. */
  readonly where: string;
  readonly isSent: boolean;
  readonly atMs: number;
  /** First value of a tag. */
  readonly get: (tag: number) => string | undefined;
}

/** Without a Heartbeat(0) for as long, heartbeats are not logged (`fixLog.heartbeats`). */
const QUIET_MS_MAX = 10_000;

/**
 * Holds the MsgSeqNum(34) of one session's log against each other: each side counts its messages
 * without a hole, so a number that is not there is a line that was taken out, unless the log itself
 * says why. It does when the peer asked for the number again by ResendRequest(2), when it came
 * later with PossDupFlag(43)=Y or under a SequenceReset(4), and where a message was refused unread.
 * Where heartbeats are not logged, numbers are missing by configuration and nothing is told.
 */
export class FixNumbers {
  readonly #sent = new Side();
  readonly #received = new Side();
  /** A Logon(A) that nobody has answered yet: a refused one begins nothing. */
  #logon: Numbered | undefined;
  #hasHeartbeats = false;
  #firstAtMs = Number.POSITIVE_INFINITY;
  #lastAtMs = 0;

  add(message: NumberedMessage): void {
    const [msgType, number] = [message.get(35) ?? '', numberIn(message.get(34))];
    if (number === undefined) return;
    if (msgType === '0' || msgType === '1') this.#hasHeartbeats = true;
    this.#firstAtMs = Math.min(this.#firstAtMs, message.atMs);
    this.#lastAtMs = Math.max(this.#lastAtMs, message.atMs);
    const numbered = { message, msgType, number };
    const isLogon = msgType === 'A' && message.get(43) !== 'Y';
    const isAnswer = isLogon && this.#logon?.message.isSent === !message.isSent;
    this.#settleLogon(isAnswer);
    if (isLogon && !isAnswer) this.#logon = numbered;
    else this.#take(numbered);
  }

  /** Numbers that nothing explains. */
  tell(problems: Problems): void {
    if (!this.#hasHeartbeats && this.#lastAtMs - this.#firstAtMs >= QUIET_MS_MAX) return;
    for (const [side, verb] of [
      [this.#sent, 'sent'],
      [this.#received, 'received'],
    ] as const) {
      for (const { where, from, to } of side.unexplained()) {
        const numbers = from === to ? `${from} is` : `${from} to ${to} are`;
        problems.add(`${where}: MsgSeqNum(34) ${numbers} missing before this ${verb} message`);
      }
    }
  }

  /** A Logon that was refused took a number at most. */
  #settleLogon(isAnswered: boolean): void {
    const logon = this.#logon;
    this.#logon = undefined;
    if (logon === undefined) return;
    const own = logon.message.isSent ? this.#sent : this.#received;
    if (isAnswered || own.isNext(logon.number)) this.#take(logon);
  }

  #take({ message, msgType, number }: Numbered): void {
    const [own, peer] = message.isSent
      ? [this.#sent, this.#received]
      : [this.#received, this.#sent];
    own.take(message, msgType, number);
    if (msgType === '2') peer.explain(numberIn(message.get(7)), numberIn(message.get(16)));
    else if (msgType === '3') peer.explain(numberIn(message.get(45)), numberIn(message.get(45)));
    // A client that leaves at once may not have asked yet; we ask before we answer a Logout.
    else if (msgType !== 'A' && (message.isSent || msgType !== '5')) peer.answered();
  }
}

interface Numbered {
  readonly message: NumberedMessage;
  readonly msgType: string;
  readonly number: number;
}

interface Missing {
  readonly where: string;
  readonly from: number;
  readonly to: number;
  /** The peer may have to ask for it, and had no time to. */
  readonly mayBeAsked: boolean;
  isExplained: boolean;
}

/** The messages of one direction. */
class Side {
  #last: number | undefined;
  #missing: Missing[] = [];
  readonly #unexplained: Missing[] = [];

  isNext(number: number): boolean {
    return this.#last === undefined || number === this.#last + 1;
  }

  take(message: NumberedMessage, msgType: string, number: number): void {
    const end = endOf(message, msgType, number);
    if (message.get(43) === 'Y') {
      this.#fill(number, end);
      if (this.#last !== undefined) this.#last = Math.max(this.#last, end);
      return;
    }
    const isSet = msgType === '4' && message.get(123) !== 'Y';
    const last = isSet ? undefined : this.#last;
    if (last !== undefined && number <= last) {
      // What is too low ends the session, unless it begins again.
      if (!isNewBeginning(message, msgType, number)) return;
      this.#settle();
    } else if (last !== undefined && number > last + 1) {
      this.#miss(message, msgType, number);
    }
    this.#last = end;
  }

  /** The other side said what became of these numbers. Up to 0 is up to the last one. */
  explain(from: number | undefined, to: number | undefined): void {
    const [first, last] = [from ?? 1, to === undefined || to === 0 ? Infinity : to];
    for (const one of this.#missing)
      if (one.from <= last && one.to >= first) one.isExplained = true;
  }

  /** The other side goes on and asks for nothing: it has what is missing here. */
  answered(): void {
    const isLate = (one: Missing): boolean => one.mayBeAsked && !one.isExplained;
    this.#missing = this.#missing.map((one) => (isLate(one) ? { ...one, mayBeAsked: false } : one));
  }

  unexplained(): readonly Missing[] {
    this.#settle();
    return this.#unexplained;
  }

  #miss({ where, isSent }: NumberedMessage, msgType: string, number: number): void {
    // While what is missing is on its way again, nobody asks twice.
    const isExplained = this.#missing.some((one) => one.isExplained);
    const mayBeAsked = !isSent || msgType === 'A';
    const from = (this.#last ?? 0) + 1;
    this.#missing.push({ where, from, to: number - 1, mayBeAsked, isExplained });
  }

  #fill(from: number, to: number): void {
    this.#missing = this.#missing.flatMap((one) => [
      ...(one.from < from ? [{ ...one, to: Math.min(one.to, from - 1) }] : []),
      ...(one.to > to ? [{ ...one, from: Math.max(one.from, to + 1) }] : []),
    ]);
  }

  #settle(): void {
    this.#unexplained.push(...this.#missing.filter((one) => !one.isExplained && !one.mayBeAsked));
    this.#missing = [];
  }
}

/** The last number that a message stands for: a SequenceReset(4) goes up to NewSeqNo(36). */
const endOf = (message: NumberedMessage, msgType: string, number: number): number =>
  msgType === '4' ? (numberIn(message.get(36)) ?? number + 1) - 1 : number;

/** A Logon(A) with ResetSeqNumFlag(141), or under number 1. */
const isNewBeginning = (message: NumberedMessage, msgType: string, number: number): boolean =>
  msgType === 'A' && (number === 1 || message.get(141) === 'Y');

const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
