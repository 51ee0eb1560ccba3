import { createHash } from 'node:crypto';
import { type Clock, type MonotonicMs } from '../../../lib/time.ts';

/** A Logon(A), before its credentials are looked at. */
export interface LogonAttempt {
  readonly address: string;
  readonly session: string;
  /** What it shows to prove who it is; never kept, only its digest. */
  readonly credentials: string;
}

export interface GuessAlert {
  readonly session: string;
  readonly text: string;
}

/** Different wrong credentials before the first wait. */
const FREE_PER_ADDRESS = 5;
const FREE_PER_SESSION = 50;
/** The first wait; each further wrong try doubles it. */
const WAIT_FIRST_MS = 1_000;
const WAIT_PER_ADDRESS_MS_MAX = 60_000;
const WAIT_PER_SESSION_MS_MAX = 10_000;
/** Tries are forgotten after so long without another. */
const FORGET_AFTER_MS = 15 * 60_000;
/** Tries of an address while it waits, if its right client has come from there before. */
const OWN_TRIES_PER_SECOND = 5;
/** Bounds of what is remembered; the oldest goes first. */
const ADDRESSES_MAX = 10_000;
const WRONG_MAX = 10_000;
const OWN_MAX = 1_000;

/**
 * Limits guesses at credentials. An address that has shown five wrong ones waits, twice as long
 * after each further one, up to a minute; what comes meanwhile is refused unseen and does not make
 * the wait longer. A session under attack from many addresses waits too, but lets each new address
 * try once. The same wrong credentials again are no guess: a client with an old password neither
 * learns something nor makes its address wait. An address from which the right client has come
 * before is let in five times a second even while it waits, so whoever shares it cannot lock the
 * right client out.
 */
export class LogonGuard {
  readonly #clock: Clock;
  readonly #alert: (alert: GuessAlert) => void;
  readonly #byAddress = new BoundedMap<Tries>(ADDRESSES_MAX);
  readonly #bySession = new BoundedMap<Tries>(ADDRESSES_MAX);
  readonly #wrong = new BoundedMap<true>(WRONG_MAX);
  readonly #own = new BoundedMap<Allowance>(OWN_MAX);

  constructor(clock: Clock, alert: (alert: GuessAlert) => void) {
    this.#clock = clock;
    this.#alert = alert;
  }

  /** Why the credentials are not looked at now, or nothing. */
  refusalOf(attempt: LogonAttempt): { readonly text: string } | undefined {
    if (this.#wrong.get(digestOf(attempt)) !== undefined) return { text: INVALID };
    const now = this.#clock.monotonic();
    const waitMs = this.#waitMs(attempt, now);
    if (waitMs <= 0) return undefined;
    if (this.#own.get(ownKeyOf(attempt))?.take(now) === true) return undefined;
    const seconds = Math.ceil(waitMs / 1_000);
    return { text: `too many wrong Logons: try again in ${seconds} s` };
  }

  onWrong(attempt: LogonAttempt): void {
    this.#wrong.set(digestOf(attempt), true);
    const now = this.#clock.monotonic();
    const { session } = attempt;
    const network = networkOf(attempt.address);
    const ofAddress = nextTries(this.#byAddress.get(network), now, {
      free: FREE_PER_ADDRESS,
      waitMsMax: WAIT_PER_ADDRESS_MS_MAX,
    });
    const ofSession = nextTries(this.#bySession.get(session), now, {
      free: FREE_PER_SESSION,
      waitMsMax: WAIT_PER_SESSION_MS_MAX,
    });
    this.#byAddress.set(network, ofAddress);
    this.#bySession.set(session, ofSession);
    if (isAlarming(ofAddress.wrong, FREE_PER_ADDRESS)) {
      const text = `${ofAddress.wrong} different wrong credentials from ${attempt.address}`;
      this.#alert({ session, text: `${text}, the last for session ${session}` });
    }
    if (isAlarming(ofSession.wrong, FREE_PER_SESSION)) {
      const text = `${ofSession.wrong} different wrong credentials for session ${session}`;
      this.#alert({ session, text: `${text}, the last from ${attempt.address}` });
    }
  }

  onRight(attempt: LogonAttempt): void {
    const own = ownKeyOf(attempt);
    if (this.#own.get(own) !== undefined) return;
    const at = this.#clock.monotonic();
    this.#own.set(own, new Allowance(at));
  }

  #waitMs({ address, session }: LogonAttempt, now: MonotonicMs): number {
    const ofAddress = this.#byAddress.get(networkOf(address));
    if (ofAddress === undefined || isForgotten(ofAddress, now)) return 0;
    const ofSession = this.#bySession.get(session);
    return Math.max(ofAddress.waitUntil, ofSession?.waitUntil ?? 0) - now;
  }
}

/** So many tries a second, and as many at once. */
class Allowance {
  #tries = OWN_TRIES_PER_SECOND;
  #at: MonotonicMs;

  constructor(at: MonotonicMs) {
    this.#at = at;
  }

  take(at: MonotonicMs): boolean {
    const refill = ((at - this.#at) / 1_000) * OWN_TRIES_PER_SECOND;
    this.#tries = Math.min(OWN_TRIES_PER_SECOND, this.#tries + refill);
    this.#at = at;
    if (this.#tries < 1) return false;
    this.#tries -= 1;
    return true;
  }
}

const INVALID = 'invalid credentials';

interface Tries {
  readonly wrong: number;
  readonly lastAt: MonotonicMs;
  readonly waitUntil: number;
}

const isForgotten = ({ lastAt }: Tries, now: MonotonicMs): boolean =>
  now - lastAt >= FORGET_AFTER_MS;

const nextTries = (
  tries: Tries | undefined,
  now: MonotonicMs,
  { free, waitMsMax }: { readonly free: number; readonly waitMsMax: number },
): Tries => {
  const wrong = (tries === undefined || isForgotten(tries, now) ? 0 : tries.wrong) + 1;
  const waitMs = wrong < free ? 0 : Math.min(WAIT_FIRST_MS * 2 ** (wrong - free), waitMsMax);
  return { wrong, lastAt: now, waitUntil: now + waitMs };
};

/** At the limit, and each time that the tries double. */
const isAlarming = (wrong: number, free: number): boolean =>
  wrong >= free && Number.isInteger(Math.log2(wrong / free));

const ownKeyOf = ({ address, session }: LogonAttempt): string => `${address} ${session}`;

const digestOf = ({ session, credentials }: LogonAttempt): string =>
  createHash('sha256').update(`${session}\u0001${credentials}`, 'utf8').digest('base64');

/** Whoever has an IPv6 address has the 64 bits behind it as well. */
const networkOf = (address: string): string => {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const behind = tail === '' ? [] : tail.split(':');
    groups.push(...Array.from({ length: 8 - groups.length - behind.length }, () => '0'), ...behind);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
};

/** The newest entries by name. */
class BoundedMap<T> {
  readonly #entries = new Map<string, T>();
  readonly #sizeMax: number;

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#sizeMax) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
