import { type DecimalText } from '../../domain/ids.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type LimitKey, type LimitText, type ScopeKey } from '../limit.ts';

/** One person set a tighter value; it holds until two take it back. */
export interface LimitTightened {
  readonly type: 'LimitTightened';
  readonly at: EpochMs;
  readonly scope: ScopeKey;
  readonly limit: LimitKey;
  readonly value: LimitText;
  readonly by: string;
  readonly reason: string;
  /**
   * Present where it tightens a looser value that holds until then, and stays looser than the rest.
   */
  readonly until?: EpochMs;
}

/** A looser value waits for a second person. */
export interface LimitChangeProposed {
  readonly type: 'LimitChangeProposed';
  readonly at: EpochMs;
  readonly proposalID: string;
  readonly scope: ScopeKey;
  readonly limit: LimitKey;
  /** `configured`: the value of the configuration, for good. */
  readonly value: LimitText;
  readonly by: string;
  readonly reason: string;
  readonly expiresAt: EpochMs;
  readonly holdsMs?: number;
}

/** A second person approved it: it holds from here on, until `until`. */
export interface LimitChangeApproved {
  readonly type: 'LimitChangeApproved';
  readonly at: EpochMs;
  readonly proposalID: string;
  readonly by: string;
  readonly until?: EpochMs;
}

/** A proposal ended without effect: taken back, or not approved in time. */
export interface LimitProposalEnded {
  readonly type: 'LimitProposalEnded';
  readonly at: EpochMs;
  readonly proposalID: string;
  readonly by: string;
  readonly reason: string;
}

/** The time of a looser value is over; the value before it holds again. */
export interface LimitOverrideEnded {
  readonly type: 'LimitOverrideEnded';
  readonly at: EpochMs;
  readonly scope: ScopeKey;
  readonly limit: LimitKey;
}

/** Too many executions: new orders of the scope are refused until a person enables it. */
export interface ThrottleTripped {
  readonly type: 'ThrottleTripped';
  readonly at: EpochMs;
  readonly scope: ScopeKey;
  readonly executions: number;
  readonly windowMs: number;
}

export interface ThrottleReset {
  readonly type: 'ThrottleReset';
  readonly at: EpochMs;
  readonly scope: ScopeKey;
  readonly by: string;
  readonly reason: string;
}

/** The profit that was realised before this day (UTC), by position: losses count from here on. */
export interface TradingDayBegun {
  readonly type: 'TradingDayBegun';
  readonly at: EpochMs;
  readonly day: string;
  readonly positions: readonly { readonly key: string; readonly realizedPnl: DecimalText }[];
}
