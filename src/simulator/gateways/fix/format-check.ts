import { type FixDictionary } from '../../../fix/dictionary/dictionary.ts';
import { type FixMessage } from '../../../fix/codec/fix-message.ts';
import { type MessageProblem } from '../../../fix/session/model/settings.ts';
import { validateMessage, VALIDATION_OPTIONS } from '../../../fix/validation/validate.ts';

/** Reasons of SessionRejectReason(373) for which the gateway has its own text. */
const [REQUIRED_TAG_MISSING, VALUE_INCORRECT] = [1, 5];

/** Field names that Kraken's pages spell differently from FIX [fix 4.4]. */
const NAME: Readonly<Record<number, string>> = { 40: 'OrderType' };

/**
 * The dictionary's checks with the gateway's texts: `Missing mandatory field: Side (54)` [fix 4.4].
 */
export const makeFormatCheck =
  (dictionary: FixDictionary) =>
  (message: FixMessage): MessageProblem | undefined => {
    const rejection = validateMessage(dictionary, message, optionsOf(message));
    if (rejection === undefined) return undefined;
    const { sessionRejectReason: reason, refTagID, text } = rejection;
    if (refTagID === undefined) return { reason, refTagID, text };
    const name = NAME[refTagID] ?? dictionary.fields.get(refTagID)?.name ?? `Tag${refTagID}`;
    return { reason, refTagID, text: textOf(reason, refTagID, name) ?? text };
  };

/**
 * The market data service refuses bad values of a MarketDataRequest(V) itself: with a Y that names
 * the MDReqID(262), not with a 3 [fix 4.9].
 */
const optionsOf = ({ msgType }: FixMessage): typeof VALIDATION_OPTIONS =>
  msgType === 'V' ? { ...VALIDATION_OPTIONS, allowUnknownEnums: true } : VALIDATION_OPTIONS;

const textOf = (reason: number, tag: number, name: string): string | undefined => {
  if (reason === REQUIRED_TAG_MISSING) return `Missing mandatory field: ${name} (${tag})`;
  return reason === VALUE_INCORRECT ? `Invalid value for tag ${tag}: ${name}` : undefined;
};
