import { type RestAnswer } from './answer.ts';

const SYMBOL = /"(?:symbol|tradeable|cancelOnly)":"[A-Z0-9_.]+"/g;

/** Contracts in the lower case of the years until about 2023: `pf_ethusd` [rest 6.1, 13 row 2]. */
export const withLowerCaseSymbols = (given: RestAnswer): RestAnswer => ({
  ...given,
  body: given.body.replaceAll(SYMBOL, (member) => member.replace(/[A-Z0-9_.]+"$/, lower)),
});

const lower = (text: string): string => text.toLowerCase();
