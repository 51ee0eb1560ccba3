import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type EngineStorageDeps, openEngineStorage } from '../../../../src/app/loop/storage.ts';
import { loadConfig } from '../../../../src/config/load/load-config.ts';

describe('the data folder of an engine', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fathom-storage-'));
  after(() => {
    rmSync(dir, { recursive: true });
  });

  it('is refused when everybody can write to it, and nothing is made in it', async () => {
    const loaded = loadConfig({ path: 'config/demo.json', env: {} });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
    const { config } = loaded.value;
    for (const mode of [0o777, 0o1777, 0o702]) {
      const dataDir = join(dir, mode.toString(8));
      mkdirSync(dataDir);
      chmodSync(dataDir, mode);
      const opened = await openEngineStorage(
        { ...config, engine: { ...config.engine, dataDir } },
        {} as EngineStorageDeps,
      );
      expect(opened.ok ? '' : opened.error).to.match(
        /^engine\.dataDir: .* can be written by others \(mode 7.*\): chmod go-w /,
      );
      expect(existsSync(join(dataDir, 'journal'))).to.equal(false);
    }
  });
});
