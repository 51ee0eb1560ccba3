import { randomBytes } from 'node:crypto';
import { Secret } from '../../lib/secret.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type RestKey } from '../gateways/rest/rest-key.ts';
import { type AccountSpec } from '../exchange/model/account.ts';
import { fundedAccount } from '../simulator.ts';
import { type SimulatorClient } from '../gateways/fix/trading/trading-gateway.ts';

/** The clients of a run with their keys. */
export interface SimulationKeys {
  readonly clients: readonly SimulatorClient[];
  readonly rest: readonly RestKey[];
  /** Every account with its balances at the start. */
  readonly accounts: readonly AccountSpec[];
}

/** As long as the venue's own: 42 and 64 bytes. */
const API_KEY_BYTES = 42;
const API_SECRET_BYTES = 64;

const random = (bytes: number): string => randomBytes(bytes).toString('base64');

const FULL = { general: 'FULL_ACCESS', transfer: 'FULL_ACCESS' } as const;
const READ_ONLY = { general: 'READ_ONLY', transfer: 'NO_ACCESS' } as const;

/**
 * One account per client with a full key, and for the first one a key that only reads and a
 * subaccount.
 */
export const makeKeys = (
  { clients: count, compId }: { readonly clients: number; readonly compId: string },
  env: Readonly<Record<string, string | undefined>>,
  createdAt: EpochMs,
): SimulationKeys => {
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  const given = (name: string, isFirst: boolean): string | undefined =>
    isFirst ? env[name] : undefined;
  const clients = numbers.map((n) => ({
    compID: n === 1 ? compId : `${compId}-${n}`,
    account: `client-${n}`,
    key: {
      apiKey: new Secret(given('FATHOM_SIM_FIX_API_KEY', n === 1) ?? random(24)),
      apiSecret: new Secret(given('FATHOM_SIM_FIX_API_SECRET', n === 1) ?? random(48)),
    },
  }));
  const restKey = (account: string, permissions: RestKey['permissions'], n?: number): RestKey => ({
    apiKey: given('FATHOM_SIM_API_KEY', n === 1) ?? random(API_KEY_BYTES),
    apiSecret: new Secret(given('FATHOM_SIM_API_SECRET', n === 1) ?? random(API_SECRET_BYTES)),
    account,
    permissions,
    createdAt,
  });
  const subaccount = { account: 'client-1-sub', master: 'client-1' };
  return {
    clients,
    accounts: [
      ...numbers.map((n) => fundedAccount(`client-${n}`)),
      fundedAccount(subaccount.account, subaccount.master),
    ],
    rest: [
      ...numbers.map((n) => restKey(`client-${n}`, FULL, n)),
      restKey('client-1', READ_ONLY),
      restKey(subaccount.account, FULL),
    ],
  };
};

/** What a key may do, in words. */
export const permissionsOf = (key: RestKey, client: SimulatorClient | undefined): string[] => [
  'read',
  ...(key.permissions.general === 'FULL_ACCESS' ? ['trade'] : []),
  ...(key.permissions.transfer === 'FULL_ACCESS' ? ['withdraw'] : []),
  ...(client === undefined ? [] : ['fix']),
];
