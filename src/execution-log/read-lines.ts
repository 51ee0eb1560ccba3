import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';

const DEPTH_MAX = 6;

/**
 * Complete lines of a file, unpacked when it is `.gz`, without their `\n`; what follows the last
 * `\n` is left out, it is not finished.
 */
export async function* readLines(
  path: string,
  encoding: 'utf8' | 'latin1',
): AsyncGenerator<string, void, undefined> {
  let rest = '';
  const file = createReadStream(path);
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // A file that cannot be read ends what unpacks it.
  if (bytes !== file) file.on('error', (error) => bytes.destroy(error));
  for await (const chunk of bytes.setEncoding(encoding)) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/**
 * Paths of the files below a directory, sorted; at most 6 levels. Throws what the system throws.
 */
export const filesBelow = (dir: string, depth = 0): readonly string[] =>
  readdirSync(dir, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(dir, entry.name);
      if (entry.isFile()) return [path];
      return entry.isDirectory() && depth < DEPTH_MAX ? filesBelow(path, depth + 1) : [];
    });
