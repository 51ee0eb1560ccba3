import { systemClock, systemRandom, systemTimers } from '../../app/system-clock.ts';
import { makeAccountBudgets } from '../../kraken/rate-budget.ts';
import { makeRawClient, type RawClient } from '../../kraken/rest/raw-client.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type CliIo, withoutSecrets } from './cli-io.ts';
import {
  sayEndOfLife,
  type CommandConfig,
  openConfig,
  type VenueOptions,
} from './venue-options.ts';
import { keyOf, type NamedKey } from './account-key.ts';
import { faultOfPlain, restOf } from './venue-place.ts';

export interface OpenedRest {
  readonly client: RawClient;
  /** Absent for public calls. */
  readonly key: NamedKey | undefined;
  /** For what the venue says: it masks the key. */
  readonly io: CliIo;
  readonly close: () => Promise<void>;
}

/**
 * The REST client of a command, as flags, environment and configuration say. Says why there is
 * none, and whose key is used when the one that was named is not set; tells the end of life.
 */
export const openRest = (
  options: VenueOptions,
  io: CliIo,
  { isPrivate }: { readonly isPrivate: boolean },
): OpenedRest | undefined => {
  const file = openConfig(options.config, io.env);
  if (!file.ok) {
    for (const line of file.error) io.err(line);
    return undefined;
  }
  sayEndOfLife(file.value?.config.endOfLife, io);
  const opened = connect(options, file.value, io, isPrivate);
  if (opened.ok) return opened.value;
  io.err(opened.error);
  return undefined;
};

const connect = (
  options: VenueOptions,
  file: CommandConfig | undefined,
  io: CliIo,
  isPrivate: boolean,
): Result<OpenedRest, string> => {
  const rest = restOf(options, file);
  if (!rest.ok) return rest;
  const key = isPrivate ? keyOf(options, file, io.env) : ok(undefined);
  if (!key.ok) return key;
  const plain = key.value === undefined ? undefined : faultOfPlain(rest.value.origin);
  if (plain !== undefined) return err(plain);
  if (key.value?.isSubstitute === true)
    io.err(
      `${key.value.account}: no key of its own in the environment, ${key.value.source} is used`,
    );
  const settings = { ...rest.value, ...(key.value && { credential: key.value.credential }) };
  const { client, close } = makeRawClient(settings, {
    ...{ clock: systemClock, timers: systemTimers, random: systemRandom },
    budgets: makeAccountBudgets(),
  });
  const { apiKey, apiSecret } = key.value?.credential ?? {};
  const secrets = [apiKey, apiSecret].filter((secret) => secret !== undefined);
  return ok({ client, close, key: key.value, io: withoutSecrets(io, secrets) });
};
