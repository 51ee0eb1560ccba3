import { isCellOf } from '../csv.ts';
import { CSV_FIELDS, RECORD_FIELDS } from '../execution-record.ts';
import { escapeHidden, utf8Of } from '../../lib/plain-text.ts';
import { type Problems } from '../problems.ts';

/** One record as a source tells it; values are text, absent ones left out. */
export interface Row {
  readonly seq: number;
  /** Its place among the records of one fact, from 1. */
  readonly part: number;
  /** File and line, or where else it stands. */
  readonly where: string;
  readonly values: Readonly<Record<string, string>>;
}

export interface RowSource {
  readonly name: string;
  readonly rows: AsyncIterator<Row>;
  /** It says nothing of sequence numbers before this one; 1 when left out. */
  readonly from?: number;
}

/**
 * The configuration decides what stands in these, not the journal; and the last three are not in a
 * record that is made again. CSV and JSON lines are compared in all that both have.
 */
const NOT_IN_JOURNAL: ReadonlySet<string> = new Set(['route', 'contractType', 'tPublish', 'raw']);
/** The log masks a secret wherever it stands in free text; in no amount. */
const FREE_TEXT: ReadonlySet<string> = new Set(['text', 'clOrdId', 'origClOrdId', 'account']);
const REDACTED = '<redacted>';

/**
 * Where each source ended, and what it lacks behind that: the log of an engine that runs, or a tail
 * that was cut off.
 */
export interface Tails {
  /** The last fact that every source has. */
  readonly verifiedTo: number;
  readonly lackByName: ReadonlyMap<string, { readonly lastSeq: number; readonly count: number }>;
}

/**
 * Walks through the sources side by side, by sequence number, and compares every column. The first
 * source is the JSON lines. Sources are read as streams: nothing is kept but the record that each
 * is at.
 */
export const compareRows = async (
  sources: readonly RowSource[],
  problems: Problems,
): Promise<Tails> => {
  const cursors = await Promise.all(sources.map((source) => Cursor.open(source)));
  const lackByName = new Map<string, { lastSeq: number; count: number }>();
  let verifiedTo = 0;
  for (;;) {
    const first = firstOf(cursors);
    if (first === undefined) return { verifiedTo, lackByName };
    const here = cursors.filter((cursor) => isAt(cursor.head, first));
    for (const cursor of cursors) {
      if (here.includes(cursor) || first.seq < cursor.from) continue;
      if (cursor.head !== undefined) problems.add(`${first.where}: missing in ${cursor.name}`);
      else {
        const { lastSeq } = cursor;
        const count = (lackByName.get(cursor.name)?.count ?? 0) + 1;
        lackByName.set(cursor.name, { lastSeq, count });
      }
    }
    const asked = cursors.filter(({ from }) => first.seq >= from);
    if (asked.every((cursor) => here.includes(cursor))) verifiedTo = first.seq;
    compareWithFirst(here, problems);
    for (const cursor of here) await cursor.advance();
  }
};

const firstOf = (cursors: readonly Cursor[]): Row | undefined =>
  cursors
    .map(({ head }) => head)
    .filter((head) => head !== undefined)
    .reduce<Row | undefined>(
      (least, head) => (least === undefined || isBefore(head, least) ? head : least),
      undefined,
    );

const isBefore = (a: Row, b: Row): boolean => (a.seq === b.seq ? a.part < b.part : a.seq < b.seq);

const isAt = (head: Row | undefined, { seq, part }: Row): boolean =>
  head?.seq === seq && head.part === part;

const compareWithFirst = ([left, ...others]: readonly Cursor[], problems: Problems): void => {
  const a = left?.head;
  if (left === undefined || a === undefined) return;
  for (const { name, head: b } of others) {
    if (b === undefined) continue;
    const isCsv = name === 'CSV';
    for (const field of isCsv ? CSV_COLUMNS : JOURNAL_COLUMNS) {
      const [x, y] = [a.values[field] ?? '', b.values[field] ?? ''];
      const isSame = isCsv ? isCellOf(x, y) : isSameText(field, x, y);
      if (!isSame)
        problems.add(
          `${a.where}: ${field} is ${shown(x)} in ${left.name}, ${shown(y)} in ${name} (${b.where})`,
        );
    }
  }
};

const CSV_COLUMNS: readonly string[] = [...CSV_FIELDS, 'part'];
const JOURNAL_COLUMNS: readonly string[] = [...RECORD_FIELDS, 'part'].filter(
  (field) => !NOT_IN_JOURNAL.has(field),
);

const isSameText = (field: string, written: string, told: string): boolean =>
  written === told ||
  utf8Of(written) === utf8Of(told) ||
  (FREE_TEXT.has(field) && written.includes(REDACTED));

const SHOWN_LENGTH_MAX = 100;
const shown = (text: string): string =>
  text === '' ? 'empty' : escapeHidden(text.slice(0, SHOWN_LENGTH_MAX));

class Cursor {
  readonly name: string;
  readonly from: number;
  readonly #rows: AsyncIterator<Row>;
  head: Row | undefined;
  lastSeq = 0;

  private constructor({ name, rows, from = 1 }: RowSource) {
    this.name = name;
    this.from = from;
    this.#rows = rows;
  }

  static async open(source: RowSource): Promise<Cursor> {
    const cursor = new Cursor(source);
    await cursor.advance();
    return cursor;
  }

  async advance(): Promise<void> {
    if (this.head !== undefined) this.lastSeq = this.head.seq;
    const next = await this.#rows.next();
    this.head = next.done === true ? undefined : next.value;
  }
}
