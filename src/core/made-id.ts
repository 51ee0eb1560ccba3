/**
 * Ids that we make: a letter, the prefix of the journal, a number. `F12` in a journal of an earlier
 * version, `FMIKX8Q3P-12` since: a new data folder begins with a prefix of its own, so that no
 * client sees an OrderID(37) or ExecID(17) of ours twice.
 */
export const makeID = (letter: 'F' | 'E' | 'M', prefix: string, number: number): string =>
  prefix === '' ? `${letter}${number}` : `${letter}${prefix}-${number}`;

/** Ids are numbered in the order in which they were made. */
export const numberOfID = (id: string): number => Number(id.slice(id.lastIndexOf('-') + 1 || 1));
