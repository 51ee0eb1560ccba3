import { type Static, Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { err, ok, type Result } from '../../lib/result.ts';
import { Secret } from '../../lib/secret.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type AccountSpec } from '../../simulator/exchange/model/account.ts';
import { fundedAccount } from '../../simulator/simulator.ts';
import { type SimulationKeys } from '../../simulator/settings/keys.ts';
import { problemOf, readJsonFile } from './settings.ts';

const strict = { additionalProperties: false } as const;
const name = Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' });
const amount = Type.String({ pattern: '^-?[0-9]{1,20}(\\.[0-9]{1,18})?$' });
/** The value itself, or the name of the environment variable that holds it. */
const secret = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Object({ env: Type.String({ minLength: 1 }) }, strict),
]);

const AccountSchema = Type.Object(
  {
    master: Type.Optional(name),
    balances: Type.Optional(
      Type.Record(Type.String(), Type.Record(Type.String({ pattern: '^[A-Z]{3,5}$' }), amount)),
    ),
    fees: Type.Optional(Type.Object({ maker: amount, taker: amount }, strict)),
  },
  strict,
);

const KeySchema = Type.Object(
  {
    account: name,
    apiKey: secret,
    apiSecret: secret,
    permissions: Type.Optional(
      Type.Array(
        Type.Unsafe<'read' | 'trade' | 'withdraw' | 'fix'>({
          type: 'string',
          enum: ['read', 'trade', 'withdraw', 'fix'],
        }),
      ),
    ),
    senderCompID: Type.Optional(name),
    fixApiKey: Type.Optional(secret),
    fixApiSecret: Type.Optional(secret),
  },
  strict,
);

/** `--keys FILE`: API keys and accounts. `keys` has the shape in which `--json` prints them. */
const KeysFileSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    accounts: Type.Optional(Type.Record(name, AccountSchema)),
    keys: Type.Array(KeySchema, { minItems: 1, maxItems: 1_000 }),
  },
  strict,
);

type KeysFile = Static<typeof KeysFileSchema>;
type KeyRow = Static<typeof KeySchema>;
type Environment = Readonly<Record<string, string | undefined>>;

const validate = new Ajv({ allErrors: true, strict: false }).compile(KeysFileSchema);
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const WALLETS = /^(cash|flex|fi_[a-z]{6,12})$/;

export const readKeysFile = (
  file: string,
  env: Environment,
  createdAt: EpochMs,
): Result<SimulationKeys, string> => {
  const read = readJsonFile(file);
  if (!read.ok) return read;
  if (!validate(read.value)) return err(`${file}: ${problemOf(validate.errors)}`);
  try {
    return ok(makeFromFile(read.value as KeysFile, env, createdAt));
  } catch (cause) {
    if (cause instanceof BadKeys) return err(`${file}: ${cause.message}`);
    throw cause;
  }
};

/** Refuses what a schema cannot express. */
class BadKeys extends Error {}

const makeFromFile = (file: KeysFile, env: Environment, createdAt: EpochMs): SimulationKeys => {
  const reveal = (path: string, value: Static<typeof secret> | undefined): string => {
    if (typeof value === 'string') return value;
    const text = value === undefined ? undefined : env[value.env];
    if (text !== undefined && text !== '') return text;
    throw new BadKeys(
      value === undefined ? `${path} is missing` : `${path}: ${value.env} is not set`,
    );
  };
  const base64 = (path: string, value: Static<typeof secret> | undefined): Secret => {
    const text = reveal(path, value);
    if (!BASE64.test(text)) throw new BadKeys(`${path} is not base64`);
    return new Secret(text);
  };
  const rest = file.keys.map((row, at) => ({
    apiKey: reveal(`keys[${at}].apiKey`, row.apiKey),
    apiSecret: base64(`keys[${at}].apiSecret`, row.apiSecret),
    account: row.account,
    permissions: permissionsOf(row),
    createdAt,
  }));
  const clients = file.keys.flatMap((row, at) => {
    const { senderCompID, fixApiKey, fixApiSecret, account } = row;
    if ((senderCompID ?? fixApiKey ?? fixApiSecret) === undefined) return [];
    const path = `keys[${at}]`;
    if (senderCompID === undefined) throw new BadKeys(`${path}.senderCompID is missing`);
    return [
      {
        compID: senderCompID,
        account,
        key: {
          apiKey: new Secret(reveal(`${path}.fixApiKey`, fixApiKey)),
          apiSecret: base64(`${path}.fixApiSecret`, fixApiSecret),
        },
      },
    ];
  });
  once(
    'apiKey',
    rest.map(({ apiKey }) => apiKey),
  );
  once(
    'senderCompID',
    clients.map(({ compID }) => compID),
  );
  return { rest, clients, accounts: accountsOf(file) };
};

const once = (what: string, values: readonly string[]): void => {
  const twice = values.findIndex((value, at) => values.indexOf(value) !== at);
  if (twice >= 0) throw new BadKeys(`the ${what} of keys[${twice}] is given twice`);
};

const permissionsOf = ({ permissions = ['read', 'trade', 'withdraw'] }: KeyRow) => ({
  general: permissions.includes('trade')
    ? ('FULL_ACCESS' as const)
    : permissions.includes('read')
      ? ('READ_ONLY' as const)
      : ('NO_ACCESS' as const),
  transfer: permissions.includes('withdraw') ? ('FULL_ACCESS' as const) : ('NO_ACCESS' as const),
});

/**
 * The accounts of the file, and those that only keys name. An account without balances gets the
 * default ones.
 */
const accountsOf = ({ accounts = {}, keys }: KeysFile): readonly AccountSpec[] => {
  const uids = [...new Set([...Object.keys(accounts), ...keys.map(({ account }) => account)])];
  return uids.map((uid) => {
    const { master, balances, fees } = accounts[uid] ?? {};
    if (master !== undefined && !uids.includes(master)) {
      throw new BadKeys(`accounts.${uid}.master: there is no account ${master}`);
    }
    const wallet = Object.keys(balances ?? {}).find((each) => !WALLETS.test(each));
    if (wallet !== undefined) {
      throw new BadKeys(`accounts.${uid}.balances.${wallet}: a wallet is cash, flex or fi_xbtusd`);
    }
    return {
      ...fundedAccount(uid, master),
      ...(balances && { balances }),
      ...(fees && { fees }),
    };
  });
};
