import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadConfig } from '../../../../src/config/load/load-config.ts';
import { makeOperatorKey } from '../../../../src/kraken/funds/approval.ts';

const GOOD = 'test/fixtures/config/good.json';
const ENV = {
  TEST_API_KEY: 'key-of-a-test',
  TEST_API_SECRET: 'c2VjcmV0LW9mLWEtdGVzdA==',
  REST_KEY: 'rest-key-of-a-test',
  REST_SECRET: 'cmVzdC1zZWNyZXQ=',
};

const lineOfKey = (): string => makeOperatorKey().publicKeyPem.split('\n')[1] ?? '';
const [ANN, BOB, CARL] = [lineOfKey(), lineOfKey(), lineOfKey()];
const credentials = { apiKey: { env: 'REST_KEY' }, apiSecret: { env: 'REST_SECRET' } };
const REST = { origin: 'https://futures.kraken.com', credentials };
const FUNDS = {
  enabled: true,
  credentials,
  account: 'DESK',
  operators: {
    ann: { publicKey: ANN },
    bob: { publicKey: BOB },
    carl: { publicKey: CARL, mayApprove: false },
  },
  destinations: { spot: { kind: 'Withdrawal', from: 'cash', to: 'spot', currencies: ['xbt'] } },
  limits: { xbt: { amountMax: '1', amountPerDayMax: '2.50' } },
};

type Sections = Readonly<Record<string, object>>;

describe('configuration of REST, WebSocket, funds and the end-of-life notice', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'fathom-config-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const load = (sections: Sections) => {
    const good = JSON.parse(readFileSync(GOOD, 'utf8')) as Record<string, object>;
    const merged = { ...good };
    for (const [name, block] of Object.entries(sections))
      merged[name] = { ...good[name], ...block };
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify(merged));
    return loadConfig({ path, env: ENV });
  };
  const configOf = (sections: Sections) => {
    const loaded = load(sections);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
    return loaded.value.config;
  };

  it('names a collar for which nothing brings a reference price', () => {
    const collar = { priceCollarPercent: '5' };
    const risk = { ...collar, symbols: { PF_XBTUSD: collar } };
    const reason =
      'nothing brings a reference price: webSocket.url or a marketData session is required';
    expect(load({ risk })).to.deep.include({
      error: [
        { path: 'risk.priceCollarPercent', reason },
        { path: 'risk.symbols.PF_XBTUSD.priceCollarPercent', reason },
      ],
    });
    const webSocket = { url: 'wss://futures.kraken.com/ws/v1' };
    expect(load({ risk, webSocket }).ok, 'with the feeds').to.equal(true);
    const allow = { ...risk, withoutReferencePrice: 'allow' };
    expect(load({ risk: allow }).ok, 'allowed by name').to.equal(true);
  });

  it('needs none of the blocks', () => {
    const { rest, webSocket, funds, endOfLife } = configOf({});
    expect(rest).to.equal(undefined);
    expect(webSocket).to.deep.equal({
      ...{ url: undefined, proxyUrl: undefined, caFile: undefined, books: 'all' },
      account: {
        ...{ pollIntervalMs: 30_000, settleMs: 90_000 },
        ...{ alertAfterMs: 10_000, fillsLookBackMs: 3_600_000 },
      },
    });
    expect(funds).to.include({ enabled: false, approvalsMin: 2, requestAgeMsMax: 3_600_000 });
    expect(funds.operators).to.deep.equal([]);
    expect(endOfLife).to.deep.equal({ noticeFrom: '2027-01-01', endsOn: '2027-03-01' });
  });

  it('reads all of them, amounts to the last digit', () => {
    const timeoutMs = { money: 45_000 };
    const { rest, webSocket, funds, endOfLife } = configOf({
      rest: { ...REST, proxyUrl: 'http://proxy.example:3128', timeoutMs },
      webSocket: { url: 'wss://futures.kraken.com/ws/v1' },
      funds: FUNDS,
      endOfLife: { noticeFrom: '2026-11-22' },
    });
    expect(rest).to.deep.include({ origin: 'https://futures.kraken.com', startWithinMs: 5_000 });
    expect(rest?.timeoutMs).to.deep.equal({
      order: 5_000,
      read: 10_000,
      history: 60_000,
      money: 45_000,
    });
    expect(rest?.credentials?.apiKey.reveal()).to.equal('rest-key-of-a-test');
    expect(webSocket.url).to.equal('wss://futures.kraken.com/ws/v1');
    expect(funds.operators).to.deep.equal([
      { name: 'ann', publicKey: ANN, mayApprove: true },
      { name: 'bob', publicKey: BOB, mayApprove: true },
      { name: 'carl', publicKey: CARL, mayApprove: false },
    ]);
    expect(funds.limits).to.deep.equal([
      { currency: 'xbt', amountMax: '1', amountPerDayMax: '2.5' },
    ]);
    expect(endOfLife.noticeFrom).to.equal('2026-11-22');
  });

  it('masks the secrets of REST and funds among the effective values', () => {
    const loaded = load({ rest: REST, funds: FUNDS });
    const text = JSON.stringify(loaded.ok && loaded.value.rows);
    expect(text).to.include('funds.credentials.apiSecret');
    expect(text).not.to.include('rest-key-of-a-test');
    expect(text).not.to.include('cmVzdC1zZWNyZXQ=');
  });

  const BROKEN: readonly (readonly [what: string, Sections, path: string, reason: string])[] = [
    ['an unknown key', { rest: { orign: 'x' } }, 'rest.orign', 'did you mean "origin"?'],
    ['no URL', { rest: { origin: 'kraken' } }, 'rest.origin', 'must be a URL'],
    [
      'a password in a URL',
      { rest: { origin: 'https://u:p@futures.kraken.com' } },
      'rest.origin',
      'without user, password',
    ],
    ['a path', { rest: { origin: 'https://a.example/x' } }, 'rest.origin', 'after host and port'],
    ['plain HTTP', { rest: { origin: 'http://a.example' } }, 'rest.origin', 'must use TLS'],
    [
      'plain WebSocket in production',
      {
        venue: { environment: 'production' },
        webSocket: { url: 'ws://127.0.0.1:1/ws/v1' },
      },
      'webSocket.url',
      'must use TLS in production',
    ],
    [
      'half a key',
      { rest: { ...REST, credentials: { apiKey: { env: 'REST_KEY' } } } },
      'rest.credentials.apiSecret',
      'belong together',
    ],
    ['a key without an origin', { rest: { credentials } }, 'rest.origin', 'is required'],
    [
      'a secret in the file',
      { rest: { ...REST, credentials: { apiKey: 'k', apiSecret: 's' } } },
      'rest.credentials.apiKey',
      'must say where the secret is',
    ],
    ['a day that is none', { endOfLife: { endsOn: '2027-02-30' } }, 'endOfLife.endsOn', 'a day'],
    [
      'a notice after the end',
      { endOfLife: { noticeFrom: '2027-03-02' } },
      'endOfLife.noticeFrom',
      'must not be after',
    ],
    ['funds without REST', { funds: FUNDS }, 'rest.origin', 'is required with funds.enabled'],
    [
      'funds without an account',
      { rest: REST, funds: { ...FUNDS, account: undefined } },
      'funds.account',
      'is required with funds.enabled',
    ],
    [
      'funds without a key',
      { rest: REST, funds: { ...FUNDS, credentials: {} } },
      'funds.credentials',
      'is required',
    ],
    [
      'one operator',
      { rest: REST, funds: { ...FUNDS, operators: { ann: { publicKey: ANN } } } },
      'funds.operators',
      'at least as many',
    ],
    [
      'two operators of whom one proposes and one approves',
      {
        rest: REST,
        funds: { ...FUNDS, operators: { ann: { publicKey: ANN }, bob: { publicKey: BOB } } },
      },
      'funds.operators',
      'who proposes may not approve',
    ],
    [
      'two approvals by one who approves',
      {
        rest: REST,
        funds: {
          ...FUNDS,
          operators: { ann: { publicKey: ANN }, bob: { publicKey: BOB, mayApprove: false } },
        },
      },
      'funds.operators',
      'at least as many operators who approve',
    ],
    [
      'a key that anybody can sign with',
      {
        funds: {
          operators: {
            ann: { publicKey: 'MCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
          },
        },
      },
      'funds.operators.ann.publicKey',
      'of small order',
    ],
    [
      'an accepted end that is none',
      { funds: { auditAccepted: 'yes' } },
      'funds.auditAccepted',
      'SHA-256 of the last',
    ],
    [
      'two operators with one key',
      {
        rest: REST,
        funds: { ...FUNDS, operators: { ann: { publicKey: ANN }, bob: { publicKey: ANN } } },
      },
      'funds.operators.bob.publicKey',
      'is the key of funds.operators.ann too',
    ],
    [
      'one operator by two names',
      {
        rest: REST,
        funds: { ...FUNDS, operators: { ann: { publicKey: ANN }, Ann: { publicKey: BOB } } },
      },
      'funds.operators.Ann',
      'by case only',
    ],
    [
      'a key of another kind',
      { funds: { operators: { ann: { publicKey: 'MFkwEwYH' } } } },
      'funds.operators.ann.publicKey',
      'of an Ed25519 key',
    ],
    ['one approval', { funds: { approvalsMin: 1 } }, 'funds.approvalsMin', 'from 2 to 10'],
    [
      'no destination',
      { rest: REST, funds: { ...FUNDS, destinations: {} } },
      'funds.destinations',
      'at least one entry',
    ],
    [
      'a destination without a limit',
      { rest: REST, funds: { ...FUNDS, limits: { usd: FUNDS.limits.xbt } } },
      'funds.destinations.spot.currencies',
      'xbt has no limit',
    ],
    [
      'two limits for one currency',
      { funds: { ...FUNDS, limits: { ...FUNDS.limits, XBT: FUNDS.limits.xbt } } },
      'funds.limits.XBT',
      'differs from funds.limits.xbt by case only',
    ],
    [
      'a limit as a number',
      { funds: { limits: { xbt: { amountMax: 1, amountPerDayMax: '2' } } } },
      'funds.limits.xbt.amountMax',
      'must be a decimal in quotes',
    ],
    [
      'a limit above that of the day',
      { funds: { limits: { xbt: { amountMax: '3', amountPerDayMax: '2' } } } },
      'funds.limits.xbt.amountMax',
      'must not be above amountPerDayMax',
    ],
  ];
  for (const [what, sections, path, reason] of BROKEN) {
    it(`refuses ${what}`, () => {
      const loaded = load(sections);
      const problem = loaded.ok ? undefined : loaded.error.find((one) => one.path === path);
      expect(problem?.reason, JSON.stringify(loaded.ok || loaded.error)).to.include(reason);
    });
  }

  it('refuses to move money beside the embedded simulator, whose audit record would begin anew', () => {
    const loaded = load({ rest: REST, funds: FUNDS, venue: { kind: 'simulator-embedded' } });
    const paths = loaded.ok ? [] : loaded.error.map(({ path }) => path);
    expect(paths).to.include('funds.enabled');
  });
});
