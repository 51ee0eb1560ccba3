import { randomBytes } from 'node:crypto';
import { systemClock, systemTimers } from '../../../src/app/system-clock.ts';
import { dictionaryPath, loadDictionary } from '../../../src/fix/dictionary/jspurefix.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { type RestKey } from '../../../src/simulator/gateways/rest/rest-key.ts';
import { sign } from '../../../src/simulator/gateways/rest/gate.ts';
import { fundedAccount, type Simulator, startSimulator } from '../../../src/simulator/simulator.ts';
import { type SimulatorOptions } from '../../../src/simulator/settings/simulator-options.ts';

export const FULL = { general: 'FULL_ACCESS', transfer: 'FULL_ACCESS' } as const;
export const READ_ONLY = { general: 'READ_ONLY', transfer: 'NO_ACCESS' } as const;

/**
 * Accounts of a test's venue: `alice` and `bob` trade with each other, `alice-sub` is alice's
 * subaccount.
 */
export const makeKey = (account: string, permissions: RestKey['permissions'] = FULL): RestKey => ({
  apiKey: randomBytes(42).toString('base64'),
  apiSecret: new Secret(randomBytes(64).toString('base64')),
  account,
  permissions,
  createdAt: systemClock.wall(),
});

export interface Stage {
  readonly simulator: Simulator;
  readonly url: string;
  readonly admin: string;
  readonly alice: RestKey;
  readonly bob: RestKey;
  readonly reader: RestKey;
  readonly sub: RestKey;
  readonly stop: () => Promise<void>;
}

const LIMITS = { pointsPer10s: 1_000_000, historyTokensPer10min: 1_000_000 };

/** A venue on loopback with REST and admin; the background market is off unless asked for. */
export const openStage = async (options: Partial<SimulatorOptions> = {}): Promise<Stage> => {
  const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
  if (!dictionary.ok) throw new Error(dictionary.error);
  const alice = makeKey('alice');
  const bob = makeKey('bob');
  const reader = makeKey('alice', READ_ONLY);
  const sub = makeKey('alice-sub');
  const simulator = await startSimulator(
    {
      seed: 7,
      clients: [],
      keys: [alice, bob, reader, sub],
      accounts: [fundedAccount('alice'), fundedAccount('alice-sub', 'alice')],
      host: '127.0.0.1',
      tradingPort: 0,
      marketIntervalMs: 0,
      adminPort: 0,
      rest: { port: 0, limits: LIMITS },
      ...options,
    },
    { clock: systemClock, timers: systemTimers, dictionary: dictionary.value },
  );
  return {
    simulator,
    url: `http://127.0.0.1:${simulator.restPort}`,
    admin: `http://127.0.0.1:${simulator.adminPort}`,
    alice,
    bob,
    reader,
    sub,
    stop: simulator.stop,
  };
};

export type Params = Readonly<Record<string, string | number | boolean>>;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const formOf = (params: Params): string =>
  Object.entries(params)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&');

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** As it goes out: what is signed is what is sent. */
  readonly params?: Params | string;
  readonly key?: RestKey;
  readonly nonce?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One signed request: parameters in the query of GET, PUT and DELETE, in the body of POST. */
export const call = async (url: string, request: Call): Promise<Reply> => {
  const { method = 'GET', path, params = {}, key, nonce } = request;
  const postData = typeof params === 'string' ? params : formOf(params);
  const isForm = method === 'POST';
  const signed =
    key === undefined
      ? {}
      : {
          APIKey: key.apiKey,
          Authent: sign(key.apiSecret, { postData, nonce: nonce ?? '', path }),
          ...(nonce === undefined ? {} : { Nonce: nonce }),
        };
  const answer = await fetch(`${url}${path}${isForm || postData === '' ? '' : `?${postData}`}`, {
    method,
    redirect: 'manual',
    headers: {
      ...signed,
      ...(isForm ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...request.headers,
    },
    ...(isForm ? { body: postData } : {}),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

export const V3 = '/derivatives/api/v3';

/** The same, read as JSON: for shapes and words, never for digits. */
export const callJson = async (url: string, request: Call): Promise<Record<string, unknown>> =>
  JSON.parse((await call(url, request)).text) as Record<string, unknown>;
