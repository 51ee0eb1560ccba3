const SOH = 0x01;
const EQUALS = 0x3d;
const MASK = '***';
/**
 * Username, Password, Nonce of Kraken, NewPassword, EncryptedPassword, EncryptedNewPassword: never
 * in a log.
 */
const SECRET_TAGS: ReadonlySet<number> = new Set([553, 554, 5025, 925, 1402, 1404]);

/** Values of these tags are never shown. */
export const isSecretTag = (tag: number): boolean => SECRET_TAGS.has(tag);

/**
 * A frame, or any bytes, as text for people and logs: `|` for SOH, `***` for the values of
 * credentials, and `\xHH` for other control characters, so that a value can't break a line of a
 * log. Every SOH counts as a delimiter, also within data fields: a credential is masked wherever it
 * stands.
 */
export const maskedText = (bytes: Buffer): string => {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const soh = bytes.indexOf(SOH, at);
    const end = soh === -1 ? bytes.length : soh;
    const equals = bytes.indexOf(EQUALS, at);
    const valueAt = equals === -1 || equals >= end ? end : equals + 1;
    const tagText = bytes.toString('latin1', at, valueAt);
    const isSecret = valueAt < end && SECRET_TAGS.has(Number(tagText.slice(0, -1)));
    text +=
      printable(tagText) + (isSecret ? MASK : printable(bytes.toString('latin1', valueAt, end)));
    if (soh !== -1) text += '|';
    at = end + 1;
  }
  return text;
};

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** `\\xHH` for control characters. */
export const printable = (text: string): string =>
  text.replace(CONTROL, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
