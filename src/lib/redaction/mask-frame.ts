import { utf8Of, withoutHiddenBytes } from '../plain-text.ts';
import { maskFields } from './secret-fields.ts';

/** What stands for a secret value where a message is shown. */
export const MASK = '***';

/**
 * A copy of a tag=value message with the secret values as stars of the same length and CheckSum(10)
 * made right again, so that it still reads as a message; the message itself when it holds none.
 */
export const maskFrame = (message: Buffer): Buffer => changed(message, starred);

/**
 * The same without what a terminal obeys or nobody sees, in any field: `?` for each such byte, and
 * a blank for a line break. For files that people open with `cat` and `less`.
 */
export const readableFrame = (message: Buffer): Buffer =>
  changed(message, (text) =>
    withoutHiddenBytes(starred(text).replaceAll(/[\r\n]/g, ' '), (character) => character === SOH),
  );

const SOH = '\u0001';

const starred = (text: string): string => maskFields(text, (value) => '*'.repeat(value.length));

const changed = (message: Buffer, change: (text: string) => string): Buffer => {
  const text = message.toString('latin1');
  const changedText = change(text);
  if (changedText === text) return message;
  const frame = Buffer.from(changedText, 'latin1');
  repairCheckSum(frame);
  return frame;
};

/**
 * A frame, or any bytes, as text for people and logs: `|` for SOH, `***` for the values of secret
 * fields, and `\xHH` for other control characters, so that a value can't break a line of a log.
 */
export const maskedText = (bytes: Buffer): string =>
  maskFields(bytes.toString('latin1'), () => MASK)
    .split('\u0001')
    .map(printable)
    .join('|');

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** For people: what is UTF-8 as that, and `\xHH` for control characters. */
export const printable = (text: string): string =>
  utf8Of(text).replace(CONTROL, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);

const repairCheckSum = (message: Buffer): void => {
  const at = message.length - 7;
  if (at < 0 || message.toString('latin1', at, at + 3) !== '10=') return;
  let sum = 0;
  for (let i = 0; i < at; i += 1) sum += message[i] ?? 0;
  message.write(String(sum & 0xff).padStart(3, '0'), at + 3, 'latin1');
};
