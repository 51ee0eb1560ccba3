import { type EpochMs } from '../../../lib/time.ts';
import { type Finding } from '../events/finding.ts';
import { type Fill } from '../events/private-events.ts';

/** Fills above the limit before the oldest are forgotten, so that the search for them is rare. */
const SLACK = 1_000;

/**
 * Fills by their id. Each counts once, whichever channel brings it first
 * [websocket 8.3, 10.2, 11.2].
 */
export class FillsView {
  readonly #fills = new Map<string, Fill>();
  readonly #fillsMax: number;
  #proven: { readonly from: EpochMs; readonly until: EpochMs } | undefined;
  /** Every fill from `#proven.from` to here was known, and its id may be forgotten. */
  #forgottenUntil = Number.NEGATIVE_INFINITY;
  #forgetAt: number;
  #lastSeq: number | undefined;
  #lastFillID: string | undefined;
  #told = new Map<string, ToldFill>();

  /** `lastFillID`: the newest fill that was processed before this process started, if any. */
  constructor(lastFillID?: string, fillsMax = 50_000) {
    this.#lastFillID = lastFillID;
    this.#fillsMax = fillsMax;
    this.#forgetAt = fillsMax + SLACK;
  }

  get(fillID: string): Fill | undefined {
    return this.#fills.get(fillID);
  }

  has(fillID: string): boolean {
    return this.#fills.has(fillID);
  }

  /**
   * Records that every fill of this span has been read. Only such fills may be forgotten, so that a
   * fill that comes again does not count twice.
   */
  prove(from: EpochMs, until: EpochMs): void {
    this.#proven = { from, until };
  }

  /** Fills that are new, or have more than before, since the last call; oldest first. */
  takeTold(): readonly ToldFill[] {
    if (this.#told.size === 0) return [];
    const told = [...this.#told.values()];
    this.#told = new Map();
    return told;
  }

  get size(): number {
    return this.#fills.size;
  }

  /** The newest fills by the venue's time, newest last. */
  latest(count: number): readonly Fill[] {
    return [...this.#fills.values()].sort((a, b) => a.at - b.at).slice(-count);
  }

  /** Starts a new subscription, whose sequence numbers are unrelated to the old ones. */
  restart(): void {
    this.#lastSeq = undefined;
  }

  /**
   * Takes a snapshot, which holds recent fills only. Nothing is missing when it contains the last
   * known fill. Otherwise there may be a hole before its oldest.
   */
  applySnapshot(fills: readonly Fill[], isComplete: boolean): FillResult {
    const known = this.#lastFillID;
    const isProven = known !== undefined && fills.some(({ fillID }) => fillID === known);
    const { fresh, findings } = this.#take(fills, isComplete);
    this.#lastSeq = fills.at(-1)?.seq;
    if (isProven) return { fresh, findings };
    return {
      fresh,
      findings: [...findings, { type: 'CheckFills', reason: 'SnapshotMayHaveHole' }],
    };
  }

  applyUpdate(fills: readonly Fill[], isComplete: boolean): FillResult {
    const jumped = fills.some(({ seq }) => this.#jumps(seq));
    const { fresh, findings } = this.#take(fills, isComplete);
    if (!jumped) return { fresh, findings };
    return { fresh, findings: [...findings, { type: 'CheckFills', reason: 'SequenceJump' }] };
  }

  /**
   * Takes fills of REST or history. They add missing fills, and the fee where only history has it.
   */
  applyPoll(fills: readonly Fill[]): FillResult {
    return this.#take(fills, true);
  }

  /** A number that is not the next one. A lower one is a counter that started again. */
  #jumps(seq: number | undefined): boolean {
    if (seq === undefined) return false;
    const last = this.#lastSeq;
    this.#lastSeq = seq;
    return last !== undefined && seq > last + 1;
  }

  #take(fills: readonly Fill[], isComplete: boolean): FillResult {
    const fresh: Fill[] = [];
    for (const fill of fills) {
      const old = this.#fills.get(fill.fillID);
      if (old === undefined && this.#isForgotten(fill)) continue;
      if (old === undefined) fresh.push(fill);
      // The first report wins. A later one only adds fields that it lacked.
      const known = old === undefined ? fill : { ...fill, ...old };
      this.#fills.set(fill.fillID, known);
      this.#tell(known, old);
    }
    this.#lastFillID = newest(fresh)?.fillID ?? this.#lastFillID;
    const findings: Finding[] = isComplete
      ? []
      : [{ type: 'CheckFills', reason: 'FrameIncomplete' }];
    return { fresh, findings: [...findings, ...this.#forget()] };
  }

  /** Keeps what somebody may want to know of; without a taker the oldest go. */
  #tell(fill: Fill, old: Fill | undefined): void {
    const isNews = old === undefined || (old.fee === undefined && fill.fee !== undefined);
    if (!isNews) return;
    const channel = fill.seq === undefined || old !== undefined ? 'rest' : 'websocket';
    this.#told.set(fill.fillID, { fill, channel });
    if (this.#told.size <= this.#fillsMax) return;
    const [oldest] = this.#told.keys();
    if (oldest !== undefined) this.#told.delete(oldest);
  }

  #isForgotten({ at }: Fill): boolean {
    return at >= (this.#proven?.from ?? Number.POSITIVE_INFINITY) && at <= this.#forgottenUntil;
  }

  /**
   * Forgets the oldest proven fills. When too few are proven, they have to be read from REST first.
   */
  #forget(): readonly Finding[] {
    if (this.#fills.size < this.#forgetAt) return [];
    const { from, until } = this.#proven ?? { from: Number.NaN, until: Number.NaN };
    for (const [fillID, { at }] of this.#fills) {
      if (this.#fills.size <= this.#fillsMax) break;
      if (!(at >= from && at <= until)) continue;
      this.#fills.delete(fillID);
      this.#forgottenUntil = Math.max(this.#forgottenUntil, at);
    }
    this.#forgetAt = Math.max(this.#fills.size, this.#fillsMax) + SLACK;
    return this.#fills.size > this.#fillsMax ? [{ type: 'CheckFills', reason: 'Unproven' }] : [];
  }
}

/** A fill with the channel that brought it, or what it lacked. */
export interface ToldFill {
  readonly fill: Fill;
  readonly channel: 'websocket' | 'rest';
}

export interface FillResult {
  /** Fills that were not known before, in the order given. */
  readonly fresh: readonly Fill[];
  readonly findings: readonly Finding[];
}

const newest = (fills: readonly Fill[]): Fill | undefined =>
  fills.reduce<Fill | undefined>(
    (best, fill) => (best === undefined || fill.at >= best.at ? fill : best),
    undefined,
  );
