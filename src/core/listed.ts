const LISTED_MAX = 100;

/** Ids for people, bounded: `F1 F2 and 12 more`. */
export const listed = (ids: readonly string[], max = LISTED_MAX): string =>
  ids.length > max ? `${ids.slice(0, max).join(' ')} and ${ids.length - max} more` : ids.join(' ');
