import { generate } from 'selfsigned';
import { type Certificate } from '../../../src/simulator/certificate.ts';

const DAY_MS = 86_400_000;

/** For loopback, its own authority. QuickFIX 1.15 takes RSA and DSA keys only. */
export const makeRsaCertificate = async (now: Date): Promise<Certificate> => {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - DAY_MS),
    notAfterDate: new Date(now.getTime() + DAY_MS),
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { key: pems.private, cert: pems.cert };
};
