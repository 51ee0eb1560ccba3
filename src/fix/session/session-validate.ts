import { type FixDictionary } from '../dictionary/dictionary.ts';
import { type SessionConfig, type SessionSettings } from './model/settings.ts';
import {
  TOLERANT_VALIDATION,
  validateMessage,
  VALIDATION_OPTIONS,
} from '../validation/validate.ts';

/** The dictionary's checks as a session wants them. */
export const makeValidate = (
  dictionary: FixDictionary,
  settings: SessionSettings,
): NonNullable<SessionConfig['validate']> => {
  const options = {
    ...(settings.tolerateUnknown ? TOLERANT_VALIDATION : VALIDATION_OPTIONS),
    allowUnknownUserDefined: settings.allowUserDefined,
  };
  return (message) => {
    const rejection = validateMessage(dictionary, message, options);
    if (rejection === undefined) return undefined;
    const { sessionRejectReason: reason, refTagID, text } = rejection;
    return { reason, refTagID, text };
  };
};
