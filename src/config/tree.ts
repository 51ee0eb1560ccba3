import { type Block, type Setting, isSetting } from './schema/setting.ts';

/** A JSON object, as read. */
export type Tree = Record<string, unknown>;

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path; `undefined` when any step is missing. Own keys only. */
export const valueAt = (tree: Tree, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (node, key) => (isTree(node) && Object.hasOwn(node, key) ? node[key] : undefined),
    tree,
  );

/** A copy with the value at the path; groups on the way are made, what is no group is replaced. */
export const withValueAt = (tree: Tree, path: readonly string[], value: unknown): Tree => {
  const [key, ...rest] = path;
  if (key === undefined) return tree;
  const child = Object.hasOwn(tree, key) ? tree[key] : undefined;
  return {
    ...tree,
    [key]: rest.length === 0 ? value : withValueAt(isTree(child) ? child : {}, rest, value),
  };
};

/** Every setting of a schema with its path, in the order of the schema. */
export const settingsOf = (
  block: Block,
  path: readonly string[] = [],
): readonly { readonly path: readonly string[]; readonly setting: Setting<unknown> }[] =>
  Object.entries(block).flatMap(([key, node]) =>
    isSetting(node) ? [{ path: [...path, key], setting: node }] : settingsOf(node, [...path, key]),
  );

/** Groups of exactly `env` and `file` say where a secret is. */
export const isSecretReference = (block: Block): boolean => {
  const { env, file } = block as { env?: Block; file?: Block };
  return Object.keys(block).length === 2 && env !== undefined && file !== undefined;
};

/** Paths of all secret references of a schema. */
export const secretPathsOf = (
  block: Block,
  path: readonly string[] = [],
): readonly (readonly string[])[] =>
  Object.entries(block).flatMap(([key, node]) => {
    if (isSetting(node)) return [];
    return isSecretReference(node) ? [[...path, key]] : secretPathsOf(node, [...path, key]);
  });
