import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { problemToLine } from '../../../../src/config/config-problem.ts';
import { loadConfig } from '../../../../src/config/load/load-config.ts';
import { type Tree, withValueAt } from '../../../../src/config/tree.ts';

const ENV = { TEST_API_KEY: 'key-of-a-test', TEST_API_SECRET: 'c2VjcmV0LW9mLWEtdGVzdA==' };
export const GOOD = JSON.parse(readFileSync('test/fixtures/config/good.json', 'utf8')) as Tree;
export const DESK = (GOOD['sessions'] as Tree)['desk1'] as Tree;
export const TRADING = (GOOD['sessions'] as Tree)['trading'] as Tree;

type Change = readonly [path: string, value: unknown];

/** A configuration with changed keys, and the lines of its problems. */
export type Contradiction = readonly [
  name: string,
  base: Tree,
  changes: readonly Change[],
  lines: readonly string[],
];

/** The lines of the problems of a configuration with changed keys. */
export const linesOf = (base: Tree, changes: readonly Change[]): readonly string[] => {
  const tree = changes.reduce(
    (one, [path, value]) => withValueAt(one, path.split('.'), value),
    base,
  );
  const folder = mkdtempSync(join(tmpdir(), 'fathom-cross-'));
  try {
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify(tree));
    const loaded = loadConfig({ path, env: ENV });
    return loaded.ok ? [] : loaded.error.map(problemToLine);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** A test for each. */
export const refuseEach = (contradictions: readonly Contradiction[]): void => {
  for (const [name, base, changes, lines] of contradictions) {
    it(`refuses ${name}`, () => {
      expect(linesOf(base, changes)).to.deep.equal(lines.map((line) => `config: ${line}`));
    });
  }
};
