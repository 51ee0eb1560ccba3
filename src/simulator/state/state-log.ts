import { type EpochMs } from '../../lib/time.ts';
import { type ExchangeCommand } from '../exchange/model/commands.ts';
import { type RecordFile } from './record-file.ts';
import { type StateKeeper, type StateNote, type StateRecord } from './state-record.ts';

interface StateLogOptions {
  readonly file: RecordFile;
  /**
   * Called when the disk fails. The venue must stop, since it would lose what it does from now on.
   */
  readonly onFailure: (text: string) => void;
  /** Reports progress in records, since reading a long log takes minutes. */
  readonly onRead?: (records: number) => void;
}

const RECORDS_PER_NOTICE = 5_000;

/** Records what a venue is asked before it answers. */
export class StateLog implements StateKeeper {
  readonly #file: RecordFile;
  readonly #onFailure: (text: string) => void;
  readonly #onRead: ((records: number) => void) | undefined;
  #isFlushDue = false;

  constructor({ file, onFailure, onRead }: StateLogOptions) {
    this.#file = file;
    this.#onFailure = onFailure;
    this.#onRead = onRead;
  }

  /** Every record so far, oldest first. Read them before the first write. */
  *records(): Generator<StateRecord> {
    let count = 0;
    for (const record of this.#file.read()) {
      count += 1;
      if (count % RECORDS_PER_NOTICE === 0) this.#onRead?.(count);
      yield record as StateRecord;
    }
  }

  command(command: ExchangeCommand, at: EpochMs, seq: number): void {
    this.#file.append({ k: 'command', at, seq, command } satisfies StateRecord);
    this.flush();
  }

  step(at: EpochMs, seq: number): void {
    this.#file.append({ k: 'step', at, seq } satisfies StateRecord);
    this.flush();
  }

  note(note: StateNote): void {
    this.#file.append(note);
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    queueMicrotask(() => {
      this.#isFlushDue = false;
      this.flush();
    });
  }

  flush(): void {
    try {
      this.#file.flush();
    } catch (cause) {
      this.#onFailure(`${this.#file.path}: ${cause instanceof Error ? cause.message : 'failed'}`);
    }
  }
}
