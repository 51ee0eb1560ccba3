import { tradingSessionsOf } from '../../app/sessions/venue-access.ts';
import { type KeyPair, type TradingSessionConfig } from '../../config/config.ts';
import { defined } from '../../lib/defined.ts';
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

/** The keys of every account of the configuration, or of the one that is named. */
export const keysOf = (
  options: VenueOptions,
  file: CommandConfig | undefined,
  env: CliIo['env'],
): readonly NamedKey[] => {
  const accounts = file === undefined ? [] : tradingSessionsOf(file.config);
  const names =
    options.account === undefined && accounts.length > 1
      ? accounts.map(({ account }) => account)
      : [options.account];
  return names.flatMap((account) => {
    const key = keyOf({ ...options, ...defined({ account }) }, file, env);
    return key.ok ? [key.value] : [];
  });
};

const fromConfig = (file: CommandConfig, account: string | undefined): Result<NamedKey, string> => {
  const accounts = tradingSessionsOf(file.config);
  const isOne = accounts.length < 2;
  const own = isOne ? accounts[0] : accounts.find((one) => one.account === account);
  if (own === undefined && !isOne) return err(accountsText(file.path, accounts, account));
  const key = configuredKey(file, own, account);
  const isSubstitute = account !== undefined && account !== own?.account;
  if (key !== undefined) return ok({ ...key, isSubstitute });
  const wanted =
    own === undefined || isOne ? 'rest.credentials' : `sessions.${own.name}.restCredentials`;
  return err(noKeyText(file, wanted, account));
};

/** The account's own key, else the configuration's only one. */
const configuredKey = (
  { config, path }: CommandConfig,
  own: TradingSessionConfig | undefined,
  account: string | undefined,
): Omit<NamedKey, 'isSubstitute'> | undefined => {
  const general = config.rest?.credentials;
  const credential = own?.restCredentials ?? general;
  if (credential === undefined) return undefined;
  if (own === undefined || credential === general) {
    const source = `rest.credentials of ${path}`;
    return { account: account ?? config.engine.name, credential, source };
  }
  const source = `sessions.${own.name}.restCredentials of ${path}`;
  return { account: account ?? own.account, credential, source };
};

const noKeyText = (
  { path, missingSecrets }: Pick<CommandConfig, 'path' | 'missingSecrets'>,
  wanted: string,
  account: string | undefined,
): string => {
  const missing = ['apiKey', 'apiSecret'].flatMap(
    (half) => missingSecrets.get(`${wanted}.${half}`) ?? [],
  );
  if (missing.length > 0) return missing.join('\n');
  const mend = account === undefined ? 'give --account' : `set ${prefixOf(account)}_API_KEY`;
  return `config: ${wanted}: are not set in ${path}; set them or ${mend}`;
};

const accountsText = (
  path: string,
  accounts: readonly TradingSessionConfig[],
  account: string | undefined,
): string => {
  const names = accounts.map((one) => one.account).join(' or ');
  return account === undefined
    ? `config: ${path} has several accounts: give --account ${names}`
    : `config: ${path} has no account ${account}: give --account ${names}, or set ${prefixOf(account)}_API_KEY`;
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
