import { type FixMessage } from '../../fix/codec/fix-message.ts';
import { faultOfCharacters } from '../../lib/plain-text.ts';

/**
 * Account, ClOrdID, OrderID, OrigClOrdID, Symbol: kept in the journal, and answered in every
 * report.
 */
const ID_TAGS: ReadonlySet<number> = new Set([1, 11, 37, 41, 55]);
const ID_LENGTH_MAX = 128;
const TEXT_LENGTH_MAX = 1_024;
/** RawData, Signature, EncodedText and their kin hold bytes. */
const DATA_TAGS: ReadonlySet<number> = new Set([
  89, 91, 96, 213, 349, 351, 353, 355, 357, 359, 365,
]);
const TEXT_TAG = 58;
const C0 = /[\x00-\x1f\x7f]/;

/**
 * Why the values of a client's message are not taken, `tag 11 holds the control character
 * U+001B`; `undefined` when they are. What a client writes is read by its operators and ours.
 * Text(58) may be in an encoding whose bytes look like C1 controls; they are escaped where they are
 * shown.
 */
export const faultOfValues = (message: FixMessage): string | undefined => {
  for (const [tag, value] of message.entries()) {
    if (DATA_TAGS.has(tag)) continue;
    const lengthMax = ID_TAGS.has(tag) ? ID_LENGTH_MAX : TEXT_LENGTH_MAX;
    if (value.length > lengthMax) return `tag ${tag} is longer than ${lengthMax} characters`;
    const fault = tag === TEXT_TAG && !C0.test(value) ? undefined : faultOfCharacters(value);
    if (fault !== undefined) return `tag ${tag} ${fault}`;
  }
  return undefined;
};
