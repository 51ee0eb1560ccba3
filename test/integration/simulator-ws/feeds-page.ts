import { readFileSync, writeFileSync } from 'node:fs';

export interface CcxtProRow {
  readonly method: string;
  readonly feed: string;
  readonly works: string;
}

const FILE = new URL('../../../docs/simulator-feeds.md', import.meta.url);
const START = '<!-- ccxt.pro: written by test/integration/simulator-ws/ccxt-pro.test.ts -->\n';
const END = '<!-- end of ccxt.pro -->\n';

export const ccxtProTable = (rows: readonly CcxtProRow[]): string => {
  const cells = [
    ['ccxt.pro', 'feed', 'result'],
    ...rows.map(({ method, feed, works }) => [`\`${method}\``, `\`${feed}\``, works]),
  ];
  const widths = [0, 1, 2].map((at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |\n`;
  const [head = [], ...body] = cells;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return `\n${line(head)}${rule}${body.map(line).join('')}\n`;
};

const page = (): string => readFileSync(FILE, 'utf8');

const bounds = (text: string): readonly [number, number] => [
  text.indexOf(START) + START.length,
  text.indexOf(END),
];

export const writtenCcxtProTable = (): string => page().slice(...bounds(page()));

export const writeCcxtProTable = (rows: readonly CcxtProRow[]): void => {
  const text = page();
  const [from, to] = bounds(text);
  writeFileSync(FILE, text.slice(0, from) + ccxtProTable(rows) + text.slice(to));
};
