import { type SessionNotice } from '../../fix/session/model/session-types.ts';

const EXPECTED = /expect(?:ing|ed)[^\d]{0,40}(\d{1,15})/i;
const RECEIVED = /received[^\d]{0,40}(\d{1,15})/i;
const NUMBERS = /msgseqnum|sequence|seq\s?num|too (?:low|high)/i;

/**
 * The command that mends a sequence number which one side refuses; `undefined` for a notice about
 * anything else. `raisedFrom`: the peer's number that was expected before an operator raised it.
 * What was received is behind that number and what is missing before the new one, so the advice
 * never goes beyond it.
 */
export const numberAdvice = (
  session: string,
  { code, text }: Pick<SessionNotice, 'code' | 'text'>,
  raisedFrom?: number,
): string | undefined => {
  const command = (verb: string, value?: string): string =>
    `\`fathom session ${verb} ${session}${value === undefined ? '' : ` ${value}`}\``;
  const reset = `${command('reset')} begins again at 1 on both sides`;
  if (isRefusedByPeer(code, text)) {
    const set = command('set-next-sender', numberIn(EXPECTED, text));
    return `${set} gives our next message the number that the peer expects, ${command('logon')} tries again; ${reset}`;
  }
  if (code === 'TOO_LOW' || (code === 'HALTED' && /too low/i.test(text))) {
    const received = numberIn(RECEIVED, text);
    if (raisedFrom !== undefined && !(Number(received) < raisedFrom)) {
      const back = command('set-next-target', String(raisedFrom));
      return `${back} undoes the number that was set by hand: the peer sends what is missing from there on, and what came before counts once`;
    }
    const set = command('set-next-target', received);
    return `${set} takes the peer's number as the expected one, after it is known why it went back; if the expected number was set by hand, give the one from before that: a number that is too low only has the peer send again, and what came before counts once, but one that is too high skips reports; ${reset}`;
  }
  if (code === 'SEQUENCE_LOWERED' || code === 'RESEND_BEYOND' || code === 'NEXT_EXPECTED')
    return `the two sides count differently: ${command('state')} shows our numbers; ${reset}`;
  return undefined;
};

const isRefusedByPeer = (code: string, text: string): boolean =>
  (code === 'LOGON_REFUSED' && NUMBERS.test(text)) ||
  text.startsWith('the peer refuses our numbers');

/** The number that a text names, or a letter in its place. */
const numberIn = (pattern: RegExp, text: string): string => pattern.exec(text)?.[1] ?? 'N';
