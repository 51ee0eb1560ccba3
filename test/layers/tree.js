// Rules on the shape of the tree that no import rule can say. Each returns lines of complaint.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';

export const FOLDER_FILES_MAX = 15;
const SINGLE_USER_LINES_MIN = 60;

/** Short files with one user that stand on their own, each with the reason. An entry that is not needed is a complaint. */
const SINGLE_USER_ALLOWED = new Map([['src/cli/simulate/wait.ts', 'a subcommand of its own']]);

const filesBelow = (root, folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => normalize(join(entry.parentPath, entry.name)).slice(normalize(root).length + 1))
    .map((file) => file.replaceAll('\\', '/'))
    .sort();

/** The sixteenth file asks for a room. */
export const folderSizes = (root) => {
  const counts = new Map();
  for (const file of [...filesBelow(root, 'src'), ...filesBelow(root, 'test/unit')])
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > FOLDER_FILES_MAX)
    .map(
      ([folder, count]) =>
        `folder-size: ${folder} holds ${count} files, ${FOLDER_FILES_MAX} at most`,
    );
};

/** Tests of what is no source: the documents, and the lint rules of our own. */
const OF_THE_PROJECT = new Set(['docs', 'lint']);

/** test/unit mirrors src (and bench), and a test that is named after a file stands where the file stands. */
export const mirroredTests = (root) => {
  const sources = filesBelow(root, 'src');
  const folders = new Set(['src']);
  for (const file of [...sources, ...filesBelow(root, 'bench')])
    for (let dir = dirname(file); dir !== '.'; dir = dirname(dir)) folders.add(dir);
  const complaints = [];
  for (const test of filesBelow(root, 'test/unit')) {
    const folder = dirname(test).slice('test/unit/'.length);
    if (OF_THE_PROJECT.has(folder)) continue;
    if (!folders.has(`src/${folder}`) && !folders.has(folder)) {
      complaints.push(`mirrored-tests: ${test}: there is no folder src/${folder}`);
      continue;
    }
    const room = folder.split('/')[0];
    const name = basename(test).replace(/\.test\.ts$/, '.ts');
    const named = sources.filter((f) => f.startsWith(`src/${room}/`) && basename(f) === name);
    if (
      test.endsWith('.test.ts') &&
      named.length > 0 &&
      !named.some((f) => dirname(f) === `src/${folder}`)
    )
      complaints.push(`mirrored-tests: ${test} is named after ${named.join(', ')}`);
  }
  return complaints;
};

const IMPORTED = /(?:from\s*|import\s*\(?\s*)'(\.[^']+\.ts)'/g;

/** Every file with one user, in its own folder, under 60 lines and without a test of its own. */
const shortSingleUsers = (root) => {
  const users = new Map();
  const tested = new Set();
  for (const folder of ['src', 'test', 'bench'])
    for (const file of filesBelow(root, folder))
      for (const [, to] of readFileSync(join(root, file), 'utf8').matchAll(IMPORTED)) {
        const target = normalize(join(dirname(file), to)).replaceAll('\\', '/');
        if (!file.startsWith('src/')) tested.add(target);
        else users.set(target, (users.get(target) ?? new Set()).add(file));
      }
  return filesBelow(root, 'src').flatMap((file) => {
    const [user, ...others] = users.get(file) ?? [];
    if (user === undefined || others.length > 0 || tested.has(file)) return [];
    if (dirname(user) !== dirname(file)) return [];
    const lines = readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length;
    return lines < SINGLE_USER_LINES_MIN ? [{ file, user, lines }] : [];
  });
};

/** Such a file is part of its user. */
export const singleUsers = (root) =>
  shortSingleUsers(root)
    .filter(({ file }) => !SINGLE_USER_ALLOWED.has(file))
    .map(
      ({ file, user, lines }) =>
        `single-user: ${file} (${lines} lines) has one user, ${user}: make it a part of it`,
    );

/** An allowance that nothing needs any longer would hide the next one. */
export const staleAllowances = (root) => {
  const needed = new Set(shortSingleUsers(root).map(({ file }) => file));
  return [...SINGLE_USER_ALLOWED.keys()]
    .filter((file) => !needed.has(file))
    .map((file) => `single-user: ${file} needs no allowance in test/layers/tree.js`);
};
