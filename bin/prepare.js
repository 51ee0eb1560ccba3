// `npm run prepare`: builds after `npm ci`. `npx fathom` in a checkout links the checkout and runs this
// as well, while other programs of it may run: what is built stays as it is then.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const isBuilt = existsSync(new URL('../dist/main.js', import.meta.url));
if (process.env.npm_command !== 'exec' || !isBuilt) {
  const { status } = spawnSync('npm', ['run', 'build'], { stdio: 'inherit', shell: true });
  process.exitCode = status ?? 1;
}
