// Runs the layer rules over src, test and bench, then proves that they bite: violations planted in a copy of the tree must all be
// found. A tool that silently cruises nothing (it happens when the TypeScript API is missing) would fail the second half.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  FOLDER_FILES_MAX,
  folderSizes,
  mirroredTests,
  singleUsers,
  staleAllowances,
} from './tree.js';

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
  ['src/archive/planted.ts', "import '../domain/order.ts';\n", 'archive-imports-inwards-only'],
  ['src/kraken/planted.ts', "import 'jspurefix';\n", 'jspurefix-in-one-file-only'],
  ...[
    ['core/facts', 'core/decide/draft', 'core-facts-looks-down'],
    ['core/evolve', 'core/decide/draft', 'core-evolve-looks-down'],
    ['core/evolve', 'core/effects/effects-of', 'core-evolve-looks-down'],
    ['core/decide', 'core/doubt/lose-route', 'core-decide-looks-down'],
    ['core/doubt', 'core/route/decide-route', 'core-doubt-looks-down'],
    ['core/risk', 'core/decide/draft', 'core-risk-looks-down'],
    ['core/route', 'core/order-manager', 'core-route-looks-down'],
    ['fix/dictionary', 'fix/codec/frame-encoder', 'fix-dictionary-looks-down'],
    ['fix/codec', 'fix/validation/validate', 'fix-codec-looks-down'],
    ['fix/validation', 'fix/session/step', 'fix-validation-looks-down'],
    ['fix/session/model', 'fix/session/step', 'fix-session-model-looks-down'],
    ['fix/session', 'fix/runtime/session-host', 'fix-session-looks-down'],
    ['fix/runtime', 'fix/log/log', 'fix-runtime-looks-down'],
    ['fix/log', 'fix/session/step', 'fix-log-knows-no-session'],
    [
      'simulator/exchange/model',
      'simulator/exchange/reads/margin',
      'simulator-exchange-model-looks-down',
    ],
    [
      'simulator/exchange/model/instruments',
      'simulator/exchange/reads/margin',
      'simulator-exchange-model-looks-down',
    ],
    [
      'simulator/exchange/reads',
      'simulator/exchange/trading/execution',
      'simulator-exchange-reads-looks-down',
    ],
    [
      'simulator/exchange/trading',
      'simulator/exchange/orders/placement',
      'simulator-exchange-trading-looks-down',
    ],
    [
      'simulator/exchange/orders',
      'simulator/exchange/venue-acts/liquidation',
      'simulator-exchange-orders-looks-down',
    ],
    [
      'simulator/exchange/venue-acts',
      'simulator/exchange/exchange',
      'simulator-exchange-venue-acts-looks-down',
    ],
    [
      'kraken/websocket/events',
      'kraken/websocket/parse/parse-frame',
      'kraken-websocket-events-looks-down',
    ],
    [
      'kraken/websocket/parse',
      'kraken/websocket/connection/feed-driver',
      'kraken-websocket-parse-looks-down',
    ],
    [
      'kraken/websocket/connection',
      'kraken/websocket/feeds/market-feed',
      'kraken-websocket-connection-looks-down',
    ],
    [
      'kraken/websocket/views',
      'kraken/websocket/connection/feed-driver',
      'kraken-websocket-views-looks-down',
    ],
    ['config/schema', 'config/load/load-config', 'config-schema-looks-down'],
    ['config/check', 'config/load/load-config', 'config-check-looks-down'],
    ['config/load', 'config/quickfix/quickfix-import', 'config-load-looks-down'],
  ].map(([folder, target, rule], index) => [
    `src/${folder}/planted-up-${index}.ts`,
    `import '${relative(`src/${folder}`, `src/${target}.ts`).replace(/^(?!\.)/, './')}';\n`,
    rule,
  ]),
];

/** Violations of the shape of the tree, and the words by which each must be found. */
const misshapen = [
  [
    Array.from({ length: FOLDER_FILES_MAX + 1 }, (_, index) => [
      `src/lib/planted-room/file-${index}.ts`,
      'export {};\n',
    ]),
    folderSizes,
    'folder-size: src/lib/planted-room holds 16 files',
  ],
  [
    [['test/unit/planted-nowhere/some.test.ts', 'export {};\n']],
    mirroredTests,
    'mirrored-tests: test/unit/planted-nowhere/some.test.ts',
  ],
  [
    [
      ['test/unit/fix/order-manager.test.ts', 'export {};\n'],
      ['src/fix/codec/order-manager.ts', 'export {};\n'],
    ],
    mirroredTests,
    'mirrored-tests: test/unit/fix/order-manager.test.ts is named after',
  ],
  [
    [
      ['src/lib/planted-one.ts', 'export const one = 1;\n'],
      ['src/lib/planted-user.ts', "import './planted-one.ts';\n"],
    ],
    singleUsers,
    'single-user: src/lib/planted-one.ts',
  ],
];

const real = cruise(root);
for (const violation of real.violations) {
  console.error(`layers: ${violation.rule.name}: ${violation.from} -> ${violation.to}`);
}
const shape = [
  ...folderSizes(root),
  ...mirroredTests(root),
  ...singleUsers(root),
  ...staleAllowances(root),
];
for (const complaint of shape) console.error(`layers: ${complaint}`);
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
  let unseen = 0;
  for (const [files, rule, words] of misshapen) {
    for (const [file, text] of files) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      writeFileSync(join(copy, file), text);
    }
    if (rule(copy).some((complaint) => complaint.startsWith(words))) continue;
    console.error(`layers: planted shape not found: ${words}`);
    unseen += 1;
  }
  if (missed.length + unseen + real.violations.length + shape.length > 0) process.exit(1);
  console.log(
    `layers: ${real.totalCruised} modules cruised, no violation, ${planted.length + misshapen.length} planted ones found`,
  );
} finally {
  rmSync(copy, { recursive: true, force: true });
}
