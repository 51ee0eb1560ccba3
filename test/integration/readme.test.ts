import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the README', function () {
  this.timeout(60_000);

  it('has a library example that runs as it stands, and whose order is accepted', async () => {
    const [, example = ''] =
      /```ts\n(import .*?)```/s.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
    const dir = mkdtempSync(join(tmpdir(), 'fathom-readme-'));
    try {
      // A project that has Fathom among its packages; it needs `npm run build`, as the programs do.
      mkdirSync(join(dir, 'node_modules'));
      symlinkSync(ROOT, join(dir, 'node_modules/fathom'));
      cpSync(join(ROOT, 'config/demo.json'), join(dir, 'config/demo.json'));
      writeFileSync(join(dir, 'example.mjs'), example);
      const child = spawn(process.execPath, ['example.mjs'], {
        cwd: dir,
        env: { ...process.env, FATHOM_LOGGING__FORMAT: 'off' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [out, errors, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'exit') as Promise<[number | null]>,
      ]);
      expect(code, errors).to.equal(0);
      const lines = out.trim().split('\n');
      expect(lines.map((line) => line.trim())).to.include('accepted');
      expect(out).not.to.include('Rejected');
      expect(lines.at(-1)).to.match(/^(Canceled|Trade) /);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
