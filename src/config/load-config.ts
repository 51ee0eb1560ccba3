import { type Result, err, ok } from '../lib/result.ts';
import { buildConfig } from './build-config.ts';
import { checkShape } from './check-shape.ts';
import { type Config } from './config.ts';
import { type ConfigProblem } from './config-problem.ts';
import { crossChecks } from './cross-checks.ts';
import { type EffectiveRow, effectiveRows } from './effective-rows.ts';
import { expandSchema } from './expand-schema.ts';
import { type JsonDocument } from './json-text.ts';
import { type Environment, type Source, applyOverrides } from './overrides.ts';
import { type RawConfig } from './raw-config.ts';
import { readConfigFile } from './read-config-file.ts';
import { resolveSecrets } from './secrets.ts';
import { validateValues } from './validate-values.ts';

export interface LoadConfigOptions {
  /** The JSON file. */
  readonly path: string;
  /** Usually `process.env`: secrets by name, and `FATHOM_SECTION__KEY` overrides. */
  readonly env: Environment;
  /** Values by dotted key path, above file and environment; texts are read as in the environment. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Every key with its effective value and where that came from; secrets masked. */
  readonly rows: readonly EffectiveRow[];
}

/**
 * Reads, checks and completes a configuration. Strict: a key that we do not know is a mistake, not a decoration. All problems are
 * reported at once, in the order of reading, contradictions between keys last.
 */
export const loadConfig = ({
  path,
  env,
  overrides = {},
}: LoadConfigOptions): Result<LoadedConfig, readonly ConfigProblem[]> => {
  const read = readConfigFile(path);
  if (!read.ok) return err([read.error]);
  const { document, tree: file } = read.value;
  const overridden = applyOverrides(file, expandSchema(file).schema, { env, overrides });
  const { schema, problems: nameProblems } = expandSchema(overridden.tree);
  const shaped = checkShape(overridden.tree, schema);
  const validated = validateValues(schema, shaped.tree);
  const secrets = resolveSecrets(schema, validated.values, env);
  const problems = [
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
  ];
  if (problems.length > 0) return err(uniqueByPath(problems));
  // No problem is left, so every required key has a value of its kind.
  const raw = validated.values as unknown as RawConfig;
  const sources = new Map([...fileSources(document, path), ...overridden.sources]);
  return ok({
    config: buildConfig(raw, secrets.byPath),
    rows: effectiveRows({ schema, raw, sources, secretByPath: secrets.byPath }),
  });
};

/** What is wrong with a key by itself, or with where it points for a secret, hides what only follows from it. */
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
  path: string,
): readonly (readonly [string, Source])[] =>
  [...document.lineByPath].map(([key, line]) => [key, `file:${path}:${line}`] as const);
