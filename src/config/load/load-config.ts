import { faultOfMode, MODE } from '../../lib/files/open-mode.ts';
import { type Result, err, ok } from '../../lib/result.ts';
import { type Config } from '../config.ts';
import { type ConfigProblem } from '../config-problem.ts';
import { type EffectiveRow } from './effective-rows.ts';
import { inspectConfig } from './inspect-config.ts';
import { type Environment } from './overrides.ts';
import { type ConfigObject } from './read-config-file.ts';

export interface LoadConfigOptions {
  /** The JSON file, or what one would hold. */
  readonly path: string | ConfigObject;
  /** Usually `process.env`: secrets by name, and `FATHOM_SECTION__KEY` overrides. */
  readonly env: Environment;
  /**
   * Values by dotted key path, above file and environment; texts are read as in the environment.
   */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Every key with its effective value and where that came from; secrets masked. */
  readonly rows: readonly EffectiveRow[];
  /** What is no reason to refuse it, and is to be told: secret files that others can read. */
  readonly warnings: readonly string[];
}

/**
 * Reads, checks and completes a configuration. Strict: a key that we do not know is a mistake, not
 * a decoration. All problems are reported at once, in the order of reading, contradictions between
 * keys last.
 */
export const loadConfig = (
  options: LoadConfigOptions,
): Result<LoadedConfig, readonly ConfigProblem[]> => {
  const inspected = inspectConfig(options);
  if (!inspected.ok) return err([inspected.error]);
  const { problems, whole, secrets } = inspected.value;
  if (problems.length > 0 || whole === undefined) return err(problems);
  const files = secrets.flatMap(({ source }) =>
    source.startsWith('file:') ? [source.slice('file:'.length)] : [],
  );
  return ok({
    config: whole.config,
    rows: whole.rows(),
    warnings: [...files, ...keyFilesOf(whole.config)].flatMap(
      (path) => faultOfMode(path, MODE.anyOther) ?? [],
    ),
  });
};

/** Private keys that are read as they are, without a reference to a secret. */
const keyFilesOf = ({ sessions }: Config): readonly string[] =>
  sessions.flatMap((session) =>
    session.role === 'client' && session.tls.keyFile !== undefined ? [session.tls.keyFile] : [],
  );
