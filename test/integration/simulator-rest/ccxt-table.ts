import { readFileSync, writeFileSync } from 'node:fs';

export interface CcxtRow {
  readonly method: string;
  readonly calls: string;
  readonly works: string;
}

const FILE = new URL('../../../docs/simulator-ccxt.md', import.meta.url);

const HEAD = `# ccxt against the simulator

\`ccxt.krakenfutures\` of the development dependency \`ccxt\`, unchanged but for its URLs. The
table is written by \`test/integration/simulator-rest/ccxt.test.ts\`: every row is a call that the
test makes and checks. The test fails when the table is not what it found; \`FATHOM_WRITE_DOCS=1\`
writes it anew.

<!-- prettier-ignore -->
| ccxt | Kraken calls | result |
| --- | --- | --- |
`;

export const tableText = (rows: readonly CcxtRow[]): string =>
  `${HEAD}${rows.map(({ method, calls, works }) => `| \`${method}\` | ${calls} | ${works} |`).join('\n')}\n`;

export const writtenTable = (): string => readFileSync(FILE, 'utf8');

export const writeTable = (rows: readonly CcxtRow[]): void => {
  writeFileSync(FILE, tableText(rows));
};
