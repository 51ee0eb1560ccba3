import { expect } from 'chai';
import {
  asksForCredentials,
  credentialProblem,
} from '../../../../src/app/sessions/client-logon.ts';
import { type ClientSessionConfig } from '../../../../src/config/config.ts';
import { type FixMessage } from '../../../../src/fix/codec/fix-message.ts';
import { Secret } from '../../../../src/lib/secret.ts';

const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');
const CERTIFICATE = { subject: ['C=DE', 'O=Example', 'CN=desk1'], fingerprint: FINGERPRINT };
const PASSWORD = { username: new Secret('desk'), password: new Secret('right') };

const session = (
  binding: Partial<ClientSessionConfig['clientCertificate']>,
  credentials?: typeof PASSWORD,
): ClientSessionConfig =>
  ({
    clientCertificate: { subject: undefined, fingerprints: undefined, ...binding },
    credentials,
  }) as unknown as ClientSessionConfig;

const logon = (fields: Readonly<Record<number, string>>): FixMessage =>
  ({ get: (tag: number) => fields[tag] }) as unknown as FixMessage;

describe('the certificate of a client', () => {
  for (const [what, binding, isRight] of [
    ['its name', { subject: ['CN=desk1'] }, true],
    ['its name and its organisation', { subject: ['CN=desk1', 'O=Example'] }, true],
    ['the name of another client', { subject: ['CN=desk2'] }, false],
    ['a name that begins like its own', { subject: ['CN=desk'] }, false],
    ['the organisation of another', { subject: ['CN=desk1', 'O=Other'] }, false],
    ['its fingerprint', { fingerprints: [FINGERPRINT] }, true],
    ['its fingerprint among others', { fingerprints: ['00', FINGERPRINT] }, true],
    ['another fingerprint', { fingerprints: ['00'] }, false],
    ['its name and another fingerprint', { subject: ['CN=desk1'], fingerprints: ['00'] }, false],
    ['nothing', {}, true],
  ] as const) {
    it(`${isRight ? 'opens' : 'does not open'} a session that is bound to ${what}`, () => {
      const problem = credentialProblem(session(binding), logon({}), CERTIFICATE);
      expect(problem).to.equal(isRight ? undefined : 'invalid credentials');
    });
  }

  it('is missed where the connection has shown none', () => {
    for (const binding of [{ subject: ['CN=desk1'] }, { fingerprints: [FINGERPRINT] }]) {
      expect(credentialProblem(session(binding), logon({}), undefined)).to.equal(
        'invalid credentials',
      );
    }
  });

  it('does not stand for the password, nor the password for it', () => {
    const config = session({ subject: ['CN=desk1'] }, PASSWORD);
    const right = logon({ 553: 'desk', 554: 'right' });
    expect(credentialProblem(config, right, CERTIFICATE)).to.equal(undefined);
    expect(credentialProblem(config, right, undefined)).to.equal('invalid credentials');
    for (const wrong of [{ 553: 'desk', 554: 'wrong' }, { 554: 'right' }, {}]) {
      expect(credentialProblem(config, logon(wrong), CERTIFICATE)).to.equal('invalid credentials');
    }
  });

  it('counts as credentials: its session asks for some', () => {
    expect(asksForCredentials(session({}))).to.equal(false);
    expect(asksForCredentials(session({}, PASSWORD))).to.equal(true);
    expect(asksForCredentials(session({ subject: ['CN=desk1'] }))).to.equal(true);
    expect(asksForCredentials(session({ fingerprints: [FINGERPRINT] }))).to.equal(true);
  });
});
