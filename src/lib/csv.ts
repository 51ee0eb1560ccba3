/**
 * What a spreadsheet takes for the begin of a formula, full-width signs included; blanks before it
 * do not help.
 */
const FORMULA_START = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;
/** A signed number stays a number. */
const SIGNED_NUMBER = /^[+-]\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * `value` as text that no spreadsheet runs: what would be a formula has an apostrophe before it.
 * Clients and the venue choose ids and texts, and people open these files.
 */
export const withoutFormula = (value: string): string =>
  FORMULA_START.test(value) && !SIGNED_NUMBER.test(value) ? `'${value}` : value;

/** One row by RFC 4180 without its line end; no cell is a formula. */
export const toCsvRow = (values: readonly string[]): string => values.map(toCell).join(',');

const toCell = (value: string): string => {
  const text = withoutFormula(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
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
