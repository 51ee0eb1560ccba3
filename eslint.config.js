import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { fathomLint } from './test/lint/comment-columns.js';

/** The core and the session machine get time, randomness and I/O as arguments, never by reaching out. */
const deterministic = {
  'no-restricted-globals': [
    'error',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'queueMicrotask',
    'performance',
    'process',
    'fetch',
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Take the time from the event.' },
    { object: 'Math', property: 'random', message: 'Take a Prng.' },
    { object: 'crypto', property: 'randomUUID', message: 'Take the id from the event.' },
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: 'Take the time from the event.',
    },
    { selector: 'AwaitExpression', message: 'Pure code is synchronous.' },
    { selector: 'ThrowStatement', message: 'Return a value or call invariant().' },
  ],
  'no-restricted-imports': ['error', { patterns: ['node:*', 'winston', 'ws', 'undici'] }],
};

/** The one real clock lives in app/system-clock.ts; everybody else is handed a Clock. */
const clockIsInjected = {
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Take a Clock.' },
    { object: 'Math', property: 'random', message: 'Take a random source.' },
  ],
};

export default defineConfig(
  { ignores: ['dist', 'coverage', '**/*.js', '**/*.cjs', 'var'] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { fathom: fathomLint },
    rules: {
      'fathom/comment-columns': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: false },
      ],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      // A switch over a union is one decision, however many members it has.
      complexity: ['error', { max: 12, variant: 'modified' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  { files: ['src/**'], ignores: ['src/app/system-clock.ts'], rules: clockIsInjected },
  {
    files: ['src/core/**', 'src/domain/**', 'src/fix/session/**', 'src/simulator/exchange/**'],
    rules: deterministic,
  },
  {
    files: ['test/**', 'bench/**'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
