import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { problemToLine } from '../../../../src/config/config-problem.ts';
import { loadConfig } from '../../../../src/config/load/load-config.ts';
import { type Tree, withValueAt } from '../../../../src/config/tree.ts';

const ENV = { TEST_API_KEY: 'key-of-a-test', TEST_API_SECRET: 'c2VjcmV0LW9mLWEtdGVzdA==' };
const GOOD = JSON.parse(readFileSync('test/fixtures/config/good.json', 'utf8')) as Tree;
const DEMO = JSON.parse(readFileSync('config/demo.json', 'utf8')) as Tree;
const DESK = (GOOD['sessions'] as Tree)['desk1'] as Tree;
const TRADING = (GOOD['sessions'] as Tree)['trading'] as Tree;

/** Another account. */
const SECOND = { ...TRADING, senderCompID: 'OTHER' };
const KEY = { apiKey: { env: 'TEST_API_KEY' }, apiSecret: { env: 'TEST_API_SECRET' } };

type Change = readonly [path: string, value: unknown];

/** What the good configuration says when these keys are changed: the lines of its problems. */
const CONTRADICTIONS: readonly (readonly [
  name: string,
  base: Tree,
  changes: readonly Change[],
  lines: readonly string[],
])[] = [
  [
    'a listener without TLS on 0.0.0.0',
    GOOD,
    [['sessions.desk1.listen.host', '0.0.0.0']],
    [
      `sessions.desk1.tls.enabled: must be true: 0.0.0.0 is not loopback, passwords and orders would travel in the open; or say why in tls.insecureReason`,
    ],
  ],
  [
    'a listener without TLS on 192.168.1.5',
    GOOD,
    [['sessions.desk1.listen.host', '192.168.1.5']],
    [
      `sessions.desk1.tls.enabled: must be true: 192.168.1.5 is not loopback, passwords and orders would travel in the open; or say why in tls.insecureReason`,
    ],
  ],
  [
    'a listener without TLS on ::',
    GOOD,
    [['sessions.desk1.listen.host', '::']],
    [
      `sessions.desk1.tls.enabled: must be true: :: is not loopback, passwords and orders would travel in the open; or say why in tls.insecureReason`,
    ],
  ],
  [
    'a listener without TLS on 2001:db8::1',
    GOOD,
    [['sessions.desk1.listen.host', '2001:db8::1']],
    [
      `sessions.desk1.tls.enabled: must be true: 2001:db8::1 is not loopback, passwords and orders would travel in the open; or say why in tls.insecureReason`,
    ],
  ],
  [
    'replaces that the venue takes in UAT only',
    GOOD,
    [
      ['venue.environment', 'production'],
      ['engine.replace', 'amend'],
      ['sessions.desk1.replace', 'amend'],
    ],
    ['engine.replace', 'sessions.desk1.replace'].map(
      (path) =>
        `${path}: must not be "amend" in production, where the venue’s FIX takes no replace`,
    ),
  ],
  [
    'heartbeats with their bounds crossed',
    GOOD,
    [
      ['sessions.desk1.heartBtIntSecondsMin', 60],
      ['sessions.desk1.heartBtIntSecondsMax', 30],
    ],
    [`sessions.desk1.heartBtIntSecondsMin: must not be above heartBtIntSecondsMax`],
  ],
  [
    'a take-over without credentials',
    GOOD,
    [['sessions.desk1.onSecondLogon', 'replace']],
    [
      `sessions.desk1.onSecondLogon: needs credentials or clientCertificate: anybody could end the connection`,
    ],
  ],
  [
    'a session that is bound to a certificate nobody asks for',
    GOOD,
    [
      ['sessions.desk1.clientCertificate.subject', ['CN=desk1']],
      ['sessions.desk1.clientCertificate.fingerprints', []],
    ],
    [
      `sessions.desk1.clientCertificate.subject: needs tls.requireClientCert`,
      `sessions.desk1.clientCertificate.fingerprints: needs tls.requireClientCert`,
    ],
  ],
  [
    'the simulator in another environment than demo',
    DEMO,
    [['venue.environment', 'production']],
    ['venue.environment: must be "demo" with the embedded simulator'],
  ],
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
    'Kraken in the demo environment',
    GOOD,
    [['venue.environment', 'demo']],
    ['venue.environment: must be "uat" or "production" with Kraken'],
  ],
  [
    'hosts for the embedded simulator',
    DEMO,
    [['sessions.trading.hosts', ['a.example:1']]],
    ['sessions.trading.hosts: must be left out: the embedded simulator knows its own address'],
  ],
  [
    'no host for Kraken',
    GOOD,
    [['sessions.trading.hosts', []]],
    ['sessions.trading.hosts: must name at least one "host:port"'],
  ],
  [
    'plain TCP to Kraken',
    GOOD,
    [['sessions.trading.tls', { enabled: false }]],
    ['sessions.trading.tls.enabled: must be true: Kraken speaks TLS only'],
  ],
  [
    'TLS on one side of the embedded venue only',
    DEMO,
    [['venue.simulator.tls', false]],
    [
      'sessions.trading.tls.enabled: must be equal to venue.simulator.tls',
      'sessions.books.tls.enabled: must be equal to venue.simulator.tls',
    ],
  ],
  [
    'a reason for an exception that is not made',
    GOOD,
    [['sessions.trading.tls', { insecureReason: 'none' }]],
    ['sessions.trading.tls.insecureReason: must be left out: the certificate is verified'],
  ],
  [
    'an authority file that is missing',
    GOOD,
    [['sessions.trading.tls', { caFile: '/no/such.pem' }]],
    [
      'sessions.trading.tls.caFile: the file /no/such.pem cannot be read: there is no such file or folder (ENOENT)',
    ],
  ],
  [
    'first delays above the longest',
    GOOD,
    [['sessions.trading.reconnect', { firstDelayMs: 60_000, refusedDelayMs: 1_000_000 }]],
    [
      'sessions.trading.reconnect.firstDelayMs: must not be above delayMsMax',
      'sessions.trading.reconnect.refusedDelayMs: must not be above refusedDelayMsMax',
    ],
  ],
  [
    'no credentials for Kraken',
    GOOD,
    [['sessions.trading.credentials', {}]],
    [
      'sessions.trading.credentials.apiKey: is required: { "env": "NAME" } or { "file": "path" }',
      'sessions.trading.credentials.apiSecret: is required: { "env": "NAME" } or { "file": "path" }',
    ],
  ],
  [
    'half the credentials for the simulator',
    DEMO,
    [['sessions.trading.credentials', { apiKey: { env: 'TEST_API_KEY' } }]],
    [
      'sessions.trading.credentials.apiSecret: is required: { "env": "NAME" } or { "file": "path" }',
    ],
  ],
  [
    'a password without a username',
    GOOD,
    [['sessions.desk1.credentials', { password: { env: 'TEST_API_KEY' } }]],
    [
      'sessions.desk1.credentials.username: username and password belong together: give both or neither',
    ],
  ],
  [
    'client certificates without TLS',
    GOOD,
    [['sessions.desk1.tls', { requireClientCert: true }]],
    [
      'sessions.desk1.tls.requireClientCert: needs tls.enabled',
      'sessions.desk1.tls.caFile: is required with requireClientCert',
    ],
  ],
  [
    'half a weekly schedule',
    GOOD,
    [['sessions.desk1.schedule', { startDay: 'sunday' }]],
    ['sessions.desk1.schedule.startDay: startDay and endDay belong together: give both or neither'],
  ],
  [
    'a daily schedule without a day',
    GOOD,
    [['sessions.desk1.schedule', { nonStop: false, weekdays: [] }]],
    ['sessions.desk1.schedule.weekdays: must name at least one day'],
  ],
  [
    'two kinds of TLS on one listener',
    GOOD,
    [['sessions.desk2', { ...DESK, targetCompID: 'DESK2', tls: { minVersion: 'TLSv1.2' } }]],
    ['sessions.desk2.tls: differs from sessions.desk1.tls, but both listen on 127.0.0.1:9878'],
  ],
  [
    'names that differ by case only',
    GOOD,
    [['sessions.DESK1', { ...DESK, targetCompID: 'DESK2', listen: { port: 9879 } }]],
    ['sessions.DESK1: differs from sessions.desk1 by case only'],
  ],
  [
    'a smallest quantity off the step',
    GOOD,
    [['instruments.PF_XBTUSD.qtyMin', '0.00015']],
    ['instruments.PF_XBTUSD.qtyMin: must be a multiple of qtyStep 0.0001'],
  ],
  [
    'no instrument',
    GOOD,
    [['instruments', {}]],
    ['instruments: there is no instrument: nothing could be traded'],
  ],
  [
    'limits on an instrument that is none',
    GOOD,
    [['risk.symbols', { PF_ETHUSD: { orderQtyMax: '1' } }]],
    ['risk.symbols.PF_ETHUSD: PF_ETHUSD is not among the instruments'],
  ],
  [
    'a subscription to an instrument that is none',
    GOOD,
    [
      [
        'sessions.md',
        {
          role: 'marketDataL2',
          senderCompID: 'C',
          targetCompID: 'KRAKEN-DRV-MD',
          hosts: ['a.example:1'],
          symbols: ['PF_X'],
        },
      ],
    ],
    ['sessions.md.symbols: PF_X is not among the instruments'],
  ],
  [
    'a control socket whose path no socket can have',
    GOOD,
    [['engine.dataDir', `/${'x'.repeat(100)}`]],
    [
      `engine.controlSocket: the path /${'x'.repeat(100)}/run/control.sock is longer than 107 bytes: place it elsewhere`,
    ],
  ],
];

describe('contradictions between keys', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'fathom-cross-'))));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const linesOf = (base: Tree, changes: readonly Change[]): readonly string[] => {
    const tree = changes.reduce(
      (one, [path, value]) => withValueAt(one, path.split('.'), value),
      base,
    );
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify(tree));
    const loaded = loadConfig({ path, env: ENV });
    return loaded.ok ? [] : loaded.error.map(problemToLine);
  };

  for (const [name, base, changes, lines] of CONTRADICTIONS) {
    it(`refuses ${name}`, () => {
      expect(linesOf(base, changes)).to.deep.equal(lines.map((line) => `config: ${line}`));
    });
  }

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

  it('lets L2 and L3 market data share their CompIDs, which differ by port', () => {
    const md = { senderCompID: 'C', targetCompID: 'KRAKEN-DRV-MD', hosts: ['a.example:1'] };
    expect(
      linesOf(GOOD, [
        ['sessions.l2', { role: 'marketDataL2', ...md }],
        ['sessions.l3', { role: 'marketDataL3', ...md }],
      ]),
    ).to.deep.equal([]);
  });

  it('lets clients share a listener, and a client have no fixed port', () => {
    expect(
      linesOf(GOOD, [
        ['sessions.desk2', { ...DESK, targetCompID: 'DESK2' }],
        [
          'sessions.desk3',
          { ...DESK, targetCompID: 'DESK3', listen: { port: 0 }, tls: { minVersion: 'TLSv1.2' } },
        ],
      ]),
    ).to.deep.equal([]);
  });

  it('lets a listener do without TLS on loopback, and elsewhere with a reason', () => {
    for (const changes of [
      { listen: { port: 1, host: '127.0.0.1' } },
      { listen: { port: 1, host: '::1' } },
      { listen: { port: 1, host: '127.0.0.9' } },
      { listen: { port: 1, host: '0.0.0.0' }, tls: { insecureReason: 'stunnel in front of it' } },
    ]) {
      const lines = linesOf(GOOD, [['sessions.desk1', { ...DESK, ...changes }]]);
      expect(lines, JSON.stringify(changes)).to.deep.equal([]);
    }
  });

  it('allows an exception from TLS verification in UAT, with a reason', () => {
    const tls = { rejectUnauthorized: false, insecureReason: 'UAT serves another name' };
    expect(linesOf(GOOD, [['sessions.trading', { ...TRADING, tls }]])).to.deep.equal([]);
  });
});
