import { expect } from 'chai';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderProblem, FREE_BYTES_MIN, type FolderDeps } from '../../../src/app/check-folders.ts';
import { type Config } from '../../../src/config/config.ts';

describe('the folders of an engine that starts', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-folders-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const config = (over: Readonly<Record<string, string>> = {}): Config =>
    ({
      engine: { dataDir: over['dataDir'] ?? join(dir, 'data') },
      executionLog: { dir: over['executionLog'] ?? join(dir, 'data', 'execution-log') },
      fixLog: { dir: over['fixLog'] ?? join(dir, 'data', 'fix-log') },
    }) as unknown as Config;

  const failing = (code: string, below = dir): FolderDeps => ({
    access: (path) => {
      if (path.startsWith(below)) throw Object.assign(new Error(`${code}: ${path}`), { code });
    },
    freeBytes: () => FREE_BYTES_MIN,
  });
  const room = (bytes: number): FolderDeps => ({
    access: () => undefined,
    freeBytes: () => bytes,
  });

  it('are fine when they can be made, and are not made by the look', () => {
    expect(folderProblem(config())).to.equal(undefined);
    expect(folderProblem(config(), room(FREE_BYTES_MIN))).to.equal(undefined);
    expect(readdirSync(dir)).to.deep.equal([]);
  });

  it('refuse the start by name on a read-only file system, without rights, and as a file', () => {
    const start = `engine.dataDir ${join(dir, 'data')}: `;
    expect(folderProblem(config(), failing('EROFS'))).to.equal(
      `${start}${dir} is on a read-only file system; nothing was changed`,
    );
    expect(folderProblem(config(), failing('EACCES'))).to.equal(
      `${start}${dir} cannot be written by this user; nothing was changed`,
    );
    writeFileSync(join(dir, 'data'), '');
    expect(folderProblem(config())).to.equal(
      `${start}${join(dir, 'data')} is no folder; nothing was changed`,
    );
  });

  it('refuse the start on a full disk, each folder on its own disk', () => {
    expect(folderProblem(config(), room(FREE_BYTES_MIN - 1))).to.match(
      /^engine\.dataDir .*: the disk is full: 1048575 bytes are free, 1048576 are needed to start: make room on it;/,
    );
    const logs = mkdtempSync(join(tmpdir(), 'fathom-logs-'));
    const onlyLogs = failing('EROFS', logs);
    expect(folderProblem(config({ executionLog: logs }), onlyLogs)).to.match(
      /^executionLog\.dir .*read-only/,
    );
    expect(folderProblem(config({ fixLog: logs }), onlyLogs)).to.match(/^fixLog\.dir .*read-only/);
    rmSync(logs, { recursive: true });
  });
});
