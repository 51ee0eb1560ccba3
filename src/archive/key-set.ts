import { closeSync, fsync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { syncFolder } from '../lib/files/durable-file.ts';
import { type KeyEntry, KeyRun, type Place, writeRun } from './key-run.ts';

/** Keys in memory before a run is written. */
const MEMORY_KEYS_MAX = 16_384;
/** So many runs of one size become one of the next. */
const RUNS_PER_LEVEL = 8;
/** Memory of all filters; beyond it the largest runs do without. */
const FILTER_BYTES_MAX = 32 * 1_048_576;
/** Pages written between two turns of the event loop. */
const PAGES_A_TURN = 16;

const RUN_NAME = /^keys-(\d{8})\.run$/;
const PART = '.part';

/** The place after the last record that runs cover, and how many records there were. */
export interface Covered {
  readonly file: number;
  readonly offset: number;
  readonly records: number;
}

/**
 * Keys that were ever seen, each with the place of its record: the newest in memory, the others in
 * sorted runs on disk, merged as they get many. A key is known by 96 bits of its hash: that two of
 * a billion are the same is less likely than 1 in 10^10.
 */
export class KeySet {
  readonly #dir: string;
  readonly #isRecordKept: (file: number) => boolean;
  /** The newest first. */
  #runs: KeyRun[];
  #memory = new Map<string, Place>();
  /** Being written into a run. */
  #leaving = new Map<string, Place>();
  #nextRun: number;
  #running: Promise<void> | undefined;
  #isClosed = false;

  /**
   * Throws when a run cannot be read. `isRecordKept`: false for a file of records that was removed;
   * its keys go with it, but for those that are kept for ever.
   */
  constructor(dir: string, isRecordKept: (file: number) => boolean) {
    this.#dir = dir;
    this.#isRecordKept = isRecordKept;
    const numbers = readdirSync(dir).flatMap((name) => {
      const number = RUN_NAME.exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    });
    numbers.sort((a, b) => b - a);
    this.#runs = numbers.map((number) => new KeyRun(join(dir, nameOf(number))));
    // A merged run covers what its parts do: what a crash left of them says the same.
    this.#runs.sort((a, b) => b.head.records - a.head.records);
    this.#nextRun = (numbers[0] ?? 0) + 1;
    this.#fitFilters();
  }

  get covered(): Covered {
    const [newest] = this.#runs;
    if (newest === undefined) return { file: 0, offset: 0, records: 0 };
    return { ...newest.head.covers, records: newest.head.records };
  }

  /** Bytes of memory of the filters. */
  get filterBytes(): number {
    return this.#runs.reduce((sum, { filterBytes }) => sum + filterBytes, 0);
  }

  get runCount(): number {
    return this.#runs.length;
  }

  find(hash: string): Place | undefined {
    const inMemory = this.#memory.get(hash) ?? this.#leaving.get(hash);
    if (inMemory !== undefined) return inMemory;
    for (const run of this.#runs) {
      const place = run.find(hash);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  add({ hash, place }: KeyEntry): void {
    this.#memory.set(hash, place);
  }

  get isFull(): boolean {
    return this.#memory.size >= MEMORY_KEYS_MAX && this.#running === undefined;
  }

  /** Writes the keys in memory into a run, then merges; in pieces, while look-ups go on. */
  spill(covered: Covered): Promise<void> {
    this.#running ??= this.#spill(covered).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Waits for a run that is being written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
    for (const run of this.#runs) run.close();
  }

  async #spill(covered: Covered): Promise<void> {
    this.#leaving = this.#memory;
    this.#memory = new Map();
    const entries = [...this.#leaving].map(([hash, place]) => ({ hash, place }));
    entries.sort((a, b) => (a.hash < b.hash ? -1 : 1));
    try {
      const run = await this.#write(entries, entries.length, covered);
      this.#runs = [run, ...this.#runs];
    } catch (cause) {
      this.#memory = new Map([...this.#leaving, ...this.#memory]);
      throw cause;
    } finally {
      this.#leaving = new Map();
    }
    for (;;) {
      const merging = this.#mergeable();
      if (merging === undefined || this.#isClosed) break;
      await this.#merge(merging);
    }
    this.#fitFilters();
  }

  /** Neighbours of one size, so that the newer of two places of a key stays in front. */
  #mergeable(): readonly KeyRun[] | undefined {
    for (let from = 0; from + RUNS_PER_LEVEL <= this.#runs.length; from += 1) {
      const some = this.#runs.slice(from, from + RUNS_PER_LEVEL);
      const levels = new Set(some.map(levelOf));
      if (levels.size === 1) return some;
    }
    return undefined;
  }

  async #merge(runs: readonly KeyRun[]): Promise<void> {
    const keys = runs.reduce((sum, { head }) => sum + head.keys, 0);
    const [newest] = runs;
    if (newest === undefined) return;
    const { covers, records } = newest.head;
    const entries = this.#stillNeeded(mergedEntries(runs));
    const merged = await this.#write(entries, keys, { ...covers, records });
    const at = this.#runs.indexOf(newest);
    this.#runs = [...this.#runs.slice(0, at), merged, ...this.#runs.slice(at + runs.length)];
    for (const run of runs) {
      run.close();
      rmSync(run.path, { force: true });
    }
  }

  *#stillNeeded(entries: Iterable<KeyEntry>): Generator<KeyEntry> {
    for (const entry of entries) {
      const { isForEver, file } = entry.place;
      if (isForEver || this.#isRecordKept(file)) yield entry;
    }
  }

  async #write(entries: Iterable<KeyEntry>, keysAtMost: number, covered: Covered): Promise<KeyRun> {
    const path = join(this.#dir, nameOf(this.#nextRun));
    this.#nextRun += 1;
    const part = `${path}${PART}`;
    rmSync(part, { force: true });
    const fd = openSync(part, 'wx', 0o600);
    try {
      const { file, offset, records } = covered;
      const head = { keysAtMost, covers: { file, offset }, records };
      const writing = writeRun(fd, entries, head);
      for (let pages = 1; writing.next().done !== true; pages += 1) {
        if (pages % PAGES_A_TURN === 0) await nextTurn();
      }
      await synced(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(part, path);
    await syncFolder(this.#dir);
    return new KeyRun(path);
  }

  /** The largest run is the oldest: it gives its filter up first. */
  #fitFilters(): void {
    const bySize = [...this.#runs].sort((a, b) => b.filterBytes - a.filterBytes);
    let bytes = this.filterBytes;
    for (const run of bySize) {
      if (bytes <= FILTER_BYTES_MAX) return;
      bytes -= run.filterBytes;
      run.dropFilter();
    }
  }
}

const nameOf = (number: number): string => `keys-${String(number).padStart(8, '0')}.run`;

const levelOf = ({ head }: KeyRun): number =>
  Math.max(0, Math.floor(Math.log(head.keys / MEMORY_KEYS_MAX + 0.5) / Math.log(RUNS_PER_LEVEL)));

/** Ascending; of the same key the place of the newest run. */
function* mergedEntries(runs: readonly KeyRun[]): Generator<KeyEntry> {
  const readers = runs.map((run) => {
    const entries = run.entries();
    return { entries, next: entries.next() };
  });
  for (;;) {
    let first: KeyEntry | undefined;
    for (const { next } of readers) {
      if (next.done === true) continue;
      if (first === undefined || next.value.hash < first.hash) first = next.value;
    }
    if (first === undefined) return;
    yield first;
    for (const reader of readers) {
      const { next } = reader;
      if (next.done !== true && next.value.hash === first.hash) reader.next = reader.entries.next();
    }
  }
}

const synced = (fd: number): Promise<void> =>
  new Promise((resolve, reject) => {
    fsync(fd, (cause) => {
      if (cause === null) resolve();
      else reject(cause);
    });
  });
