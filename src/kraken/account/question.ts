import { type VenueOrderID } from '../../domain/ids.ts';
import { type Finding } from '../websocket/events/finding.ts';

/** A question to REST about one account. Equal waiting questions are asked once. */
export type Question =
  | { readonly type: 'Fills' }
  /**
   * A sequence number was skipped: a fill is missing, unless the venue's counter has holes
   * [websocket 13].
   */
  | { readonly type: 'MissingFills' }
  | { readonly type: 'OpenOrders' }
  | { readonly type: 'Positions' }
  | { readonly type: 'Balances' }
  | { readonly type: 'Order'; readonly venueOrderID: VenueOrderID }
  /** Fills of one order, which may be older than those that REST lists. */
  | { readonly type: 'OrderFills'; readonly venueOrderID: VenueOrderID };

/** Why it is asked. A doubt may use the reserve of the rate budget, a poll may not. */
export type AskedFor = 'Doubt' | 'Poll';

export const keyOf = (question: Question): string =>
  'venueOrderID' in question ? `${question.type} ${question.venueOrderID}` : question.type;

/** The question that a finding asks of REST. `undefined` when REST cannot answer it. */
export const questionOf = (finding: Finding): Question | undefined => {
  switch (finding.type) {
    case 'CheckFills':
      if (finding.venueOrderID !== undefined)
        return { type: 'OrderFills', venueOrderID: finding.venueOrderID };
      return { type: finding.reason === 'SequenceJump' ? 'MissingFills' : 'Fills' };
    case 'CheckOrder':
      return { type: 'Order', venueOrderID: finding.venueOrderID };
    case 'CheckOpenOrders':
      return { type: 'OpenOrders' };
    case 'CheckPosition':
    case 'CheckPositions':
      return { type: 'Positions' };
    case 'CheckBalances':
      return { type: 'Balances' };
    default:
      return undefined;
  }
};

/**
 * `Again`: the venue does not know yet (history lags). `Refused`: this question fails, others may
 * succeed (a key without permission). `Failed`: the venue is unreachable or limits our rate.
 */
export interface Answer {
  readonly outcome: 'Done' | 'Again' | 'Refused' | 'Failed';
  readonly findings: readonly Finding[];
  /** The reason, for the log. */
  readonly text?: string;
}

export const done = (findings: readonly Finding[] = []): Answer => ({ outcome: 'Done', findings });
