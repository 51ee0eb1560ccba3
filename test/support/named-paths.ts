import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders whose contents documents name: at the top, and the rooms of `src`. */
const TOP = ['src', 'test', 'docs', 'bench', 'bin', 'config', 'fix-dictionaries', '.ci'];
const SPAN = /`([^`\s]+\/[^`\s]*)`/g;
const LINK = /\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g;
const TREE_PATH = /(?<![\w./-])(?:[\w-]+\/)+(?:[\w.-]+\w)?/g;

/** Whether a path leads to a file or folder: from the root, from `src`, or as a TypeScript file. */
const exists = (root: string, path: string, folders: readonly string[] = []): boolean =>
  ['', 'src', ...folders].some((folder) =>
    [path, `${path}.ts`].some((name) => existsSync(join(root, folder, name))),
  );

/** Paths in backquotes that begin with a folder of ours, and relative links, that lead nowhere. */
export const wrongPaths = (root: string, file: string, text: string): readonly string[] => {
  const heads = new Set([...TOP, ...readdirSync(join(root, 'src'))]);
  const spans = [...text.matchAll(SPAN)]
    .map(([, path = '']) => path)
    .filter((path) => heads.has(path.split('/')[0] ?? '') && !/[*<>…:{]/.test(path))
    .filter((path) => !exists(root, path, [dirname(file)]));
  const links = [...text.matchAll(LINK)]
    .map(([, path = '']) => path)
    .filter((path) => !existsSync(join(root, dirname(file), path)));
  return [...spans, ...links];
};

/**
 * Paths of a drawn tree that lead nowhere. An indented line belongs to the last line that is not
 * indented, and a path on it may lie below another one of its line.
 */
export const wrongTreePaths = (root: string, tree: string): readonly string[] => {
  let parents: readonly string[] = [];
  return tree.split('\n').flatMap((line) => {
    const paths = line.match(TREE_PATH) ?? [];
    if (/^\S/.test(line)) parents = paths.filter((path) => existsSync(join(root, path)));
    const below = parents.flatMap((parent) => paths.map((path) => join(parent, path)));
    return paths.filter((path) => !exists(root, path, [...parents, ...below]));
  });
};
