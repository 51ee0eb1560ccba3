import { type ClientSessionConfig } from '../../config/config.ts';
import { type PeerCertificate } from '../../fix/runtime/acceptor/acceptor.ts';
import { type FixMessage } from '../../fix/codec/fix-message.ts';

/**
 * What is wrong with the credentials of a client's Logon(A): password and certificate, as its
 * session wants them. The answer does not say which.
 */
export const credentialProblem = (
  { credentials, clientCertificate }: ClientSessionConfig,
  message: FixMessage,
  certificate: PeerCertificate | undefined,
): string | undefined => {
  const isCertified = isBoundTo(clientCertificate, certificate);
  // Both are always compared: the time of an answer must not tell which one was wrong.
  const isUser = credentials?.username.matches(message.get(553)) ?? true;
  const isPassword = credentials?.password.matches(message.get(554)) ?? true;
  return isCertified && isUser && isPassword ? undefined : 'invalid credentials';
};

/** Whether a session asks for any proof of who the client is. */
export const asksForCredentials = ({
  credentials,
  clientCertificate: { subject, fingerprints },
}: ClientSessionConfig): boolean =>
  credentials !== undefined || subject !== undefined || fingerprints !== undefined;

const isBoundTo = (
  { subject, fingerprints }: ClientSessionConfig['clientCertificate'],
  certificate: PeerCertificate | undefined,
): boolean => {
  if (subject === undefined && fingerprints === undefined) return true;
  if (certificate === undefined) return false;
  const hasSubject = subject?.every((attribute) => certificate.subject.includes(attribute)) ?? true;
  return hasSubject && (fingerprints?.includes(certificate.fingerprint) ?? true);
};

/** What a Logon asks for that the session does not do. */
export const logonProblem = (
  { resetPolicy }: ClientSessionConfig,
  message: FixMessage,
): string | undefined =>
  message.get(141) === 'Y' && !resetPolicy.acceptResetSeqNumFlag
    ? 'ResetSeqNumFlag(141)=Y is not accepted on this session'
    : undefined;
