import { type Finding } from './finding.ts';
import { type Fill } from './private-events.ts';

/** Fills by their id, each once, whichever channel brings it first (venue reference websocket 8.3, 10.2, 11.2). */
export class FillView {
  readonly #fills = new Map<string, Fill>();
  readonly #fillsMax: number;
  #lastSeq: number | undefined;
  #lastFillID: string | undefined;

  /** `lastFillID`: the newest fill that was processed before this process started, if any. */
  constructor(lastFillID?: string, fillsMax = 50_000) {
    this.#lastFillID = lastFillID;
    this.#fillsMax = fillsMax;
  }

  get(fillID: string): Fill | undefined {
    return this.#fills.get(fillID);
  }

  get size(): number {
    return this.#fills.size;
  }

  /** Newest by the venue's time last. */
  latest(count: number): readonly Fill[] {
    return [...this.#fills.values()].sort((a, b) => a.at - b.at).slice(-count);
  }

  /** A new subscription: numbers of the old one mean nothing. */
  restart(): void {
    this.#lastSeq = undefined;
  }

  /**
   * The snapshot holds recent fills only. Nothing is missing when it contains the last one that is known; otherwise there may be a hole
   * before its oldest.
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

  /** REST fills or history: adds what is missing and the fee where only history knows it. */
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
      if (old === undefined) fresh.push(fill);
      // The first report stands; a later one only adds what it left out.
      this.#fills.set(fill.fillID, old === undefined ? fill : { ...fill, ...old });
    }
    this.#lastFillID = newest(fresh)?.fillID ?? this.#lastFillID;
    for (const fillID of this.#fills.keys()) {
      if (this.#fills.size <= this.#fillsMax) break;
      this.#fills.delete(fillID);
    }
    return {
      fresh,
      findings: isComplete ? [] : [{ type: 'CheckFills', reason: 'FrameIncomplete' }],
    };
  }
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
