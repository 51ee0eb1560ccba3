/**
 * What people read must be what is written. A terminal obeys control characters (it moves the
 * cursor, erases a line, shows 0.001 for 0.9), and Unicode has characters that nobody sees or that
 * turn the order of others round. Inputs that are stored or shown refuse them; what came from
 * elsewhere (texts of the venue, a log file, an old journal) is escaped when it is shown.
 */

/**
 * Control characters (C0, DEL, C1), characters of format (bidirectional overrides and isolates,
 * zero width, byte order mark, tags), line and paragraph separators, halves of surrogate pairs,
 * private and unassigned ones; fillers and variation selectors, which have other classes and are
 * not seen either.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
const EVERY_HIDDEN = new RegExp(HIDDEN.source, 'gu');
const ASCII = /^[\x20-\x7e]*$/;

/**
 * `\u001b` for each character that is not seen, line feeds included: for a value within a line or a
 * table. Reads as JSON, too.
 */
export const escapeHidden = (text: string): string =>
  // ASCII is nearly everything that is ever shown.
  ASCII.test(text) ? text : text.replace(EVERY_HIDDEN, escaped);

/** The same for whole lines: line feeds stay, and so do tabs. */
export const escapeHiddenInLines = (text: string): string =>
  ASCII.test(text)
    ? text
    : text.replace(EVERY_HIDDEN, (hidden) =>
        hidden === '\n' || hidden === '\t' ? hidden : escaped(hidden),
      );

/**
 * What is wrong with a text that will be stored or shown; `undefined` when it is 1 to `lengthMax`
 * characters that are seen.
 */
export const faultOfText = (text: string, lengthMax: number): string | undefined => {
  if (text === '') return 'is empty';
  if (text.length > lengthMax) return `is longer than ${lengthMax} characters`;
  return faultOfCharacters(text);
};

/** `holds the control character U+001B`; `undefined` when every character is seen. */
export const faultOfCharacters = (text: string): string | undefined => {
  const hidden = HIDDEN.exec(text)?.[0];
  if (hidden === undefined) return undefined;
  const code = (hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `holds the ${/\p{Cc}/u.test(hidden) ? 'control' : 'invisible'} character U+${code}`;
};

/**
 * The same for what money hangs on: letters, digits and signs of ASCII only, so that no letter is
 * another alphabet's twin, and single blanks between them, so that nothing is pushed out of sight.
 */
export const faultOfAscii = (text: string, lengthMax: number): string | undefined => {
  const fault = faultOfText(text, lengthMax);
  if (fault !== undefined) return fault;
  if (!ASCII.test(text)) return 'holds a character that is not ASCII';
  if (text !== text.trim() || text.includes('  ')) return 'holds a blank at its end, or two';
  return undefined;
};

/**
 * As a text goes into a FIX message for people, one byte a character: bytes from 0x80 on as they
 * came, whatever their encoding, and `?` for ASCII's control characters and for characters that are
 * no byte.
 */
export const toLatin1 = (text: string): string => text.replaceAll(NOT_A_BYTE, '?');
const NOT_A_BYTE = /[^\x20-\x7e\x80-\xff]/g;

/** Well-formed UTF-8 of two to four bytes (RFC 3629 section 4), each byte a character. */
const UTF8_BYTES = new RegExp(
  [
    '[\\xc2-\\xdf][\\x80-\\xbf]',
    '\\xe0[\\xa0-\\xbf][\\x80-\\xbf]',
    '[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}',
    '\\xed[\\x80-\\x9f][\\x80-\\xbf]',
    '\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}',
    '[\\xf1-\\xf3][\\x80-\\xbf]{3}',
    '\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}',
  ].join('|'),
  'g',
);

const decoded = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

/**
 * A value of FIX as its writer meant it. FIX values are kept byte by byte, so that they go back as
 * they came, and `Zürich` in UTF-8 is then `ZÃ¼rich`; what is UTF-8 reads as that, everything else
 * stays Latin-1. For what people read, never for what is sent.
 */
export const utf8Of = (text: string): string =>
  ASCII.test(text) ? text : text.replace(UTF8_BYTES, decoded);

/**
 * Bytes of text, each a character, that a terminal can be shown as they are: `?` for each byte of a
 * character that is not seen. `isKept` names those that stay, such as SOH.
 */
export const withoutHiddenBytes = (text: string, isKept: (character: string) => boolean): string =>
  HARMLESS.test(text)
    ? text
    : text.replace(UTF8_OR_BYTE, (bytes) => {
        const seen = bytes.length === 1 ? bytes : decoded(bytes);
        return HIDDEN.test(seen) && !isKept(seen) ? '?'.repeat(bytes.length) : bytes;
      });
const HARMLESS = /^[\x01\x20-\x7e]*$/;
const UTF8_OR_BYTE = new RegExp(`${UTF8_BYTES.source}|[^]`, 'g');

const escaped = (hidden: string): string =>
  [...Array(hidden.length).keys()]
    .map((at) => `\\u${hidden.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');

/** One person under two spellings is one person. */
export const sameName = (a: string, b: string): boolean => nameKey(a) === nameKey(b);
const nameKey = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s._-]/g, '');
