import { type KeyPair } from '../../config/config.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { Secret } from '../../lib/secret.ts';
import { type CliIo } from './cli-io.ts';
import { type CommandConfig, type VenueOptions } from './venue-options.ts';

/** A key and whose it is. */
export interface NamedKey {
  /** As the operator calls the account. */
  readonly account: string;
  readonly credential: KeyPair;
  /** Where it came from, for people. */
  readonly source: string;
  /** An account was named that has no key of its own in the environment. */
  readonly isSubstitute: boolean;
}

/**
 * The key of an account, from the environment or the configuration: never from a command line that
 * others can see. The environment wins, since `--account` names it. The error is for the operator.
 */
export const keyOf = (
  { account }: VenueOptions,
  file: CommandConfig | undefined,
  env: CliIo['env'],
): Result<NamedKey, string> => {
  const named = account === undefined ? undefined : fromEnvironment(account, env);
  if (named?.ok === true) return named;
  if (file === undefined)
    return named ?? err('this needs a key: give --account, or --config with rest.credentials');
  return fromConfig(file, account);
};

const fromConfig = (
  { config, path, missingSecrets }: CommandConfig,
  account: string | undefined,
): Result<NamedKey, string> => {
  const credential = config.rest?.credentials;
  if (credential !== undefined)
    return ok({
      account: account ?? config.engine.name,
      credential,
      source: `rest.credentials of ${path}`,
      isSubstitute: account !== undefined,
    });
  const missing = ['apiKey', 'apiSecret'].flatMap(
    (half) => missingSecrets.get(`rest.credentials.${half}`) ?? [],
  );
  if (missing.length > 0) return err(missing.join('\n'));
  const way = account === undefined ? 'give --account' : `set ${prefixOf(account)}_API_KEY`;
  return err(`config: rest.credentials: are not set in ${path}; set them or ${way}`);
};

const prefixOf = (account: string): string =>
  `FATHOM_REST_${account.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;

const fromEnvironment = (account: string, env: CliIo['env']): Result<NamedKey, string> => {
  const prefix = prefixOf(account);
  const apiKey = env[`${prefix}_API_KEY`];
  const apiSecret = env[`${prefix}_API_SECRET`];
  if (apiKey === undefined || apiSecret === undefined)
    return err(`set ${prefix}_API_KEY and ${prefix}_API_SECRET`);
  const credential = { apiKey: new Secret(apiKey), apiSecret: new Secret(apiSecret) };
  return ok({ account, credential, source: `${prefix}_API_KEY`, isSubstitute: false });
};
