/**
 * Does something with each item, two at a time, and returns the results in order: a dozen Node
 * processes that start at once on a busy machine need longer than anybody waits.
 */
export const inTurns = async <T, R>(
  items: readonly T[],
  run: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(run))));
  return results;
};
const AT_ONCE = 2;
