import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/*
 * A run: keys in ascending order, each with the place of its record. All integers are
 * little-endian.
 *
 * header page, 4096 bytes           entry page, 4096 bytes          behind the pages
 *  0 magic 'FTHMKEYS'                0 up to 204 entries             filter, `filter bytes` long
 *  8 version u32                       0 hash 12 bytes
 * 12 keys f64                         12 file u32, top bits flags
 * 20 filter bytes u32                 16 offset u32
 * 24 covers: file u32, offset u32     4092 crc32 of 0..4091
 * 32 records f64
 * 40 crc32 of the filter
 * 44 crc32 of 0..43
 */
const PAGE_BYTES = 4_096;
const ENTRY_BYTES = 20;
const HASH_BYTES = 12;
const ENTRIES_PER_PAGE = Math.floor((PAGE_BYTES - 4) / ENTRY_BYTES);
const MAGIC = Buffer.from('FTHMKEYS', 'latin1');
const VERSION = 1;
const HEADER_BYTES = 48;
/** Pages that are read at once when all entries are. */
const WINDOW_PAGES = 64;

/** Where a record is; `isForEver`: the key outlives it. */
export interface Place {
  readonly file: number;
  readonly offset: number;
  readonly isForEver: boolean;
}

export interface KeyEntry {
  /** 12 bytes, one a character. */
  readonly hash: string;
  readonly place: Place;
}

/** What a run tells of itself. */
export interface RunHead {
  readonly keys: number;
  /** Every record before this place is in a run. */
  readonly covers: { readonly file: number; readonly offset: number };
  /** Records written when the run was. */
  readonly records: number;
}

const FOR_EVER = 0x8000_0000;

/**
 * Writes a run in pieces: a page at each `next`, so that a caller can do other work between. The
 * file is whole when the generator is done; syncing and naming it is the caller's.
 */
export function* writeRun(
  fd: number,
  entries: Iterable<KeyEntry>,
  head: Omit<RunHead, 'keys'> & { readonly keysAtMost: number },
): Generator<void, RunHead> {
  const filter = KeyFilter.forKeys(head.keysAtMost);
  const page = Buffer.alloc(PAGE_BYTES);
  let inPage = 0;
  let keys = 0;
  let at = PAGE_BYTES;
  const endPage = (): void => {
    page.fill(0, inPage * ENTRY_BYTES, PAGE_BYTES - 4);
    page.writeUInt32LE(crc32(page.subarray(0, PAGE_BYTES - 4)), PAGE_BYTES - 4);
    writeSync(fd, page, 0, PAGE_BYTES, at);
    at += PAGE_BYTES;
    inPage = 0;
  };
  for (const { hash, place } of entries) {
    const offset = inPage * ENTRY_BYTES;
    page.write(hash, offset, 'latin1');
    page.writeUInt32LE((place.file | (place.isForEver ? FOR_EVER : 0)) >>> 0, offset + 12);
    page.writeUInt32LE(place.offset, offset + 16);
    filter.add(hash);
    inPage += 1;
    keys += 1;
    if (inPage < ENTRIES_PER_PAGE) continue;
    endPage();
    yield;
  }
  if (inPage > 0) endPage();
  writeSync(fd, filter.bytes, 0, filter.bytes.length, at);
  const header = Buffer.alloc(PAGE_BYTES);
  MAGIC.copy(header, 0);
  header.writeUInt32LE(VERSION, 8);
  header.writeDoubleLE(keys, 12);
  header.writeUInt32LE(filter.bytes.length, 20);
  header.writeUInt32LE(head.covers.file, 24);
  header.writeUInt32LE(head.covers.offset, 28);
  header.writeDoubleLE(head.records, 32);
  header.writeUInt32LE(crc32(filter.bytes), 40);
  header.writeUInt32LE(crc32(header.subarray(0, 44)), 44);
  writeSync(fd, header, 0, PAGE_BYTES, 0);
  return { keys, covers: head.covers, records: head.records };
}

/** A run on disk: one page is read for most look-ups, none for most keys that it has not. */
export class KeyRun {
  readonly path: string;
  readonly head: RunHead;
  readonly #fd: number;
  readonly #pages: number;
  readonly #filterBytes: number;
  #filter: KeyFilter | undefined;

  /** Throws what the system throws, and an error that names the file when it is damaged. */
  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, 'r');
    const header = Buffer.alloc(HEADER_BYTES);
    readSync(this.#fd, header, 0, HEADER_BYTES, 0);
    if (!header.subarray(0, 8).equals(MAGIC)) throw this.#damaged('it is no key run');
    if (header.readUInt32LE(44) !== crc32(header.subarray(0, 44)))
      throw this.#damaged('header CRC wrong');
    const version = header.readUInt32LE(8);
    if (version !== VERSION) throw this.#damaged(`format version ${version}, not ${VERSION}`);
    this.head = {
      keys: header.readDoubleLE(12),
      covers: { file: header.readUInt32LE(24), offset: header.readUInt32LE(28) },
      records: header.readDoubleLE(32),
    };
    this.#pages = Math.ceil(this.head.keys / ENTRIES_PER_PAGE);
    this.#filterBytes = header.readUInt32LE(20);
    const size = (1 + this.#pages) * PAGE_BYTES + this.#filterBytes;
    if (fstatSync(this.#fd).size !== size) throw this.#damaged(`it has not ${size} bytes`);
    const filter = Buffer.allocUnsafe(this.#filterBytes);
    readSync(this.#fd, filter, 0, filter.length, size - filter.length);
    if (crc32(filter) !== header.readUInt32LE(40)) throw this.#damaged('filter CRC wrong');
    this.#filter = new KeyFilter(filter);
  }

  /** Bytes of memory that its filter takes. */
  get filterBytes(): number {
    return this.#filter === undefined ? 0 : this.#filterBytes;
  }

  /** Look-ups read a page each from here on. */
  dropFilter(): void {
    this.#filter = undefined;
  }

  find(hash: string): Place | undefined {
    if (this.#filter?.has(hash) === false) return undefined;
    const wanted = prefixOf(hash);
    let [low, high, lowValue, highValue] = [0, this.#pages - 1, 0, PREFIX_VALUES];
    while (low <= high) {
      const share = highValue > lowValue ? (wanted - lowValue) / (highValue - lowValue) : 0;
      const guess = Math.min(high, Math.max(low, low + Math.floor(share * (high - low + 1))));
      const { bytes, count } = this.#page(guess);
      const first = hashAt(bytes, 0);
      const last = hashAt(bytes, count - 1);
      if (hash < first) [high, highValue] = [guess - 1, prefixOf(first)];
      else if (hash > last) [low, lowValue] = [guess + 1, prefixOf(last)];
      else return findInPage(bytes, count, hash);
    }
    return undefined;
  }

  /** Every entry, ascending. */
  *entries(): Generator<KeyEntry> {
    for (let from = 0; from < this.#pages; from += WINDOW_PAGES) {
      const until = Math.min(this.#pages, from + WINDOW_PAGES);
      for (let at = from; at < until; at += 1) {
        const { bytes, count } = this.#page(at);
        for (let n = 0; n < count; n += 1) {
          yield { hash: hashAt(bytes, n), place: placeAt(bytes, n) };
        }
      }
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #page(at: number): { readonly bytes: Buffer; readonly count: number } {
    const bytes = Buffer.allocUnsafe(PAGE_BYTES);
    readSync(this.#fd, bytes, 0, PAGE_BYTES, (1 + at) * PAGE_BYTES);
    if (bytes.readUInt32LE(PAGE_BYTES - 4) !== crc32(bytes.subarray(0, PAGE_BYTES - 4)))
      throw this.#damaged(`CRC of page ${at} wrong`);
    return { bytes, count: Math.min(ENTRIES_PER_PAGE, this.head.keys - at * ENTRIES_PER_PAGE) };
  }

  #damaged(why: string): Error {
    return new Error(`${this.path}: ${why}`);
  }
}

/** Hashes are spread evenly, so the first six bytes say about where one stands. */
const PREFIX_VALUES = 2 ** 48;
const prefixOf = (hash: string): number => {
  let value = 0;
  for (let at = 0; at < 6; at += 1) value = value * 256 + hash.charCodeAt(at);
  return value;
};

const hashAt = (page: Buffer, n: number): string =>
  page.toString('latin1', n * ENTRY_BYTES, n * ENTRY_BYTES + HASH_BYTES);

const placeAt = (page: Buffer, n: number): Place => {
  const file = page.readUInt32LE(n * ENTRY_BYTES + HASH_BYTES);
  return {
    file: (file & ~FOR_EVER) >>> 0,
    offset: page.readUInt32LE(n * ENTRY_BYTES + HASH_BYTES + 4),
    isForEver: (file & FOR_EVER) !== 0,
  };
};

const findInPage = (page: Buffer, count: number, hash: string): Place | undefined => {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const there = hashAt(page, middle);
    if (there === hash) return placeAt(page, middle);
    if (there < hash) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
};

/** Bits and probes a key: one in a hundred look-ups of an unknown key reads a page for nothing. */
const BITS_PER_KEY = 10;
const PROBES = 7;

/** A Bloom filter over hashes: says for certain that a key is not there, never that it is. */
class KeyFilter {
  readonly bytes: Buffer;
  readonly #bits: number;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#bits = bytes.length * 8;
  }

  static forKeys(keys: number): KeyFilter {
    return new KeyFilter(Buffer.alloc(Math.max(8, Math.ceil((keys * BITS_PER_KEY) / 8))));
  }

  add(hash: string): void {
    const [first, step] = probesOf(hash);
    for (let n = 0; n < PROBES; n += 1) {
      const bit = (first + n * step) % this.#bits;
      const at = Math.floor(bit / 8);
      this.bytes[at] = (this.bytes[at] ?? 0) | (1 << (bit & 7));
    }
  }

  has(hash: string): boolean {
    const [first, step] = probesOf(hash);
    for (let n = 0; n < PROBES; n += 1) {
      const bit = (first + n * step) % this.#bits;
      if (((this.bytes[Math.floor(bit / 8)] ?? 0) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

/** The last bytes of the hash, which do not order the run. */
const probesOf = (hash: string): readonly [number, number] => {
  let first = 0;
  let step = 0;
  for (let at = 0; at < 4; at += 1) {
    first = first * 256 + hash.charCodeAt(4 + at);
    step = step * 256 + hash.charCodeAt(8 + at);
  }
  return [first, step + 1];
};
