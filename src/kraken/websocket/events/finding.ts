import { type TradingSymbol, type VenueOrderID } from '../../../domain/ids.ts';

/**
 * What the private views cannot decide: a question for REST or an alarm for an operator. The views
 * never guess an answer. They take it through `applyPoll`.
 */
export type Finding =
  | {
      /** Fills may be missing: read REST fills or history back to the last known one. */
      readonly type: 'CheckFills';
      readonly reason:
        | 'SequenceJump'
        | 'SnapshotMayHaveHole'
        | 'FrameIncomplete'
        | 'NoFillYet'
        /** Too many fills are kept, because their completeness is not proven. */
        | 'Unproven';
      readonly venueOrderID?: VenueOrderID;
    }
  | {
      /** The order's state is uncertain: ask orders/status, then history. */
      readonly type: 'CheckOrder';
      readonly venueOrderID: VenueOrderID;
      readonly clOrdID?: string;
      readonly reason:
        | 'GoneFromSnapshot'
        | 'AbsentFromPoll'
        | 'UnknownReason'
        | 'ClosedPartlyFilled'
        | 'EditRejected'
        | 'NoOrderChangeYet'
        | 'OpenAfterClose'
        | 'BodyUnreadable';
    }
  | {
      readonly type: 'CheckOpenOrders';
      readonly reason: 'SnapshotIncomplete' | 'BufferFull' | 'FrameIncomplete';
    }
  /** A list of positions, or amounts of the wallets, could not be read whole. */
  | { readonly type: 'CheckPositions' | 'CheckBalances' }
  | {
      readonly type: 'CheckPosition';
      readonly symbol: TradingSymbol;
      readonly expected: string;
      readonly actual: string;
    }
  /** The subscription lost a frame and needs a new snapshot. */
  | { readonly type: 'Resync'; readonly feed: 'balances' }
  | {
      readonly type: 'Alarm';
      /** Stable: FORCED_FILL, OVERFILL, FORCED_CANCEL, DOWNTIME_ANNOUNCED, QTY_STEP_DIFFERS. */
      readonly code: string;
      readonly text: string;
    };

export const alarm = (code: string, text: string): Finding => ({ type: 'Alarm', code, text });
