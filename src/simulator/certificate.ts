import { generate } from 'selfsigned';

/**
 * A TLS key and certificate for one run, PEM. The certificate is self-signed; clients take it as
 * `ca`.
 */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const VALID_DAYS = 30;

/** For loopback: valid for `localhost`, 127.0.0.1 and ::1. */
export const makeLoopbackCertificate = async (now: Date): Promise<Certificate> => {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - 86_400_000),
    notAfterDate: new Date(now.getTime() + VALID_DAYS * 86_400_000),
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { key: pems.private, cert: pems.cert };
};
