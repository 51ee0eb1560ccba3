import { type Result, err, ok } from '../../lib/result.ts';
import { buildConfig } from './build-config.ts';
import { checkShape } from './check-shape.ts';
import { type Config } from '../config.ts';
import { type ConfigProblem } from '../config-problem.ts';
import { crossChecks } from '../check/cross-checks.ts';
import { type EffectiveRow, effectiveRows } from './effective-rows.ts';
import { expandSchema } from './expand-schema.ts';
import { type JsonDocument } from './json-text.ts';
import { type LoadConfigOptions } from './load-config.ts';
import { type Source, applyOverrides } from './overrides.ts';
import { type RawConfig } from '../schema/raw-config.ts';
import { readConfigFile } from './read-config-file.ts';
import { resolveSecrets } from '../secrets.ts';
import { validateValues } from './validate-values.ts';

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

export interface InspectedValues {
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
  const read = readConfigFile(path);
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
  const sources = new Map([...fileSources(document, path), ...overridden.sources]);
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
  path: string,
): readonly (readonly [string, Source])[] =>
  [...document.lineByPath].map(([key, line]) => [key, `file:${path}:${line}`] as const);
