/**
 * What we do not know about an order after its link was lost, one class per outstanding request:
 * - D1 new, journaled, never handed to the session (provable here, so it is resolved at once)
 * - D2 new, possibly written, no answer
 * - D2r the same by REST: the call timed out, or its answer says nothing
 * - D3 live, link lost, venue told to keep orders (8674=1)
 * - D4 cancel outstanding
 * - D5 replace outstanding
 * - D6 live, link lost, venue told to cancel on disconnect (8674=0): may or may not be cancelled
 * - D7 live, in the scope of a mass cancel that the venue has not answered
 * - D8 closed shortly before the link was lost: a late fill or a bust may have been missed; kept
 *   by account, not by order
 * - UNCONFIRMED the sequence numbers were reset while a doubt was open: FIX can prove
 *   nothing
 */
export type DoubtClass =
  'D1' | 'D2' | 'D2r' | 'D3' | 'D4' | 'D5' | 'D6' | 'D7' | 'D8' | 'UNCONFIRMED';

const FREEZING: ReadonlySet<DoubtClass> = new Set(['D2', 'D2r', 'D5', 'D7', 'UNCONFIRMED']);

/**
 * While the route is up again, a doubt of these classes freezes its instrument on its account: the
 * exposure is unknown.
 */
export const isFreezing = (doubt: DoubtClass): boolean => FREEZING.has(doubt);
