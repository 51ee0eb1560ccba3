import { type EvidenceView } from '../../domain/evidence.ts';
import {
  type DecimalText,
  type OrderID,
  type SessionName,
  type VenueOrderID,
} from '../../domain/ids.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type DoubtClass } from '../doubt-class.ts';
import {
  type NotedDifference,
  type NotedOrder,
  type OperatorVerdict,
  type SequenceProof,
} from './doubt-facts.ts';

/** What is known about the doubt of one order: an immutable value. */
export interface DoubtCase {
  readonly orderID: OrderID;
  readonly session: SessionName;
  readonly doubt: DoubtClass;
  /** When the order was first in doubt, and since when in this class: views must be later. */
  readonly since: EpochMs;
  readonly barrier: EpochMs;
  /** Rounds that asked about it. */
  readonly rounds: number;
  /** The newest row of each view, of whatever round. */
  readonly seen: readonly SeenInRound[];
  /** Complete rounds without a trace of it: the first, and the last one. */
  readonly untraced: readonly UntracedRound[];
  readonly proof?: NotedProof;
  readonly alerted?: 'alert' | 'page';
}

export interface SeenInRound extends NotedOrder {
  readonly view: EvidenceView;
  readonly round: number;
}

export interface UntracedRound {
  readonly round: number;
  /** When it began. */
  readonly at: EpochMs;
}

/** A sequence proof, which an effect of the message makes void. */
export interface NotedProof extends SequenceProof {
  readonly at: EpochMs;
  readonly isVoid: boolean;
}

/** The last round of questions about an account. */
export interface DoubtRound {
  readonly session: SessionName;
  readonly round: number;
  readonly at: EpochMs;
  readonly epoch: number;
  readonly views: readonly EvidenceView[];
  /** Answers so far. */
  readonly answers: readonly ViewAnswer[];
  readonly isRunning: boolean;
  /** Rounds since the newest doubt: the wait before the next one grows with them. */
  readonly attempts: number;
  /** Positions that were not the sum of our executions. */
  readonly differences: readonly NotedDifference[];
}

export interface ViewAnswer {
  readonly view: EvidenceView;
  readonly at: EpochMs;
  readonly asOf?: EpochMs;
  readonly complete: boolean;
  readonly why?: string;
}

/** An account whose late fills are waited for (D8). */
export interface LateWatch {
  readonly session: SessionName;
  readonly closedSince: EpochMs;
  readonly until: EpochMs;
}

/** A verdict that waits for a second person. */
export interface DoubtProposal {
  readonly id: string;
  readonly orderID: OrderID;
  readonly session: SessionName;
  readonly verdict: OperatorVerdict;
  readonly by: string;
  readonly reason: string;
  readonly evidence: string;
  readonly lastPx?: DecimalText;
  readonly venueOrderID?: VenueOrderID;
  readonly at: EpochMs;
  readonly expiresAt: EpochMs;
}

/** What an operator asks of the doubts; texts as given. */
export type DoubtRequest =
  | {
      readonly kind: 'propose';
      readonly order: string;
      readonly verdict: string;
      readonly by: string;
      readonly reason: string;
      readonly evidence: string;
      /** Of `filled`. */
      readonly price?: string;
      readonly venueOrder?: string;
    }
  | { readonly kind: 'approve'; readonly proposalID: string; readonly by: string }
  | {
      readonly kind: 'withdraw';
      readonly proposalID: string;
      readonly by: string;
      readonly reason: string;
    };

/** How doubts are asked about; times in milliseconds. Source of the defaults: [routing 4]. */
export interface DoubtSettings {
  /** Venue views over REST exist for this account. */
  readonly canAsk: (session: SessionName) => boolean;
  /** After a link was lost: the venue has noticed it, and cancelled what it was told to cancel. */
  readonly codMaxMs: (session: SessionName) => number;
  /** Views of REST may be this old. */
  readonly settleMs: number;
  /** Between two rounds that together show that an order is absent. */
  readonly roundsGapMs: number;
  /** A round that supports a sequence proof begins so long after it at the earliest. */
  readonly proofMs: number;
  /** Waits before the first round, the second, and so on; the last one stays. */
  readonly backOffMs: readonly number[];
  /** ABSENT(full) needs no operator. */
  readonly absentFullAuto: boolean;
  readonly alertAfterMs: number;
  readonly pageAfterMs: number;
  /** Fills may come so late after the end of an order (T_late). */
  readonly lateMs: number;
  /** A verdict of one person waits so long for the second. */
  readonly proposalMsMax: number;
  /** Who may propose and approve; absent: anybody with access to the control socket. */
  readonly operators?: ReadonlySet<string>;
}

/** Nobody can be asked: FIX alone settles doubts, and operators. */
export const DEFAULT_DOUBTS: DoubtSettings = {
  canAsk: () => false,
  codMaxMs: () => 80_000,
  settleMs: 90_000,
  roundsGapMs: 30_000,
  proofMs: 5_000,
  backOffMs: [1_000, 2_000, 5_000, 10_000, 30_000],
  absentFullAuto: false,
  alertAfterMs: 5_000,
  pageAfterMs: 60_000,
  lateMs: 120_000,
  proposalMsMax: 3_600_000,
};

export interface DoubtsDep {
  readonly doubts?: DoubtSettings;
}

/** Timers of doubts begin so. */
export const DOUBT_TIMER = { round: 'doubts:', alert: 'doubts-alert:', late: 'doubts-late:' };
