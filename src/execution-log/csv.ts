import { parseCsvRow, toCsvRow, withoutFormula } from '../lib/csv.ts';
import { escapeHidden, utf8Of } from '../lib/plain-text.ts';
import { type Result, err, ok } from '../lib/result.ts';
import { CSV_FIELDS, type ExecutionRecord, SCHEMA } from './execution-record.ts';

/** First line of every CSV file; the first column's name is the schema's version. */
export const CSV_HEADER = [SCHEMA, ...CSV_FIELDS, 'part'].join(',');

/**
 * One row without its line end. A line break inside a value becomes a blank, so a row is a line.
 */
export const encodeCsvRow = (
  record: ExecutionRecord,
  part: readonly [number, number],
  redact: (text: string) => string,
): string => {
  const cells = CSV_FIELDS.map((field) => {
    const value = record[field];
    if (value === undefined) return '';
    return toLine(redact(Array.isArray(value) ? value.join(' ') : String(value)));
  });
  return toCsvRow([SCHEMA, ...cells, part[1] > 1 ? `${part[0]}/${part[1]}` : '']);
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

/**
 * Whether `cell` stands for `value`. Earlier versions put the apostrophe before texts only, and
 * before signed numbers too: their files still read.
 */
export const isCellOf = (value: string, cell: string): boolean => {
  const [line, written] = [toLine(value), toLine(cell)];
  if (written === line || written === withoutFormula(line)) return true;
  return /^[=+\-@\t]/.test(value) && written === `'${line}`;
};

/** One line without invisible characters. */
const toLine = (value: string): string => escapeHidden(utf8Of(value).replaceAll(/[\r\n]+/g, ' '));
