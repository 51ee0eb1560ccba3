import { type FixDictionary } from '../../fix/dictionary/dictionary.ts';
import { escapeHiddenInLines } from '../../lib/plain-text.ts';
import { loadDictionary, stockDictionaryPath } from '../../fix/dictionary/jspurefix.ts';

export const print = (line: string): void => {
  process.stdout.write(`${escapeHiddenInLines(line)}\n`);
};

/** Ends the tool with one line that says why. */
export const fail = (text: string): never => {
  process.stderr.write(`${escapeHiddenInLines(text)}\n`);
  process.exit(2);
};

/** The dictionary of a file, or the stock one of a BeginString(8). */
export const dictionaryOf = (beginString: string, file: string | undefined): FixDictionary => {
  const isStock = beginString === 'FIX.4.2' || beginString === 'FIX.4.4';
  if (file === undefined && !isStock) {
    return fail(`no stock dictionary for ${beginString}: give --dictionary FILE`);
  }
  const path = file ?? stockDictionaryPath(beginString === 'FIX.4.2' ? 'FIX.4.2' : 'FIX.4.4');
  const loaded = loadDictionary(path);
  return loaded.ok ? loaded.value : fail(loaded.error);
};

export const toInt = (text: string): number => {
  const value = Number(text);
  return /^\d{1,9}$/.test(text) ? value : fail(`not a whole number: ${text}`);
};

export const exitOnSignals = (): void => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
};
