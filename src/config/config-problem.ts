/** One reason why a configuration cannot be used. */
export interface ConfigProblem {
  /**
   * Dotted path of the key, e.g. `sessions.trading.hosts`; the file itself for a file that cannot
   * be read.
   */
  readonly path: string;
  readonly reason: string;
}

/** Collects one more problem. */
export type Report = (path: string, reason: string) => void;

/** `config: <key path>: <reason>`, always one line. */
export const problemToLine = ({ path, reason }: ConfigProblem): string =>
  `config: ${path === '' ? '' : `${path}: `}${reason}`.replace(/[\r\n]+/g, ' ');

/** The known key that a misspelt one most likely means: at most a third of its letters differ. */
export const didYouMean = (key: string, known: readonly string[]): string | undefined => {
  const wanted = key.toLowerCase();
  const scored = known
    .map((name) => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = scored[0];
  if (best === undefined) return undefined;
  return best.distance <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined;
};

const KEY_LENGTH_MAX = 64;

/**
 * Insertions, deletions, replacements and swaps of neighbours. Keys longer than any of ours are as
 * far as it gets.
 */
const editDistance = (a: string, b: string): number => {
  if (a.length > KEY_LENGTH_MAX) return a.length;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = isSwap ? (beforePrevious[column - 2] ?? Infinity) + 1 : Infinity;
      const added = Math.min(previous[column] ?? 0, current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, swapped, added));
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length] ?? a.length;
};
