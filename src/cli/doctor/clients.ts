import { systemClock, systemRandom, systemTimers } from '../../app/system-clock.ts';
import { type KeyPair } from '../../config/config.ts';
import { type NamedKey } from '../shared/account-key.ts';
import { makeAccountBudgets } from '../../kraken/rate-budget.ts';
import {
  makeRawClient,
  type RawClientHandle,
  type RawClientSettings,
} from '../../kraken/rest/raw-client.ts';

/** REST clients: without a key, with each account's key, and with the funds key. */
export interface DoctorClients {
  readonly public: RawClientHandle;
  /** By account, as people call it. */
  readonly trading: ReadonlyMap<string, RawClientHandle>;
  readonly funds: RawClientHandle | undefined;
  readonly close: () => Promise<void>;
}

/** No repeats: a check reports what happens to a single call. */
const ONCE = { repeat: { attemptsMax: 1, backOffMs: 0, backOffMsMax: 0 } };

export const openClients = (
  rest: RawClientSettings | string,
  keys: readonly NamedKey[],
  fundsKey: KeyPair | undefined,
): DoctorClients => {
  const opened: RawClientHandle[] = [];
  const open = (credential: KeyPair | undefined): RawClientHandle => {
    const base = typeof rest === 'string' ? { origin: 'http://127.0.0.1:1' } : rest;
    const handle = makeRawClient(
      { ...base, ...ONCE, ...(credential && { credential }) },
      {
        ...{ clock: systemClock, timers: systemTimers, random: systemRandom },
        budgets: makeAccountBudgets(),
      },
    );
    opened.push(handle);
    return handle;
  };
  return {
    public: open(undefined),
    trading: new Map(keys.map(({ account, credential }) => [account, open(credential)])),
    funds: fundsKey && open(fundsKey),
    close: async () => {
      await Promise.all(opened.map(({ close }) => close()));
    },
  };
};
