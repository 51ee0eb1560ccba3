import { expect } from 'chai';
import fc from 'fast-check';
import { parseJsonText } from '../../../../src/config/load/json-text.ts';

describe('JSON text', () => {
  it('reads every document as JSON.parse does', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 5 }),
        fc.constantFrom(undefined, 2, '\t'),
        (value, indent) => {
          const text = JSON.stringify(value, undefined, indent);
          const parsed = parseJsonText(text);
          expect(parsed.ok && parsed.value.value).to.deep.equal(JSON.parse(text));
        },
      ),
    );
  });

  it('accepts a damaged document exactly when JSON.parse does', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.nat(),
        fc.constantFrom('', ',', '}', ']', '"', '0', '-', '\\', 'x', '\n', ' ', ':'),
        (value, at, piece) => {
          const text = JSON.stringify(value);
          const position = at % (text.length + 1);
          const damaged = text.slice(0, position) + piece + text.slice(position + 1);
          let expected = true;
          try {
            JSON.parse(damaged);
          } catch {
            expected = false;
          }
          expect(parseJsonText(damaged).ok, damaged).to.equal(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('tells line, column and reason of the first mistake', () => {
    const problemOf = (text: string) => {
      const parsed = parseJsonText(text);
      return parsed.ok ? undefined : parsed.error;
    };
    expect(problemOf('{\n  "a": 1,\n}')).to.deep.equal({
      line: 3,
      column: 1,
      reason: 'a comma stands before the closing brace',
    });
    expect(problemOf('{\n  // no\n}')).to.deep.equal({
      line: 2,
      column: 3,
      reason: 'comments are not part of JSON',
    });
    expect(problemOf('{"a": 1')).to.deep.equal({
      line: 1,
      column: 8,
      reason: 'the document ends too early',
    });
    expect(problemOf('{a: 1}')?.reason).to.equal('expected a key or string in double quotes');
    expect(problemOf('{"a" 1}')?.reason).to.equal('expected a colon after the key');
    expect(problemOf('{"a": 1} x')?.reason).to.equal('there is text after the end of the document');
    expect(problemOf('{"a": "x}')).to.deep.equal({
      line: 1,
      column: 7,
      reason: 'a string is not closed or has a bad escape',
    });
    expect(problemOf('{"a": 1 "b": 2}')?.reason).to.equal('expected a comma or the closing brace');
    expect(problemOf('[1 2]')?.reason).to.equal('expected a comma or the closing bracket');
    expect(problemOf('[1,]')?.reason).to.equal('a comma stands before the closing bracket');
    expect(problemOf('{"a": }')?.reason).to.equal('expected a value');
    expect(problemOf('{"a": 1.}')?.reason).to.equal('a number is not complete');
    expect(problemOf('['.repeat(100))?.reason).to.equal('nested deeper than 32');
  });

  it('knows the line of every key and every key that is written twice', () => {
    const parsed = parseJsonText('{\n "a": {\n  "b": 1,\n  "b": 2\n }\n}');
    expect(parsed.ok && [...parsed.value.lineByPath]).to.deep.equal([
      ['a', 2],
      ['a.b', 4],
    ]);
    expect(parsed.ok && parsed.value.duplicates).to.deep.equal([
      { path: 'a.b', line: 4, firstLine: 3 },
    ]);
  });
});
