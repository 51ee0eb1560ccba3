import { expect } from 'chai';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { fathomLint } from '../../lint/comment-columns.js';

const words = (count: number): string => Array.from({ length: count }, () => 'word').join(' ');

const config: Linter.Config[] = [
  {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { fathom: fathomLint },
    rules: { 'fathom/comment-columns': 'error' },
  },
];

const problemsOf = (code: string): readonly number[] =>
  new Linter()
    .verify(code, config, 'a.ts')
    .filter(({ ruleId }) => ruleId === 'fathom/comment-columns')
    .map(({ line }) => line);

const fixed = (code: string): string => new Linter().verifyAndFix(code, config, 'a.ts').output;

describe('comment lines', () => {
  it('of 101 columns are found, of 100 are not', () => {
    const hundred = `// ${'x'.repeat(40)} ${'y'.repeat(56)}`;
    expect(hundred.length).to.equal(100);
    expect(problemsOf(hundred)).to.deep.equal([]);
    expect(problemsOf(`${hundred}z`)).to.deep.equal([1]);
  });

  it('are found in blocks, beside code and in runs of lines', () => {
    const block = `/**\n * short\n * ${words(25)}\n */\nexport const a = 1;`;
    expect(problemsOf(block)).to.deep.equal([3]);
    expect(problemsOf(`export const a = 1; // ${words(20)}`)).to.deep.equal([1]);
    expect(problemsOf(`// short\n// ${words(25)}\nexport const a = 1;`)).to.deep.equal([2]);
  });

  it('that are directives or hold one long address may be longer', () => {
    expect(problemsOf(`// eslint-disable-next-line x -- ${words(25)}`)).to.deep.equal([]);
    expect(problemsOf(`// see https://example.com/${'x'.repeat(90)}`)).to.deep.equal([]);
  });

  it('become a block when one line is not enough', () => {
    expect(fixed(`/** ${words(22)} */\nexport const a = 1;`)).to.equal(
      `/**\n * ${words(19)}\n * ${words(3)}\n */\nexport const a = 1;`,
    );
  });

  it('keep their place in the code when they are filled again', () => {
    const code = `export const f = () => {\n  // ${words(20)}\n  return 1;\n};`;
    expect(fixed(code)).to.equal(
      `export const f = () => {\n  // ${words(19)}\n  // word\n  return 1;\n};`,
    );
  });

  it('keep list items, paragraphs, tables and code apart', () => {
    const item = `- ${words(21)}`;
    const code = `/**\n * First.\n *\n * ${item}\n * - second\n * | a   | b |\n * \`\`\`\n * ${'c '.repeat(10)}\n * \`\`\`\n */`;
    expect(fixed(code)).to.equal(
      `/**\n * First.\n *\n * - ${words(19)}\n *   ${words(2)}\n * - second\n * | a   | b |\n * \`\`\`\n * ${'c '.repeat(10)}\n * \`\`\`\n */`
        .split('\n')
        .map((line) => line.trimEnd())
        .join('\n'),
    );
  });

  it('are not torn inside a citation or a piece of code', () => {
    const text = `${words(18)} abc [rest 2.4, 3.5] and \`a b c\``;
    expect(fixed(`// ${text}`)).to.equal(`// ${words(18)} abc\n// [rest 2.4, 3.5] and \`a b c\``);
  });
});
