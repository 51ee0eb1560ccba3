import { type ConfigProblem, didYouMean } from '../config-problem.ts';
import { NAMED_SECTIONS } from '../schema/schema.ts';
import { type Block, isSetting } from '../schema/setting.ts';
import { type Tree, isSecretReference, isTree } from '../tree.ts';

export interface Shaped {
  /** The tree without what has no place in the schema. */
  readonly tree: Tree;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Unknown keys, groups that are no groups, and required keys that are missing. Kinds of values are
 * convict's part.
 */
export const checkShape = (tree: Tree, schema: Block, path: readonly string[] = []): Shaped => {
  const problems: ConfigProblem[] = [];
  const clean: Tree = {};
  const at = (key: string): string => [...path, key].join('.');
  for (const [key, value] of Object.entries(tree)) {
    const node = Object.hasOwn(schema, key) ? schema[key] : undefined;
    if (node === undefined) {
      const reason = unknownKeyReason(key, schema, path);
      if (reason !== undefined) problems.push({ path: at(key), reason });
    } else if (value === null) {
      problems.push({ path: at(key), reason: 'must not be null: leave the key out instead' });
    } else if (isSetting(node)) {
      clean[key] = value;
    } else if (isTree(value)) {
      const child = checkShape(value, node, [...path, key]);
      clean[key] = child.tree;
      problems.push(...child.problems);
    } else {
      problems.push({ path: at(key), reason: notAGroupReason(node) });
    }
  }
  problems.push(...missingKeys(tree, schema, path));
  return { tree: clean, problems };
};

/** `undefined` for a name that the expansion has refused already. */
const unknownKeyReason = (
  key: string,
  schema: Block,
  path: readonly string[],
): string | undefined => {
  const here = path.join('.');
  if (NAMED_SECTIONS.some((section) => section.path.join('.') === here)) return undefined;
  const meant = didYouMean(key, Object.keys(schema));
  return `is not a known key${meant === undefined ? '' : `, did you mean "${meant}"?`}`;
};

const notAGroupReason = (block: Block): string =>
  isSecretReference(block)
    ? 'must say where the secret is, { "env": "NAME" } or { "file": "path" }, never the secret itself'
    : 'must be a group of keys { … }';

const missingKeys = (
  tree: Tree,
  schema: Block,
  path: readonly string[],
): readonly ConfigProblem[] =>
  Object.entries(schema).flatMap(([key, node]) => {
    if (Object.hasOwn(tree, key)) return [];
    if (!isSetting(node)) return missingKeys({}, node, [...path, key]);
    return node.required
      ? [{ path: [...path, key].join('.'), reason: `is required (${node.kind}). ${node.doc}` }]
      : [];
  });
