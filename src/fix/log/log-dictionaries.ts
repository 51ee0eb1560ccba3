import { type FixDictionary } from '../dictionary/dictionary.ts';
import {
  dictionaryPath,
  type DictionaryError,
  loadDictionary,
  loadStockDictionary,
} from '../dictionary/jspurefix.ts';
import { invariant } from '../../lib/invariant.ts';
import { ok, type Result } from '../../lib/result.ts';

/** What a frame says of its dialect before it is decoded. */
export interface FrameIdentity {
  readonly beginString: string;
  readonly msgType: string;
  readonly senderCompID: string;
  readonly targetCompID: string;
}

/** The dictionary that reads a frame best. */
export type DictionaryChoice = (identity: FrameIdentity) => FixDictionary;

type DictionaryName = 'KRAKEN-DRV-FIX44.xml' | 'FATHOM-FIX44.xml' | 'FIX.4.2' | 'FIX.4.4';

const VENUE = /^KRAKEN-DRV/;
const GATEWAY = 'FATHOM';

/** One dictionary of a file for every frame. */
export const chooseFile = (path: string): Result<DictionaryChoice, DictionaryError> => {
  const loaded = loadDictionary(path);
  return loaded.ok ? ok(() => loaded.value) : loaded;
};

/**
 * By the frame: the venue's dialect when a CompID is Kraken's, the clients' when one is Fathom's,
 * stock FIX 4.2 or 4.4 for everything else and for messages that the dialect lacks. Dictionaries
 * are loaded when first needed.
 */
export const chooseByFrame: DictionaryChoice = (identity) => {
  const dialect = dictionaryOf(dialectOf(identity));
  return dialect.messages.has(identity.msgType) ? dialect : dictionaryOf('FIX.4.4');
};

/** Immutable, and slow to load. */
const loadedDictionaries = new Map<DictionaryName, FixDictionary>();

const dictionaryOf = (name: DictionaryName): FixDictionary => {
  const known = loadedDictionaries.get(name);
  if (known !== undefined) return known;
  const loaded =
    name === 'FIX.4.2' || name === 'FIX.4.4'
      ? loadStockDictionary(name)
      : loadDictionary(dictionaryPath(name));
  invariant(loaded.ok, `the dictionary ${name} comes with the program`);
  loadedDictionaries.set(name, loaded.value);
  return loaded.value;
};

const dialectOf = ({ beginString, senderCompID, targetCompID }: FrameIdentity): DictionaryName => {
  if (beginString === 'FIX.4.2') return 'FIX.4.2';
  const compIDs = [senderCompID, targetCompID];
  if (compIDs.some((compID) => VENUE.test(compID))) return 'KRAKEN-DRV-FIX44.xml';
  return compIDs.includes(GATEWAY) ? 'FATHOM-FIX44.xml' : 'FIX.4.4';
};
