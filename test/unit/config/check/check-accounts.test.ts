import { expect } from 'chai';
import { problemToLine } from '../../../../src/config/config-problem.ts';
import { loadConfig } from '../../../../src/config/load/load-config.ts';
import { type Contradiction, GOOD, refuseEach, TRADING } from './contradictions.ts';

/** Another account. */
const SECOND = { ...TRADING, senderCompID: 'OTHER' };
const KEY = { apiKey: { env: 'TEST_API_KEY' }, apiSecret: { env: 'TEST_API_SECRET' } };

const CONTRADICTIONS: readonly Contradiction[] = [
  [
    'two accounts of one name',
    GOOD,
    [
      ['sessions.trading2', { ...SECOND, account: 'fund' }],
      ['sessions.trading.account', 'FUND'],
    ],
    [
      'sessions.trading2.account: fund also names sessions.trading or its account: each account has a name of its own',
    ],
  ],
  [
    'an account that is called as the session of another one is',
    GOOD,
    [['sessions.trading2', { ...SECOND, account: 'trading' }]],
    [
      'sessions.trading2.account: trading also names sessions.trading or its account: each account has a name of its own',
    ],
  ],
  [
    'one REST key for two accounts',
    GOOD,
    [
      ['sessions.trading2', SECOND],
      ['rest.origin', 'https://futures.kraken.com'],
      ['rest.credentials', KEY],
    ],
    [
      'rest.credentials: is one key for several accounts: give sessions.trading.restCredentials and sessions.trading2.restCredentials',
    ],
  ],
  [
    'the same REST key at two accounts',
    GOOD,
    [
      ['sessions.trading2', { ...SECOND, restCredentials: KEY }],
      ['sessions.trading.restCredentials', KEY],
      ['rest.origin', 'https://futures.kraken.com'],
    ],
    [
      'sessions.trading2.restCredentials.apiKey: is the key of sessions.trading too: each account has its own',
    ],
  ],
  [
    'accounts of a client that are none',
    GOOD,
    [
      ['sessions.trading2', SECOND],
      ['sessions.desk1.account', 'third'],
      ['risk.clients.desk1.allowedAccounts', ['third', 'trading2']],
    ],
    [
      'risk.clients.desk1.allowedAccounts: third is no account: there are trading, trading2',
      'sessions.desk1.account: third is no account: there are trading, trading2',
    ],
  ],
  [
    'a client that may not use its own account',
    GOOD,
    [
      ['sessions.trading2', SECOND],
      ['sessions.desk1.account', 'trading'],
      ['risk.clients.desk1.allowedAccounts', ['trading2']],
    ],
    ['sessions.desk1.account: trading is not among risk.clients.desk1.allowedAccounts'],
  ],
  [
    'orders by REST without a key and the feeds of the account',
    GOOD,
    [['sessions.trading.routing', { fallback: 'auto' }]],
    [
      'rest.origin: is required with sessions.trading.routing.fallback "auto": orders go by REST',
      'sessions.trading.restCredentials: is required with sessions.trading.routing.fallback "auto": orders go by REST',
      'webSocket.url: is required with sessions.trading.routing.fallback "auto": orders go by REST, and the private feeds tell what becomes of them',
    ],
  ],
  [
    'orders by REST with the key of nobody',
    GOOD,
    [
      ['sessions.trading2', SECOND],
      ['sessions.trading.restCredentials', KEY],
      ['sessions.trading2.routing', { fallback: 'manual', restWithoutWs: true }],
      ['rest.origin', 'https://futures.kraken.com'],
    ],
    [
      'sessions.trading2.restCredentials: is required with sessions.trading2.routing.fallback "manual": orders go by REST',
    ],
  ],
];

describe('several accounts', () => {
  refuseEach(CONTRADICTIONS);

  it('takes the example of two accounts, each with its own keys', () => {
    const names = ['FIX_API_KEY', 'FIX_API_SECRET', 'REST_API_KEY', 'REST_API_SECRET'];
    const env = Object.fromEntries(
      names.flatMap((name) => [1, 2].map((nth) => [`KRAKEN_${name}_${nth}`, 'c2VjcmV0'])),
    );
    const loaded = loadConfig({ path: 'config/two-accounts.json', env });
    if (!loaded.ok) throw new Error(loaded.error.map(problemToLine).join('\n'));
    const accounts = loaded.value.config.sessions.flatMap((session) =>
      session.role === 'trading' ? [[session.account, session.restCredentials !== undefined]] : [],
    );
    expect(accounts).to.deep.equal([
      ['fund-1', true],
      ['fund-2', true],
    ]);
  });
});
