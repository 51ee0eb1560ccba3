import { type SessionNotice } from '../../fix/session/model/session-types.ts';

const EXPECTED = /expect(?:ing|ed)[^\d]{0,40}(\d{1,15})/i;
const RECEIVED = /received[^\d]{0,40}(\d{1,15})/i;
const NUMBERS = /msgseqnum|sequence|seq\s?num|too (?:low|high)/i;

type Refusal = Pick<SessionNotice, 'code' | 'text'>;

interface Known {
  readonly isUp: boolean;
  /**
   * The lowest number of the peer from which on something may be missing here: an operator raised
   * the expected number from it, or the peer went back to it while the session was up.
   */
  readonly safeTarget?: number;
  /** What mends the number that was last refused. */
  readonly mendedBy?: string;
}

const NOTHING: Known = { isUp: false };

/**
 * Says which command mends a sequence number that one side refuses. The advice skips no report: a
 * number of the peer that is too low only has it send again, and what came before is known by its
 * ExecID(17); one that is too high loses what lies between.
 */
export class NumberAdvisor {
  readonly #isVenue: (session: string) => boolean;
  readonly #known = new Map<string, Known>();

  constructor(isVenue: (session: string) => boolean) {
    this.#isVenue = isVenue;
  }

  /** The command about this notice, if it is about a refused number. */
  onNotice(session: string, notice: Refusal): string | undefined {
    if (notice.code === 'LOGGED_ON') this.#known.set(session, { isUp: true });
    if (notice.code === 'TOO_LOW') this.#onTooLow(session, notice);
    const mendedBy = this.#adviceOf(session, notice);
    if (mendedBy !== undefined) this.#update(session, { mendedBy });
    if (notice.code === 'LINK_LOST' || notice.code === 'LOGGED_OUT')
      this.#update(session, { isUp: false });
    return mendedBy;
  }

  /** An operator raised the peer's number that is expected next, from this one. */
  onTargetRaised(session: string, from: number): void {
    const { safeTarget = from } = this.#of(session);
    this.#update(session, { safeTarget: Math.min(safeTarget, from) });
  }

  mendedBy(session: string): string | undefined {
    return this.#of(session).mendedBy;
  }

  /** All before it was received on the connection that it came on, so this one is safe. */
  #onTooLow(session: string, { text }: Refusal): void {
    const { isUp, safeTarget = Infinity } = this.#of(session);
    const received = numberIn(RECEIVED, text);
    if (isUp && received !== undefined)
      this.#update(session, { safeTarget: Math.min(safeTarget, received) });
  }

  #adviceOf(session: string, { code, text }: Refusal): string | undefined {
    const command = (verb: string, value?: number | string): string =>
      `\`fathom session ${verb} ${session}${value === undefined ? '' : ` ${value}`}\``;
    const reset = `${command('reset')} begins again at 1 on both sides`;
    if (isRefusedByPeer(code, text)) {
      const set = command('set-next-sender', numberIn(EXPECTED, text) ?? 'N');
      return `${set} gives our next message the number that the peer expects, ${command('logon')} tries again; ${reset}`;
    }
    if (code === 'TOO_LOW' || (code === 'HALTED' && /too low/i.test(text))) {
      const set = command('set-next-target', this.#safeTargetOf(session, text));
      return `after it is known why the peer's number went back, ${set} has it send from there on again, of which nothing counts twice and a higher number would skip reports; ${reset}`;
    }
    if (code === 'SEQUENCE_LOWERED' || code === 'RESEND_BEYOND' || code === 'NEXT_EXPECTED')
      return `the two sides count differently: ${command('state')} shows our numbers; ${reset}`;
    return undefined;
  }

  /**
   * Where nothing is known, as after a restart, the venue may have sent reports under any number
   * below that of its Logon(A). A client has nothing that we would miss.
   */
  #safeTargetOf(session: string, text: string): number | string {
    const received = numberIn(RECEIVED, text) ?? Infinity;
    const { safeTarget = this.#isVenue(session) ? 1 : received } = this.#of(session);
    const safe = Math.min(received, safeTarget);
    return safe === Infinity ? 'N' : safe;
  }

  #of(session: string): Known {
    return this.#known.get(session) ?? NOTHING;
  }

  #update(session: string, change: Partial<Known>): void {
    this.#known.set(session, { ...this.#of(session), ...change });
  }
}

const isRefusedByPeer = (code: string, text: string): boolean =>
  (code === 'LOGON_REFUSED' && NUMBERS.test(text)) ||
  text.startsWith('the peer refuses our numbers');

/** The number that a text names. */
const numberIn = (pattern: RegExp, text: string): number | undefined => {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
};
