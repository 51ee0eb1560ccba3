import { readFileSync, statSync } from 'node:fs';
import { type ClientSessionConfig } from '../../config/config.ts';
import { defined } from '../../lib/defined.ts';
import { type FixAcceptor, type TlsFiles } from '../../fix/runtime/acceptor/acceptor.ts';
import { type Timers } from '../../lib/time.ts';

const LOOK_EVERY_MS = 5_000;

type TlsConfig = ClientSessionConfig['tls'];

/** The files of a listener's TLS, read; `undefined` without TLS. */
export const readTlsFiles = (tls: TlsConfig): TlsFiles | undefined => {
  if (!tls.enabled || tls.certFile === undefined || tls.keyFile === undefined) return undefined;
  return {
    cert: readFileSync(tls.certFile),
    key: readFileSync(tls.keyFile),
    ...defined({ ca: tls.caFile === undefined ? undefined : readFileSync(tls.caFile) }),
  };
};

export interface CertificateDeps {
  readonly tls: TlsConfig;
  readonly acceptor: Pick<FixAcceptor, 'renewCertificates'>;
  readonly timers: Timers;
  readonly onRenewed: (text: string) => void;
  /** The files cannot be read, or do not fit each other: the certificate of before is shown. */
  readonly onFailed: (text: string) => void;
}

/**
 * Shows new connections a certificate that was renewed. The files are looked at every five seconds
 * by time, size and inode, which a link that is set anew changes too; `renew` reads them at once.
 */
export class ListenerCertificates {
  readonly #deps: CertificateDeps;
  readonly #paths: readonly string[];
  #seen: string;
  #timer: { readonly cancel: () => void } | undefined;

  constructor(deps: CertificateDeps) {
    this.#deps = deps;
    const { enabled, certFile, keyFile, caFile } = deps.tls;
    const paths = enabled ? [certFile, keyFile, caFile] : [];
    this.#paths = paths.filter((path) => path !== undefined);
    this.#seen = this.#look();
    if (this.#paths.length > 0) this.#wait();
  }

  renew(): void {
    if (this.#paths.length === 0) return;
    this.#seen = this.#look();
    const names = this.#paths.join(', ');
    try {
      const files = readTlsFiles(this.#deps.tls);
      if (files !== undefined) this.#deps.acceptor.renewCertificates(files);
      this.#deps.onRenewed(`new connections are shown the certificate as it is now in ${names}`);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const text = `${names}: ${why}; new connections are shown the certificate of before`;
      this.#deps.onFailed(text);
    }
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wait(): void {
    this.#timer = this.#deps.timers.set(LOOK_EVERY_MS, () => {
      if (this.#look() !== this.#seen) this.renew();
      this.#wait();
    });
  }

  #look(): string {
    return this.#paths.map(stampOf).join(' ');
  }
}

const stampOf = (path: string): string => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? 'none' : `${found.mtimeMs}:${found.size}:${found.ino}`;
};
