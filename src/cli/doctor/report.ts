import Table from 'cli-table3';
import { type CheckRow, type Verdict } from './check.ts';

const FOUND_WIDTH = 66;
const ADVICE_WIDTH = 42;

/** A table with one check a line, and a summary below. */
export const rowsToText = (rows: readonly CheckRow[]): string => {
  const table = new Table({
    head: ['check', 'verdict', 'found', 'what to do'],
    // Plain text: the table is read by people, by grep and by diff.
    style: { head: [], border: [], compact: true },
  });
  for (const { check, verdict, detail, advice = '' } of rows)
    table.push([
      ...[check, verdict === 'fail' ? 'FAIL' : verdict],
      ...[wrap(detail, FOUND_WIDTH), wrap(advice, ADVICE_WIDTH)],
    ]);
  return `${table.toString()}\n${summaryOf(rows)}`;
};

/** Wraps at blanks, and within a word only when it is longer than a line. */
const wrap = (text: string, width: number): string =>
  text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n');

const wrapLine = (text: string, width: number): string => {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.flatMap((line) => line.match(new RegExp(`.{1,${width}}`, 'gu')) ?? ['']).join('\n');
};

export const rowsToJson = (rows: readonly CheckRow[]): object => ({
  verdict: worstOf(rows),
  counts: countsOf(rows),
  checks: rows,
});

export const worstOf = (rows: readonly CheckRow[]): Verdict => {
  const { fail, warn } = countsOf(rows);
  if (fail > 0) return 'fail';
  return warn > 0 ? 'warn' : 'ok';
};

const countsOf = (rows: readonly CheckRow[]): Readonly<Record<Verdict, number>> => {
  const counts = { ok: 0, warn: 0, fail: 0, skipped: 0 };
  for (const { verdict } of rows) counts[verdict] += 1;
  return counts;
};

const summaryOf = (rows: readonly CheckRow[]): string => {
  const { ok, warn, fail, skipped } = countsOf(rows);
  return `doctor: ${ok} ok, ${warn} warnings, ${fail} failures, ${skipped} skipped`;
};
