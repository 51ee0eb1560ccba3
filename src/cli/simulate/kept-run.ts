import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { err, ok, type Result } from '../../lib/result.ts';
import { Secret } from '../../lib/secret.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type Certificate } from '../../simulator/certificate.ts';
import { type AccountSpec } from '../../simulator/exchange/model/account.ts';
import { type RestKey } from '../../simulator/gateways/rest/rest-key.ts';
import { openStateDir, type StateDir } from '../../simulator/state/state-dir.ts';
import { type SimulationKeys } from '../../simulator/settings/keys.ts';

/** What a venue is made of. All of it must be the same when its log is replayed. */
export interface Made {
  readonly seed: number;
  readonly symbols: readonly string[];
  /** `agents`, or which recording. */
  readonly market: string;
  readonly rules: Readonly<Record<string, unknown>>;
  readonly accounts: readonly AccountSpec[];
  readonly keys: KeptKeys;
  readonly certificate: Certificate & { readonly madeAt: EpochMs };
}

/** Keys in clear text: only the owner can read the file, and they are for this sandbox alone. */
interface KeptKeys {
  readonly rest: readonly (Omit<RestKey, 'apiSecret'> & { readonly apiSecret: string })[];
  readonly clients: readonly {
    readonly compID: string;
    readonly account: string;
    readonly apiKey: string;
    readonly apiSecret: string;
  }[];
}

export const toKept = ({ rest, clients }: SimulationKeys): KeptKeys => ({
  rest: rest.map((key) => ({ ...key, apiSecret: key.apiSecret.reveal() })),
  clients: clients.map(({ compID, account, key }) => ({
    compID,
    account,
    apiKey: key.apiKey.reveal(),
    apiSecret: key.apiSecret.reveal(),
  })),
});

export const fromKept = ({ keys, accounts }: Made): SimulationKeys => ({
  accounts,
  rest: keys.rest.map((key) => ({ ...key, apiSecret: new Secret(key.apiSecret) })),
  clients: keys.clients.map(({ compID, account, apiKey, apiSecret }) => ({
    compID,
    account,
    key: { apiKey: new Secret(apiKey), apiSecret: new Secret(apiSecret) },
  })),
});

export type KeptRun = StateDir<Made>;

export const openKeptRun = (dir: string): Result<KeptRun, string> => {
  const opened = openStateDir<Made>(dir);
  return opened.ok ? opened : err(`--state ${dir}: ${opened.error}`);
};

/** What the options ask for; `undefined` takes what the directory has. */
export interface Wanted {
  readonly seed: number | undefined;
  readonly symbols: readonly string[] | undefined;
  readonly market: string | undefined;
  readonly rules: Readonly<Record<string, unknown>> | undefined;
  readonly accounts: readonly AccountSpec[] | undefined;
  readonly compIDs: readonly string[] | undefined;
}

/** Why the directory cannot be continued with these options: the first difference. */
export const checkSame = (made: Made, wanted: Wanted): Result<void, string> => {
  const was = { ...made, compIDs: made.keys.clients.map(({ compID }) => compID) };
  for (const name of ['seed', 'symbols', 'market', 'rules', 'accounts', 'compIDs'] as const) {
    const asked = wanted[name];
    if (asked === undefined || isDeepStrictEqual(plain(asked), plain(was[name]))) continue;
    const detail =
      name === 'accounts' || name === 'rules' ? '' : `: ${text(was[name])}, now ${text(asked)}`;
    return err(`${NAMES[name]} not what this state was made with${detail}`);
  }
  return ok(undefined);
};

const NAMES = {
  seed: 'the seed is',
  symbols: 'the contracts are',
  market: 'the background market is',
  rules: 'the exchange settings are',
  accounts: 'the accounts are',
  compIDs: 'the CompIDs are',
} as const;

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const text = (value: unknown): string => (Array.isArray(value) ? value.join(' ') : String(value));

/** Recording and speed: with another one the same log would give another market. */
export const marketName = (recording: string | undefined, speed: number): string =>
  recording === undefined
    ? 'agents'
    : `recording ${createHash('sha256').update(recording).digest('hex').slice(0, 16)} at ${speed}`;
