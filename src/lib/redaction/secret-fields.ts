/**
 * The FIX fields whose values are never written or shown, by tag. This is the only list: the
 * message and event logs, the journal and its dump, the program's log, answers and errors all mask
 * by it.
 */
const SECRET_FIELDS: ReadonlyMap<number, string> = new Map([
  [96, 'RawData'],
  [553, 'Username'],
  [554, 'Password'],
  [925, 'NewPassword'],
  [1402, 'EncryptedPassword'],
  [1404, 'EncryptedNewPassword'],
  [5025, 'Nonce'],
]);

/**
 * RawDataLength, EncryptedPasswordLen, EncryptedNewPasswordLen by the data field that each
 * precedes.
 */
const LENGTH_TAGS: Readonly<Record<string, string>> = { 96: '95', 1402: '1401', 1404: '1403' };

export const SECRET_TAGS: readonly number[] = [...SECRET_FIELDS.keys()];

export const SECRET_FIELD_NAMES: readonly string[] = [...SECRET_FIELDS.values()];

export const isSecretTag = (tag: number): boolean => SECRET_FIELDS.has(tag);

const SOH = '\u0001';

/**
 * What separates fields in a frame, in a frame that people wrote, and in a frame that was printed
 * as JSON or by `inspect`.
 */
const SEPARATORS = [SOH, '|', '^A', '\\u0001', '\\x01'] as const;

/**
 * A secret tag that begins a field, or is quoted in the value of another: not the end of a longer
 * number or word. An escaped SOH ends in a digit, so it is named.
 */
const SECRET_TAG = new RegExp(
  `(?:\\\\u0001|\\\\x01|\\^A|(?<![0-9A-Za-z]))0*(${SECRET_TAGS.join('|')})=`,
  'g',
);

/** Ends a value that is quoted among other words. */
const WORD_END = /[\s"'|\u0001]|\^A|\\u0001|\\x01/g;

/**
 * The text with the value of every secret field replaced by what `mask` makes of it; the very text
 * when it holds none. Fields may be separated by SOH, `|`, `^A` or an escaped SOH, or stand among
 * words. A data field is masked for the length that its length field tells, but never into
 * CheckSum(10).
 */
export const maskFields = (text: string, mask: (value: string) => string): string => {
  let masked = '';
  let done = 0;
  // Found once: a hostile frame may hold thousands of data fields.
  let trailer: number | undefined;
  const trailerAt = (): number => (trailer ??= trailerOf(text));
  SECRET_TAG.lastIndex = 0;
  for (let found = SECRET_TAG.exec(text); found !== null; found = SECRET_TAG.exec(text)) {
    const [match, tag = ''] = found;
    const start = found.index + match.length;
    const separator = separatorBefore(text, found.index, match);
    const told = toldLength(text, found.index, tag, start);
    const end = Math.max(
      endOf(text, start, separator),
      told === 0 ? start : Math.min(start + told, trailerAt()),
    );
    if (end > start) masked += text.slice(done, start) + mask(text.slice(start, end));
    if (end > start) done = end;
    SECRET_TAG.lastIndex = end;
  }
  return done === 0 ? text : masked + text.slice(done);
};

/** `undefined` when the field stands among words, `''` when the text begins with it. */
const separatorBefore = (text: string, at: number, match: string): string | undefined => {
  const own = SEPARATORS.find((separator) => match.startsWith(separator));
  if (own !== undefined) return own;
  let from = at;
  while (text[from - 1] === ' ') from -= 1;
  return from === 0 ? '' : SEPARATORS.find((separator) => text.endsWith(separator, from));
};

const endOf = (text: string, start: number, separator: string | undefined): number => {
  if (separator === undefined) return endOfWord(text, start);
  const used = separator === '' ? SEPARATORS.find((one) => text.includes(one, start)) : separator;
  const at = used === undefined ? -1 : text.indexOf(used, start);
  if (at !== -1) return at;
  const soh = text.indexOf(SOH, start);
  return soh === -1 ? text.length : soh;
};

const endOfWord = (text: string, start: number): number => {
  WORD_END.lastIndex = start;
  return WORD_END.exec(text)?.index ?? text.length;
};

const LENGTH_FIELD = /(?:^|[^0-9])0*(\d+)=(\d{1,9})(?:\u0001|\||\^A|\\u0001|\\x01)$/;
const LENGTH_FIELD_CHARS_MAX = 32;

/** How long a data field is by its length field, which may lie; 0 when none tells. */
const toldLength = (text: string, at: number, tag: string, start: number): number => {
  const lengthTag = LENGTH_TAGS[tag];
  if (lengthTag === undefined) return 0;
  // The separator is part of the match when it is an escape, and stands before it otherwise.
  const before = text.slice(Math.max(0, at - LENGTH_FIELD_CHARS_MAX), start - `${tag}=`.length);
  const length = LENGTH_FIELD.exec(before.replace(/0+$/, ''));
  return length?.[1] === lengthTag ? Number(length[2]) : 0;
};

const trailerOf = (text: string): number => {
  const at = Math.max(...SEPARATORS.map((separator) => text.lastIndexOf(`${separator}10=`)));
  return at === -1 ? text.length : at;
};
