import convict from 'convict';
import { type Result, err, ok } from '../../lib/result.ts';
import { crossChecks } from '../check/cross-checks.ts';
import { type ConfigProblem, didYouMean } from '../config-problem.ts';
import { type Config } from '../config.ts';
import { RISK } from '../schema/risk-schema.ts';
import {
  FIXED_SECTIONS,
  NAMED_SECTIONS,
  type NamedSection,
  type RawConfig,
  type Unchecked,
} from '../schema/schema.ts';
import { role } from '../schema/session-schema.ts';
import { type Block, isSetting } from '../schema/setting.ts';
import { resolveSecrets } from '../secrets.ts';
import { type Tree, isSecretReference, isTree, valueAt } from '../tree.ts';
import { buildConfig } from './build-config.ts';
import { type EffectiveRow, effectiveRows } from './effective-rows.ts';
import { type JsonDocument } from './json-text.ts';
import { type LoadConfigOptions } from './load-config.ts';
import { type Source, applyOverrides } from './overrides.ts';
import { readConfigFile, readConfigObject } from './read-config-file.ts';

/** A configuration as far as it is good. */
export interface InspectedConfig {
  /** Every problem, in the order of reading, contradictions between keys last. */
  readonly problems: readonly ConfigProblem[];
  /** Those of them that are a secret which cannot be fetched from where the file points. */
  readonly secretProblems: readonly ConfigProblem[];
  /** Which secrets were fetched, and from where. */
  readonly secrets: readonly { readonly path: string; readonly source: Source }[];
  /**
   * Absent when anything but a secret is wrong; what needs a secret that is missing has no
   * credentials in it.
   */
  readonly whole: InspectedValues | undefined;
}

interface InspectedValues {
  readonly config: Config;
  /** Every key with its effective value and where that came from; secrets masked. */
  readonly rows: () => readonly EffectiveRow[];
}

/**
 * Reads, checks and completes a configuration as `loadConfig` does, and keeps what is good of one
 * that has problems: a command that needs no secret, or only one of them, need not have the others.
 * The error: the file itself cannot be read.
 */
export const inspectConfig = ({
  path,
  env,
  overrides = {},
}: LoadConfigOptions): Result<InspectedConfig, ConfigProblem> => {
  const read = typeof path === 'string' ? readConfigFile(path) : readConfigObject(path);
  if (!read.ok) return err(read.error);
  const { document, tree: file } = read.value;
  const overridden = applyOverrides(file, expandSchema(file).schema, { env, overrides });
  const { schema, problems: nameProblems } = expandSchema(overridden.tree);
  const shaped = checkShape(overridden.tree, schema);
  const validated = validateValues(schema, shaped.tree);
  const secrets = resolveSecrets(schema, validated.values, env);
  const problems = uniqueByPath([
    ...document.duplicates.map(({ path: key, firstLine, line }) => ({
      path: key,
      reason: `is written twice, on lines ${firstLine} and ${line}`,
    })),
    ...overridden.problems,
    ...nameProblems,
    ...shaped.problems,
    ...validated.problems,
    ...secrets.problems,
    ...crossChecks(validated.values),
  ]);
  const secretProblems = problems.filter((problem) => secrets.problems.includes(problem));
  // No problem but a secret is left, so every required key has a value of its kind.
  const raw = validated.values as unknown as RawConfig;
  const sources = new Map([
    ...fileSources(document, typeof path === 'string' ? `file:${path}` : 'object'),
    ...overridden.sources,
  ]);
  const secretByPath = secrets.byPath;
  const isWhole = problems.length === secretProblems.length;
  return ok({
    problems,
    secretProblems,
    secrets: [...secretByPath].map(([key, { source }]) => ({ path: key, source })),
    whole: isWhole
      ? {
          config: buildConfig(raw, secretByPath),
          rows: () => effectiveRows({ schema, raw, sources, secretByPath }),
        }
      : undefined,
  });
};

/**
 * What is wrong with a key by itself, or with where it points for a secret, hides what only follows
 * from it.
 */
const uniqueByPath = (problems: readonly ConfigProblem[]): readonly ConfigProblem[] => {
  const seen = new Set<string>();
  return problems.filter(({ path }) => {
    const isNew = !seen.has(path);
    seen.add(path);
    seen.add(path.replace(/\.(?:env|file)$/, ''));
    return isNew;
  });
};

const fileSources = (
  document: JsonDocument,
  source: string,
): readonly (readonly [string, Source])[] =>
  [...document.lineByPath].map(([key, line]) => [key, `${source}:${line}`] as const);

interface ExpandedSchema {
  readonly schema: Block;
  readonly problems: readonly ConfigProblem[];
}

/**
 * The schema for one file: the fixed sections, and below `sessions`, `instruments`, `risk`
 * and `funds` a block for each name that the file has. A session without a usable
 * `role` is a problem and gets no block.
 */
const expandSchema = (tree: Tree): ExpandedSchema => {
  const problems: ConfigProblem[] = [];
  const blocks = NAMED_SECTIONS.map((section) => namedBlock(section, tree, problems));
  const [sessions = {}, instruments = {}, ...others] = blocks;
  const [symbols = {}, accounts = {}, clients = {}, strategies = {}, ...ofFunds] = others;
  const risk = { ...RISK, symbols, accounts, clients, strategies };
  const [operators = {}, destinations = {}, limits = {}] = ofFunds;
  const funds = { ...FIXED_SECTIONS.funds, operators, destinations, limits };
  return {
    schema: { ...FIXED_SECTIONS, funds, sessions, instruments, risk },
    problems,
  };
};

const namedBlock = (section: NamedSection, tree: Tree, problems: ConfigProblem[]): Block => {
  const entries = valueAt(tree, section.path);
  if (!isTree(entries)) return {};
  const block: Record<string, Block> = {};
  for (const [name, value] of Object.entries(entries)) {
    const path = [...section.path, name].join('.');
    if (!section.pattern.test(name))
      problems.push({ path, reason: `the name must be ${section.title}` });
    else if (!isTree(value)) problems.push({ path, reason: 'must be a group of keys { … }' });
    else {
      const found = section.blockFor(value);
      if (found === undefined)
        problems.push({ path: `${path}.role`, reason: roleProblem(value['role']) });
      else block[name] = found;
    }
  }
  return block;
};

const roleProblem = (value: unknown): string => {
  if (value === undefined) return `is required: one of ${role.kind}`;
  return `must be one of ${role.kind.replaceAll(' |', ',')}: value was ${JSON.stringify(value)}`;
};

interface Shaped {
  /** The tree without what has no place in the schema. */
  readonly tree: Tree;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Unknown keys, groups that are no groups, and required keys that are missing. Kinds of values are
 * convict's part.
 */
const checkShape = (tree: Tree, schema: Block, path: readonly string[] = []): Shaped => {
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
      clean[key] = node.canonical(value);
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

interface ValidatedValues {
  /** Defaults filled in; keys whose value is not of their kind are back at their default. */
  readonly values: Unchecked<RawConfig> & Tree;
  readonly problems: readonly ConfigProblem[];
}

/**
 * convict's part: defaults and the kinds of values. It is shielded from the real environment and
 * arguments, because it would convert their texts leniently and could not say where a value came
 * from.
 */
const validateValues = (schema: Block, tree: Tree): ValidatedValues => {
  const config = convict<Tree>(toConvictSchema(schema), { env: {}, args: [] });
  config.load(renamed(tree, toConvictKey));
  const problems: ConfigProblem[] = [];
  try {
    config.validate({ allowed: 'strict' });
  } catch (cause) {
    // convict reports by one exception, a line per key: `path: reason: value was …`.
    for (const line of (cause as Error).message.split('\n')) problems.push(lineToProblem(line));
  }
  for (const { path } of problems) config.reset(path);
  const values = renamed(config.getProperties(), fromConvictKey) as ValidatedValues['values'];
  return {
    values,
    problems: problems.map(({ path, reason }) => ({ path: fromConvictKey(path), reason })),
  };
};

/**
 * convict finds what every object inherits, `constructor` and its kin, where a name of a session or
 * of a currency stands. No key and no name of ours has this sign.
 */
const toConvictKey = (key: string): string => (key in Object.prototype ? `${key}~` : key);
const fromConvictKey = (key: string): string => key.replaceAll('~', '');

const renamed = (tree: Tree, rename: (key: string) => string): Tree =>
  Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      rename(key),
      isTree(value) ? renamed(value, rename) : value,
    ]),
  );

/**
 * Formats go in by name: of a format that is a function convict converts texts by the type of the
 * default, and would take "30" for 30.
 */
const toConvictSchema = (block: Block): convict.Schema<Tree> =>
  Object.fromEntries(
    Object.entries(block).map(([key, node]) => {
      const name = toConvictKey(key);
      if (!isSetting(node)) return [name, toConvictSchema(node)];
      const format = `fathom ${node.kind}`;
      convict.addFormat({ name: format, validate: node.format });
      return [name, { ...node, format }];
    }),
  ) as convict.Schema<Tree>;

const lineToProblem = (line: string): ConfigProblem => {
  const colon = line.indexOf(': ');
  return { path: line.slice(0, colon), reason: line.slice(colon + 2) };
};
