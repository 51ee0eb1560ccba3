import { type ParseErrorCode, printParseErrorCode, visit } from 'jsonc-parser';
import { type Result, err, ok } from '../../lib/result.ts';

/** A JSON document and the line of each of its keys, so that a problem can name its line. */
export interface JsonDocument {
  readonly value: unknown;
  /** Line (from 1) of each key by its dotted path; members of lists count as `0`, `1`, … */
  readonly lineByPath: ReadonlyMap<string, number>;
  /**
   * Keys written more than once in one object: `JSON.parse` would keep the last and say nothing.
   */
  readonly duplicates: readonly DuplicateKey[];
}

interface DuplicateKey {
  readonly path: string;
  readonly line: number;
  readonly firstLine: number;
}

export interface JsonSyntaxProblem {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

const DEPTH_MAX = 32;

/**
 * Reads strict JSON (RFC 8259). Errors: the first place, line and column from 1, that is not JSON.
 */
export const parseJsonText = (text: string): Result<JsonDocument, JsonSyntaxProblem> => {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const builder = new DocumentBuilder(json);
  try {
    return ok(builder.read());
  } catch (cause) {
    // The visitor can be left by an exception only.
    if (cause instanceof NotJson) return err(cause.problem);
    throw cause;
  }
};

class NotJson extends Error {
  readonly problem: JsonSyntaxProblem;
  constructor(problem: JsonSyntaxProblem) {
    super(problem.reason);
    this.problem = problem;
  }
}

/** An object or list that is being read. */
interface Container {
  readonly value: Record<string, unknown> | unknown[];
  readonly lineByKey: Map<string, number>;
  key: string;
}

/** What may come next; it decides the reason of an error. */
type Expected = 'a value' | 'a key' | 'a colon' | 'a comma' | 'the end';

class DocumentBuilder {
  readonly #text: string;
  readonly #lineByPath = new Map<string, number>();
  readonly #duplicates: DuplicateKey[] = [];
  readonly #open: Container[] = [];
  #expected: Expected = 'a value';
  #isAfterComma = false;
  #value: unknown;

  constructor(text: string) {
    this.#text = text;
  }

  read(): JsonDocument {
    visit(
      this.#text,
      {
        onObjectBegin: (...[offset, , line, character]) => {
          this.#begin({}, { offset, line, character });
        },
        onArrayBegin: (...[offset, , line, character]) => {
          this.#begin([], { offset, line, character });
        },
        onObjectProperty: (...[key, , , line, , pathOf]) => {
          this.#addKey(key, [...pathOf(), key].join('.'), line + 1);
        },
        onSeparator: (separator) => {
          this.#expect(separator === ':' || this.#isInList() ? 'a value' : 'a key');
          this.#isAfterComma = separator === ',';
        },
        onLiteralValue: (value: unknown) => {
          this.#add(value);
        },
        onObjectEnd: () => {
          this.#end();
        },
        onArrayEnd: () => {
          this.#end();
        },
        onError: (...[code, offset, , line, character]) => {
          this.#fail(this.#reasonOf(code, offset), { line, character });
        },
      },
      { disallowComments: true },
    );
    return { value: this.#value, lineByPath: this.#lineByPath, duplicates: this.#duplicates };
  }

  #begin(
    value: Container['value'],
    at: { readonly offset: number; readonly line: number; readonly character: number },
  ): void {
    if (this.#open.length > DEPTH_MAX) this.#fail(`nested deeper than ${DEPTH_MAX}`, at);
    this.#add(value);
    this.#open.push({ value, lineByKey: new Map(), key: '' });
    this.#expect(Array.isArray(value) ? 'a value' : 'a key');
  }

  #end(): void {
    this.#open.pop();
    this.#expect(this.#open.length === 0 ? 'the end' : 'a comma');
  }

  #addKey(key: string, path: string, line: number): void {
    const object = this.#open.at(-1);
    if (object === undefined) return;
    const firstLine = object.lineByKey.get(key);
    if (firstLine === undefined) object.lineByKey.set(key, line);
    else this.#duplicates.push({ path, line, firstLine });
    this.#lineByPath.set(path, line);
    object.key = key;
    this.#expect('a colon');
  }

  #add(value: unknown): void {
    const container = this.#open.at(-1);
    if (container === undefined) this.#value = value;
    else if (Array.isArray(container.value)) container.value.push(value);
    else {
      // defineProperty, because assigning to `__proto__` would not make a key.
      const property = { value, enumerable: true, writable: true, configurable: true };
      Object.defineProperty(container.value, container.key, property);
    }
    this.#expect(container === undefined ? 'the end' : 'a comma');
  }

  #expect(expected: Expected): void {
    this.#expected = expected;
    this.#isAfterComma = false;
  }

  #isInList(): boolean {
    return Array.isArray(this.#open.at(-1)?.value);
  }

  #reasonOf(code: ParseErrorCode, offset: number): string {
    if (offset >= this.#text.length) return 'the document ends too early';
    if (/^(?:\/\/|\/\*|#)/.test(this.#text.slice(offset, offset + 2)))
      return 'comments are not part of JSON';
    const error = printParseErrorCode(code);
    if (error === 'UnexpectedEndOfNumber') return 'a number is not complete';
    if (STRING_ERRORS.has(error) && ['a value', 'a key'].includes(this.#expected))
      return 'a string is not closed or has a bad escape';
    const closing = this.#isInList() ? 'the closing bracket' : 'the closing brace';
    if (this.#isAfterComma && this.#text[offset] === (this.#isInList() ? ']' : '}'))
      return `a comma stands before ${closing}`;
    switch (this.#expected) {
      case 'a value':
        return 'expected a value';
      case 'a key':
        return 'expected a key or string in double quotes';
      case 'a colon':
        return 'expected a colon after the key';
      case 'a comma':
        return `expected a comma or ${closing}`;
      case 'the end':
        return 'there is text after the end of the document';
    }
  }

  #fail(reason: string, at: { readonly line: number; readonly character: number }): never {
    throw new NotJson({ line: at.line + 1, column: at.character + 1, reason });
  }
}

const STRING_ERRORS: ReadonlySet<string> = new Set([
  'UnexpectedEndOfString',
  'InvalidUnicode',
  'InvalidEscapeCharacter',
  'InvalidCharacter',
]);
