import { ORD_REJ, refusal, type Refusal } from '../../core/refusal.ts';
import { type FixMessage } from '../../fix/codec/fix-message.ts';
import { type EpochMs, parseUtcTimestamp } from '../../lib/time.ts';

export interface AgeLimits {
  /** The oldest that an order may be when it arrives; 0 switches the check off. */
  readonly ageMsMax: number;
  /** How far the clocks of client and engine may be apart. */
  readonly clockToleranceMs: number;
}

/** What says when a client meant a request; a message that is sent again keeps the first two. */
const TIMES: readonly (readonly [tag: number, name: string])[] = [
  [60, 'TransactTime'],
  [122, 'OrigSendingTime'],
  [52, 'SendingTime'],
];

/**
 * Why a request comes too late to be carried out; `undefined` when it does not. An order that was
 * held up for minutes, by a gap or a lost link, meets a market that its sender has not seen. A time
 * that is ahead of our clock is refused as well: it would hide an age.
 */
export const ageProblem = (
  message: FixMessage,
  at: EpochMs,
  { ageMsMax, clockToleranceMs }: AgeLimits,
): Refusal | undefined => {
  if (ageMsMax === 0) return undefined;
  for (const [tag, name] of TIMES) {
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
