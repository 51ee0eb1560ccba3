// Fills comments of the given TypeScript files (default: src, test, bench) again, to 100 columns: node test/lint/wrap-comments.js
// What is left is printed, and is for a person.
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { fathomLint } from './comment-columns.js';

const files = process.argv.slice(2);
const eslint = new ESLint({
  fix: true,
  overrideConfigFile: true,
  overrideConfig: [
    { ignores: ['**/*.js', '**/*.cjs'] },
    {
      files: ['**/*.ts'],
      languageOptions: { parser: tseslint.parser },
      linterOptions: { reportUnusedDisableDirectives: 'off' },
      plugins: { fathom: fathomLint },
      rules: { 'fathom/comment-columns': 'error' },
    },
  ],
  allowInlineConfig: false,
});
const results = await eslint.lintFiles(files.length > 0 ? files : ['src', 'test', 'bench']);
await ESLint.outputFixes(results);
let left = 0;
for (const { filePath, messages } of results) {
  for (const { line, message } of messages) {
    console.log(`${filePath}:${line}: ${message}`);
    left++;
  }
}
console.log(
  `${results.filter(({ output }) => output !== undefined).length} files changed, ${left} lines left`,
);
