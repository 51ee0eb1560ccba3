// Puts the project's own command where `npx fathom` looks for it. npm does that for dependencies, not for the project itself.
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';

const bin = new URL('../node_modules/.bin/', import.meta.url);
if (existsSync(new URL('../node_modules/', import.meta.url))) {
  mkdirSync(bin, { recursive: true });
  const link = new URL('fathom', bin);
  rmSync(link, { force: true });
  symlinkSync('../../bin/fathom.js', link);
}
