import { readFileSync } from 'node:fs';
import { faultOfMode, MODE } from '../lib/files/open-mode.ts';
import { type Result, err, ok } from '../lib/result.ts';
import { fileFault } from '../lib/files/file-fault.ts';
import { Secret } from '../lib/secret.ts';
import { type ConfigProblem } from './config-problem.ts';
import { type SecretReference } from './schema/kinds.ts';
import { type Environment, type Source } from './load/overrides.ts';
import { type Block } from './schema/setting.ts';
import { type Tree, secretPathsOf, valueAt } from './tree.ts';

export interface ResolvedSecrets {
  readonly byPath: ReadonlyMap<string, { readonly secret: Secret; readonly source: Source }>;
  readonly problems: readonly ConfigProblem[];
}

const SECRET_BYTES_MAX = 65_536;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Fetches every secret that the configuration points at. References that are left out are not
 * checked here.
 */
export const resolveSecrets = (schema: Block, values: Tree, env: Environment): ResolvedSecrets => {
  const byPath = new Map<string, { secret: Secret; source: Source }>();
  const problems: ConfigProblem[] = [];
  for (const keys of secretPathsOf(schema)) {
    const path = keys.join('.');
    const reference = valueAt(values, keys) as Partial<SecretReference> | undefined;
    const fetched = reference === undefined ? undefined : fetch(reference, env);
    if (fetched === undefined) continue;
    if (!fetched.ok) problems.push({ path, reason: fetched.error });
    else if (keys.at(-1) === 'apiSecret' && !BASE64.test(fetched.value.secret.reveal())) {
      problems.push({ path, reason: `what ${fetched.value.source} holds is not base64` });
    } else byPath.set(path, fetched.value);
  }
  return { byPath, problems };
};

/** `undefined` when the reference is left out. */
const fetch = (
  { env: name, file }: Partial<SecretReference>,
  env: Environment,
): Fetched | undefined => {
  if (name !== undefined && file !== undefined)
    return err('has both "env" and "file": leave one out');
  if (name !== undefined) return fromEnvironment(name, env);
  return file === undefined ? undefined : fromFile(file);
};

type Fetched = Result<{ readonly secret: Secret; readonly source: Source }, string>;

const fromEnvironment = (name: string, env: Environment): Fetched => {
  const text = env[name]?.trim();
  if (text === undefined) return err(`the environment variable ${name} is not set`);
  if (text === '') return err(`the environment variable ${name} is empty`);
  return ok({ secret: new Secret(text), source: `env:${name}` });
};

const fromFile = (path: string): Fetched => {
  let text: string;
  try {
    // Who can write it chooses our key. A file that others can read is told, not refused: it is
    // how many a container is given its secrets.
    const fault = faultOfMode(path, MODE.othersWrite);
    if (fault !== undefined) return err(`the file ${fault}`);
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    return err(`the file ${path} cannot be read: ${fileFault(cause)}`);
  }
  if (text.length > SECRET_BYTES_MAX)
    return err(`the file ${path} is longer than ${SECRET_BYTES_MAX} bytes`);
  const secret = text.trim();
  return secret === ''
    ? err(`the file ${path} is empty`)
    : ok({ secret: new Secret(secret), source: `file:${path}` });
};
