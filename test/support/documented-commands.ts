import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A command line as a document has it, comment and trailing `&` left out. */
export interface DocumentedCommand {
  readonly line: string;
  readonly file: string;
}

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'bench/README.md',
  'config/scenarios/README.md',
  'fix-dictionaries/README.md',
];

/** Command lines of every page: lines of `sh` blocks, and code in text that names a program. */
export const documentedCommands = (): readonly DocumentedCommand[] => {
  const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const pages = [...PAGES, ...docs.map((name) => `docs/${name}`)];
  const found = pages.flatMap((file) =>
    commandsIn(readFileSync(join(ROOT, file), 'utf8')).map((line) => ({ line, file })),
  );
  const first = new Map<string, DocumentedCommand>();
  for (const command of found) if (!first.has(command.line)) first.set(command.line, command);
  return [...first.values()];
};

/** Exported for its own test. */
export const commandsIn = (page: string): readonly string[] => {
  const lines: string[] = [];
  for (const [, tag, body = ''] of page.matchAll(/^```(\w*)\n(.*?)^```$/gms)) {
    if (tag === 'sh' || tag === 'bash') lines.push(...body.split('\n'));
  }
  const prose = page.replaceAll(/^```.*?^```$/gms, '');
  for (const [, code = ''] of prose.matchAll(/`((?:npx|fathom|npm|node|bash) [^`]+)`/g)) {
    lines.push(code);
  }
  return lines
    .map((line) =>
      line
        .replace(/\s+#.*$/, '')
        .replace(/\s*&$/, '')
        .trim(),
    )
    .filter((line) => line !== '' && !line.startsWith('#'));
};
