/**
 * What we do not know about an order after its link was lost, one class per outstanding request:
 * - D1 new, journaled, never handed to the session (provable here, so it is resolved at once)
 * - D2 new, possibly written, no answer seen
 * - D2r new, by REST, whose call proved nothing
 * - D3 live, link lost, venue told to keep orders (8674=1)
 * - D4 cancel outstanding
 * - D5 replace outstanding
 * - D6 live, link lost, venue told to cancel on disconnect (8674=0): may or may not be cancelled
 * - UNCONFIRMED the sequence numbers were reset while a doubt was open: FIX can prove
 *   nothing
 */
export type DoubtClass = 'D1' | 'D2' | 'D2r' | 'D3' | 'D4' | 'D5' | 'D6' | 'UNCONFIRMED';

/**
 * While the route is up again, a doubt of these classes freezes its instrument: the exposure is
 * unknown.
 */
export const isFreezing = (doubt: DoubtClass): boolean =>
  doubt === 'D2' || doubt === 'D2r' || doubt === 'D5' || doubt === 'UNCONFIRMED';
