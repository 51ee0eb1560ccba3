import { basename } from 'node:path';

import { CSV_HEADER, parseCsvRecord } from '../csv.ts';
import { type ExecutionRecord, RECORD_FIELDS } from '../execution-record.ts';
import { type Problems } from '../problems.ts';
import { readLines } from '../read-lines.ts';
import { parsePart } from '../record-line.ts';
import { Tally, type Trade } from './tally.ts';
import { type ChainReader } from './verify-chain.ts';
import { type Row } from './compare-rows.ts';
import { NetQuantities } from './verify-netting.ts';

type Values = Readonly<Record<string, string>>;

/** The JSON lines as rows; keeps what the FIX logs are compared with. */
export class JsonRows {
  readonly all = new Tally();
  readonly net = new NetQuantities();
  readonly byExecID = new Map<string, Values>();
  readonly byVenueExecID = new Map<string, Values>();
  readonly #chain: ChainReader;
  readonly #paths: readonly string[];
  readonly #problems: Problems;
  /** Records. */
  count = 0;
  firstSeq: number | undefined;
  /** Time of the last record, ms since the epoch. */
  lastAtMs = 0;

  constructor(chain: ChainReader, paths: readonly string[], problems: Problems) {
    this.#chain = chain;
    this.#paths = paths;
    this.#problems = problems;
  }

  async *rows(): AsyncGenerator<Row> {
    for (const path of this.#paths) {
      for await (const { line, where } of this.#chain.records(path)) {
        const values = toText(line.values);
        this.count += 1;
        this.firstSeq ??= line.seq;
        this.#keep(values, path);
        yield { seq: line.seq, part: line.part[0], where, values };
      }
    }
  }

  /** False for what stands before the first files that are here. */
  isHere(seq: number): boolean {
    return this.#chain.isFromStart || seq >= (this.firstSeq ?? 0);
  }

  /**
   * The trades that the FIX logs must hold, by venue order: those that FIX told first, and those
   * that it told as well.
   */
  venueTrades(told: Tally, problems: Problems): Tally {
    const tally = new Tally();
    for (const values of this.byExecID.values()) {
      if (values['execType'] !== 'Trade') continue;
      const { venueOrderId = '', venueExecId = '', source } = values;
      if (source !== 'fix' && told.trade(venueExecId) === undefined) continue;
      const problem = tally.add({ ...toTrade(values), orderID: venueOrderId, execID: venueExecId });
      if (problem !== undefined) problems.add(problem);
    }
    return tally;
  }

  #keep(values: Values, path: string): void {
    this.lastAtMs = Math.max(this.lastAtMs, Number(values['tJournal'] ?? 0) / 1_000_000);
    const { execId = '', venueExecId = '', execType } = values;
    if (execId !== '') this.byExecID.set(execId, values);
    if (venueExecId !== '' && !this.byVenueExecID.has(venueExecId))
      this.byVenueExecID.set(venueExecId, values);
    this.net.add(values);
    if (execType !== 'Trade') return;
    const problem = this.all.add(toTrade(values));
    if (problem !== undefined) this.#problems.add(`${basename(path)}: ${problem}`);
  }
}

export async function* csvRows(
  paths: readonly string[],
  json: JsonRows,
  problems: Problems,
): AsyncGenerator<Row> {
  for (const path of paths) {
    let number = 0;
    for await (const line of readLines(path, 'utf8')) {
      number += 1;
      const where = `${basename(path)} line ${number}`;
      const text = line.replace(/\r$/, '');
      if (number === 1) {
        if (text !== CSV_HEADER) problems.add(`${where}: not the header of this schema`);
        continue;
      }
      const row = toRow(text, where);
      if (typeof row === 'string') problems.add(`${where}: ${row}`);
      else if (json.isHere(row.seq)) yield row;
    }
  }
}

const toRow = (text: string, where: string): Row | string => {
  const parsed = parseCsvRecord(text);
  if (!parsed.ok) return parsed.error;
  const seq = Number(parsed.value['seq']);
  const part = parsePart(parsed.value['part']);
  if (!Number.isSafeInteger(seq) || seq < 1) return 'no sequence number';
  return part === undefined
    ? 'part is not i/n'
    : { seq, part: part[0], where, values: parsed.value };
};

/** The records that the journal gives; asynchronous, because the others are. */
export async function* journalRows(
  facts: Iterable<readonly ExecutionRecord[]>,
  json: JsonRows,
): AsyncGenerator<Row> {
  for (const records of facts) {
    for (const [i, record] of records.entries()) {
      if (!json.isHere(record.seq)) continue;
      const part = records.length > 1 ? { part: `${i + 1}/${records.length}` } : {};
      const values = { ...toText({ ...record }), ...part };
      yield await Promise.resolve({
        ...{ seq: record.seq, part: i + 1, values },
        where: `journal record ${record.seq}`,
      });
    }
  }
}

/** Columns as text, as both files write them; absent ones are left out. */
const toText = (values: Readonly<Record<string, unknown>>): Values => {
  const text: Record<string, string> = {};
  for (const field of COLUMNS) {
    const value = values[field];
    if (value === undefined) continue;
    text[field] = Array.isArray(value)
      ? value.join(' ')
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
  }
  return text;
};
const COLUMNS: readonly string[] = [...RECORD_FIELDS, 'part'];

const toTrade = ({ orderId = '', execId = '', lastQty = '', cumQty = '' }: Values): Trade => ({
  orderID: orderId,
  execID: execId,
  lastQty,
  cumQty,
});
