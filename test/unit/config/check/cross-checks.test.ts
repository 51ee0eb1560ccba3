import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { type Tree } from '../../../../src/config/tree.ts';
import { type Contradiction, DESK, GOOD, linesOf, refuseEach, TRADING } from './contradictions.ts';

const DEMO = JSON.parse(readFileSync('config/demo.json', 'utf8')) as Tree;

const CONTRADICTIONS: readonly Contradiction[] = [
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
  refuseEach(CONTRADICTIONS);

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
