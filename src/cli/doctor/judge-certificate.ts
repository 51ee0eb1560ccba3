import { fail, type CheckResult, ok, warn } from './check.ts';

/** What a handshake showed. */
export interface SeenCertificate {
  /** Host, protocol and time, for the row. */
  readonly where: string;
  /** Code of the verification, e.g. `CERT_HAS_EXPIRED`; left out when the certificate is right. */
  readonly problem: string | undefined;
  readonly subject: string;
  readonly issuer: string;
  readonly chainLength: number;
  /** Whole days until it expires; negative after that. */
  readonly daysLeft: number;
  readonly insecureReason: string | undefined;
}

const DAYS_LEFT_MIN = 14;

const ADVICE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired, or the clock of this machine is wrong',
  CERT_NOT_YET_VALID: 'the clock of this machine is wrong, or the certificate is too new',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name: look at host or serverName',
};
const WRONG_AUTHORITY = 'no authority that is trusted here signed it: look at caFile';

/**
 * A certificate that the engine would refuse is a failure. One that is not verified, or that soon
 * expires, is a warning.
 */
export const judgeCertificate = (seen: SeenCertificate): CheckResult => {
  const { where, problem, subject, issuer, chainLength, daysLeft, insecureReason } = seen;
  const chain = `${chainLength} certificate${chainLength === 1 ? '' : 's'}`;
  const detail = `${where}, ${subject} by ${issuer} (${chain}), ${daysLeft} days left`;
  if (insecureReason !== undefined) {
    const state = problem === undefined ? 'would verify' : `does not verify: ${problem}`;
    return warn(`${detail}; not verified (${insecureReason}), it ${state}`, INSECURE);
  }
  if (problem !== undefined)
    return fail(`${detail}: ${problem}`, ADVICE[problem] ?? WRONG_AUTHORITY);
  return daysLeft < DAYS_LEFT_MIN
    ? warn(detail, 'expect a new certificate soon; a pinned caFile must follow it')
    : ok(detail);
};

const INSECURE = 'verify it (tls.rejectUnauthorized) before anything that matters goes there';
