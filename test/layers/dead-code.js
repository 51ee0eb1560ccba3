// Runs knip over the tree, then proves that it bites: dead code planted in a copy of the tree must be found.
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TEST_ONLY } from './test-only.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

const knip = (cwd, args) => {
  const run = spawnSync(
    process.execPath,
    [join(root, 'node_modules/knip/bin/knip.js'), '--no-progress', ...args],
    { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (run.status !== 0 && run.stdout === '') throw new Error(`knip said nothing: ${run.stderr}`);
  return { status: run.status, text: run.stdout };
};

/** Everything: what nobody uses, or only its own file. */
const lookAtAll = (cwd) => knip(cwd, ['--config', 'knip.json']);

/** `src` from its entries alone: what is found here and not by the first look, only tests use. */
const lookAtSources = (cwd) => {
  const include = ['--include', 'files,exports,types', '--reporter', 'json'];
  const args = ['--production', '--config', 'knip.production.json', ...include];
  const { issues } = JSON.parse(knip(cwd, args).text);
  return issues.flatMap(({ file, files, exports, types }) => [
    ...(files.length > 0 ? [file] : []),
    ...[...exports, ...types].map(({ name }) => `${file} ${name}`),
  ]);
};

const copied = ['src', 'test', 'bench', 'bin', 'fix-dictionaries'].concat(
  ...['package.json', 'tsconfig.json', 'tsconfig.build.json', 'knip.json', 'knip.production.json'],
  ...['eslint.config.js', '.mocharc.json', '.c8rc.json', '.dependency-cruiser.cjs'],
);

/** File, text that is added to it, and what the first look must then complain of. */
const planted = [
  ['src/lib/planted-file.ts', 'export const planted = 1;\n', 'planted-file.ts'],
  ['src/lib/defined.ts', '\nexport const plantedExport = 1;\n', 'plantedExport'],
  ['src/lib/defined.ts', '\nexport interface PlantedType { readonly a: 1 }\n', 'PlantedType'],
];
const plantedForTests = 'src/lib/defined.ts plantedForTests';

const complaints = [];
const all = lookAtAll(root);
if (all.status !== 0) complaints.push(all.text);
const testOnly = lookAtSources(root);
for (const found of testOnly)
  if (!TEST_ONLY.has(found))
    complaints.push(`only tests use ${found}: delete it, or say why in test/layers/test-only.js`);
for (const allowed of TEST_ONLY.keys())
  if (!testOnly.includes(allowed))
    complaints.push(`${allowed} needs no entry in test/layers/test-only.js`);

const copy = mkdtempSync(join(tmpdir(), 'fathom-dead-code-'));
try {
  for (const name of copied) cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const [file, text] of planted) appendFileSync(join(copy, file), text);
  appendFileSync(join(copy, 'src/lib/defined.ts'), '\nexport const plantedForTests = 1;\n');
  writeFileSync(
    join(copy, 'test/unit/lib/planted.test.ts'),
    "import { plantedForTests } from '../../../src/lib/defined.ts';\nconsole.log(plantedForTests);\n",
  );
  const { text } = lookAtAll(copy);
  for (const [file, , name] of planted)
    if (!text.includes(name)) complaints.push(`planted ${name} in ${file} was not found`);
  if (!lookAtSources(copy).includes(plantedForTests))
    complaints.push(`planted ${plantedForTests} was not found`);
} finally {
  rmSync(copy, { recursive: true, force: true });
}
for (const complaint of complaints) console.error(`dead code: ${complaint}`);
if (complaints.length > 0) process.exit(1);
console.log(`dead code: none, ${planted.length + 1} planted pieces found`);
