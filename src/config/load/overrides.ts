import { type ConfigProblem, didYouMean } from '../config-problem.ts';
import { type Block } from '../schema/setting.ts';
import { type Tree, settingsOf, withValueAt } from '../tree.ts';

/** Where an effective value came from: `default`, `file:PATH:LINE`, `env:NAME` or `override`. */
export type Source = string;

export interface Overridden {
  readonly tree: Tree;
  readonly sources: ReadonlyMap<string, Source>;
  readonly problems: readonly ConfigProblem[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `engine.dataDir` is `FATHOM_ENGINE__DATADIR`; dashes of a session name become single underscores.
 */
export const environmentNameOf = (path: readonly string[]): string =>
  `FATHOM_${path.map((key) => key.toUpperCase().replaceAll('-', '_')).join('__')}`;

/**
 * Lays the environment and then the caller's overrides over the file. Every variable `FATHOM_…__…`
 * must name a key, except those that the configuration itself names as the place of a secret.
 */
export const applyOverrides = (
  file: Tree,
  schema: Block,
  given: { readonly env: Environment; readonly overrides: Readonly<Record<string, unknown>> },
): Overridden => {
  const settings = settingsOf(schema);
  const problems: ConfigProblem[] = [];
  const sources = new Map<string, Source>();
  let tree = file;
  const byVariable = new Map(settings.map((one) => [environmentNameOf(one.path), one]));
  const secretVariables = envReferencesIn(file);
  for (const [name, text] of Object.entries(given.env)) {
    if (text === undefined || !/^FATHOM_.+__./.test(name) || secretVariables.has(name)) continue;
    const found = byVariable.get(name);
    if (found === undefined) {
      const meant = didYouMean(name, [...byVariable.keys()]);
      problems.push({
        path: name,
        reason: `names no key${meant === undefined ? '' : `, did you mean ${meant}?`}`,
      });
      continue;
    }
    tree = withValueAt(tree, found.path, found.setting.fromText(text));
    sources.set(found.path.join('.'), `env:${name}`);
  }
  const byPath = new Map(settings.map((one) => [one.path.join('.'), one]));
  for (const [path, value] of Object.entries(given.overrides)) {
    const found = byPath.get(path);
    if (found === undefined) {
      const meant = didYouMean(path, [...byPath.keys()]);
      problems.push({
        path,
        reason: `is not a known key${meant === undefined ? '' : `, did you mean "${meant}"?`}`,
      });
      continue;
    }
    tree = withValueAt(
      tree,
      found.path,
      typeof value === 'string' ? found.setting.fromText(value) : value,
    );
    sources.set(path, 'override');
  }
  return { tree, sources, problems };
};

/** Texts below any key `env`: variables that hold secrets and are no overrides. */
const envReferencesIn = (node: unknown): ReadonlySet<string> => {
  if (typeof node !== 'object' || node === null) return new Set();
  return new Set(
    Object.entries(node).flatMap(([key, value]: [string, unknown]) =>
      key === 'env' && typeof value === 'string' ? [value] : [...envReferencesIn(value)],
    ),
  );
};
