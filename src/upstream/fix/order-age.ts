import { ORD_REJ, refusal, type Refusal } from '../../core/refusal.ts';
import { type FixMessage } from '../../fix/codec/fix-message.ts';
import { type EpochMs, parseUtcTimestamp } from '../../lib/time.ts';

export interface AgeLimits {
  /** The oldest that an order may be when it arrives; 0 switches the check off. */
  readonly ageMsMax: number;
  /** How far the clocks of client and engine may be apart. */
  readonly clockToleranceMs: number;
  /**
   * Which messages are held against their TransactTime(60). Many systems keep the time there at
   * which the trader made the order, hours before it is routed, so by default it counts where a
   * message says that it was sent before: PossDupFlag(43) or PossResend(97).
   */
  readonly transactTime: 'repeated' | 'always';
}

type NamedTag = readonly [tag: number, name: string];

/** When the client's engine sent a request; one that is sent again keeps the first of them. */
const SENT: readonly NamedTag[] = [
  [122, 'OrigSendingTime'],
  [52, 'SendingTime'],
];
const MEANT_AND_SENT: readonly NamedTag[] = [[60, 'TransactTime'], ...SENT];

const isRepeated = (message: FixMessage): boolean =>
  message.get(43) === 'Y' || message.get(97) === 'Y';

/**
 * Why a request comes too late to be carried out; `undefined` when it does not. An order that was
 * held up for minutes, by a gap or a lost link, meets a market that its sender has not seen. A time
 * that is ahead of our clock is refused as well: it would hide an age.
 */
export const ageProblem = (
  message: FixMessage,
  at: EpochMs,
  { ageMsMax, clockToleranceMs, transactTime }: AgeLimits,
): Refusal | undefined => {
  if (ageMsMax === 0) return undefined;
  const isMeantToo = transactTime === 'always' || isRepeated(message);
  for (const [tag, name] of isMeantToo ? MEANT_AND_SENT : SENT) {
    const text = message.get(tag);
    if (text === undefined) continue;
    const time = parseUtcTimestamp(text);
    const label = `${name}(${tag})=${text}`;
    if (time === undefined) {
      return refusal('BAD_TIME', ORD_REJ.other, `${label} is no time: its age is unknown`);
    }
    const ageMs = at - time;
    if (ageMs > ageMsMax + clockToleranceMs) {
      const detail = `${label} is ${secondsOf(ageMs)} s old, at most ${secondsOf(ageMsMax)} s are accepted`;
      return refusal('STALE', ORD_REJ.staleOrder, detail);
    }
    if (-ageMs > clockToleranceMs) {
      const detail = `${label} is ${secondsOf(-ageMs)} s ahead of our clock`;
      return refusal('TIME_AHEAD', ORD_REJ.other, detail);
    }
  }
  return undefined;
};

const secondsOf = (ms: number): string => String(Math.round(ms / 100) / 10);
