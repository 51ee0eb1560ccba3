#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../dist/main.js', import.meta.url);
if (!existsSync(entry)) {
  process.stderr.write(
    'fathom: not built yet; run `npm ci` or `npm run build` in the project first\n',
  );
  process.exit(1);
}
await import(entry.href);
