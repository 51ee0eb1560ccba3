// Runs the layer rules over src, test and bench, then proves that they bite: violations planted in a copy of the tree must all be
// found. A tool that silently cruises nothing (it happens when the TypeScript API is missing) would fail the second half.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const MODULES_MIN = 50;

const cruise = (cwd) => {
  const run = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      'src',
      'test',
      'bench',
    ],
    { cwd, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  );
  if (run.stdout === '') throw new Error(`dependency-cruiser said nothing: ${run.stderr}`);
  return JSON.parse(run.stdout).summary;
};

const planted = [
  ['src/lib/planted.ts', "import '../core/order-manager.ts';\n", 'lib-imports-inwards-only'],
  ['src/core/planted.ts', "import '../kraken/cl-ord-id.ts';\n", 'core-imports-inwards-only'],
  ['src/core/planted-io.ts', "import 'node:fs';\n", 'pure-layers-do-no-io'],
  ['src/core/planted-package.ts', "import 'winston';\n", 'pure-layers-import-no-package'],
  [
    'src/simulator/planted.ts',
    "import '../core/order-manager.ts';\n",
    'simulator-shares-the-codec-and-the-session-only',
  ],
  ['src/upstream/planted.ts', "import '../app/compose.ts';\n", 'upstream-imports-inwards-only'],
  ['src/kraken/planted.ts', "import 'jspurefix';\n", 'jspurefix-behind-one-door'],
];

const real = cruise(root);
for (const violation of real.violations) {
  console.error(`layers: ${violation.rule.name}: ${violation.from} -> ${violation.to}`);
}
if (real.totalCruised < MODULES_MIN) {
  console.error(`layers: only ${real.totalCruised} modules cruised`);
  process.exit(1);
}

const copy = mkdtempSync(join(tmpdir(), 'fathom-layers-'));
try {
  for (const name of [
    'src',
    'test',
    'bench',
    'tsconfig.json',
    'package.json',
    '.dependency-cruiser.cjs',
  ]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const [file, text] of planted) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), text);
  }
  const found = cruise(copy).violations.map((v) => `${v.from} ${v.rule.name}`);
  const missed = planted.filter(([file, , rule]) => !found.includes(`${file} ${rule}`));
  for (const [file, , rule] of missed)
    console.error(`layers: planted violation not found: ${file} ${rule}`);
  if (missed.length > 0 || real.violations.length > 0) process.exit(1);
  console.log(
    `layers: ${real.totalCruised} modules cruised, no violation, ${planted.length} planted ones found`,
  );
} finally {
  rmSync(copy, { recursive: true, force: true });
}
