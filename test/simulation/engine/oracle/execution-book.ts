import { type RecordedFact } from '../../../../src/app/loop/engine-loop.ts';

interface Published {
  readonly seq: number;
  readonly venueExecID: string;
  readonly orderID: string;
}

/**
 * The execution log: what was published, record by record. A crash takes the end that was not
 * flushed; the next start writes it again from the journal.
 */
export class ExecutionBook {
  readonly trades: Published[] = [];
  #seqs: number[] = [];

  /** Of the last record. */
  get lastSeq(): number {
    return this.#seqs.at(-1) ?? 0;
  }

  append(facts: readonly RecordedFact[]): void {
    for (const { seq, effects } of facts) {
      for (const effect of effects) {
        if (effect.type !== 'ReportExecution') continue;
        this.#seqs.push(seq);
        const { execType, venueExecID = '', orderID } = effect.report;
        if (execType === 'Trade') this.trades.push({ seq, venueExecID, orderID });
      }
    }
  }

  /** `kept`: share of the last records that reached the disk, in 256ths. */
  crash(kept: number): void {
    const unsure = Math.min(4, this.#seqs.length);
    this.#seqs.length -= unsure - Math.floor((unsure * kept) / 256);
    const { lastSeq } = this;
    // A record is whole or not there: the reports of one fact stay together.
    while (this.#seqs.length > 0 && this.#seqs.at(-1) === lastSeq) this.#seqs.pop();
    const last = this.lastSeq;
    while ((this.trades.at(-1)?.seq ?? 0) > last) this.trades.pop();
  }
}
