/**
 * What a table holds for a word from outside; `undefined` when it has no such word. A plain
 * `table[word]` finds what every object inherits, e.g. `constructor`.
 */
export const ownValue = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;
