import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesBelow } from '../../support/citations.ts';
import { wrongPaths, wrongTreePaths } from '../../support/named-paths.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const DOCUMENTS = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md'),
  ...['src', 'test', 'bench', 'docs', 'config', 'fix-dictionaries'].flatMap((folder) =>
    filesBelow(ROOT, folder, /\.md$/),
  ),
];
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The blocks of code of a document. */
const blocksOf = (text: string): readonly string[] =>
  text.split('```').filter((_, index) => index % 2 === 1);

describe('paths that documents name', () => {
  it('all exist', () => {
    expect(DOCUMENTS).to.include.members(['README.md', 'CONTRIBUTING.md', 'docs/ARCHITECTURE.md']);
    const wrong = DOCUMENTS.flatMap((file) =>
      wrongPaths(ROOT, file, read(file)).map((path) => `${file}: ${path}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('in the tree of the architecture too, and it names every room of the sources', () => {
    const tree = blocksOf(read('docs/ARCHITECTURE.md')).find((block) => block.includes('src/app/'));
    expect(wrongTreePaths(ROOT, tree ?? '')).to.deep.equal([]);
    const rooms = readdirSync(join(ROOT, 'src')).filter((name) => !name.includes('.'));
    for (const room of rooms) expect(tree).to.include(`src/${room}/`);
  });

  it('are found to be wrong when they are', () => {
    const text = 'see `src/lib/nowhere.ts`, `core/nowhere/`, `src/lib/defined.ts` and [x](gone.md)';
    expect(wrongPaths(ROOT, 'README.md', text)).to.deep.equal([
      'src/lib/nowhere.ts',
      'core/nowhere/',
      'gone.md',
    ]);
    const tree = 'src/core/   decides\n    decide/  yes    gone/  no\nsrc/none/  no\n';
    expect(wrongTreePaths(ROOT, tree)).to.deep.equal(['gone/', 'src/none/']);
  });
});
