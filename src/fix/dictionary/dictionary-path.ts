import { fileURLToPath } from 'node:url';

/** Where a dictionary of ours lies: the folder is beside `src` and `dist` alike. */
export const dictionaryPath = (file: 'KRAKEN-DRV-FIX44.xml' | 'FATHOM-FIX44.xml'): string =>
  fileURLToPath(new URL(`../../../fix-dictionaries/${file}`, import.meta.url));
