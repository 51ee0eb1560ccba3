import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ConfigProblem } from '../../../../src/config/config-problem.ts';
import { type LoadConfigOptions, loadConfig } from '../../../../src/config/load/load-config.ts';

const GOOD = 'test/fixtures/config/good.json';
const ENV = { TEST_API_KEY: 'key-of-a-test', TEST_API_SECRET: 'c2VjcmV0LW9mLWEtdGVzdA==' };
const KRAKEN_ENV = {
  KRAKEN_UAT_API_KEY: 'k',
  KRAKEN_UAT_API_SECRET: 'c2VjcmV0',
  KRAKEN_PROD_API_KEY: 'k',
  KRAKEN_PROD_API_SECRET: 'c2VjcmV0',
  DESK1_USERNAME: 'desk1',
  DESK1_PASSWORD: 'p',
};

const load = (options: Partial<LoadConfigOptions> = {}) => {
  const loaded = loadConfig({ path: GOOD, env: ENV, ...options });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return loaded.value;
};

const problemsOf = (options: Partial<LoadConfigOptions>): readonly ConfigProblem[] => {
  const loaded = loadConfig({ path: GOOD, env: ENV, ...options });
  expect(loaded.ok).to.equal(false);
  return loaded.ok ? [] : loaded.error;
};

const sourceOf = (rows: ReturnType<typeof load>['rows'], key: string) =>
  rows.find((row) => row.key === key)?.source;

describe('loadConfig', () => {
  const withSecretFile = (mode: number): string => {
    const file = join(folder, 'api-secret');
    writeFileSync(file, 'c2VjcmV0');
    chmodSync(file, mode);
    return write((config) => {
      const trading = config['sessions']?.['trading'] as Record<string, Record<string, unknown>>;
      trading['credentials']!['apiSecret'] = { file };
    });
  };

  it('refuses a secret file that others can write, and tells of one that others can read', () => {
    for (const mode of [0o602, 0o620, 0o666]) {
      expect(problemsOf({ path: withSecretFile(mode) })).to.deep.include({
        path: 'sessions.trading.credentials.apiSecret',
        reason: `the file ${folder}/api-secret can be written by others (mode ${mode.toString(8)}): chmod go-w ${folder}/api-secret`,
      });
    }
    for (const mode of [0o644, 0o640, 0o604])
      expect(load({ path: withSecretFile(mode) }).warnings).to.deep.equal([
        `${folder}/api-secret can be read by others (mode ${mode.toString(8)}): chmod go= ${folder}/api-secret`,
      ]);
    expect(load({ path: withSecretFile(0o600) }).warnings).to.deep.equal([]);
  });

  it('takes no name of an engine or a session that would be a place among files', () => {
    const names = [
      '../fathom',
      'a/b',
      'a\\b',
      '.hidden',
      '..',
      'a\u0000b',
      'a\u001b[1m',
      '',
      'x'.repeat(65),
    ];
    for (const name of names) {
      const path = write((config) => {
        config['engine']!['name'] = name;
      });
      expect(problemsOf({ path })[0]?.path, JSON.stringify(name)).to.equal('engine.name');
      const session = write((config) => {
        const { trading } = config['sessions']!;
        config['sessions'] = { [name]: trading };
      });
      expect(loadConfig({ path: session, env: ENV }).ok, JSON.stringify(name)).to.equal(false);
    }
  });

  it('takes words that every object has for ordinary names', () => {
    for (const name of ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf']) {
      const path = write((config) => {
        config['engine']!['name'] = name;
        const { trading } = config['sessions']!;
        config['sessions'] = { [name]: trading };
      });
      const { config } = load({ path });
      expect(config.engine.name).to.equal(name);
      expect(config.sessions.map((session) => session.name)).to.deep.equal([name]);
    }
    for (const key of ['constructor', 'toString', 'prototype']) {
      const path = write((config) => {
        config['engine']![key] = 'x';
      });
      expect(problemsOf({ path })[0]).to.include({ path: `engine.${key}` });
    }
    const proto = join(folder, 'proto.json');
    writeFileSync(proto, readFileSync(GOOD, 'utf8').replace('{', '{ "__proto__": {"x": 1}, '));
    expect(problemsOf({ path: proto })[0]).to.include({ path: '__proto__' });
  });

  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'fathom-config-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (change: (config: Record<string, Record<string, unknown>>) => void): string => {
    const config = JSON.parse(readFileSync(GOOD, 'utf8')) as Record<
      string,
      Record<string, unknown>
    >;
    change(config);
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify(config));
    return path;
  };

  for (const name of ['demo', 'kraken-uat', 'kraken-production']) {
    it(`loads config/${name}.json, which has no secret and needs none but those of the environment`, () => {
      const path = `config/${name}.json`;
      const { config } = load({ path, env: KRAKEN_ENV });
      expect(config.sessions.map(({ role }) => role)).to.include.members(['trading', 'client']);
      expect(readFileSync(path, 'utf8')).not.to.match(
        /"(?:apiKey|apiSecret|password|username)": *"/,
      );
    });
  }

  it('fills in defaults, places below dataDir, and everything that follows from the instruments', () => {
    const { config } = load();
    expect(config.engine.durability).to.equal('disk');
    expect(config.engine.controlSocket).to.equal('var/test/run/control.sock');
    expect(config.executionLog.dir).to.equal('var/test/execution-log');
    expect(config.risk.allowedSymbols).to.deep.equal(['PF_XBTUSD']);
    expect(config.instruments).to.deep.equal([
      {
        symbol: 'PF_XBTUSD',
        contractType: 'linear',
        tickSize: '1',
        qtyStep: '0.0001',
        qtyMin: '0.0001',
      },
    ]);
  });

  it('spells an amount in one form, however the file writes it', () => {
    const path = write((config) => {
      config['risk'] = { ...config['risk'], orderQtyMax: '007.50' };
      config['instruments'] = {
        PF_XBTUSD: { contractType: 'linear', tickSize: '1.0', qtyStep: '0.10', qtyMin: '0.1' },
      };
    });
    const { config, rows } = load({ path });
    expect(config.risk.orderQtyMax).to.equal('7.5');
    expect(config.instruments[0]).to.include({ tickSize: '1', qtyStep: '0.1' });
    expect(rows.find(({ key }) => key === 'risk.orderQtyMax')?.value).to.equal('7.5');
  });

  it('gives each session its name, its hosts as host and port, and its secrets as secrets', () => {
    const [trading] = load().config.sessions;
    if (trading?.role !== 'trading') throw new Error('the first session is the trading session');
    expect(trading.name).to.equal('trading');
    expect(trading.hosts).to.deep.equal([{ host: 'fix.uat.kraken.com', port: 4003 }]);
    expect(trading.credentials?.apiKey.reveal()).to.equal('key-of-a-test');
    expect(JSON.stringify(trading)).not.to.contain('key-of-a-test');
  });

  it('reads a secret from a file and drops the line end', () => {
    const file = join(folder, 'secret');
    writeFileSync(file, 'c2VjcmV0\n');
    const path = write((config) => {
      config['sessions']!['trading'] = {
        ...(config['sessions']!['trading'] as object),
        credentials: { apiKey: { env: 'TEST_API_KEY' }, apiSecret: { file } },
      };
    });
    const { config, rows } = load({ path });
    const [trading] = config.sessions;
    expect(trading?.role === 'trading' && trading.credentials?.apiSecret.reveal()).to.equal(
      'c2VjcmV0',
    );
    expect(sourceOf(rows, 'sessions.trading.credentials.apiSecret')).to.equal(`file:${file}`);
  });

  it('refuses a secret that is empty, doubly placed or not base64, without showing it', () => {
    expect(problemsOf({ env: { ...ENV, TEST_API_SECRET: ' ' } })).to.deep.equal([
      {
        path: 'sessions.trading.credentials.apiSecret',
        reason: 'the environment variable TEST_API_SECRET is empty',
      },
    ]);
    expect(problemsOf({ env: { ...ENV, TEST_API_SECRET: 'not base64!' } })).to.deep.equal([
      {
        path: 'sessions.trading.credentials.apiSecret',
        reason: 'what env:TEST_API_SECRET holds is not base64',
      },
    ]);
    const path = write((config) => {
      const trading = config['sessions']!['trading'] as { credentials: { apiKey: object } };
      trading.credentials.apiKey = { env: 'TEST_API_KEY', file: '/etc/hostname' };
    });
    expect(problemsOf({ path })).to.deep.equal([
      {
        path: 'sessions.trading.credentials.apiKey',
        reason: 'has both "env" and "file": leave one out',
      },
    ]);
  });

  it('lets the environment replace a key of each kind and says so in the source', () => {
    const { config, rows } = load({
      env: {
        ...ENV,
        FATHOM_ENGINE__DATADIR: '/srv/fathom',
        FATHOM_ENGINE__ACKTIMEOUTMS: '900',
        FATHOM_FIXLOG__ENABLED: 'false',
        FATHOM_SESSIONS__TRADING__HOSTS: 'a.example:1,b.example:2',
        FATHOM_RISK__ORDERQTYMAX: '0.5',
      },
    });
    expect(config.engine.dataDir).to.equal('/srv/fathom');
    expect(config.engine.controlSocket).to.equal('/srv/fathom/run/control.sock');
    expect(config.engine.ackTimeoutMs).to.equal(900);
    expect(config.fixLog.enabled).to.equal(false);
    expect(config.risk.orderQtyMax).to.equal('0.5');
    expect(config.sessions[0]).to.have.deep.property('hosts', [
      { host: 'a.example', port: 1 },
      { host: 'b.example', port: 2 },
    ]);
    expect(sourceOf(rows, 'engine.dataDir')).to.equal('env:FATHOM_ENGINE__DATADIR');
    expect(sourceOf(rows, 'engine.name')).to.equal('default');
  });

  it('checks what the environment says as strictly as the file', () => {
    expect(problemsOf({ env: { ...ENV, FATHOM_ENGINE__ACKTIMEOUTMS: 'soon' } })[0]).to.deep.include(
      {
        path: 'engine.ackTimeoutMs',
      },
    );
    expect(problemsOf({ env: { ...ENV, FATHOM_ENGINE__DATADRI: 'x' } })).to.deep.equal([
      {
        path: 'FATHOM_ENGINE__DATADRI',
        reason: 'names no key, did you mean FATHOM_ENGINE__DATADIR?',
      },
    ]);
  });

  it('puts overrides of the caller above the environment', () => {
    const { config, rows } = load({
      env: { ...ENV, FATHOM_ENGINE__NAME: 'from-env' },
      overrides: { 'engine.name': 'from-caller', 'sessions.desk1.listen.port': 0 },
    });
    expect(config.engine.name).to.equal('from-caller');
    expect(sourceOf(rows, 'engine.name')).to.equal('override');
    expect(problemsOf({ overrides: { 'engine.nam': 'x' } })).to.deep.equal([
      { path: 'engine.nam', reason: 'is not a known key, did you mean "engine.name"?' },
    ]);
  });

  it('refuses names that would reach into objects', () => {
    const path = join(folder, 'evil.json');
    writeFileSync(
      path,
      readFileSync(GOOD, 'utf8').replace('{', '{ "__proto__": { "polluted": true },'),
    );
    expect(problemsOf({ path })[0]).to.deep.equal({
      path: '__proto__',
      reason: 'is not a known key',
    });
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });

  it('refuses a list or a value where the file must be a group of keys', () => {
    for (const text of ['[]', '"x"', '5']) {
      const path = join(folder, 'list.json');
      writeFileSync(path, text);
      expect(problemsOf({ path })).to.deep.equal([
        { path, reason: 'must be a group of keys { … }' },
      ]);
    }
  });
});
