import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  filesBelow,
  readDocuments,
  wrongCitations,
  wrongSections,
} from '../../support/citations.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** This file plants wrong ones. */
const TEXT = /^(?!citations\.test\.ts).*\.(ts|js|cjs|md)$/;
const FILES = [
  ...['src', 'test', 'bench', 'docs'].flatMap((folder) => filesBelow(ROOT, folder, TEXT)),
  ...readdirSync(ROOT).filter((name) => TEXT.test(name)),
];
const documents = readDocuments(ROOT);

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const reportOf = (
  files: readonly string[],
  wrongIn: (text: string) => readonly string[],
): readonly string[] =>
  files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => wrongIn(line).map((text) => `${file}:${index + 1}: ${text}`)),
  );

describe('citations of the documents', () => {
  it('all lead to a heading, from the sources, the tests and the documents', () => {
    expect(FILES.length).to.be.above(500);
    expect(reportOf(FILES, (line) => wrongCitations(line, documents))).to.deep.equal([]);
  });

  it('are many: a pattern that finds none would prove nothing', () => {
    const files = filesBelow(ROOT, 'src', /\.ts$/);
    const found = files.flatMap((file) => [...read(file).matchAll(/\[(?:rest|fix|websocket) \d/g)]);
    expect(found.length).to.be.above(200);
  });

  it('inside a document of the venue name its own sections', () => {
    const files = filesBelow(ROOT, 'docs', /^(routing|fix|rest|websocket|unified)\.md$/);
    const wrong = files.flatMap((file) => wrongSections(read(file)).map((s) => `${file}: ${s}`));
    expect(wrong).to.deep.equal([]);
  });

  for (const [text, problem] of [
    ['no such section [rest 2.99].', 'rest has no 2.99'],
    ['one of three [rest 2.4, 77; websocket 8.1]', 'rest has no 77'],
    ['the second document [rest 2.4; websocket 80.1]', 'websocket has no 80.1'],
    ['no such row [rest 9 row 999]', 'rest has no 9 row 999'],
    ['no such call [rest 2.4 nonsense]', 'rest has no 2.4 nonsense'],
    ['a range too far [websocket 3 to 88]', 'websocket has no 88'],
    ['no such document [rset 2.4]', 'there is no document rset'],
    ['no such decision [adr 99]', 'adr has no 99'],
    ['(rest 2.4)', 'write [rest 2.4]'],
    ['websocket 11.3 says', 'write [rest 2.4]'],
    ['(venue reference, FIX 1.5)', 'write [rest 2.4]'],
    ['(FIX 1.8)', 'write [rest 2.4]'],
    ['routing.md 4', 'write [rest 2.4]'],
    ['docs/journal-format.md section 4', 'write [rest 2.4]'],
    ['(ADR 12)', 'write [rest 2.4]'],
  ] as const) {
    it(`refuses "${text}"`, () => {
      const wrong = wrongCitations(text, documents);
      expect(
        wrong.some((each) => each.includes(problem)),
        wrong.join('\n'),
      ).to.equal(true);
    });
  }

  it('may name several places, a row, a call, a range, and the versions of the standard', () => {
    const text =
      '[rest 2.4, 3.5; websocket 8.1] [rest 9 row 3] [rest 2.4 accounts] [websocket 3 to 8] [adr 12] FIX 4.4';
    expect(wrongCitations(text, documents)).to.deep.equal([]);
  });

  it('refuses a section that a document names of itself and does not have', () => {
    expect(wrongSections('## 1. One\n\nsee section 2 and (1.7)\n')).to.deep.equal([
      'section 2',
      '(1.7)',
    ]);
  });
});
