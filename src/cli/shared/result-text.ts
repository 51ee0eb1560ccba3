import Table from 'cli-table3';
import { escapeHidden } from '../../lib/plain-text.ts';
import { epochMs, toUtcTimestamp } from '../../lib/time.ts';

type Row = Readonly<Record<string, unknown>>;

const PLAIN = { head: [], border: [], compact: true };

/**
 * What an engine answered, for people: a list of objects as a table, one object as key and value,
 * nothing as `done`.
 */
export const resultToText = (result: unknown): string => {
  if (result === null || result === undefined) return 'done';
  if (Array.isArray(result))
    return result.every(isRow) ? listToTable(result) : JSON.stringify(result);
  return isRow(result) ? objectToTable(result) : JSON.stringify(result);
};

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listToTable = (rows: readonly Row[]): string => {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (keys.length === 0) return 'none';
  const table = new Table({ head: keys.map(escapeHidden), style: PLAIN });
  for (const row of rows) table.push(keys.map((key) => cell(key, row[key])));
  return table.toString();
};

const objectToTable = (row: Row): string => {
  const table = new Table({ style: PLAIN });
  for (const [key, value] of Object.entries(row)) table.push([escapeHidden(key), cell(key, value)]);
  return table.toString();
};

const cell = (key: string, value: unknown): string => {
  if (value === undefined || value === null) return '-';
  if ((key === 'since' || key.endsWith('At')) && typeof value === 'number')
    return toUtcTimestamp(epochMs(value));
  return escapeHidden(typeof value === 'string' ? value : JSON.stringify(value));
};
