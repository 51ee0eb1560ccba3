import { type VenueOrderID } from '../../domain/ids.ts';
import { type Finding } from '../websocket/events/finding.ts';

/** What REST is asked about one account. Equal questions that wait are one question. */
export type Question =
  | { readonly type: 'Fills' }
  /**
   * A number was skipped: a fill is missing, unless the venue's counter has holes [websocket 13].
   */
  | { readonly type: 'MissingFills' }
  | { readonly type: 'OpenOrders' }
  | { readonly type: 'Positions' }
  | { readonly type: 'Balances' }
  | { readonly type: 'Order'; readonly venueOrderID: VenueOrderID }
  /** Fills of one order that REST fills may no longer hold. */
  | { readonly type: 'OrderFills'; readonly venueOrderID: VenueOrderID };

/** Who asks: a doubt may use the reserve of the rate budget, a round of polls may not. */
export type AskedFor = 'Doubt' | 'Poll';

export const keyOf = (question: Question): string =>
  'venueOrderID' in question ? `${question.type} ${question.venueOrderID}` : question.type;

/** The question behind a finding of the views; `undefined` when REST has nothing to say to it. */
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
      return { type: 'Positions' };
    default:
      return undefined;
  }
};

/**
 * `Again`: the venue answered, but not yet what is needed (history lags). `Refused`: this question
 * is not answered, others may be (a key without the right). `Failed`: the venue is not reached, or
 * wants to be left alone.
 */
export interface Answer {
  readonly outcome: 'Done' | 'Again' | 'Refused' | 'Failed';
  readonly findings: readonly Finding[];
  /** Why not, for the log. */
  readonly text?: string;
}

export const done = (findings: readonly Finding[] = []): Answer => ({ outcome: 'Done', findings });
