import { type Result, err, ok } from '../lib/result.ts';
import { escapeHidden } from '../lib/plain-text.ts';
import { CSV_FIELDS, type ExecutionRecord, SCHEMA } from './execution-record.ts';

/** First line of every CSV file; the first column's name is the schema's version. */
export const CSV_HEADER = [SCHEMA, ...CSV_FIELDS, 'part'].join(',');

/**
 * One row by RFC 4180 without its line end. A line break inside a value becomes a blank, so a row
 * is a line.
 */
export const encodeCsvRow = (
  record: ExecutionRecord,
  part: readonly [number, number],
  redact: (text: string) => string,
): string => {
  const cells = CSV_FIELDS.map((field) => cell(field, record[field], redact));
  return [SCHEMA, ...cells, part[1] > 1 ? `${part[0]}/${part[1]}` : ''].join(',');
};

/** Values of a row by column name; a reason when it is no row of this schema. */
export const parseCsvRecord = (row: string): Result<Readonly<Record<string, string>>, string> => {
  const cells = parseCsvRow(row);
  if (cells === undefined) return err('quotes do not match');
  const [schema, ...values] = cells;
  if (schema !== SCHEMA) return err(`schema is not ${SCHEMA}`);
  if (values.length !== CSV_FIELDS.length + 1) return err(`${cells.length} cells`);
  return ok(
    Object.fromEntries([...CSV_FIELDS, 'part'].map((field, i) => [field, values[i] ?? ''])),
  );
};

/** The cells of one row; `undefined` when its quotes do not match. */
export const parseCsvRow = (row: string): readonly string[] | undefined => {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const isQuoted = row[at] === '"';
    const end = isQuoted ? quotedEnd(row, at + 1) : plainEnd(row, at);
    if (end === undefined) return undefined;
    cells.push(isQuoted ? row.slice(at + 1, end - 1).replaceAll('""', '"') : row.slice(at, end));
    if (end === row.length) return cells;
    if (row[end] !== ',') return undefined;
    at = end + 1;
  }
};

const cell = (
  field: keyof ExecutionRecord,
  value: ExecutionRecord[typeof field],
  redact: (text: string) => string,
): string => {
  if (value === undefined) return '';
  const plain = redact(Array.isArray(value) ? value.join(' ') : String(value));
  const safe = csvText(field, plain);
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/**
 * What stands in a cell for a value: one line, without invisible characters, and no formula
 * that a spreadsheet would run. What was read from a cell (`isValue` false) has its quote already.
 */
export const csvText = (field: string, value: string, isValue = true): string => {
  const text = escapeHidden(value.replaceAll(/[\r\n]+/g, ' '));
  return isValue && field === 'text' && /^[=+\-@\t]/.test(value) ? `'${text}` : text;
};

/** Position after the closing quote. */
const quotedEnd = (row: string, from: number): number | undefined => {
  let at = from;
  for (;;) {
    const quote = row.indexOf('"', at);
    if (quote === -1) return undefined;
    if (row[quote + 1] !== '"') return quote + 1;
    at = quote + 2;
  }
};

const plainEnd = (row: string, from: number): number => {
  const comma = row.indexOf(',', from);
  return comma === -1 ? row.length : comma;
};
