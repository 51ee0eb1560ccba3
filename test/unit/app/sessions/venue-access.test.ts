import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { connectionOf } from '../../../../src/app/sessions/venue-access.ts';
import { type VenueSessionConfig } from '../../../../src/config/config.ts';

describe('the authorities of the venue', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fathom-ca-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const authorities = (caFile: string): (() => string) => {
    const config = {
      hosts: [{ host: 'venue.example', port: 4_000 }],
      connectTimeoutMs: 1_000,
      tls: {
        enabled: true,
        rejectUnauthorized: true,
        minVersion: 'TLSv1.3',
        caFile,
      },
    } as unknown as VenueSessionConfig;
    const { tls } = connectionOf(config);
    return () => String({ ...tls }.ca);
  };

  it('are those of the file at each connect, and the last ones when it has gone', () => {
    const path = join(folder, 'ca.pem');
    writeFileSync(path, 'the first');
    const read = authorities(path);
    expect(read()).to.equal('the first');
    writeFileSync(path, 'the renewed');
    expect(read()).to.equal('the renewed');
    rmSync(path);
    expect(read()).to.equal('the renewed');
    writeFileSync(path, 'those after');
    expect(read()).to.equal('those after');
  });

  it('are a file that can be read at the start', () => {
    expect(() => authorities(join(folder, 'missing.pem'))).to.throw('ENOENT');
  });
});
