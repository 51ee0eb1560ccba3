import { expect } from 'chai';
import {
  escapeHidden,
  escapeHiddenInLines,
  faultOfAscii,
  faultOfCharacters,
  faultOfText,
  toLatin1,
  utf8Of,
  withoutHiddenBytes,
} from '../../../src/lib/plain-text.ts';

/** Each shows something else than it says, or nothing at all. */
const HIDDEN: readonly (readonly [string, string])[] = [
  ['\u001b', 'control character U+001B'],
  ['\u0000', 'control character U+0000'],
  ['\r', 'control character U+000D'],
  ['\b', 'control character U+0008'],
  ['\u007f', 'control character U+007F'],
  ['\u009b', 'control character U+009B'],
  ['\u00ad', 'invisible character U+00AD'],
  ['\u200b', 'invisible character U+200B'],
  ['\u200f', 'invisible character U+200F'],
  ['\u2028', 'invisible character U+2028'],
  ['\u2029', 'invisible character U+2029'],
  ['\u202e', 'invisible character U+202E'],
  ['\u2066', 'invisible character U+2066'],
  ['\u2069', 'invisible character U+2069'],
  ['\u3164', 'invisible character U+3164'],
  ['\ufe0f', 'invisible character U+FE0F'],
  ['\ufeff', 'invisible character U+FEFF'],
  ['\ud800', 'invisible character U+D800'],
  ['\u{e0041}', 'invisible character U+E0041'],
];

describe('text that people read', () => {
  it('is refused when it holds a character that a terminal obeys or that is invisible', () => {
    for (const [character, name] of HIDDEN)
      expect(faultOfText(`0.001${character}`, 64)).to.equal(`holds the ${name}`);
    for (const plain of ['ann', 'Zoë Müller', '東京', 'a b', '0.9 xbt', '🙂'])
      expect(faultOfCharacters(plain), plain).to.equal(undefined);
  });

  it('is refused when it is empty or too long', () => {
    expect(faultOfText('', 3)).to.equal('is empty');
    expect(faultOfText('abcd', 3)).to.equal('is longer than 3 characters');
  });

  it('is ASCII without wide gaps where money hangs on it', () => {
    expect(faultOfAscii('ann', 64)).to.equal(undefined);
    expect(faultOfAscii('аnn', 64), 'a Cyrillic letter').to.include('not ASCII');
    expect(faultOfAscii('０.9', 64), 'a wide digit').to.include('not ASCII');
    expect(faultOfAscii('0.001\u00a0', 64), 'a blank of another kind').to.include('not ASCII');
    expect(faultOfAscii(`ann${' '.repeat(40)}amount 0.001`, 64)).to.include('blank');
    expect(faultOfAscii(' ann', 64)).to.include('blank');
  });

  it('shows what is left as \\uHHHH, which reads as the same JSON', () => {
    const text = `amount 0.9\u001b[1A\u202e\u{e0041}`;
    expect(escapeHidden(text)).to.equal('amount 0.9\\u001b[1A\\u202e\\udb40\\udc41');
    expect(JSON.parse(escapeHidden(JSON.stringify({ text })))).to.deep.equal({ text });
    expect(escapeHidden('a\nb\tc')).to.equal('a\\u000ab\\u0009c');
    expect(escapeHiddenInLines('a\nb\tc\r')).to.equal('a\nb\tc\\u000d');
    for (const [character] of HIDDEN)
      expect(escapeHidden(character)).to.match(/^(\\u[0-9a-f]{4})+$/);
    expect(escapeHidden('Zoë │ 東京')).to.equal('Zoë │ 東京');
  });
});

describe('values of FIX, each byte a character', () => {
  const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  const isSoh = (character: string): boolean => character === '\u0001';

  it('read as UTF-8 where they are that, and as Latin-1 where not', () => {
    for (const text of ['Zürich', 'Größe €5 – 🙂', '東京', 'plain', ''])
      expect(utf8Of(bytesOf(text))).to.equal(text);
    expect(utf8Of('Z\xfcrich'), 'Latin-1').to.equal('Zürich');
    expect(utf8Of(`Z\xfcrich ${bytesOf('Zürich')}`), 'both').to.equal('Zürich Zürich');
    // Cut off, overlong, half a surrogate pair, beyond Unicode.
    for (const bytes of ['\xe2\x82', '\xc0\xaf', '\xed\xa0\x80', '\xf5\x80\x80\x80'])
      expect(utf8Of(bytes)).to.equal(bytes);
    expect(utf8Of('already Zürich – €'), 'no bytes').to.equal('already Zürich – €');
  });

  it('go back as they came, byte for byte', () => {
    for (const text of ['Zürich', 'Größe €5 – 🙂', '東京'])
      expect(toLatin1(bytesOf(text))).to.equal(bytesOf(text));
    expect(toLatin1('Z\xfcrich\x80')).to.equal('Z\xfcrich\x80');
    expect(toLatin1('a\x1bb\x00c\x7f € ’')).to.equal('a?b?c? ? ?');
  });

  it('are harmless where a byte of what is hidden is a question mark', () => {
    const shown = (text: string): string => withoutHiddenBytes(text, isSoh);
    expect(shown('58=a\x1b[2Jb\x00\x0158=c\x7f\x01')).to.equal('58=a?[2Jb?\x0158=c?\x01');
    for (const text of ['Zürich', 'Größe €5 – 🙂'])
      expect(shown(bytesOf(text))).to.equal(bytesOf(text));
    expect(shown('Z\xfcrich')).to.equal('Z\xfcrich');
    // A C1 control in UTF-8, and as a byte of its own; an override of the direction of reading.
    expect(shown('\xc2\x9b2J \x9b2J')).to.equal('??2J ?2J');
    expect(shown(`a${bytesOf('\u202e')}b`)).to.equal('a???b');
  });
});
