import { type TradingSymbol, type VenueOrderID } from '../../../domain/ids.ts';

/**
 * What the private views cannot know by themselves: a question for REST or something for an
 * operator. The views never guess an answer; whoever asks gives it back through the views'
 * `applyPoll`.
 */
export type Finding =
  | {
      /** Fills may be missing: page REST fills or history until the last known one. */
      readonly type: 'CheckFills';
      readonly reason:
        | 'SequenceJump'
        | 'SnapshotMayHaveHole'
        | 'FrameIncomplete'
        | 'NoFillYet'
        /** More fills are kept than should be, since nobody has proven that they are all. */
        | 'Unproven';
      readonly venueOrderID?: VenueOrderID;
    }
  | {
      /** The order's state is not proven: ask orders/status, then history. */
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
  | {
      readonly type: 'CheckPosition';
      readonly symbol: TradingSymbol;
      readonly expected: string;
      readonly actual: string;
    }
  /** The subscription lost a frame: fetch its snapshot anew. */
  | { readonly type: 'Resync'; readonly feed: 'balances' }
  | {
      readonly type: 'Alarm';
      /** Stable: FORCED_FILL, OVERFILL, FORCED_CANCEL, DOWNTIME_ANNOUNCED. */
      readonly code: string;
      readonly text: string;
    };

export const alarm = (code: string, text: string): Finding => ({ type: 'Alarm', code, text });
