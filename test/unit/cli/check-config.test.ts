import { expect } from 'chai';
import { checkConfigCommand } from '../../../src/cli/check-config.ts';
import { type CliIo } from '../../../src/cli/shared/cli-io.ts';

const FIXTURES = 'test/fixtures/config';
const API_KEY = 'key-of-a-test';
const API_SECRET = 'c2VjcmV0LW9mLWEtdGVzdA==';
const ENV = { TEST_API_KEY: API_KEY, TEST_API_SECRET: API_SECRET };

const run = (args: readonly string[], env: CliIo['env'] = ENV) => {
  const out: string[] = [];
  const errors: string[] = [];
  let exitCode: number | undefined;
  const io: CliIo = {
    out: (line) => out.push(line),
    err: (line) => errors.push(line),
    env,
    setExitCode: (code) => (exitCode = code),
  };
  checkConfigCommand(io).parse(args, { from: 'user' });
  return { exitCode, out: out.join('\n'), errors };
};

const check = (file: string, env?: CliIo['env']) => run(['--config', `${FIXTURES}/${file}`], env);

/** File, and how its one line begins. */
const BROKEN: readonly (readonly [file: string, line: string])[] = [
  [
    'no-such-file.json',
    `config: ${FIXTURES}/no-such-file.json: cannot be read: there is no such file or folder (ENOENT)`,
  ],
  [
    'not-json.json',
    `config: ${FIXTURES}/not-json.json:8:3: is not JSON: a comma stands before the closing brace`,
  ],
  ['duplicate-key.json', 'config: risk.orderQtyMax: is written twice, on lines 45 and 46'],
  ['unknown-key.json', 'config: engine.dataDri: is not a known key, did you mean "dataDir"?'],
  ['unknown-section.json', 'config: riks: is not a known key, did you mean "risk"?'],
  [
    'wrong-type.json',
    'config: sessions.trading.heartBtIntSeconds: must be a whole number from 1 to 3600 (s), without quotes: value was "30"',
  ],
  [
    'out-of-range.json',
    'config: engine.ackTimeoutMs: must be a whole number from 100 to 60000 (ms), without quotes',
  ],
  [
    'number-for-decimal.json',
    'config: risk.orderQtyMax: must be a decimal in quotes, such as "0.5": a JSON number is a binary float',
  ],
  [
    'bad-decimal.json',
    'config: instruments.PF_XBTUSD.tickSize: must be a plain decimal in quotes, such as "0.5", without exponent: value was "1e-1"',
  ],
  [
    'missing-required.json',
    'config: sessions.trading.cancelOrdersOnDisconnect: is required (true or false). Whether the venue cancels',
  ],
  [
    'missing-secret.json',
    'config: sessions.trading.credentials.apiSecret: the environment variable TEST_API_SECRET_THAT_IS_NOT_SET is not set',
  ],
  [
    'missing-secret-file.json',
    'config: sessions.trading.credentials.apiSecret: the file ./no/such/secret cannot be read: there is no such file or folder (ENOENT)',
  ],
  [
    'inline-secret.json',
    'config: sessions.trading.credentials.apiSecret: must say where the secret is, { "env": "NAME" }',
  ],
  [
    'inline-secret-in-env.json',
    'config: sessions.trading.credentials.apiSecret.env: must be the name of an environment variable in upper case',
  ],
  ['no-trading-session.json', 'config: sessions: no session has the role "trading"'],
  [
    'duplicate-compids.json',
    'config: sessions.desk2.senderCompID: SenderCompID FATHOM and TargetCompID DESK1 are those of sessions.desk1 too',
  ],
  ['unknown-symbol.json', 'config: risk.allowedSymbols: PF_DOGEUSD is not among the instruments'],
  [
    'insecure-in-production.json',
    'config: sessions.trading.tls.rejectUnauthorized: must be true in production',
  ],
  [
    'insecure-without-reason.json',
    'config: sessions.trading.tls.insecureReason: is required when rejectUnauthorized is false: say why',
  ],
  [
    'bad-host.json',
    'config: sessions.trading.hosts: member 1 must be "host:port" with a port from 1 to 65535',
  ],
  ['null-value.json', 'config: engine.name: must not be null: leave the key out instead'],
  ['group-expected.json', 'config: venue.simulator: must be a group of keys'],
  [
    'bad-session-name.json',
    'config: sessions.desk/1: the name must be a session name: letters, digits and dashes',
  ],
  [
    'reserve-without-room.json',
    'config: sessions.trading.rateBudget.reservedForCancelsUnits: leaves no room for a single order',
  ],
];

describe('fathom check-config', () => {
  for (const [file, line] of BROKEN) {
    it(`refuses ${file.replace('.json', '').replaceAll('-', ' ')} with exit code 2 and one line that names the key`, () => {
      const { exitCode, out, errors } = check(file);
      expect(exitCode).to.equal(2);
      expect(out).to.equal('');
      expect(errors.join('\n').slice(0, line.length)).to.equal(line);
      expect(errors).to.have.length(1);
    });
  }

  it('names an unknown role and that nothing is left to trade with', () => {
    const { exitCode, errors } = check('unknown-role.json');
    expect(exitCode).to.equal(2);
    expect(errors[0]).to.match(
      /^config: sessions\.trading\.role: must be one of "trading", .*: value was "trader"$/,
    );
    expect(errors[1]).to.match(/^config: sessions: no session has the role "trading"/);
  });

  it('names both files that a TLS listener lacks', () => {
    const { exitCode, errors } = check('client-tls-without-certificate.json');
    expect(exitCode).to.equal(2);
    expect(errors).to.deep.equal([
      'config: sessions.desk1.tls.certFile: is required with TLS',
      'config: sessions.desk1.tls.keyFile: is required with TLS',
    ]);
  });

  it('reports all problems of a file at once, one line each', () => {
    const { exitCode, errors } = check('many-problems.json', {});
    expect(exitCode).to.equal(2);
    expect(errors.map((line) => line.split(': ')[1])).to.have.members([
      'engine.ackTimeoutMs',
      'risk.orderQtyMax',
      'venue.kid',
      'sessions.trading.hosts',
      'sessions.trading.credentials.apiKey',
      'sessions.trading.credentials.apiSecret',
    ]);
    for (const line of errors) expect(line).to.match(/^config: [^\n]+$/);
  });

  it('never repeats a secret that was written into the file', () => {
    for (const file of ['inline-secret.json', 'inline-secret-in-env.json']) {
      expect(check(file).errors.join('\n')).not.to.contain('aW5saW5l');
    }
  });

  it('prints every effective value with its source and masks secrets', () => {
    const { exitCode, out, errors } = check('good.json');
    expect(errors).to.deep.equal([]);
    expect(exitCode).to.equal(0);
    expect(out).to.match(
      /│ engine\.dataDir +│ var\/test +│ file:test\/fixtures\/config\/good\.json:3 +│/,
    );
    expect(out).to.match(/│ engine\.durability +│ disk +│ default +│/);
    expect(out).to.match(/│ engine\.controlSocket +│ var\/test\/run\/control\.sock +│ default +│/);
    expect(out).to.match(
      /│ sessions\.trading\.credentials\.apiSecret +│ <redacted> +│ env:TEST_API_SECRET +│/,
    );
    expect(out).not.to.contain(API_SECRET);
    expect(out).not.to.contain(API_KEY);
  });

  it('prints the same rows as JSON', () => {
    const { exitCode, out } = run(['--json', '-c', `${FIXTURES}/good.json`]);
    expect(exitCode).to.equal(0);
    const rows = JSON.parse(out) as { key: string; value: string; source: string }[];
    expect(rows).to.deep.include({
      key: 'sessions.trading.credentials.apiKey',
      value: '<redacted>',
      source: 'env:TEST_API_KEY',
    });
    expect(out).not.to.contain(API_SECRET);
  });
});
